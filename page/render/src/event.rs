//! The permanent page of an incident or a maintenance.

use std::cmp::Reverse;

use minijinja::Value;
use page_model::{
    Archive, Id, Snapshot, Stamp,
    limits::RECENT_EVENTS_MAX,
    prose::words,
    snapshot::{Incident, Maintenance, Page, Update},
};
use serde::Serialize;

use crate::{
    formats::line::{one_line, shortened},
    frame::{Frame, delayed},
    locale::Locale,
    options::RenderOptions,
    render::{RenderError, address, render},
    sorted::sort_by_key,
    times::{Moment, month_of},
    tone::Tone,
    view::{
        course::Course,
        report::{Place, Report, Reporter},
        touched::Components,
    },
};

/// What stands beside an event: the snapshot's, or those of a month of the archive.
pub struct Events<'a> {
    pub page: &'a Page,
    pub incidents: &'a [Incident],
    pub maintenances: &'a [Maintenance],
    source: Source<'a>,
}

enum Source<'a> {
    Snapshot(&'a Snapshot),
    Archive(&'a Archive),
}

#[derive(Serialize)]
struct EventPage<'a> {
    frame: Frame<'a>,
    delayed: Option<Moment>,
    tone: Tone,
    course: Option<Course<'a>>,
    report: Report<'a>,
    /// For the calendar of a visitor: a maintenance that is to come or runs.
    calendar: Option<Value>,
    /// The month of the archive that it is in.
    month: Option<MonthOf>,
    /// The incidents that began before and after it, where they are known.
    older: Option<Neighbour<'a>>,
    newer: Option<Neighbour<'a>>,
}

#[derive(Serialize)]
struct MonthOf {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct Neighbour<'a> {
    href: Value,
    name: &'a str,
}

impl<'a> Events<'a> {
    pub fn of_snapshot(snapshot: &'a Snapshot) -> Self {
        Self {
            page: &snapshot.page,
            incidents: &snapshot.incidents,
            maintenances: &snapshot.maintenances,
            source: Source::Snapshot(snapshot),
        }
    }

    pub fn of_archive(archive: &'a Archive) -> Self {
        Self {
            page: &archive.page,
            incidents: &archive.incidents,
            maintenances: &archive.maintenances,
            source: Source::Archive(archive),
        }
    }

    fn snapshot(&self) -> Option<&'a Snapshot> {
        match self.source {
            Source::Snapshot(snapshot) => Some(snapshot),
            Source::Archive(_) => None,
        }
    }

    /// The one before and the one behind in time, newest first. Of a snapshot only the most recent follow each other without a
    /// gap, of a month those that began in it.
    fn neighbours(&self, id: &Id) -> (Option<&'a Incident>, Option<&'a Incident>) {
        let mut row: Vec<&Incident> = match self.source {
            Source::Snapshot(_) => self.incidents.iter().collect(),
            Source::Archive(archive) => {
                let began_here = |one: &&Incident| month_of(one.started_at) == archive.month;
                self.incidents.iter().filter(began_here).collect()
            }
        };
        sort_by_key(&mut row, |one| Reverse((one.started_at.at_ms, one.number)));
        if self.snapshot().is_some() {
            row.truncate(RECENT_EVENTS_MAX);
        }
        let Some(at) = row.iter().position(|one| one.id == *id) else {
            return (None, None);
        };
        let newer = at.checked_sub(1).and_then(|at| row.get(at));
        (row.get(at + 1).copied(), newer.copied())
    }
}

/// `/incidents/{id}`
pub fn incident<'a>(
    events: &Events<'a>,
    incident: &'a Incident,
    options: RenderOptions,
) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let reporter = reporter(options);
    let snapshot = events.snapshot();
    let components = snapshot.map(Components::of).unwrap_or_default();
    let report = reporter.incident(incident);
    let report = match incident.status.is_over() {
        true => report,
        false => reporter.located(report, &incident.components, &components),
    };
    let (older, newer) = events.neighbours(&incident.id);
    let view = EventPage {
        course: Course::of_incident(incident, snapshot.map(|snapshot| snapshot.as_of), locale),
        older: older.map(neighbour),
        newer: newer.map(neighbour),
        ..page_of(
            events.page,
            report,
            newest(&incident.updates),
            "incident-description",
            incident.started_at,
            options,
        )
    };
    render("event.html", locale, view, options.fuel)
}

/// `/maintenances/{id}`
pub fn maintenance<'a>(
    events: &Events<'a>,
    maintenance: &'a Maintenance,
    options: RenderOptions,
) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let reporter = reporter(options);
    let components = events.snapshot().map(Components::of).unwrap_or_default();
    let report = reporter.maintenance(maintenance);
    let report = match maintenance.status.is_under_way() {
        true => reporter.located(report, &maintenance.components, &components),
        false => report,
    };
    let view = EventPage {
        calendar: (!maintenance.status.is_over()).then(|| address(format!("/maintenances/{}.ics", maintenance.id))),
        ..page_of(
            events.page,
            report,
            newest(&maintenance.updates),
            "maintenance-description",
            maintenance.starts_at,
            options,
        )
    };
    render("event.html", locale, view, options.fuel)
}

fn page_of<'a>(
    page: &'a Page,
    report: Report<'a>,
    newest: Option<String>,
    description: &str,
    started: Stamp,
    options: RenderOptions,
) -> EventPage<'a> {
    let locale = Locale::of(options.language);
    // What is over stays so; how it is with anything else may have changed.
    let tone = match options.delayed_since {
        Some(_) if !report.is_over() => Tone::Unknown,
        _ => report.state_tone,
    };
    let frame = Frame::of_page(page, report.name, tone, report.href.as_str().unwrap_or(""), options);
    EventPage {
        frame: Frame {
            description: newest.unwrap_or_else(|| locale.format(description, [("name", report.name.into())])),
            ..frame.with_time_zone(page, started, locale)
        },
        delayed: delayed(options.delayed_since, locale),
        tone,
        course: None,
        calendar: None,
        month: month(started, locale),
        report,
        older: None,
        newer: None,
    }
}

/// What was said last, for whoever sees no more than a link.
fn newest<S>(updates: &[Update<S>]) -> Option<String> {
    let text = one_line(&words(&updates.first()?.body_html));
    (!text.is_empty()).then(|| shortened(&text, DESCRIPTION_COLUMNS_MAX))
}

fn reporter(options: RenderOptions) -> Reporter {
    Reporter {
        locale: Locale::of(options.language),
        place: Place::OwnPage,
        day: None,
    }
}

fn neighbour(incident: &Incident) -> Neighbour<'_> {
    Neighbour {
        href: address(format!("/incidents/{}", incident.id)),
        name: &incident.name,
    }
}

fn month(started: Stamp, locale: &Locale) -> Option<MonthOf> {
    let id = month_of(started);
    let name = locale.month_of_year(&id)?;
    Some(MonthOf { id, name })
}

/// As much as those who show links have room for.
const DESCRIPTION_COLUMNS_MAX: usize = 200;
