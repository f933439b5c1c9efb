# Words of the interface. Every language has the same messages with the same arguments; a test compares them.
# Publishers' words are never translated. Sentence case, plain, no blame, no exclamation marks.

# The name of the language, as its speakers write it.
language-name = English

## Numbers

decimal-mark = .
# What stands behind a share.
percent-sign = {"%"}
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

under-a-minute = less than a minute
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
some-maintenance = Maintenance in progress
some-degraded = Degraded performance on some systems
some-partial-outage = Partial outage
some-major-outage = Major outage
several-incidents = Several incidents are open
open-incident = { $state }: { $name }

tally = { $total ->
    [one] { $operational } of { $total } component operational
   *[other] { $operational } of { $total } components operational
}
# Under the state of the page: how long something has been going on. A page is read later than it is drawn, so it is said as the least.
ongoing-now = ongoing
ongoing-for = ongoing for over { $duration }
open-incidents = { $count ->
    [one] { $count } open incident
   *[other] { $count } open incidents
}
last-known-state = Last known state
# Behind the moment of the last change.
checked-when-loaded = checked on loading
checked-now = checked just now
# Behind the moment of an update.
just-now = just now
# Before the time up to which the page is known to be true.
cannot-refresh = Cannot refresh. Last known state of
# Before an update that came while the page was open.
new = New:
# Components that share a line.
count-operational = { $count } operational
# Groups that share a line.
more-groups = { $count } more, all operational
last-change = Last change
updated = Updated
how-status-is-chosen = This page shows the status of its most affected component, and of incidents that name no component. It is green only while nothing is open. From best to worst: operational, maintenance, degraded, partial outage, major outage.
how-headline-is-chosen = When exactly one incident is open, its name is the headline.
updates-delayed = Updates to this page are delayed. The information shown is from
updates-late = Updates to this page are delayed. Newer incidents may be missing.
uptime-formula = uptime = 1 − (major outage + 0.3 × partial outage) ÷ time
how-uptime-is-calculated = How uptime is calculated
uptime-rule = Uptime is the share of time that a component was working, over the last 90 days or since it was added. Degraded performance and maintenance count as uptime. A partial outage counts as 30% of an outage. Outages shorter than one minute are not counted. Figures are rounded down.

## Parts of a page

close = Close
skip-to-content = Skip to content
page = Page
status-of = { $name } status
page-description = Current status, incidents and uptime for { $name }.
current-status = Current status
history = History
uptime = Uptime
announcement = Announcement
active-incidents = Open incidents
components = Components
scheduled-maintenance = Scheduled maintenance
more-events = { $count } more
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
# Before one of the next two messages.
days-shown = { $days ->
    [one] { $days } day:
   *[other] { $days } days:
}
no-incident-days = no incidents or maintenance
days-with-incidents = { $days ->
    [one] { $days } day with incidents or maintenance
   *[other] { $days } days with incidents or maintenance
}
# Beside a component that had no outage, though it did not always work as it should.
no-outage = No outage
degraded-on-days = degraded { $duration } on { $days ->
    [one] { $days } day
   *[other] { $days } days
}
no-data = No data
updates-of-component = Updates for this component
# A box to tick, and what the page says of the components whose box is ticked; # is their number.
watch = Watch this component
watched-one = The component you watch is operational
watched-all = The # components you watch are operational
# Before their worst state.
watched-some = Components you watch:

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
average = Average { $value }
lowest-and-highest = between { $lowest } and { $highest }

## History

history-of = Incident history
incident-count = { $count ->
    [0] no incidents
    [one] { $count } incident
   *[other] { $count } incidents
}
filter-by-component = Filter by component
incidents-with = Recent incidents with { $name }
all-components = All components
no-incidents-with = No recent incidents or maintenance. The months below have everything.
earlier-months = All months
history-description = Incidents and maintenance for { $name } by month.
month-description = Incidents and maintenance for { $name } in { $month }.
no-incidents-in-month = No incidents reported for this month.
no-incidents-yet = No incidents reported yet.
months = Months
all-history = Full history

## Incident and maintenance

status = Status
affected-components = Affected components
start = Start
end = End
planned = Planned
planned-end = Planned end
duration = Duration
updates = Updates
no-updates = No updates yet.
previous-incident = Previous incident
next-incident = Next incident
add-to-calendar = Add to calendar
incident-description = { $name }: status, updates and affected components.
maintenance-description = { $name }: schedule, updates and affected components.

## Uptime

uptime-description = Uptime of every component of { $name } over the last 90, 60 and 30 days.
component = Component
last-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
no-uptime = No uptime data.

## Search

search = Search
search-label = Search components and incidents
search-results = Results for “{ $query }”
search-count = { $count ->
    [0] No results
    [one] { $count } result
   *[other] { $count } results
}
search-left-out = { $count ->
    [one] { $count } more result is not shown. Add words to narrow your search.
   *[other] { $count } more results are not shown. Add words to narrow your search.
}
search-hint = Try other words, or go back to:

## The foot

language = Language
time-zone = Time zone: { $zone }
powered-by = Powered by Pharos

## Pages that say why there is nothing else

unknown-host = Status page not found
unknown-host-why = There is no status page at { $host }. Check the address for typos.
not-found = Page not found
not-found-why = Check the address for typos, or go to:
gone = This page was removed
gone-why = The owner removed the status page at { $host }.
unavailable = This page is not available yet
unavailable-why = It has not reached this region yet. This usually takes a few seconds; the page loads automatically.
try-again = Try again
loading = Loading; this page updates automatically.

## Signing in and out

# The heading for who may not see a page; one of the next three stands below it.
private = This page is private
private-password = Enter the password that you were given.
private-ways = Choose how you sign in.
private-provider = Sign in with the account that you were given access with.
private-no-password = Only people who were given access in another way can open it; there is no password to enter.
private-ask = If you need access, ask the team that runs the status page at { $host }.
password = Password
shared-computer = This is a shared computer
shared-computer-why = Your session ends when the browser is closed.
sign-in = Sign in
# $name is a product or an organisation, such as Acme.
sign-in-with = Sign in with { $name }
# Above the field, when a visitor is not let in.
wrong-password = This password is not correct. Check capital letters and spaces, then try again.
sign-in-busy = There are too many attempts to sign in right now. Wait a moment, then try again.
sign-in-unavailable = The sign-in service does not answer right now. Try again in a few minutes.
email = E-mail address
private-mail = Enter your e-mail address. If it is known here, you get a message with a link.
send-link = Send a link
mailed = If this address is known here, a message is on its way. Open its link, or enter its code.
code = Code
wrong-code = This code does not count, or no longer. Check it, or go back and ask for a new message.
wrong-address = This is not an e-mail address. Check it, then try again.
link-over = This link was already used, or it is too old. Ask for a new one.
link-why = Press the button to sign in to this status page.
not-signed-in = Signing in did not work. Please try again.
no-access = You are signed in, but this account has no access to this page.
signed-out = You are signed out.
signed-in = You are signed in
signed-in-why = You can also see what is not public on this status page.
by-network = Your network has access
by-network-why = Because of your network’s address, you can also see what is not public on this status page.
# Over a button, where another site brought somebody who is signed in already.
signed-in-other = You are about to continue as somebody else. Your session here then ends.
continue = Continue
# Each before a moment.
session-began = Session began:
session-ends = Session ends:
sign-out = Sign out
sign-out-everywhere = Sign out everywhere

## Earlier results, and the calendar of a component

search-earlier = Search earlier months: { $month }
# Beginning with the day on which a week begins; 1 is Monday.
weekdays = Su Mo Tu We Th Fr Sa
week-begins-on = 7
