//! What happened, by day; days without anything share one line. An event is told in full on the last of its days, as its end
//! is the news, and is named on the days before.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
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
    times::{day_of, parse_day, parse_month},
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
    title: String,
    /// Events that are not told here in full.
    named: Vec<Named<'a>>,
    reports: Vec<Report<'a>>,
}

#[derive(Debug, Serialize)]
struct Named<'a> {
    href: Value,
    name: &'a str,
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

/// The days of a month that events touched, newest first.
pub fn days_of_month<'a>(archive: &'a Archive, locale: &'static Locale) -> Vec<Entry<'a>> {
    let incidents = archive.incidents.iter().map(Event::Incident);
    let mut events: Vec<Event<'a>> = incidents
        .chain(archive.maintenances.iter().map(Event::Maintenance))
        .collect();
    events.sort_by_key(|event| Reverse(began(event).at_ms));
    let bounds = bounds(&archive.month);
    let mut days: BTreeMap<Date, DayView<'a>> = BTreeMap::new();
    for event in events {
        let (first, last) = touched(event, bounds);
        for date in iter::successors(Some(first), |date| date.next_day()).take_while(|date| *date <= last) {
            let day = days.entry(date).or_insert_with(|| DayView::new(date, locale));
            day.tell(event, date == last, locale);
        }
    }
    days.into_values().rev().map(Entry::Day).collect()
}

impl<'a> DayView<'a> {
    fn new(date: Date, locale: &Locale) -> Self {
        Self {
            iso: date.to_string(),
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
                span: ended(event).map(|end| reporter.span(began(&event), end)),
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

fn began(event: &Event<'_>) -> Stamp {
    match event {
        Event::Incident(incident) => incident.started_at,
        Event::Maintenance(maintenance) => maintenance.began().unwrap_or(maintenance.starts_at),
    }
}

fn ended(event: Event<'_>) -> Option<Stamp> {
    match event {
        Event::Incident(incident) => incident.resolved_at,
        Event::Maintenance(maintenance) => maintenance.completed_at,
    }
}

fn began_by(event: Event<'_>, date: Date) -> bool {
    day_of(began(&event)) <= date
}

/// The first and the last day of an event within a month. What ends at midnight does not touch the day that begins; what
/// goes on is known up to its newest update.
fn touched(event: Event<'_>, bounds: Option<(Date, Date)>) -> (Date, Date) {
    let began = began(&event);
    let end = ended(event).unwrap_or(Stamp {
        at_ms: event.told_at().at_ms + 1,
        ..event.told_at()
    });
    let last = day_of(Stamp {
        at_ms: (end.at_ms - 1).max(began.at_ms),
        ..end
    });
    let (from, to) = bounds.unwrap_or((last, last));
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
