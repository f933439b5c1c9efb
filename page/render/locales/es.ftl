# What each message is about stands in en.ftl.

language-name = Español

## Numbers

decimal-mark = ,
percent-sign = {"\u00A0%"}
list-separator = {", "}

## Dates

january = enero
february = febrero
march = marzo
april = abril
may = mayo
june = junio
july = julio
august = agosto
september = septiembre
october = octubre
november = noviembre
december = diciembre

january-short = ene
february-short = feb
march-short = mar
april-short = abr
may-short = may
june-short = jun
july-short = jul
august-short = ago
september-short = sept
october-short = oct
november-short = nov
december-short = dic

date-short = { $day } { $month }
date-short-with-year = { $day } { $month } { $year }
date-long = { $day } de { $month }
date-long-with-year = { $day } de { $month } de { $year }
days-of-month = { $first }–{ $last } de { $month }
days = { $first } – { $last }
month-of-year = { $month } de { $year }
date-and-time = { $date }, { $time }

## Durations

under-a-minute = menos de un minuto
minutes = { $minutes } min
hours = { $hours } h
hours-and-minutes = { $hours } h { $minutes } min
days-count = { $days ->
    [one] { $days } día
   *[other] { $days } días
}
days-and-hours = { $days ->
    [one] { $days } día { $hours } h
   *[other] { $days } días { $hours } h
}

## States of components

operational = Operativo
under-maintenance = Mantenimiento
degraded-performance = Degradado
partial-outage = Interrupción parcial
major-outage = Interrupción grave

## States of incidents and maintenances

investigating = En investigación
identified = Causa identificada
monitoring = En seguimiento
resolved = Resuelto
postmortem = Informe del incidente
scheduled = Programado
in-progress = En curso
verifying = En verificación
completed = Completado

impact-minor = Impacto menor
impact-major = Impacto grave
impact-critical = Impacto crítico

## The headline

all-operational = Todos los sistemas funcionan correctamente
some-maintenance = Mantenimiento en curso
some-degraded = Rendimiento degradado en algunos sistemas
some-partial-outage = Interrupción parcial
some-major-outage = Interrupción grave
several-incidents = Hay varios incidentes abiertos
open-incident = { $state }: { $name }

tally = { $total ->
    [one] { $operational } de { $total } componente operativo
   *[other] { $operational } de { $total } componentes operativos
}
ongoing-now = en curso
ongoing-for = en curso desde hace más de { $duration }
open-incidents = { $count ->
    [one] { $count } incidente abierto
   *[other] { $count } incidentes abiertos
}
last-known-state = Último estado conocido
checked-when-loaded = comprobado al cargar
checked-now = comprobado ahora mismo
just-now = ahora mismo
# Before the time up to which the page is known to be true.
cannot-refresh = No se puede actualizar. Último estado conocido:
# Before an update that came while the page was open.
new = Nuevo:
# Components that share a line.
count-operational = { $count ->
    [one] { $count } operativo
   *[other] { $count } operativos
}
# Groups that share a line.
more-groups = { $count } más, todos operativos
last-change = Último cambio el
updated = Actualizado el
how-status-is-chosen = El estado de esta página es el de su componente más afectado y el de los incidentes que no nombran ningún componente. Solo está en verde cuando no hay nada abierto. Del mejor al peor: operativo, mantenimiento, degradado, interrupción parcial, interrupción grave.
how-headline-is-chosen = Cuando hay un solo incidente abierto, su nombre es el título.
updates-delayed = Las actualizaciones de esta página llegan con retraso. La información mostrada es del
updates-late = Las actualizaciones de esta página llegan con retraso. Pueden faltar incidentes más recientes.
uptime-formula = disponibilidad = 1 − (interrupción grave + 0,3 × interrupción parcial) ÷ tiempo
how-uptime-is-calculated = Cómo se calcula la disponibilidad
uptime-rule = La disponibilidad es la parte del tiempo en que un componente funcionó, durante los últimos 90 días o desde que se añadió. El rendimiento degradado y el mantenimiento cuentan como disponibles. Una interrupción parcial cuenta como el 30 % de una interrupción. Las interrupciones de menos de un minuto no cuentan. Las cifras se redondean hacia abajo.

## Parts of a page

close = Cerrar
skip-to-content = Ir al contenido
page = Página
status-of = Estado de { $name }
page-description = Estado actual, incidentes y disponibilidad de { $name }.
current-status = Estado actual
history = Historial
uptime = Disponibilidad
announcement = Aviso
active-incidents = Incidentes abiertos
components = Componentes
scheduled-maintenance = Mantenimiento programado
more-events = { $count } más
past-incidents = Incidentes anteriores
incidents-and-maintenance = Incidentes y mantenimiento
no-incidents = Sin incidentes
ongoing = En curso:
started = desde
read-postmortem = Leer el informe del incidente
earlier-updates = { $count ->
    [one] { $count } actualización anterior
   *[other] { $count } actualizaciones anteriores
}
days-ago = { $days ->
    [one] Hace { $days } día
   *[other] Hace { $days } días
}
today = Hoy
days-shown = { $days ->
    [one] { $days } día:
   *[other] { $days } días:
}
no-incident-days = sin incidentes ni mantenimiento
days-with-incidents = { $days ->
    [one] { $days } día con incidentes o mantenimiento
   *[other] { $days } días con incidentes o mantenimiento
}
no-outage = Sin interrupciones
degraded-on-days = degradado { $duration } en { $days ->
    [one] { $days } día
   *[other] { $days } días
}
no-data = Sin datos
updates-of-component = Actualizaciones de este componente
watch = Seguir este componente
watched-one = El componente que sigue funciona correctamente
watched-all = Los # componentes que sigue funcionan correctamente
watched-some = Componentes que sigue:

## Subscribing

subscribe = Suscribirse
feed-rss = Canal RSS
feed-atom = Canal Atom
feed-calendar = Calendario de mantenimiento
feed-json = Estado en JSON

## Metrics

metrics = Métricas
last-day = Últimas 24 horas
last-week = Últimos 7 días
last-month = Últimos 28 días
average = Promedio: { $value }
lowest-and-highest = entre { $lowest } y { $highest }

## History

history-of = Historial de incidentes
incident-count = { $count ->
    [0] sin incidentes
    [one] { $count } incidente
   *[other] { $count } incidentes
}
filter-by-component = Filtrar por componente
incidents-with = Incidentes recientes de { $name }
all-components = Todos los componentes
no-incidents-with = Sin incidentes ni mantenimiento recientes. Los meses de abajo lo contienen todo.
earlier-months = Todos los meses
history-description = Incidentes y mantenimiento de { $name } por mes.
month-description = Incidentes y mantenimiento de { $name }: { $month }.
no-incidents-in-month = No se registraron incidentes en ese mes.
no-incidents-yet = Aún no se han registrado incidentes.
months = Meses
all-history = Historial completo

## Incident and maintenance

status = Estado
affected-components = Componentes afectados
start = Inicio
end = Fin
planned = Previsto
planned-end = Fin previsto
duration = Duración
updates = Actualizaciones
no-updates = Aún no hay actualizaciones.
previous-incident = Incidente anterior
next-incident = Incidente siguiente
add-to-calendar = Añadir al calendario
incident-description = { $name }: estado, actualizaciones y componentes afectados.
maintenance-description = { $name }: fechas, actualizaciones y componentes afectados.

## Uptime

uptime-description = Disponibilidad de cada componente de { $name } en los últimos 90, 60 y 30 días.
component = Componente
last-days = { $days ->
    [one] { $days } día
   *[other] { $days } días
}
no-uptime = No hay datos de disponibilidad.

## Search

search = Buscar
search-label = Buscar componentes e incidentes
search-results = Resultados para «{ $query }»
search-count = { $count ->
    [0] Sin resultados
    [one] { $count } resultado
   *[other] { $count } resultados
}
search-left-out = { $count ->
    [one] No se muestra { $count } resultado más. Añada palabras para acotar la búsqueda.
   *[other] No se muestran { $count } resultados más. Añada palabras para acotar la búsqueda.
}
search-hint = Pruebe con otras palabras o vuelva a la página principal:

## The foot

language = Idioma
time-zone = Zona horaria: { $zone }
powered-by = Funciona con Pharos

## Pages that say why there is nothing else

unknown-host = Página de estado no encontrada
unknown-host-why = No hay ninguna página de estado en { $host }. Compruebe que la dirección esté bien escrita.
not-found = Página no encontrada
not-found-why = Compruebe que la dirección esté bien escrita o vaya a:
gone = Esta página se ha eliminado
gone-why = El propietario ha eliminado la página de estado de { $host }.
unavailable = Esta página aún no está disponible
unavailable-why = Aún no ha llegado a esta región. Suele tardar unos segundos; la página se cargará automáticamente.
try-again = Reintentar
loading = Cargando; esta página se actualiza automáticamente.

## Signing in and out

private = Esta página es privada
private-password = Introduzca la contraseña que ha recibido.
private-ways = Elija cómo iniciar sesión.
private-provider = Inicie sesión con la cuenta que tiene acceso.
private-no-password = Solo pueden abrirla quienes han recibido acceso por otro medio; no hay ninguna contraseña que introducir.
private-ask = Si necesita acceso, póngase en contacto con el equipo responsable de la página de estado de { $host }.
password = Contraseña
shared-computer = Este es un equipo compartido
shared-computer-why = La sesión terminará al cerrar el navegador.
sign-in = Iniciar sesión
sign-in-with = Iniciar sesión con { $name }
wrong-password = La contraseña no es correcta. Compruebe las mayúsculas y los espacios e inténtelo de nuevo.
sign-in-busy = Ahora mismo hay demasiados intentos de inicio de sesión. Espere un momento e inténtelo de nuevo.
sign-in-unavailable = El servicio de inicio de sesión no responde ahora. Inténtelo de nuevo dentro de unos minutos.
email = Dirección de correo electrónico
private-mail = Introduzca su dirección de correo electrónico. Si es conocida aquí, recibirá un mensaje con un enlace.
send-link = Enviar un enlace
mailed = Si esta dirección es conocida aquí, hay un mensaje en camino. Abra su enlace o introduzca su código.
code = Código
wrong-code = Este código no es válido o ya no lo es. Compruébelo, o vuelva atrás y pida un mensaje nuevo.
wrong-address = Esto no es una dirección de correo electrónico. Compruébela e inténtelo de nuevo.
link-over = Este enlace ya se ha usado o es demasiado antiguo. Pida uno nuevo.
link-why = Pulse el botón para iniciar sesión en esta página de estado.
not-signed-in = No se ha podido iniciar sesión. Inténtelo de nuevo.
no-access = Ha iniciado sesión, pero esta cuenta no tiene acceso a esta página.
signed-out = Ha cerrado la sesión.
signed-in = Ha iniciado sesión
signed-in-why = También puede ver el contenido no público de esta página de estado.
by-network = Su red tiene acceso
by-network-why = Por la dirección de su red, también puede ver el contenido no público de esta página de estado.
signed-in-other = Va a continuar como otra persona. Su sesión actual terminará.
continue = Continuar
session-began = Inicio de la sesión:
session-ends = Fin de la sesión:
sign-out = Cerrar sesión
sign-out-everywhere = Cerrar sesión en todas partes

## Earlier results, and the calendar of a component

search-earlier = Buscar en meses anteriores: { $month }
# Beginning with the day on which a week begins; 1 is Monday.
weekdays = lu ma mi ju vi sá do
week-begins-on = 1
