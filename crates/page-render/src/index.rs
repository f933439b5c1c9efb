//! The page itself: what is wrong now, what was, and how reliable it has been.

use minijinja::Value;
use page_model::{
    Snapshot, Stamp,
    snapshot::{Incident, Maintenance, Page},
    status::MaintenanceStatus,
};
use serde::Serialize;

use crate::{
    ask::Ask,
    frame::{Frame, delayed},
    render::{RenderError, render, safe},
    view::{
        component::GroupView,
        past::{Entry, last_days},
        report::{Place, Report},
    },
    when::{Moment, Zone, day_of, month_abbreviation, parse_month},
    words::Tone,
};

/// Up to this size a page stands open; a larger one folds its groups.
pub const OPEN_COMPONENTS_MAX: usize = 300;
/// The least that a row spends, measured: a page that cannot fit is refused before any work.
const ROW_FUEL_MIN: u64 = 40;

#[derive(Serialize)]
struct Index<'a> {
    frame: Frame<'a>,
    tone: Tone,
    headline: &'a str,
    /// `10 of 11 components operational`
    tally: Option<String>,
    updated: Moment,
    delayed: Option<Moment>,
    about: Value,
    reports: Vec<Report<'a>>,
    upcoming: Vec<Report<'a>>,
    groups: Vec<GroupView<'a>>,
    past: Vec<Entry<'a>>,
    years: Vec<Year<'a>>,
}

/// A line of links to the archive.
#[derive(Serialize)]
struct Year<'a> {
    year: i32,
    months: Vec<MonthLink<'a>>,
}

#[derive(Serialize)]
struct MonthLink<'a> {
    id: &'a str,
    short: &'static str,
}

pub fn index(snapshot: &Snapshot, ask: Ask) -> Result<String, RenderError> {
    let Ask {
        delayed_since, fuel, ..
    } = ask;
    let components: usize = snapshot.groups.iter().map(|group| group.components.len()).sum();
    if fuel.is_some_and(|fuel| fuel < ROW_FUEL_MIN.saturating_mul(components as u64)) {
        return Err(RenderError::OverBudget);
    }
    render("index.html", Index::new(snapshot, delayed_since, components), fuel)
}

pub fn history(snapshot: &Snapshot, ask: Ask) -> Result<String, RenderError> {
    index(snapshot, ask)
}

pub fn uptime(snapshot: &Snapshot, ask: Ask) -> Result<String, RenderError> {
    index(snapshot, ask)
}

pub fn search(snapshot: &Snapshot, _query: &str, ask: Ask) -> Result<String, RenderError> {
    index(snapshot, ask)
}

pub fn embed(snapshot: &Snapshot, ask: Ask) -> Result<String, RenderError> {
    index(snapshot, ask)
}

pub fn incident(page: &Page, incident: &Incident, ask: Ask) -> Result<String, RenderError> {
    crate::month(&alone(page, vec![incident.clone()], Vec::new()), ask)
}

pub fn maintenance(page: &Page, maintenance: &Maintenance, ask: Ask) -> Result<String, RenderError> {
    crate::month(&alone(page, Vec::new(), vec![maintenance.clone()]), ask)
}

fn alone(page: &Page, incidents: Vec<Incident>, maintenances: Vec<Maintenance>) -> page_model::Archive {
    page_model::Archive {
        page: page.clone(),
        month: String::new(),
        incidents,
        maintenances,
        older: None,
        newer: None,
    }
}

impl<'a> Index<'a> {
    fn new(snapshot: &'a Snapshot, delayed_since: Option<Stamp>, components: usize) -> Self {
        let headline = &snapshot.headline;
        let tone = headline.status.into();
        let groups = snapshot.groups.iter();
        let years = years(&snapshot.archive_months);
        Self {
            frame: Frame {
                history: years.first().and_then(|year| year.months.first()).map(|month| month.id),
                ..Frame::of_page(&snapshot.page, &headline.text, tone)
            },
            tone,
            headline: &headline.text,
            tally: tally(headline.components_operational, headline.components_total),
            updated: Moment::seen_on(day_of(snapshot.as_of), snapshot.as_of, Zone::Said),
            delayed: delayed(delayed_since),
            about: safe(snapshot.page.description_html.as_str()),
            reports: under_way(snapshot),
            upcoming: upcoming(snapshot),
            groups: groups
                .map(|group| GroupView::new(group, components > OPEN_COMPONENTS_MAX))
                .collect(),
            past: last_days(snapshot),
            years,
        }
    }
}

fn under_way(snapshot: &Snapshot) -> Vec<Report<'_>> {
    let today = day_of(snapshot.as_of);
    let incidents = snapshot.incidents.iter().filter(|incident| !incident.status.is_over());
    let maintenances = snapshot
        .maintenances
        .iter()
        .filter(|maintenance| maintenance.status.is_under_way());
    incidents
        .map(|incident| Report::incident(incident, Place::Current, today))
        .chain(maintenances.map(|maintenance| Report::maintenance(maintenance, Place::Current, today)))
        .collect()
}

fn upcoming(snapshot: &Snapshot) -> Vec<Report<'_>> {
    let today = day_of(snapshot.as_of);
    let mut maintenances: Vec<&Maintenance> = snapshot
        .maintenances
        .iter()
        .filter(|maintenance| maintenance.status == MaintenanceStatus::Scheduled)
        .collect();
    maintenances.sort_by_key(|maintenance| maintenance.starts_at.at_ms);
    maintenances
        .into_iter()
        .map(|maintenance| Report::maintenance(maintenance, Place::Current, today))
        .collect()
}

fn tally(operational: u32, total: u32) -> Option<String> {
    match total {
        0 => None,
        1 => Some(format!("{operational} of 1 component operational")),
        total => Some(format!("{operational} of {total} components operational")),
    }
}

fn years(months: &[String]) -> Vec<Year<'_>> {
    let mut years: Vec<Year<'_>> = Vec::new();
    for (text, (year, month)) in months.iter().filter_map(|text| Some((text, parse_month(text)?))) {
        let link = MonthLink {
            id: text,
            short: month_abbreviation(month),
        };
        match years.last_mut() {
            Some(last) if last.year == year => last.months.push(link),
            _ => years.push(Year {
                year,
                months: vec![link],
            }),
        }
    }
    years
}
