# What each message is about stands in en.ftl.

## Numbers

decimal-mark = ,
percent-sign = {"%"}
list-separator = {", "}

## Dates

january = janeiro
february = fevereiro
march = março
april = abril
may = maio
june = junho
july = julho
august = agosto
september = setembro
october = outubro
november = novembro
december = dezembro

january-short = jan.
february-short = fev.
march-short = mar.
april-short = abr.
may-short = mai.
june-short = jun.
july-short = jul.
august-short = ago.
september-short = set.
october-short = out.
november-short = nov.
december-short = dez.

date-short = { $day } de { $month }
date-short-with-year = { $day } de { $month } de { $year }
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
    [one] { $days } dia
   *[other] { $days } dias
}
days-and-hours = { $days ->
    [one] { $days } dia { $hours } h
   *[other] { $days } dias { $hours } h
}

## States of components

operational = Operacional
under-maintenance = Manutenção
degraded-performance = Degradado
partial-outage = Interrupção parcial
major-outage = Interrupção grave

## States of incidents and maintenances

investigating = Em investigação
identified = Causa identificada
monitoring = Em observação
resolved = Resolvido
postmortem = Análise posterior
scheduled = Agendada
in-progress = Em andamento
verifying = Em verificação
completed = Concluída

impact-minor = Impacto menor
impact-major = Impacto grave
impact-critical = Impacto crítico

## The headline

all-operational = Todos os sistemas operacionais
some-maintenance = Manutenção em andamento
some-degraded = Alguns sistemas estão degradados
some-partial-outage = Interrupção parcial
some-major-outage = Interrupção grave
several-incidents = Há vários incidentes em aberto

tally = { $total ->
    [one] { $operational } de { $total } componente operacional
   *[other] { $operational } de { $total } componentes operacionais
}
as-of = atualizado:
how-status-is-found = O status desta página é o do seu componente mais afetado. Do melhor para o pior: operacional, manutenção, degradado, interrupção parcial, interrupção grave.
how-headline-is-found = Enquanto houver um só incidente em aberto, o nome dele é o título.
updates-delayed = As atualizações desta página estão atrasadas. Ela mostra o que se sabia em
uptime-formula = disponibilidade = 1 − (interrupção grave + 0,3 × interrupção parcial) ÷ tempo
how-uptime-is-counted = Como a disponibilidade é calculada
uptime-rule = A disponibilidade é a parte do tempo em que um componente funcionou, nos últimos 90 dias ou desde que foi adicionado. Desempenho degradado e manutenção contam como disponíveis, uma interrupção parcial conta três décimos, interrupções de menos de um minuto não contam e os números são arredondados para baixo.

## Parts of a page

close = Fechar
skip-to-content = Ir para o conteúdo
page = Página
status-of = Status de { $name }
page-description = Status atual, incidentes e disponibilidade de { $name }.
current-status = Status atual
history = Histórico
uptime = Disponibilidade
announcement = Aviso
active-incidents = Incidentes em aberto
components = Componentes
scheduled-maintenance = Manutenção agendada
past-incidents = Incidentes anteriores
incidents-and-maintenance = Incidentes e manutenção
no-incidents = Sem incidentes
ongoing = Em andamento:
started = desde
read-postmortem = Ler a análise posterior
earlier-updates = { $count ->
    [one] { $count } mensagem anterior
   *[other] { $count } mensagens anteriores
}
days-ago = { $days ->
    [one] Há { $days } dia
   *[other] Há { $days } dias
}
today = Hoje
bar = { $days ->
    [one] { $days } dia:
   *[other] { $days } dias:
}
no-trouble = sem problemas
days-with-trouble = { $days ->
    [one] { $days } dia com problemas
   *[other] { $days } dias com problemas
}
no-history = sem histórico
updates-of-component = Mensagens sobre este componente

## Subscribing

subscribe = Assinar
feed-rss = Feed RSS
feed-atom = Feed Atom
feed-calendar = Calendário de manutenção
feed-json = Status em JSON

## Metrics

metrics = Métricas
last-day = Últimas 24 horas
last-week = Últimos 7 dias
last-month = Últimos 28 dias
average = média { $value }
lowest-and-highest = entre { $lowest } e { $highest }
not-measured = sem medições

## History

history-of = Histórico de incidentes
history-description = Incidentes e manutenção de { $name } por mês.
month-description = Incidentes e manutenção de { $name }: { $month }.
quiet-month = Nenhum incidente foi comunicado neste mês.
no-history-yet = Nenhum incidente foi comunicado até agora.
months = Meses
all-history = Todo o histórico

## Incident and maintenance

state = Status
affected-components = Componentes afetados
start = Início
end = Fim
planned-end = Fim previsto
duration = Duração
updates = Mensagens
no-updates = Nenhuma mensagem foi publicada até agora.
add-to-calendar = Adicionar a um calendário
incident-description = { $name }: o que aconteceu e o que foi feito.
maintenance-description = { $name }: quando, e o que esperar.

## Uptime

uptime-description = Disponibilidade de cada componente de { $name } em 90, 60 e 30 dias.
component = Componente
last-days = { $days ->
    [one] { $days } dia
   *[other] { $days } dias
}
no-uptime = Nenhum componente mostra a sua disponibilidade.

## Search

search = Pesquisar
search-label = Pesquisar componentes e incidentes
search-results = Resultados para “{ $query }”
search-count = { $count ->
    [0] Nenhum resultado
    [one] { $count } resultado
   *[other] { $count } resultados
}
search-left-out = { $count ->
    [one] Mais { $count } resultado não é mostrado. Acrescente palavras para restringir a pesquisa.
   *[other] Mais { $count } resultados não são mostrados. Acrescente palavras para restringir a pesquisa.
}
search-hint = Tente outras palavras ou volte à página principal:

## The foot

language = Idioma
times-in = Horários: { $zone }
powered-by = Funciona com Pharos

## Pages that say why there is nothing else

unknown-host = Não há nenhuma página aqui
unknown-host-why = Não há nenhuma página de status em { $host }. Talvez o endereço tenha um erro.
not-found = Não há nada neste endereço
not-found-why = Talvez ele tenha um erro, ou o conteúdo tenha mudado de lugar. Estas páginas existem:
gone = Esta página foi removida
gone-why = Quem a publicava removeu a página de status de { $host }.
unavailable = Esta página ainda não está aqui
unavailable-why = Ela ainda não chegou a esta região. Costuma demorar alguns segundos; a página aparece aqui sozinha.
try-again = Tentar de novo
loading = Carregando o status…
loading-why = A página está sendo preparada e aparece aqui sozinha.
