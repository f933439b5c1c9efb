# What each message is about stands in en.ftl.

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
postmortem = Nachbetrachtung
scheduled = Geplant
in-progress = Läuft
verifying = Wird geprüft
completed = Abgeschlossen

impact-minor = Geringe Auswirkung
impact-major = Große Auswirkung
impact-critical = Kritische Auswirkung

## The headline

all-operational = Alle Systeme in Betrieb
some-maintenance = Wartung läuft
some-degraded = Einige Systeme sind eingeschränkt
some-partial-outage = Teilausfall
some-major-outage = Großer Ausfall
several-incidents = Mehrere Störungen sind offen

tally = { $total ->
    [one] { $operational } von { $total } Komponente in Betrieb
   *[other] { $operational } von { $total } Komponenten in Betrieb
}
as-of = Stand:
how-status-is-found = Der Status dieser Seite ist der ihrer schlechtesten Komponente. Vom besten zum schlechtesten: in Betrieb, Wartung, eingeschränkt, Teilausfall, großer Ausfall.
how-headline-is-found = Solange genau eine Störung offen ist, ist ihr Name die Überschrift.
updates-delayed = Neuigkeiten erreichen diese Seite verspätet. Sie zeigt den Stand vom
uptime-formula = Verfügbarkeit = 1 − (großer Ausfall + 0,3 × Teilausfall) ÷ Zeit
how-uptime-is-counted = Wie die Verfügbarkeit berechnet wird
uptime-rule = Die Verfügbarkeit ist der Anteil der Zeit, in der eine Komponente funktioniert hat, über die letzten 90 Tage oder seit sie hinzukam. Eingeschränkter Betrieb und Wartung zählen als verfügbar, ein Teilausfall zählt zu drei Zehnteln, Ausfälle unter einer Minute zählen nicht, und es wird abgerundet.

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
active-incidents = Offene Störungen
components = Komponenten
scheduled-maintenance = Geplante Wartung
past-incidents = Vergangene Störungen
incidents-and-maintenance = Störungen und Wartung
no-incidents = Keine Störungen gemeldet
ongoing = Dauert an:
started = seit
read-postmortem = Nachbetrachtung lesen
earlier-updates = { $count ->
    [one] { $count } frühere Meldung
   *[other] { $count } frühere Meldungen
}
days-ago = { $days ->
    [one] Vor { $days } Tag
   *[other] Vor { $days } Tagen
}
today = Heute
bar = { $days ->
    [one] { $days } Tag:
   *[other] { $days } Tage:
}
no-trouble = keine Störung
days-with-trouble = { $days ->
    [one] { $days } Tag mit Störungen
   *[other] { $days } Tage mit Störungen
}
no-history = keine Aufzeichnung
updates-of-component = Meldungen zu dieser Komponente

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
not-measured = nichts gemessen

## History

history-of = Verlauf der Störungen
history-description = Störungen und Wartung von { $name } nach Monaten.
month-description = Störungen und Wartung von { $name } im { $month }.
quiet-month = In diesem Monat wurden keine Störungen gemeldet.
no-history-yet = Bisher wurden keine Störungen gemeldet.
months = Monate
all-history = Gesamter Verlauf

## Incident and maintenance

state = Stand
affected-components = Betroffene Komponenten
start = Beginn
end = Ende
planned-end = Geplantes Ende
duration = Dauer
updates = Meldungen
no-updates = Dazu gibt es noch keine Meldung.
add-to-calendar = In den Kalender übernehmen
incident-description = { $name }: was geschah und was unternommen wurde.
maintenance-description = { $name }: wann, und womit zu rechnen ist.

## Uptime

uptime-description = Verfügbarkeit aller Komponenten von { $name } über 90, 60 und 30 Tage.
component = Komponente
last-days = { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}
no-uptime = Keine Komponente zeigt ihre Verfügbarkeit.

## Search

search = Suchen
search-label = Komponenten und Störungen suchen
search-results = Ergebnisse für „{ $query }“
search-count = { $count ->
    [0] Nichts gefunden
    [one] { $count } Ergebnis
   *[other] { $count } Ergebnisse
}
search-left-out = { $count ->
    [one] { $count } weiteres wird nicht gezeigt. Mehr Wörter grenzen die Suche ein.
   *[other] { $count } weitere werden nicht gezeigt. Mehr Wörter grenzen die Suche ein.
}
search-hint = Suchen Sie nach anderen Wörtern, oder gehen Sie zurück:

## The foot

language = Sprache
times-in = Zeiten in { $zone }
powered-by = Läuft mit Pharos

## Pages that say why there is nothing else

unknown-host = Hier ist keine Seite
unknown-host-why = Unter { $host } gibt es keine Statusseite. Vielleicht enthält die Adresse einen Tippfehler.
not-found = Unter dieser Adresse ist nichts
not-found-why = Vielleicht enthält sie einen Tippfehler, oder der Inhalt ist umgezogen. Diese Seiten gibt es:
gone = Diese Seite wurde entfernt
gone-why = Ihr Herausgeber hat die Statusseite unter { $host } entfernt.
unavailable = Diese Seite ist noch nicht da
unavailable-why = Sie hat diese Region noch nicht erreicht. Das dauert meist einige Sekunden; die Seite erscheint hier von selbst.
try-again = Erneut versuchen
loading = Der Status wird geladen …
loading-why = Die Seite wird aufgebaut und erscheint hier von selbst.
