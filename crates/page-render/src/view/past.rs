//! Past incidents by day; days without any are told in one line.

use std::{cmp::Reverse, collections::HashMap};

use page_model::{
    Id, Snapshot, Stamp,
    snapshot::{Incident, Maintenance, PastDay},
};
use serde::Serialize;
use time::Date;

use super::report::{Place, Report};
use crate::when::{day_of, long_date, long_range, parse_day};

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Entry<'a> {
    Day(DayView<'a>),
    /// Days on which nothing was reported.
    Quiet(String),
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
    id: &'a str,
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
pub fn last_days(snapshot: &Snapshot) -> Vec<Entry<'_>> {
    let events = Events::of(snapshot);
    let mut entries = Vec::new();
    let mut quiet: Option<(Date, Date)> = None;
    for (date, day) in snapshot
        .past
        .iter()
        .filter_map(|day| Some((parse_day(&day.date)?, day)))
    {
        let view = DayView::of_past(date, day, &events);
        if view.is_quiet() {
            quiet = Some((date, quiet.map_or(date, |(_, last)| last)));
        } else {
            entries.extend(quiet.take().map(quiet_entry));
            entries.push(Entry::Day(view));
        }
    }
    entries.extend(quiet.map(quiet_entry));
    entries
}

/// The days of a month on which something began, newest first.
pub fn days_of_month<'a>(incidents: &'a [Incident], maintenances: &'a [Maintenance]) -> Vec<Entry<'a>> {
    let incidents = incidents.iter().map(|incident| {
        let began = incident.started_at;
        (began, Report::incident(incident, Place::Past, day_of(began)))
    });
    let maintenances = maintenances.iter().map(|maintenance| {
        let began = maintenance.starts_at;
        (began, Report::maintenance(maintenance, Place::Past, day_of(began)))
    });
    let mut reports: Vec<(Stamp, Report<'a>)> = incidents.chain(maintenances).collect();
    reports.sort_by_key(|(began, _)| Reverse(began.at_ms));
    by_day(reports)
}

impl<'a> DayView<'a> {
    fn new(date: Date) -> Self {
        Self {
            iso: date.to_string(),
            title: long_date(date),
            ongoing: Vec::new(),
            reports: Vec::new(),
        }
    }

    fn of_past(date: Date, day: &'a PastDay, events: &Events<'a>) -> Self {
        let unresolved = events.unresolved.iter();
        let ongoing = unresolved.filter(|incident| day_of(incident.started_at) == date);
        let incidents = day
            .incidents
            .iter()
            .filter_map(|id| events.incidents.get(id))
            .map(|incident| Report::incident(incident, Place::Past, date));
        let maintenances = day
            .maintenances
            .iter()
            .filter_map(|id| events.maintenances.get(id))
            .map(|maintenance| Report::maintenance(maintenance, Place::Past, date));
        Self {
            ongoing: ongoing.map(|incident| Ongoing::new(incident)).collect(),
            reports: incidents.chain(maintenances).collect(),
            ..Self::new(date)
        }
    }

    fn is_quiet(&self) -> bool {
        self.ongoing.is_empty() && self.reports.is_empty()
    }
}

impl<'a> Ongoing<'a> {
    fn new(incident: &'a Incident) -> Self {
        Self {
            id: incident.id.as_str(),
            name: &incident.name,
        }
    }
}

fn by_day(reports: Vec<(Stamp, Report<'_>)>) -> Vec<Entry<'_>> {
    let mut days: Vec<(Date, DayView<'_>)> = Vec::new();
    for (began, report) in reports {
        let date = day_of(began);
        match days.last_mut() {
            Some((last, day)) if *last == date => day.reports.push(report),
            _ => {
                let mut day = DayView::new(date);
                day.reports.push(report);
                days.push((date, day));
            }
        }
    }
    days.into_iter().map(|(_, day)| Entry::Day(day)).collect()
}

fn quiet_entry((first, last): (Date, Date)) -> Entry<'static> {
    Entry::Quiet(long_range(first, last))
}
