//! An incident or a maintenance: its state, its components, its times and its updates.

use minijinja::Value;
use page_model::{
    Stamp,
    snapshot::{Affected, Incident, Maintenance, Touched, Update},
    status::{Impact, IncidentStatus},
};
use serde::Serialize;
use time::Date;

use super::touched::{Components, TouchedView};
use crate::{
    locale::Locale,
    render::{address, prose},
    texts::unbroken,
    times::{Moment, Zone, day_of},
    tone::Tone,
};

/// Where a report stands, and so how many of its updates stand open; the earlier ones are one click away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Among current and upcoming events.
    Current,
    Past,
    /// Among the results of a search.
    Found,
    /// On the page of its own.
    OwnPage,
}

impl Place {
    /// The level of the first heading in an event's texts: below the event's own, or that of its updates.
    fn heading_level(self) -> u8 {
        match self {
            Self::Past => 5,
            Self::Current | Self::Found | Self::OwnPage => 3,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct Report<'a> {
    id: &'a str,
    pub name: &'a str,
    /// Where its own page is.
    pub href: Value,
    pub tone: Tone,
    /// How its state looks: what is over is fine, however bad it was.
    pub state_tone: Tone,
    state: &'a str,
    impact: Option<&'a str>,
    /// How an end is told from what goes on, where an event is one of a list: `over` beside the tone.
    over: &'static str,
    /// The components that the page has, with their state; and the names of others, of which some may be left out.
    touched: Vec<TouchedView<'a>>,
    components: Vec<&'a str>,
    left_out: Option<String>,
    started: Moment,
    ended: Option<Moment>,
    duration: Option<String>,
    /// Whether the end is still to come.
    end_is_planned: bool,
    /// The window of a maintenance that runs or ran at other times.
    planned: Option<Span>,
    postmortem: Option<UpdateView<'a>>,
    updates: Vec<UpdateView<'a>>,
    earlier: Vec<UpdateView<'a>>,
    /// What unfolds the earlier updates: `3 earlier updates`.
    earlier_label: String,
}

#[derive(Debug, Serialize)]
pub struct Span {
    from: Moment,
    to: Moment,
}

#[derive(Debug, Serialize)]
struct UpdateView<'a> {
    id: &'a str,
    state: &'a str,
    at: Moment,
    body: Value,
    affected: Vec<AffectedView<'a>>,
}

#[derive(Debug, Serialize)]
struct AffectedView<'a> {
    name: &'a str,
    tone: Tone,
    status: &'a str,
}

impl Report<'_> {
    pub fn is_over(&self) -> bool {
        !self.over.is_empty()
    }
}

/// Draws the reports of one place.
#[derive(Clone, Copy)]
pub struct Reporter {
    pub locale: &'static Locale,
    pub place: Place,
    /// The date that is shown nearby: times on it do without it.
    pub day: Option<Date>,
}

impl Reporter {
    pub fn incident<'a>(&self, incident: &'a Incident) -> Report<'a> {
        let locale = self.locale;
        let postmortem = postmortem(&incident.updates);
        let views = incident.updates.iter();
        let mut all: Vec<UpdateView<'_>> = views
            .map(|update| self.update(update, locale.incident(update.status)))
            .collect();
        let postmortem = postmortem.map(|place| all.remove(place));
        let times = match incident.resolved_at {
            Some(end) => Times::of(
                self.span(incident.started_at, end),
                duration(locale, incident.started_at, end),
            ),
            None => Times::since(self.moment(incident.started_at, Zone::Shown)),
        };
        let (updates, earlier) = self.split(all);
        Report {
            id: incident.id.as_str(),
            name: &incident.name,
            href: address(format!("/incidents/{}", incident.id)),
            tone: incident.impact.into(),
            state_tone: over_or(incident.status.is_over(), incident.impact.into()),
            state: locale.incident(incident.status),
            impact: locale.impact(incident.impact),
            over: over(incident.status.is_over()),
            touched: Vec::new(),
            left_out: self.left_out(incident.components.len()),
            components: self.names(&incident.components),
            started: times.started,
            ended: times.ended,
            duration: times.duration,
            end_is_planned: false,
            planned: None,
            postmortem,
            earlier_label: self.earlier_label(&earlier),
            updates,
            earlier,
        }
    }

    pub fn maintenance<'a>(&self, maintenance: &'a Maintenance) -> Report<'a> {
        let locale = self.locale;
        let updates = maintenance.updates.iter();
        let all = updates.map(|update| self.update(update, locale.maintenance(update.status)));
        let (updates, earlier) = self.split(all.collect());
        let (times, planned) = self.times_of(maintenance);
        Report {
            id: maintenance.id.as_str(),
            name: &maintenance.name,
            href: address(format!("/maintenances/{}", maintenance.id)),
            tone: Impact::None.into(),
            state_tone: over_or(maintenance.status.is_over(), Impact::None.into()),
            state: locale.maintenance(maintenance.status),
            impact: None,
            over: over(maintenance.status.is_over()),
            touched: Vec::new(),
            left_out: self.left_out(maintenance.components.len()),
            components: self.names(&maintenance.components),
            started: times.started,
            ended: times.ended,
            duration: times.duration,
            end_is_planned: maintenance.completed_at.is_none(),
            planned,
            postmortem: None,
            earlier_label: self.earlier_label(&earlier),
            updates,
            earlier,
        }
    }

    /// What happened, and the window where that is another.
    fn times_of(&self, maintenance: &Maintenance) -> (Times, Option<Span>) {
        let (from, to) = (maintenance.starts_at, maintenance.ends_at);
        let Some(began) = maintenance.began() else {
            return (Times::of(self.span(from, to), duration(self.locale, from, to)), None);
        };
        let end = maintenance.completed_at;
        let as_planned = same_minute(began, from) && end.is_none_or(|end| same_minute(end, to));
        let times = match end {
            Some(end) => Times::of(self.span(began, end), duration(self.locale, began, end)),
            None if to.at_ms > began.at_ms => Times::of(self.span(began, to), duration(self.locale, from, to)),
            None => Times::since(self.moment(began, Zone::Shown)),
        };
        (times, (!as_planned).then(|| self.span(from, to)))
    }

    /// The end shows the zone for both, unless the clock changed between them.
    pub fn span(&self, from: Stamp, to: Stamp) -> Span {
        let zone = match from.offset_minutes == to.offset_minutes {
            true => Zone::Omitted,
            false => Zone::Shown,
        };
        Span {
            from: self.moment(from, zone),
            to: self.end(from, to),
        }
    }

    fn update<'a, S>(&self, update: &'a Update<S>, state: &'a str) -> UpdateView<'a> {
        let affected = update.affected.as_deref().unwrap_or_default();
        let affected = if self.place == Place::OwnPage { affected } else { &[] };
        UpdateView {
            id: update.id.as_str(),
            state,
            at: self.moment(update.shown_at(), Zone::Shown),
            body: prose(&update.body_html, self.place.heading_level()),
            affected: affected.iter().map(|affected| self.affected(affected)).collect(),
        }
    }

    fn affected<'a>(&self, affected: &'a Affected) -> AffectedView<'a> {
        AffectedView {
            name: &affected.name,
            tone: affected.new_status.into(),
            status: self.locale.status(affected.new_status),
        }
    }

    /// The newest updates that stand open, and those that are folded.
    fn split<'a>(&self, mut all: Vec<UpdateView<'a>>) -> (Vec<UpdateView<'a>>, Vec<UpdateView<'a>>) {
        let open = match self.place {
            Place::Current => 5,
            Place::Past | Place::Found => 1,
            Place::OwnPage => all.len(),
        };
        let earlier = all.split_off(open.min(all.len()));
        (all, earlier)
    }

    fn names<'a>(&self, touched: &'a [Touched]) -> Vec<&'a str> {
        let names = touched.iter().map(|one| one.name.as_str());
        names.take(self.names_max()).collect()
    }

    fn left_out(&self, count: usize) -> Option<String> {
        let left_out = count.saturating_sub(self.names_max());
        (left_out > 0).then(|| self.locale.format("more-events", [("count", left_out.into())]))
    }

    fn names_max(&self) -> usize {
        match self.place {
            Place::OwnPage => usize::MAX,
            Place::Current | Place::Past | Place::Found => NAMES_MAX,
        }
    }

    /// With what the page knows of the components that the event touches.
    pub fn located<'a>(&self, report: Report<'a>, touched: &'a [Touched], components: &Components<'a>) -> Report<'a> {
        let (mut found, names) = components.split(touched, self.locale);
        if found.is_empty() {
            return report;
        }
        let all = found.len() + names.len();
        found.truncate(self.names_max());
        let room = self.names_max() - found.len();
        let shown = found.len() + names.len().min(room);
        Report {
            left_out: match all.saturating_sub(shown) {
                0 => None,
                left => Some(self.locale.format("more-events", [("count", left.into())])),
            },
            touched: found,
            components: names.into_iter().take(room).collect(),
            ..report
        }
    }

    fn earlier_label(&self, earlier: &[UpdateView<'_>]) -> String {
        if earlier.is_empty() {
            return String::new();
        }
        self.locale.format("earlier-updates", [("count", earlier.len().into())])
    }

    fn moment(&self, stamp: Stamp, zone: Zone) -> Moment {
        match self.day {
            Some(day) => self.locale.time_on(day, stamp, zone),
            None => self.locale.date_and_time(stamp),
        }
    }

    /// The end of a range: the start, right before it, shows the day.
    fn end(&self, start: Stamp, end: Stamp) -> Moment {
        match self.day {
            Some(_) => self.locale.time_on(day_of(start), end, Zone::Shown),
            None => self.locale.date_and_time(end),
        }
    }
}

/// When a report's event began and ended.
struct Times {
    started: Moment,
    ended: Option<Moment>,
    duration: Option<String>,
}

impl Times {
    fn of(span: Span, duration: String) -> Self {
        Self {
            started: span.from,
            ended: Some(span.to),
            duration: Some(duration),
        }
    }

    fn since(started: Moment) -> Self {
        Self {
            started,
            ended: None,
            duration: None,
        }
    }
}

/// The place of the postmortem: what made the incident's state `postmortem` last. Updates that came later keep that state
/// and are updates.
fn postmortem(updates: &[Update<IncidentStatus>]) -> Option<usize> {
    let is_postmortem = |update: &Update<IncidentStatus>| update.status == IncidentStatus::Postmortem;
    let newest = updates.iter().position(is_postmortem)?;
    let run = updates.iter().skip(newest).take_while(|update| is_postmortem(update));
    Some(newest + run.count() - 1)
}

fn duration(locale: &Locale, from: Stamp, to: Stamp) -> String {
    match to.at_ms.saturating_sub(from.at_ms) {
        ..60_000 => unbroken(locale.text("under-a-minute")),
        ms => locale.duration(ms / 60_000),
    }
}

fn same_minute(one: Stamp, other: Stamp) -> bool {
    one.at_ms.div_euclid(60_000) == other.at_ms.div_euclid(60_000)
}

fn over(is_over: bool) -> &'static str {
    if is_over { " over" } else { "" }
}

fn over_or(is_over: bool, tone: Tone) -> Tone {
    if is_over { Tone::Fine } else { tone }
}

/// Components of an event in a list of events: beyond these the event's own page is the better place.
const NAMES_MAX: usize = 12;
