//! Past incidents by day; days without any share one line.

use std::{cmp::Reverse, collections::HashMap};

use minijinja::Value;
use page_model::{
    Id, Snapshot, Stamp,
    snapshot::{Incident, Maintenance, PastDay},
};
use serde::Serialize;
use time::Date;

use super::report::{Place, Report, Reporter};
use crate::{
    locale::Locale,
    render::address,
    times::{day_of, parse_day},
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
    /// Incidents that began on this day and go on.
    ongoing: Vec<Ongoing<'a>>,
    reports: Vec<Report<'a>>,
}

#[derive(Debug, Serialize)]
struct Ongoing<'a> {
    href: Value,
    name: &'a str,
}

/// The events of a snapshot as its past days name them.
struct Events<'a> {
    incidents: HashMap<&'a Id, &'a Incident>,
    maintenances: HashMap<&'a Id, &'a Maintenance>,
    unresolved: Vec<&'a Incident>,
}

impl<'a> Events<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let incidents = snapshot.incidents.iter();
        let maintenances = snapshot.maintenances.iter();
        Self {
            unresolved: incidents
                .clone()
                .filter(|incident| !incident.status.is_over())
                .collect(),
            incidents: incidents.map(|incident| (&incident.id, incident)).collect(),
            maintenances: maintenances.map(|maintenance| (&maintenance.id, maintenance)).collect(),
        }
    }
}

/// The last days of a page, newest first.
pub fn last_days<'a>(snapshot: &'a Snapshot, locale: &'static Locale) -> Vec<Entry<'a>> {
    let events = Events::of(snapshot);
    let mut entries = Vec::new();
    let mut empty_days: Option<(Date, Date)> = None;
    for (date, day) in snapshot
        .past
        .iter()
        .filter_map(|day| Some((parse_day(&day.date)?, day)))
    {
        let view = DayView::of_past(date, day, &events, locale);
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

/// The days of a month on which something began, newest first.
pub fn days_of_month<'a>(
    incidents: &'a [Incident],
    maintenances: &'a [Maintenance],
    locale: &'static Locale,
) -> Vec<Entry<'a>> {
    let reporter = past(locale);
    let incidents = incidents.iter().map(|incident| {
        let began = incident.started_at;
        (began, reporter.on(day_of(began)).incident(incident))
    });
    let maintenances = maintenances.iter().map(|maintenance| {
        let began = maintenance.starts_at;
        (began, reporter.on(day_of(began)).maintenance(maintenance))
    });
    let mut reports: Vec<(Stamp, Report<'a>)> = incidents.chain(maintenances).collect();
    reports.sort_by_key(|(began, _)| Reverse(began.at_ms));
    by_day(reports, locale)
}

fn past(locale: &'static Locale) -> Reporter {
    Reporter {
        locale,
        place: Place::Past,
        day: None,
    }
}

impl<'a> DayView<'a> {
    fn new(date: Date, locale: &Locale) -> Self {
        Self {
            iso: date.to_string(),
            title: locale.long_date(date),
            ongoing: Vec::new(),
            reports: Vec::new(),
        }
    }

    fn of_past(date: Date, day: &'a PastDay, events: &Events<'a>, locale: &'static Locale) -> Self {
        let reporter = past(locale).on(date);
        let unresolved = events.unresolved.iter();
        let ongoing = unresolved.filter(|incident| day_of(incident.started_at) == date);
        let incidents = day.incidents.iter().filter_map(|id| events.incidents.get(id));
        let maintenances = day.maintenances.iter().filter_map(|id| events.maintenances.get(id));
        Self {
            ongoing: ongoing.map(|incident| Ongoing::new(incident)).collect(),
            reports: incidents
                .map(|incident| reporter.incident(incident))
                .chain(maintenances.map(|maintenance| reporter.maintenance(maintenance)))
                .collect(),
            ..Self::new(date, locale)
        }
    }

    fn is_empty(&self) -> bool {
        self.ongoing.is_empty() && self.reports.is_empty()
    }
}

impl<'a> Ongoing<'a> {
    fn new(incident: &'a Incident) -> Self {
        Self {
            href: address(format!("/incidents/{}", incident.id)),
            name: &incident.name,
        }
    }
}

fn by_day<'a>(reports: Vec<(Stamp, Report<'a>)>, locale: &Locale) -> Vec<Entry<'a>> {
    let mut days: Vec<(Date, DayView<'_>)> = Vec::new();
    for (began, report) in reports {
        let date = day_of(began);
        match days.last_mut() {
            Some((last, day)) if *last == date => day.reports.push(report),
            _ => {
                let mut day = DayView::new(date, locale);
                day.reports.push(report);
                days.push((date, day));
            }
        }
    }
    days.into_iter().map(|(_, day)| Entry::Day(day)).collect()
}

fn empty_entry((first, last): (Date, Date), locale: &Locale) -> Entry<'static> {
    Entry::Empty(locale.days(first, last))
}
