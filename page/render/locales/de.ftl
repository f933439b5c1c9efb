# What each message is about stands in en.ftl.

language-name = Deutsch

## Numbers

decimal-mark = ,
percent-sign = {"\u00A0%"}
list-separator = {", "}

## Dates

january = Januar
february = Februar
march = März
april = April
may = Mai
june = Juni
july = Juli
august = August
september = September
october = Oktober
november = November
december = Dezember

january-short = Jan.
february-short = Feb.
march-short = März
april-short = Apr.
may-short = Mai
june-short = Juni
july-short = Juli
august-short = Aug.
september-short = Sept.
october-short = Okt.
november-short = Nov.
december-short = Dez.

date-short = { $day }. { $month }
date-short-with-year = { $day }. { $month } { $year }
date-long = { $day }. { $month }
date-long-with-year = { $day }. { $month } { $year }
days-of-month = { $first }.–{ $last }. { $month }
days = { $first } – { $last }
month-of-year = { $month } { $year }
date-and-time = { $date }, { $time }

## Durations

under-a-minute = weniger als eine Minute
minutes = { $minutes } Min.
hours = { $hours } Std.
hours-and-minutes = { $hours } Std. { $minutes } Min.
days-count = { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}
days-and-hours = { $days ->
    [one] { $days } Tag { $hours } Std.
   *[other] { $days } Tage { $hours } Std.
}

## States of components

operational = In Betrieb
under-maintenance = Wartung
degraded-performance = Eingeschränkt
partial-outage = Teilausfall
major-outage = Großer Ausfall

## States of incidents and maintenances

investigating = Wird untersucht
identified = Ursache gefunden
monitoring = Wird beobachtet
resolved = Behoben
postmortem = Abschlussbericht
scheduled = Geplant
in-progress = Läuft
verifying = Wird geprüft
completed = Abgeschlossen

impact-minor = Geringe Auswirkung
impact-major = Große Auswirkung
impact-critical = Kritische Auswirkung

## The headline

all-operational = Alle Systeme funktionieren normal
some-maintenance = Wartung läuft
some-degraded = Einige Systeme sind eingeschränkt nutzbar
some-partial-outage = Teilausfall
some-major-outage = Großer Ausfall
several-incidents = Mehrere aktuelle Störungen
open-incident = { $state }: { $name }

tally = { $total ->
    [one] { $operational } von { $total } Komponente in Betrieb
   *[other] { $operational } von { $total } Komponenten in Betrieb
}
ongoing-now = dauert an
ongoing-for = dauert schon über { $duration }
open-incidents = { $count ->
    [one] { $count } aktuelle Störung
   *[other] { $count } aktuelle Störungen
}
last-known-state = Letzter bekannter Stand
checked-when-loaded = beim Laden geprüft
checked-now = gerade eben geprüft
just-now = gerade eben
# Before the time up to which the page is known to be true.
cannot-refresh = Aktualisieren nicht möglich. Letzter bekannter Stand:
# Before an update that came while the page was open.
new = Neu:
# Components that share a line.
count-operational = { $count } in Betrieb
# Groups that share a line.
more-groups = { $count } weitere, alle in Betrieb
last-change = Letzte Änderung:
updated = Stand:
how-status-is-chosen = Diese Seite zeigt den Status der am stärksten betroffenen Komponente und der Störungen, die keine Komponente nennen. Grün ist sie nur, wenn nichts offen ist. Vom besten zum schlechtesten: in Betrieb, Wartung, eingeschränkt, Teilausfall, großer Ausfall.
how-headline-is-chosen = Gibt es genau eine aktuelle Störung, ist ihr Name die Überschrift.
updates-delayed = Diese Seite wird verzögert aktualisiert. Sie zeigt den Stand vom
updates-late = Diese Seite wird verzögert aktualisiert. Neuere Störungen können fehlen.
uptime-formula = Verfügbarkeit = 1 − (großer Ausfall + 0,3 × Teilausfall) ÷ Zeit
how-uptime-is-calculated = Wie die Verfügbarkeit berechnet wird
uptime-rule = Die Verfügbarkeit ist der Anteil der Zeit, in der eine Komponente funktioniert hat, in den letzten 90 Tagen oder seit sie hinzugefügt wurde. Eingeschränkter Betrieb und Wartung zählen als verfügbar. Ein Teilausfall zählt zu 30 % als Ausfall. Ausfälle unter einer Minute zählen nicht. Die Werte werden abgerundet.

## Parts of a page

close = Schließen
skip-to-content = Zum Inhalt springen
page = Seite
status-of = Status von { $name }
page-description = Aktueller Status, Störungen und Verfügbarkeit von { $name }.
current-status = Aktueller Status
history = Verlauf
uptime = Verfügbarkeit
announcement = Ankündigung
active-incidents = Aktuelle Störungen
components = Komponenten
scheduled-maintenance = Geplante Wartungen
more-events = { $count } weitere
past-incidents = Vergangene Störungen
incidents-and-maintenance = Störungen und Wartungen
no-incidents = Keine Störungen gemeldet
ongoing = Dauert an:
started = seit
read-postmortem = Abschlussbericht lesen
earlier-updates = { $count ->
    [one] { $count } frühere Meldung
   *[other] { $count } frühere Meldungen
}
days-ago = { $days ->
    [one] Vor { $days } Tag
   *[other] Vor { $days } Tagen
}
today = Heute
days-shown = { $days ->
    [one] { $days } Tag:
   *[other] { $days } Tage:
}
no-incident-days = keine Störungen oder Wartungen
days-with-incidents = { $days ->
    [one] { $days } Tag mit Störungen oder Wartungen
   *[other] { $days } Tage mit Störungen oder Wartungen
}
no-outage = Kein Ausfall
degraded-on-days = eingeschränkt { $duration } an { $days ->
    [one] { $days } Tag
   *[other] { $days } Tagen
}
no-data = Keine Daten
updates-of-component = Meldungen zu dieser Komponente
watch = Diese Komponente beobachten
watched-one = Die Komponente, die Sie beobachten, ist in Betrieb
watched-all = Die # Komponenten, die Sie beobachten, sind in Betrieb
watched-some = Komponenten, die Sie beobachten:

## Subscribing

subscribe = Abonnieren
feed-rss = RSS-Feed
feed-atom = Atom-Feed
feed-calendar = Wartungskalender
feed-json = Status als JSON

## Metrics

metrics = Messwerte
last-day = Letzte 24 Stunden
last-week = Letzte 7 Tage
last-month = Letzte 28 Tage
average = Durchschnitt { $value }
lowest-and-highest = zwischen { $lowest } und { $highest }

## History

history-of = Störungsverlauf
incident-count = { $count ->
    [0] keine Störungen
    [one] { $count } Störung
   *[other] { $count } Störungen
}
filter-by-component = Nach Komponente filtern
incidents-with = Neuere Störungen bei { $name }
all-components = Alle Komponenten
no-incidents-with = Keine neueren Störungen oder Wartungen. Unter den Monaten steht alles.
earlier-months = Alle Monate
history-description = Störungen und Wartungen bei { $name } nach Monaten.
month-description = Störungen und Wartungen bei { $name } im { $month }.
no-incidents-in-month = In diesem Monat wurden keine Störungen gemeldet.
no-incidents-yet = Bisher wurden keine Störungen gemeldet.
months = Monate
all-history = Gesamter Verlauf

## Incident and maintenance

status = Status
affected-components = Betroffene Komponenten
start = Beginn
end = Ende
planned = Geplant
planned-end = Geplantes Ende
duration = Dauer
updates = Meldungen
no-updates = Noch keine Meldungen.
previous-incident = Vorherige Störung
next-incident = Nächste Störung
add-to-calendar = Zum Kalender hinzufügen
incident-description = { $name }: Status, Meldungen und betroffene Komponenten.
maintenance-description = { $name }: Termin, Meldungen und betroffene Komponenten.

## Uptime

uptime-description = Verfügbarkeit aller Komponenten von { $name } in den letzten 90, 60 und 30 Tagen.
component = Komponente
last-days = { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}
no-uptime = Keine Daten zur Verfügbarkeit.

## Search

search = Suchen
search-label = Komponenten und Störungen suchen
search-results = Ergebnisse für „{ $query }“
search-count = { $count ->
    [0] Keine Ergebnisse
    [one] { $count } Ergebnis
   *[other] { $count } Ergebnisse
}
search-left-out = { $count ->
    [one] { $count } weiteres Ergebnis wird nicht angezeigt. Mehr Suchbegriffe grenzen die Suche ein.
   *[other] { $count } weitere Ergebnisse werden nicht angezeigt. Mehr Suchbegriffe grenzen die Suche ein.
}
search-hint = Versuchen Sie es mit anderen Suchbegriffen oder gehen Sie zurück zu:

## The foot

language = Sprache
time-zone = Zeitzone: { $zone }
powered-by = Erstellt mit Pharos

## Pages that say why there is nothing else

unknown-host = Statusseite nicht gefunden
unknown-host-why = Unter { $host } gibt es keine Statusseite. Prüfen Sie die Adresse auf Tippfehler.
not-found = Seite nicht gefunden
not-found-why = Prüfen Sie die Adresse auf Tippfehler oder gehen Sie zu:
gone = Diese Seite wurde entfernt
gone-why = Der Betreiber hat die Statusseite unter { $host } entfernt.
unavailable = Diese Seite ist noch nicht verfügbar
unavailable-why = Sie hat diese Region noch nicht erreicht. Das dauert meist nur wenige Sekunden; die Seite wird automatisch geladen.
try-again = Erneut versuchen
loading = Wird geladen; diese Seite aktualisiert sich automatisch.

## Signing in and out

private = Diese Seite ist nicht öffentlich
private-password = Geben Sie das Passwort ein, das Sie erhalten haben.
private-ways = Wählen Sie, wie Sie sich anmelden.
private-provider = Melden Sie sich mit dem Konto an, das Zugang hat.
private-no-password = Nur wer auf anderem Weg Zugang erhalten hat, kann sie öffnen; ein Passwort gibt es hier nicht.
private-ask = Wenn Sie Zugang brauchen, wenden Sie sich an das Team, das die Statusseite unter { $host } betreibt.
password = Passwort
shared-computer = Dieser Computer wird gemeinsam genutzt
shared-computer-why = Ihre Sitzung endet, wenn der Browser geschlossen wird.
sign-in = Anmelden
sign-in-with = Anmelden mit { $name }
wrong-password = Dieses Passwort stimmt nicht. Achten Sie auf Groß- und Kleinschreibung und auf Leerzeichen, und versuchen Sie es erneut.
sign-in-busy = Zurzeit gibt es zu viele Anmeldeversuche. Warten Sie einen Moment und versuchen Sie es erneut.
sign-in-unavailable = Der Anmeldedienst antwortet zurzeit nicht. Versuchen Sie es in einigen Minuten erneut.
email = E-Mail-Adresse
private-mail = Geben Sie Ihre E-Mail-Adresse ein. Wenn sie hier bekannt ist, erhalten Sie eine Nachricht mit einem Link.
send-link = Link senden
mailed = Wenn diese Adresse hier bekannt ist, ist eine Nachricht unterwegs. Öffnen Sie ihren Link, oder geben Sie ihren Code ein.
code = Code
wrong-code = Dieser Code gilt nicht oder nicht mehr. Prüfen Sie ihn, oder gehen Sie zurück und fordern Sie eine neue Nachricht an.
wrong-address = Das ist keine E-Mail-Adresse. Prüfen Sie sie und versuchen Sie es erneut.
link-over = Dieser Link wurde schon verwendet oder ist zu alt. Fordern Sie einen neuen an.
link-why = Drücken Sie den Knopf, um sich auf dieser Statusseite anzumelden.
not-signed-in = Die Anmeldung hat nicht funktioniert. Bitte versuchen Sie es erneut.
no-access = Ihre Anmeldung war erfolgreich, aber dieses Konto hat keinen Zugang zu dieser Seite.
signed-out = Sie sind abgemeldet.
signed-in = Sie sind angemeldet
signed-in-why = Sie sehen auch, was auf dieser Statusseite nicht öffentlich ist.
by-network = Ihr Netzwerk hat Zugang
by-network-why = Aufgrund der Adresse Ihres Netzwerks sehen Sie auch, was auf dieser Statusseite nicht öffentlich ist.
signed-in-other = Sie sind dabei, als jemand anderes fortzufahren. Ihre Sitzung hier endet dann.
continue = Fortfahren
session-began = Angemeldet seit:
session-ends = Angemeldet bis:
sign-out = Abmelden
sign-out-everywhere = Überall abmelden

## Earlier results, and the calendar of a component

search-earlier = Frühere Monate durchsuchen: { $month }
# Beginning with the day on which a week begins; 1 is Monday.
weekdays = Mo Di Mi Do Fr Sa So
week-begins-on = 1
