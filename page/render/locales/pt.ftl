# What each message is about stands in en.ftl.

language-name = Português

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
date-long = { $day ->
    [1] 1º de { $month }
   *[other] { $day } de { $month }
}
date-long-with-year = { $day ->
    [1] 1º de { $month } de { $year }
   *[other] { $day } de { $month } de { $year }
}
days-of-month = { $first ->
    [1] 1º–{ $last } de { $month }
   *[other] { $first }–{ $last } de { $month }
}
days = { $first } – { $last }
month-of-year = { $month } de { $year }
date-and-time = { $date }, { $time }

## Durations

under-a-minute = menos de um minuto
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
monitoring = Em monitoramento
resolved = Resolvido
postmortem = Relatório do incidente
scheduled = Agendada
in-progress = Em andamento
verifying = Em verificação
completed = Concluída

impact-minor = Impacto menor
impact-major = Impacto grave
impact-critical = Impacto crítico

## The headline

all-operational = Todos os sistemas estão funcionando normalmente
some-maintenance = Manutenção em andamento
some-degraded = Desempenho degradado em alguns sistemas
some-partial-outage = Interrupção parcial
some-major-outage = Interrupção grave
several-incidents = Há vários incidentes em aberto
open-incident = { $state }: { $name }

tally = { $total ->
    [one] { $operational } de { $total } componente operacional
   *[other] { $operational } de { $total } componentes operacionais
}
ongoing-now = em andamento
ongoing-for = em andamento há mais de { $duration }
open-incidents = { $count ->
    [one] { $count } incidente em aberto
   *[other] { $count } incidentes em aberto
}
last-known-state = Último estado conhecido
checked-when-loaded = verificado ao carregar
checked-now = verificado agora mesmo
just-now = agora mesmo
# Before the time up to which the page is known to be true.
cannot-refresh = Não é possível atualizar. Último estado conhecido:
# Before an update that came while the page was open.
new = Novo:
# Components that share a line.
count-operational = { $count ->
    [one] { $count } operacional
   *[other] { $count } operacionais
}
# Groups that share a line.
more-groups = Mais { $count }, todos operacionais
last-change = Última mudança em
updated = Atualizado em
how-status-is-chosen = O status desta página é o do seu componente mais afetado e o dos incidentes que não citam nenhum componente. Só fica verde quando não há nada em aberto. Do melhor para o pior: operacional, manutenção, degradado, interrupção parcial, interrupção grave.
how-headline-is-chosen = Quando há um só incidente em aberto, o nome dele é o título.
updates-delayed = As atualizações desta página estão atrasadas. As informações exibidas são de
updates-late = As atualizações desta página estão atrasadas. Incidentes mais recentes podem não aparecer.
uptime-formula = disponibilidade = 1 − (interrupção grave + 0,3 × interrupção parcial) ÷ tempo
how-uptime-is-calculated = Como a disponibilidade é calculada
uptime-rule = A disponibilidade é a parte do tempo em que um componente funcionou, nos últimos 90 dias ou desde que foi adicionado. Desempenho degradado e manutenção contam como disponíveis. Uma interrupção parcial conta como 30% de uma interrupção. Interrupções de menos de um minuto não contam. Os números são arredondados para baixo.

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
more-events = mais { $count }
past-incidents = Incidentes anteriores
incidents-and-maintenance = Incidentes e manutenção
no-incidents = Sem incidentes
ongoing = Em andamento:
started = desde
read-postmortem = Ler o relatório do incidente
earlier-updates = { $count ->
    [one] { $count } atualização anterior
   *[other] { $count } atualizações anteriores
}
days-ago = { $days ->
    [one] Há { $days } dia
   *[other] Há { $days } dias
}
today = Hoje
days-shown = { $days ->
    [one] { $days } dia:
   *[other] { $days } dias:
}
no-incident-days = sem incidentes nem manutenção
days-with-incidents = { $days ->
    [one] { $days } dia com incidentes ou manutenção
   *[other] { $days } dias com incidentes ou manutenção
}
no-outage = Sem interrupções
degraded-on-days = degradado { $duration } em { $days ->
    [one] { $days } dia
   *[other] { $days } dias
}
no-data = Sem dados
updates-of-component = Atualizações deste componente
watch = Acompanhar este componente
watched-one = O componente que você acompanha está operacional
watched-all = Os # componentes que você acompanha estão operacionais
watched-some = Componentes que você acompanha:

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
average = Média: { $value }
lowest-and-highest = entre { $lowest } e { $highest }

## History

history-of = Histórico de incidentes
incident-count = { $count ->
    [0] sem incidentes
    [one] { $count } incidente
   *[other] { $count } incidentes
}
filter-by-component = Filtrar por componente
incidents-with = Incidentes recentes de { $name }
all-components = Todos os componentes
no-incidents-with = Sem incidentes nem manutenção recentes. Os meses abaixo contêm tudo.
earlier-months = Todos os meses
history-description = Incidentes e manutenção de { $name } por mês.
month-description = Incidentes e manutenção de { $name }: { $month }.
no-incidents-in-month = Nenhum incidente foi registrado nesse mês.
no-incidents-yet = Nenhum incidente foi registrado até agora.
months = Meses
all-history = Histórico completo

## Incident and maintenance

status = Status
affected-components = Componentes afetados
start = Início
end = Fim
planned = Previsto
planned-end = Fim previsto
duration = Duração
updates = Atualizações
no-updates = Ainda não há atualizações.
previous-incident = Incidente anterior
next-incident = Próximo incidente
add-to-calendar = Adicionar ao calendário
incident-description = { $name }: status, atualizações e componentes afetados.
maintenance-description = { $name }: datas, atualizações e componentes afetados.

## Uptime

uptime-description = Disponibilidade de cada componente de { $name } nos últimos 90, 60 e 30 dias.
component = Componente
last-days = { $days ->
    [one] { $days } dia
   *[other] { $days } dias
}
no-uptime = Não há dados de disponibilidade.

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
    [one] Mais { $count } resultado não exibido. Adicione palavras para refinar a pesquisa.
   *[other] Mais { $count } resultados não exibidos. Adicione palavras para refinar a pesquisa.
}
search-hint = Tente outras palavras ou volte à página principal:

## The foot

language = Idioma
time-zone = Fuso horário: { $zone }
powered-by = Desenvolvido com Pharos

## Pages that say why there is nothing else

unknown-host = Página de status não encontrada
unknown-host-why = Não há nenhuma página de status em { $host }. Verifique se o endereço foi digitado corretamente.
not-found = Página não encontrada
not-found-why = Verifique se o endereço foi digitado corretamente ou acesse:
gone = Esta página foi removida
gone-why = O proprietário removeu a página de status de { $host }.
unavailable = Esta página ainda não está disponível
unavailable-why = Ela ainda não chegou a esta região. Isso costuma levar alguns segundos; a página será carregada automaticamente.
try-again = Tentar de novo
loading = Carregando; esta página é atualizada automaticamente.

## Signing in and out

private = Esta página é privada
private-password = Digite a senha que você recebeu.
private-ways = Escolha como entrar.
private-provider = Entre com a conta que recebeu acesso.
private-no-password = Só quem recebeu acesso por outro meio pode abri-la; não há senha para digitar.
private-ask = Se você precisa de acesso, fale com a equipe responsável pela página de status em { $host }.
password = Senha
shared-computer = Este computador é compartilhado
shared-computer-why = A sessão terminará quando o navegador for fechado.
sign-in = Entrar
sign-in-with = Entrar com { $name }
wrong-password = A senha está incorreta. Verifique as letras maiúsculas e os espaços e tente de novo.
sign-in-busy = Há muitas tentativas de login no momento. Aguarde um pouco e tente de novo.
sign-in-unavailable = O serviço de acesso não responde no momento. Tente de novo em alguns minutos.
email = Endereço de e-mail
private-mail = Digite seu endereço de e-mail. Se ele for conhecido aqui, você receberá uma mensagem com um link.
send-link = Enviar um link
mailed = Se este endereço for conhecido aqui, uma mensagem está a caminho. Abra o link dela ou digite o código dela.
code = Código
wrong-code = Este código não vale, ou não vale mais. Confira-o, ou volte e peça uma nova mensagem.
wrong-address = Este não é um endereço de e-mail. Confira-o e tente de novo.
link-over = Este link já foi usado ou é antigo demais. Peça um novo.
link-why = Pressione o botão para entrar nesta página de status.
not-signed-in = Não foi possível entrar. Tente de novo.
no-access = Você entrou, mas esta conta não tem acesso a esta página.
signed-out = Sua sessão foi encerrada.
signed-in = Sua sessão está ativa
signed-in-why = Você também pode ver o conteúdo não público desta página de status.
by-network = Sua rede tem acesso
by-network-why = Pelo endereço da sua rede, você também pode ver o conteúdo não público desta página de status.
signed-in-other = Você vai continuar como outra pessoa. A sua sessão aqui será encerrada.
continue = Continuar
session-began = Início da sessão:
session-ends = Fim da sessão:
sign-out = Sair
sign-out-everywhere = Sair de todos os lugares

## Earlier results, and the calendar of a component

search-earlier = Pesquisar em meses anteriores: { $month }
# Beginning with the day on which a week begins; 1 is Monday.
weekdays = do se te qu qu se sá
week-begins-on = 7
