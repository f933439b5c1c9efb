//! What happened, by day; days without anything share one line. An event is told in full on the last of its days, as its end
//! is the news, and is named on the days before.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    iter,
};

use minijinja::Value;
use page_model::{Archive, Id, Snapshot, Stamp};
use serde::Serialize;
use time::Date;

use super::report::{Place, Report, Reporter, Span};
use crate::{
    locale::Locale,
    order::{self, Event, Stage},
    render::address,
    sorted::sort_by_key,
    times::{day_of, parse_day, parse_month},
    tone::Tone,
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Entry<'a> {
    Day(DayView<'a>),
    /// Days on which nothing was reported.
    Empty(String),
}

#[derive(Debug, Serialize)]
pub struct DayView<'a> {
    iso: String,
    /// The day of the month, where the list has each once: bars lead to it.
    anchor: Option<String>,
    title: String,
    /// Events that are not told here in full.
    named: Vec<Named<'a>>,
    reports: Vec<Report<'a>>,
}

#[derive(Debug, Serialize)]
struct Named<'a> {
    href: Value,
    name: &'a str,
    tone: Tone,
    impact: Option<&'a str>,
    /// `None` for what goes on.
    span: Option<Span>,
}

/// The last days of a page, newest first.
pub fn last_days<'a>(snapshot: &'a Snapshot, locale: &'static Locale) -> Vec<Entry<'a>> {
    let events: HashMap<(bool, &Id), Event<'_>> = order::all(snapshot).map(|event| (key(event), event)).collect();
    let mut told = HashSet::new();
    let mut entries = Vec::new();
    let mut empty_days: Option<(Date, Date)> = None;
    let days = snapshot.past.iter();
    for (date, day) in days.filter_map(|day| Some((parse_day(&day.date)?, day))) {
        let mut view = DayView::new(date, locale);
        for event in order::all(snapshot).filter(|event| event.stage() == Stage::GoesOn && began_by(*event, date)) {
            view.tell(event, false, locale);
        }
        let incidents = day.incidents.iter().map(|id| (true, id));
        let maintenances = day.maintenances.iter().map(|id| (false, id));
        let over = incidents.chain(maintenances).filter_map(|key| events.get(&key));
        for event in over.filter(|event| event.stage() == Stage::Over) {
            view.tell(*event, told.insert(key(*event)), locale);
        }
        if view.is_empty() {
            empty_days = Some((date, empty_days.map_or(date, |(_, last)| last)));
        } else {
            entries.extend(empty_days.take().map(|days| empty_entry(days, locale)));
            entries.push(Entry::Day(view));
        }
    }
    entries.extend(empty_days.map(|days| empty_entry(days, locale)));
    entries
}

/// The events of a month, newest first.
pub fn events_of_month(archive: &Archive) -> Vec<Event<'_>> {
    let incidents = archive.incidents.iter().map(Event::Incident);
    let mut events: Vec<Event<'_>> = incidents
        .chain(archive.maintenances.iter().map(Event::Maintenance))
        .collect();
    sort_by_key(&mut events, |event| Reverse(event.began().at_ms));
    events
}

/// The days of a month that these of its events touched, newest first.
pub fn days_of_month<'a>(month: &str, events: Vec<Event<'a>>, locale: &'static Locale) -> Vec<Entry<'a>> {
    days_within(events, bounds(month), None, locale)
}

/// The days of the newest month that has an archive, as far as the snapshot knows them. It knows too until when it was true,
/// so what is open stands on each day up to then.
pub fn days_of_newest_month<'a>(snapshot: &'a Snapshot, month: &str, locale: &'static Locale) -> Vec<Entry<'a>> {
    let Some((first, last)) = bounds(month) else {
        return Vec::new();
    };
    let told = order::all(snapshot).filter(|event| event.stage() != Stage::Planned);
    let mut events: Vec<Event<'a>> = told
        .filter(|event| {
            let (from, to) = touched(*event, None, Some(snapshot.as_of));
            from <= last && to >= first
        })
        .collect();
    sort_by_key(&mut events, |event| Reverse(event.began().at_ms));
    days_within(events, Some((first, last)), Some(snapshot.as_of), locale)
}

/// What the snapshot knows of a component, each event on its last day.
pub fn days_of_component<'a>(snapshot: &'a Snapshot, component: &Id, locale: &'static Locale) -> Vec<Entry<'a>> {
    let told = order::all(snapshot).filter(|event| event.stage() != Stage::Planned);
    let mut events: Vec<Event<'a>> = told.filter(|event| event.touches(component)).collect();
    sort_by_key(&mut events, |event| Reverse(event.began().at_ms));
    let ended = events.into_iter().map(|event| {
        let (_, last) = touched(event, None, Some(snapshot.as_of));
        Touch {
            date: last,
            event,
            in_full: true,
        }
    });
    let day = |date| DayView {
        title: locale.long_date_with_year(date),
        anchor: None,
        ..DayView::new(date, locale)
    };
    by_day(ended.collect(), day, locale)
}

fn days_within<'a>(
    events: Vec<Event<'a>>,
    bounds: Option<(Date, Date)>,
    as_of: Option<Stamp>,
    locale: &'static Locale,
) -> Vec<Entry<'a>> {
    let mut touches = Vec::new();
    for event in events {
        let (first, last) = touched(event, bounds, as_of);
        let dates = iter::successors(Some(first), |date| date.next_day()).take_while(|date| *date <= last);
        touches.extend(dates.map(|date| Touch {
            date,
            event,
            in_full: date == last,
        }));
    }
    by_day(touches, |date| DayView::new(date, locale), locale)
}

/// An event on one of its days.
struct Touch<'a> {
    date: Date,
    event: Event<'a>,
    in_full: bool,
}

/// The last day first; on each, events in the order in which they came.
fn by_day<'a>(
    mut touches: Vec<Touch<'a>>,
    begin: impl Fn(Date) -> DayView<'a>,
    locale: &'static Locale,
) -> Vec<Entry<'a>> {
    sort_by_key(&mut touches, |touch| Reverse(touch.date));
    let mut days: Vec<(Date, DayView<'a>)> = Vec::new();
    for Touch { date, event, in_full } in touches {
        if days.last().is_none_or(|(last, _)| *last != date) {
            days.push((date, begin(date)));
        }
        if let Some((_, day)) = days.last_mut() {
            day.tell(event, in_full, locale);
        }
    }
    days.into_iter().map(|(_, day)| Entry::Day(day)).collect()
}

impl<'a> DayView<'a> {
    fn new(date: Date, locale: &Locale) -> Self {
        Self {
            iso: date.to_string(),
            anchor: Some(format!("{:02}", date.day())),
            title: locale.long_date(date),
            named: Vec::new(),
            reports: Vec::new(),
        }
    }

    fn tell(&mut self, event: Event<'a>, in_full: bool, locale: &'static Locale) {
        let reporter = Reporter {
            locale,
            place: Place::Past,
            day: parse_day(&self.iso),
        };
        match event {
            Event::Incident(incident) if in_full => self.reports.push(reporter.incident(incident)),
            Event::Maintenance(maintenance) if in_full => self.reports.push(reporter.maintenance(maintenance)),
            _ => self.named.push(Named {
                href: address(event.path()),
                name: event.name(),
                tone: event.impact().into(),
                impact: locale.impact(event.impact()),
                span: event.ended().map(|end| reporter.span(event.began(), end)),
            }),
        }
    }

    fn is_empty(&self) -> bool {
        self.named.is_empty() && self.reports.is_empty()
    }
}

fn key<'a>(event: Event<'a>) -> (bool, &'a Id) {
    (matches!(event, Event::Incident(_)), event.id())
}

fn began_by(event: Event<'_>, date: Date) -> bool {
    day_of(event.began()) <= date
}

/// The first and the last day of an event, within a month if one is given. What ends at midnight does not touch the day that
/// begins; what goes on lasts up to `as_of`, and where that is not known is told of up to its newest update.
fn touched(event: Event<'_>, bounds: Option<(Date, Date)>, as_of: Option<Stamp>) -> (Date, Date) {
    let began = event.began();
    let told_at = event.told_at();
    let known_until = as_of.unwrap_or(Stamp {
        at_ms: told_at.at_ms + 1,
        ..told_at
    });
    let end = event.ended().unwrap_or(known_until);
    let last = day_of(Stamp {
        at_ms: (end.at_ms - 1).max(began.at_ms),
        ..end
    });
    let Some((from, to)) = bounds else {
        return (day_of(began).min(last), last);
    };
    let first = day_of(began).clamp(from, to);
    (first, last.clamp(first, to))
}

/// The first and the last day of a month, `yyyy-mm`.
fn bounds(month: &str) -> Option<(Date, Date)> {
    let (year, month) = parse_month(month)?;
    let day = |day| Date::from_calendar_date(year, month, day).ok();
    day(1).zip(day(month.length(year)))
}

fn empty_entry((first, last): (Date, Date), locale: &Locale) -> Entry<'static> {
    Entry::Empty(locale.days(first, last))
}
