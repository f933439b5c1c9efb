# What each message is about stands in en.ftl.

## Numbers

decimal-mark = ,
percent-sign = {"\u202F%"}
list-separator = {", "}

## Dates

january = janvier
february = février
march = mars
april = avril
may = mai
june = juin
july = juillet
august = août
september = septembre
october = octobre
november = novembre
december = décembre

january-short = janv.
february-short = févr.
march-short = mars
april-short = avr.
may-short = mai
june-short = juin
july-short = juil.
august-short = août
september-short = sept.
october-short = oct.
november-short = nov.
december-short = déc.

date-short = { $day ->
    [1] 1er { $month }
   *[other] { $day } { $month }
}
date-short-with-year = { $day ->
    [1] 1er { $month } { $year }
   *[other] { $day } { $month } { $year }
}
date-long = { $day ->
    [1] 1er { $month }
   *[other] { $day } { $month }
}
date-long-with-year = { $day ->
    [1] 1er { $month } { $year }
   *[other] { $day } { $month } { $year }
}
days-of-month = { $first ->
    [1] 1er–{ $last } { $month }
   *[other] { $first }–{ $last } { $month }
}
days = { $first } – { $last }
month-of-year = { $month } { $year }
date-and-time = { $date }, { $time }

## Durations

minutes = { $minutes } min
hours = { $hours } h
hours-and-minutes = { $hours } h { $minutes } min
days-count = { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}
days-and-hours = { $days ->
    [one] { $days } jour { $hours } h
   *[other] { $days } jours { $hours } h
}

## States of components

operational = Opérationnel
under-maintenance = Maintenance
degraded-performance = Dégradé
partial-outage = Panne partielle
major-outage = Panne majeure

## States of incidents and maintenances

investigating = En cours d’analyse
identified = Cause identifiée
monitoring = Sous surveillance
resolved = Résolu
postmortem = Bilan
scheduled = Planifiée
in-progress = En cours
verifying = En vérification
completed = Terminée

impact-minor = Impact mineur
impact-major = Impact majeur
impact-critical = Impact critique

## The headline

all-operational = Tous les systèmes sont opérationnels
some-maintenance = Maintenance en cours
some-degraded = Certains systèmes sont dégradés
some-partial-outage = Panne partielle
some-major-outage = Panne majeure
several-incidents = Plusieurs incidents sont en cours

tally = { $total ->
    [one] { $operational } composant opérationnel sur { $total }
   *[other] { $operational } composants opérationnels sur { $total }
}
as-of = au
how-status-is-found = L’état de cette page est celui de son composant le plus touché. Du meilleur au pire : opérationnel, maintenance, dégradé, panne partielle, panne majeure.
how-headline-is-found = Tant qu’un seul incident est en cours, son nom sert de titre.
updates-delayed = Les mises à jour de cette page ont du retard. Elle montre ce qui était connu le
uptime-formula = disponibilité = 1 − (panne majeure + 0,3 × panne partielle) ÷ durée
how-uptime-is-counted = Comment la disponibilité est calculée
uptime-rule = La disponibilité est la part du temps pendant laquelle un composant a fonctionné, sur les 90 derniers jours ou depuis son ajout. Le fonctionnement dégradé et la maintenance comptent comme disponibles, une panne partielle compte pour trois dixièmes, les pannes de moins d’une minute ne comptent pas, et les chiffres sont arrondis vers le bas.

## Parts of a page

close = Fermer
skip-to-content = Aller au contenu
page = Page
status-of = État de { $name }
page-description = État actuel, incidents et disponibilité de { $name }.
current-status = État actuel
history = Historique
uptime = Disponibilité
announcement = Annonce
active-incidents = Incidents en cours
components = Composants
scheduled-maintenance = Maintenance planifiée
past-incidents = Incidents passés
incidents-and-maintenance = Incidents et maintenance
no-incidents = Aucun incident signalé
ongoing = En cours :
started = depuis
read-postmortem = Lire le bilan
earlier-updates = { $count ->
    [one] { $count } message antérieur
   *[other] { $count } messages antérieurs
}
days-ago = { $days ->
    [one] Il y a { $days } jour
   *[other] Il y a { $days } jours
}
today = Aujourd’hui
bar = { $days ->
    [one] { $days } jour :
   *[other] { $days } jours :
}
no-trouble = aucun problème
days-with-trouble = { $days ->
    [one] { $days } jour perturbé
   *[other] { $days } jours perturbés
}
no-history = pas d’historique
updates-of-component = Messages sur ce composant

## Subscribing

subscribe = S’abonner
feed-rss = Flux RSS
feed-atom = Flux Atom
feed-calendar = Calendrier de maintenance
feed-json = État en JSON

## Metrics

metrics = Mesures
last-day = Dernières 24 heures
last-week = 7 derniers jours
last-month = 28 derniers jours
average = moyenne { $value }
lowest-and-highest = entre { $lowest } et { $highest }
not-measured = aucune mesure

## History

history-of = Historique des incidents
history-description = Incidents et maintenance de { $name }, mois par mois.
month-description = Incidents et maintenance de { $name } : { $month }.
quiet-month = Aucun incident n’a été signalé ce mois-ci.
no-history-yet = Aucun incident n’a encore été signalé.
months = Mois
all-history = Tout l’historique

## Incident and maintenance

state = État
affected-components = Composants touchés
start = Début
end = Fin
planned-end = Fin prévue
duration = Durée
updates = Messages
no-updates = Aucun message n’a encore été publié.
add-to-calendar = Ajouter à un calendrier
incident-description = { $name } : ce qui s’est passé et ce qui a été fait.
maintenance-description = { $name } : quand, et à quoi s’attendre.

## Uptime

uptime-description = Disponibilité de chaque composant de { $name } sur 90, 60 et 30 jours.
component = Composant
last-days = { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}
no-uptime = Aucun composant n’affiche sa disponibilité.

## Search

search = Rechercher
search-label = Rechercher des composants et des incidents
search-results = Résultats pour « { $query } »
search-count = { $count ->
    [0] Aucun résultat
    [one] { $count } résultat
   *[other] { $count } résultats
}
search-left-out = { $count ->
    [one] { $count } autre résultat n’est pas affiché. Ajoutez des mots pour préciser la recherche.
   *[other] { $count } autres résultats ne sont pas affichés. Ajoutez des mots pour préciser la recherche.
}
search-hint = Essayez d’autres mots, ou revenez à la page principale :

## The foot

language = Langue
times-in = Heures : { $zone }
powered-by = Propulsé par Pharos

## Pages that say why there is nothing else

unknown-host = Il n’y a pas de page ici
unknown-host-why = Aucune page d’état n’est servie à l’adresse { $host }. L’adresse contient peut-être une faute de frappe.
not-found = Il n’y a rien à cette adresse
not-found-why = Elle contient peut-être une faute de frappe, ou son contenu a été déplacé. Ces pages existent :
gone = Cette page a été retirée
gone-why = Son éditeur a retiré la page d’état de { $host }.
unavailable = Cette page n’est pas encore là
unavailable-why = Elle n’est pas encore arrivée dans cette région. Cela prend en général quelques secondes ; la page s’affichera ici d’elle-même.
try-again = Réessayer
loading = Chargement de l’état…
loading-why = La page est en préparation et s’affichera ici d’elle-même.
