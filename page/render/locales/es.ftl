# What each message is about stands in en.ftl.

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
monitoring = En observación
resolved = Resuelto
postmortem = Análisis posterior
scheduled = Programado
in-progress = En curso
verifying = En verificación
completed = Completado

impact-minor = Impacto menor
impact-major = Impacto grave
impact-critical = Impacto crítico

## The headline

all-operational = Todos los sistemas operativos
some-maintenance = Mantenimiento en curso
some-degraded = Algunos sistemas están degradados
some-partial-outage = Interrupción parcial
some-major-outage = Interrupción grave
several-incidents = Hay varios incidentes abiertos

tally = { $total ->
    [one] { $operational } de { $total } componente operativo
   *[other] { $operational } de { $total } componentes operativos
}
as-of = actualizado:
how-status-is-found = El estado de esta página es el de su componente más afectado. Del mejor al peor: operativo, mantenimiento, degradado, interrupción parcial, interrupción grave.
how-headline-is-found = Mientras haya un solo incidente abierto, su nombre es el titular.
updates-delayed = Las actualizaciones de esta página llegan con retraso. Muestra lo que se sabía el
uptime-formula = disponibilidad = 1 − (interrupción grave + 0,3 × interrupción parcial) ÷ tiempo
how-uptime-is-counted = Cómo se calcula la disponibilidad
uptime-rule = La disponibilidad es la parte del tiempo en que un componente funcionó, durante los últimos 90 días o desde que se añadió. El rendimiento degradado y el mantenimiento cuentan como disponibles, una interrupción parcial cuenta tres décimas, las interrupciones de menos de un minuto no cuentan y las cifras se redondean hacia abajo.

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
past-incidents = Incidentes anteriores
incidents-and-maintenance = Incidentes y mantenimiento
no-incidents = Sin incidentes
ongoing = En curso:
started = desde
read-postmortem = Leer el análisis posterior
earlier-updates = { $count ->
    [one] { $count } mensaje anterior
   *[other] { $count } mensajes anteriores
}
days-ago = { $days ->
    [one] Hace { $days } día
   *[other] Hace { $days } días
}
today = Hoy
bar = { $days ->
    [one] { $days } día:
   *[other] { $days } días:
}
no-trouble = sin problemas
days-with-trouble = { $days ->
    [one] { $days } día con problemas
   *[other] { $days } días con problemas
}
no-history = sin historial
updates-of-component = Mensajes sobre este componente

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
average = promedio { $value }
lowest-and-highest = entre { $lowest } y { $highest }
not-measured = sin mediciones

## History

history-of = Historial de incidentes
history-description = Incidentes y mantenimiento de { $name } por meses.
month-description = Incidentes y mantenimiento de { $name }: { $month }.
quiet-month = No se comunicaron incidentes en este mes.
no-history-yet = Todavía no se ha comunicado ningún incidente.
months = Meses
all-history = Todo el historial

## Incident and maintenance

state = Estado
affected-components = Componentes afectados
start = Inicio
end = Fin
planned-end = Fin previsto
duration = Duración
updates = Mensajes
no-updates = Todavía no se ha publicado ningún mensaje.
add-to-calendar = Añadir a un calendario
incident-description = { $name }: qué ocurrió y qué se hizo.
maintenance-description = { $name }: cuándo, y qué cabe esperar.

## Uptime

uptime-description = Disponibilidad de cada componente de { $name } en 90, 60 y 30 días.
component = Componente
last-days = { $days ->
    [one] { $days } día
   *[other] { $days } días
}
no-uptime = Ningún componente muestra su disponibilidad.

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
times-in = Horas: { $zone }
powered-by = Funciona con Pharos

## Pages that say why there is nothing else

unknown-host = Aquí no hay ninguna página
unknown-host-why = No hay ninguna página de estado en { $host }. Quizá la dirección tenga un error.
not-found = No hay nada en esta dirección
not-found-why = Quizá tenga un error, o el contenido se haya trasladado. Estas páginas sí existen:
gone = Esta página se ha retirado
gone-why = Su editor ha retirado la página de estado de { $host }.
unavailable = Esta página todavía no está aquí
unavailable-why = Aún no ha llegado a esta región. Suele tardar unos segundos; la página aparecerá aquí por sí sola.
try-again = Reintentar
loading = Cargando el estado…
loading-why = La página se está preparando y aparecerá aquí por sí sola.
