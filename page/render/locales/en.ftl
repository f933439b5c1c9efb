# Words of the interface. Every language has the same messages with the same arguments; a test compares them.
# Publishers' words are never translated. Sentence case, plain, no blame, no exclamation marks.

## Numbers

decimal-mark = .
# What stands behind a share.
percent-sign = {"\u00A0%"}
# Between several things in one line.
list-separator = {", "}

## Dates. $month is a name from the lists below.

january = January
february = February
march = March
april = April
may = May
june = June
july = July
august = August
september = September
october = October
november = November
december = December

january-short = Jan
february-short = Feb
march-short = Mar
april-short = Apr
may-short = May
june-short = Jun
july-short = Jul
august-short = Aug
september-short = Sep
october-short = Oct
november-short = Nov
december-short = Dec

# 22 Nov
date-short = { $day } { $month }
date-short-with-year = { $day } { $month } { $year }
# 22 November
date-long = { $day } { $month }
date-long-with-year = { $day } { $month } { $year }
# 9–14 November
days-of-month = { $first }–{ $last } { $month }
# 28 October – 3 November
days = { $first } – { $last }
# November 2026
month-of-year = { $month } { $year }
# 22 Nov, 14:32 UTC
date-and-time = { $date }, { $time }

## Durations, as short as they are understood

minutes = { $minutes } min
hours = { $hours } h
hours-and-minutes = { $hours } h { $minutes } min
days-count = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
days-and-hours = { $days ->
    [one] { $days } day { $hours } h
   *[other] { $days } days { $hours } h
}

## States of components

operational = Operational
under-maintenance = Maintenance
degraded-performance = Degraded
partial-outage = Partial outage
major-outage = Major outage

## States of incidents and maintenances

investigating = Investigating
identified = Identified
monitoring = Monitoring
resolved = Resolved
postmortem = Postmortem
scheduled = Scheduled
in-progress = In progress
verifying = Verifying
completed = Completed

impact-minor = Minor impact
impact-major = Major impact
impact-critical = Critical impact

## The headline

all-operational = All systems operational
some-maintenance = Maintenance under way
some-degraded = Some systems are degraded
some-partial-outage = Partial outage
some-major-outage = Major outage
several-incidents = Several incidents are open

tally = { $total ->
    [one] { $operational } of { $total } component operational
   *[other] { $operational } of { $total } components operational
}
as-of = as of
how-status-is-found = The status of this page is that of its worst component. From best to worst: operational, maintenance, degraded, partial outage, major outage.
how-headline-is-found = While exactly one incident is open, its name is the headline.
updates-delayed = Updates to this page are delayed. It shows what was known on
uptime-formula = uptime = 1 − (major outage + 0.3 × partial outage) ÷ time
how-uptime-is-counted = How uptime is counted
uptime-rule = Uptime is the share of time in which a component worked, over the last 90 days or since it was added. Degraded performance and maintenance count as working, a partial outage counts three tenths, outages of less than a minute are left out, and figures are rounded down.

## Parts of a page

close = Close
skip-to-content = Skip to content
page = Page
status-of = { $name } status
page-description = Current status, incidents and uptime of { $name }.
current-status = Current status
history = History
uptime = Uptime
announcement = Announcement
active-incidents = Open incidents
components = Components
scheduled-maintenance = Scheduled maintenance
past-incidents = Past incidents
incidents-and-maintenance = Incidents and maintenance
no-incidents = No incidents reported
ongoing = Ongoing:
started = started
read-postmortem = Read the postmortem
earlier-updates = { $count ->
    [one] { $count } earlier update
   *[other] { $count } earlier updates
}
days-ago = { $days ->
    [one] { $days } day ago
   *[other] { $days } days ago
}
today = Today
# In front of one of the next two messages.
bar = { $days ->
    [one] { $days } day:
   *[other] { $days } days:
}
no-trouble = no trouble
days-with-trouble = { $days ->
    [one] { $days } day with trouble
   *[other] { $days } days with trouble
}
no-history = no history
updates-of-component = Updates of this component

## Subscribing

subscribe = Subscribe
feed-rss = RSS feed
feed-atom = Atom feed
feed-calendar = Maintenance calendar
feed-json = Status as JSON

## Metrics

metrics = Metrics
last-day = Last 24 hours
last-week = Last 7 days
last-month = Last 28 days
average = average { $value }
lowest-and-highest = between { $lowest } and { $highest }
not-measured = nothing was measured

## History

history-of = Incident history
history-description = Incidents and maintenance of { $name } by month.
month-description = Incidents and maintenance of { $name } in { $month }.
quiet-month = No incidents were reported in this month.
no-history-yet = No incidents have been reported yet.
months = Months
all-history = All history

## Incident and maintenance

state = State
affected-components = Affected components
start = Start
end = End
planned-end = Planned end
duration = Duration
updates = Updates
no-updates = Nothing has been said about it yet.
add-to-calendar = Add to a calendar
incident-description = { $name }: what happened, and what was done about it.
maintenance-description = { $name }: when, and what to expect.

## Uptime

uptime-description = Uptime of every component of { $name } over 90, 60 and 30 days.
component = Component
last-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
no-uptime = No component shows its uptime.

## Search

search = Search
search-label = Search components and incidents
search-results = Results for “{ $query }”
search-count = { $count ->
    [0] Nothing was found
    [one] { $count } result
   *[other] { $count } results
}
search-left-out = { $count ->
    [one] { $count } more is not shown. Use more words to narrow the search.
   *[other] { $count } more are not shown. Use more words to narrow the search.
}
search-hint = Look for other words, or go back to the current status.

## The foot

language = Language
times-in = Times are in { $zone }
powered-by = Powered by Pharos

## Pages that say why there is nothing else

unknown-host = There is no page here
unknown-host-why = No status page is served at { $host }. Look for a typing mistake in the address.
not-found = There is nothing at this address
not-found-why = It may be mistyped, or what was here has moved. These pages are here:
gone = This page was removed
gone-why = Its publisher took the status page at { $host } away.
unavailable = This page is not here yet
unavailable-why = It has not reached this region. That usually takes a few seconds; the page appears here by itself.
try-again = Try again
loading = Loading the status…
loading-why = The page is being drawn and appears here by itself.
