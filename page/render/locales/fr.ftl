# What each message is about stands in en.ftl.

language-name = Français

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

under-a-minute = moins d’une minute
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
postmortem = Bilan de l’incident
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
some-degraded = Performances dégradées sur certains systèmes
some-partial-outage = Panne partielle
some-major-outage = Panne majeure
several-incidents = Plusieurs incidents sont en cours
open-incident = { $state } : { $name }

tally = { $total ->
    [one] { $operational } composant opérationnel sur { $total }
   *[other] { $operational } composants opérationnels sur { $total }
}
ongoing-now = en cours
ongoing-for = en cours depuis plus de { $duration }
open-incidents = { $count ->
    [one] { $count } incident en cours
   *[other] { $count } incidents en cours
}
last-known-state = Dernier état connu
checked-when-loaded = vérifié au chargement
checked-now = vérifié à l’instant
just-now = à l’instant
# Before the time up to which the page is known to be true.
cannot-refresh = Actualisation impossible. Dernier état connu :
# Before an update that came while the page was open.
new = Nouveau :
# Components that share a line.
count-operational = { $count ->
    [one] { $count } opérationnel
   *[other] { $count } opérationnels
}
# Groups that share a line.
more-groups = { $count } de plus, tous opérationnels
last-change = Dernier changement le
updated = Mis à jour le
how-status-is-chosen = L’état de cette page est celui de son composant le plus touché et des incidents qui ne citent aucun composant. Elle n’est verte que si rien n’est en cours. Du meilleur au pire : opérationnel, maintenance, dégradé, panne partielle, panne majeure.
how-headline-is-chosen = Quand un seul incident est en cours, son nom sert de titre.
updates-delayed = Les mises à jour de cette page sont retardées. Les informations affichées datent du
updates-late = Les mises à jour de cette page sont retardées. Des incidents plus récents peuvent manquer.
uptime-formula = disponibilité = 1 − (panne majeure + 0,3 × panne partielle) ÷ durée
how-uptime-is-calculated = Calcul de la disponibilité
uptime-rule = La disponibilité est la part du temps pendant laquelle un composant a fonctionné, sur les 90 derniers jours ou depuis son ajout. Le fonctionnement dégradé et la maintenance comptent comme disponibles. Une panne partielle compte pour 30 % d’une panne. Les pannes de moins d’une minute ne sont pas comptées. Les chiffres sont arrondis vers le bas.

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
scheduled-maintenance = Maintenances planifiées
more-events = { $count } de plus
past-incidents = Incidents passés
incidents-and-maintenance = Incidents et maintenances
no-incidents = Aucun incident signalé
ongoing = En cours :
started = depuis
read-postmortem = Lire le bilan de l’incident
earlier-updates = { $count ->
    [one] { $count } mise à jour précédente
   *[other] { $count } mises à jour précédentes
}
days-ago = { $days ->
    [one] Il y a { $days } jour
   *[other] Il y a { $days } jours
}
today = Aujourd’hui
days-shown = { $days ->
    [one] { $days } jour :
   *[other] { $days } jours :
}
no-incident-days = aucun incident ni maintenance
days-with-incidents = { $days ->
    [one] { $days } jour avec incident ou maintenance
   *[other] { $days } jours avec incident ou maintenance
}
no-outage = Aucune panne
degraded-on-days = dégradé { $duration } sur { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}
no-data = Aucune donnée
updates-of-component = Mises à jour de ce composant
watch = Suivre ce composant
watched-one = Le composant que vous suivez est opérationnel
watched-all = Les # composants que vous suivez sont opérationnels
watched-some = Composants que vous suivez :

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
average = Moyenne : { $value }
lowest-and-highest = entre { $lowest } et { $highest }

## History

history-of = Historique des incidents
incident-count = { $count ->
    [0] aucun incident
    [one] { $count } incident
   *[other] { $count } incidents
}
filter-by-component = Filtrer par composant
incidents-with = Incidents récents sur { $name }
all-components = Tous les composants
no-incidents-with = Aucun incident ni maintenance récents. Les mois ci-dessous contiennent tout.
earlier-months = Tous les mois
history-description = Incidents et maintenances de { $name }, mois par mois.
month-description = Incidents et maintenances de { $name } : { $month }.
no-incidents-in-month = Aucun incident n’a été signalé au cours de ce mois.
no-incidents-yet = Aucun incident n’a été signalé à ce jour.
months = Mois
all-history = Historique complet

## Incident and maintenance

status = État
affected-components = Composants touchés
start = Début
end = Fin
planned = Prévu
planned-end = Fin prévue
duration = Durée
updates = Mises à jour
no-updates = Aucune mise à jour pour le moment.
previous-incident = Incident précédent
next-incident = Incident suivant
add-to-calendar = Ajouter au calendrier
incident-description = { $name } : état, mises à jour et composants touchés.
maintenance-description = { $name } : dates, mises à jour et composants touchés.

## Uptime

uptime-description = Disponibilité de chaque composant de { $name } sur les 90, 60 et 30 derniers jours.
component = Composant
last-days = { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}
no-uptime = Aucune donnée de disponibilité.

## Search

search = Rechercher
search-label = Rechercher des composants et des incidents
search-results = Résultats pour « { $query } »
search-count = { $count ->
    [0] Aucun résultat
    [one] { $count } résultat
   *[other] { $count } résultats
}
search-left-out = { $count ->
    [one] { $count } autre résultat n’est pas affiché. Ajoutez des mots pour préciser la recherche.
   *[other] { $count } autres résultats ne sont pas affichés. Ajoutez des mots pour préciser la recherche.
}
search-hint = Essayez d’autres mots ou revenez à la page principale :

## The foot

language = Langue
time-zone = Fuseau horaire : { $zone }
powered-by = Propulsé par Pharos

## Pages that say why there is nothing else

unknown-host = Page d’état introuvable
unknown-host-why = Il n’y a pas de page d’état à l’adresse { $host }. Vérifiez que l’adresse ne contient pas de faute de frappe.
not-found = Page introuvable
not-found-why = Vérifiez que l’adresse ne contient pas de faute de frappe ou consultez :
gone = Cette page a été supprimée
gone-why = Son propriétaire a supprimé la page d’état de { $host }.
unavailable = Cette page n’est pas encore disponible
unavailable-why = Elle n’est pas encore arrivée dans cette région. Cela prend en général quelques secondes ; la page se chargera automatiquement.
try-again = Réessayer
loading = Chargement en cours ; cette page se met à jour automatiquement.

## Signing in and out

private = Cette page est privée
private-password = Saisissez le mot de passe que vous avez reçu.
private-ways = Choisissez comment vous connecter.
private-provider = Connectez-vous avec le compte qui a reçu l’accès.
private-no-password = Seules les personnes ayant reçu un accès par un autre moyen peuvent l’ouvrir ; il n’y a pas de mot de passe à saisir.
private-ask = Si vous avez besoin d’un accès, contactez l’équipe responsable de la page d’état de { $host }.
password = Mot de passe
shared-computer = Cet ordinateur est partagé
shared-computer-why = Votre session prendra fin à la fermeture du navigateur.
sign-in = Se connecter
sign-in-with = Se connecter avec { $name }
wrong-password = Ce mot de passe est incorrect. Vérifiez les majuscules et les espaces, puis réessayez.
sign-in-busy = Il y a trop de tentatives de connexion en ce moment. Patientez un instant, puis réessayez.
sign-in-unavailable = Le service de connexion ne répond pas pour le moment. Réessayez dans quelques minutes.
email = Adresse e-mail
private-mail = Saisissez votre adresse e-mail. Si elle est connue ici, vous recevrez un message avec un lien.
send-link = Envoyer un lien
mailed = Si cette adresse est connue ici, un message est en route. Ouvrez son lien ou saisissez son code.
code = Code
wrong-code = Ce code n’est pas ou plus valable. Vérifiez-le, ou revenez en arrière pour demander un nouveau message.
wrong-address = Ce n’est pas une adresse e-mail. Vérifiez-la, puis réessayez.
link-over = Ce lien a déjà été utilisé ou est trop ancien. Demandez-en un nouveau.
link-why = Appuyez sur le bouton pour vous connecter à cette page d’état.
not-signed-in = La connexion a échoué. Veuillez réessayer.
no-access = Vous êtes connecté, mais ce compte n’a pas accès à cette page.
signed-out = Votre session est terminée.
signed-in = Votre session est ouverte
signed-in-why = Vous voyez aussi le contenu non public de cette page d’état.
by-network = Votre réseau a accès
by-network-why = Grâce à l’adresse de votre réseau, vous voyez aussi le contenu non public de cette page d’état.
signed-in-other = Vous allez continuer en tant qu’une autre personne. Votre session ici prendra fin.
continue = Continuer
session-began = Début de la session :
session-ends = Fin de la session :
sign-out = Se déconnecter
sign-out-everywhere = Se déconnecter partout

## Earlier results, and the calendar of a component

search-earlier = Chercher dans les mois précédents : { $month }
# Beginning with the day on which a week begins; 1 is Monday.
weekdays = lu ma me je ve sa di
week-begins-on = 1
