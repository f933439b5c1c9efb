//! The permanent page of an incident or a maintenance.

use page_model::{
    Stamp,
    snapshot::{Incident, Maintenance, Page},
};
use serde::Serialize;

use crate::{
    ask::Ask,
    frame::{Frame, delayed},
    render::{RenderError, render},
    view::report::{Place, Report, Reporter},
    voice::Voice,
    when::Moment,
};

#[derive(Serialize)]
struct EventPage<'a> {
    frame: Frame<'a>,
    delayed: Option<Moment>,
    report: Report<'a>,
    is_maintenance: bool,
    /// The month in whose archive it stands.
    month: Option<MonthOf>,
}

#[derive(Serialize)]
struct MonthOf {
    id: String,
    name: String,
}

/// `/incidents/{id}`
pub fn incident(page: &Page, incident: &Incident, ask: Ask) -> Result<String, RenderError> {
    let report = reporter(ask).incident(incident);
    draw(page, report, "incident-description", incident.started_at, ask)
}

/// `/maintenances/{id}`
pub fn maintenance(page: &Page, maintenance: &Maintenance, ask: Ask) -> Result<String, RenderError> {
    let report = reporter(ask).maintenance(maintenance);
    draw(page, report, MAINTENANCE, maintenance.starts_at, ask)
}

fn draw(page: &Page, report: Report<'_>, description: &str, began: Stamp, ask: Ask) -> Result<String, RenderError> {
    let voice = Voice::of(ask.language);
    let frame = Frame::of_page(
        page,
        report.name,
        report.state_tone,
        report.href.as_str().unwrap_or(""),
        ask,
    );
    let view = EventPage {
        frame: Frame {
            description: voice.tell(description, [("name", report.name.into())]),
            ..frame.on_clock_of(page, began, voice)
        },
        delayed: delayed(ask.delayed_since, voice),
        is_maintenance: description == MAINTENANCE,
        month: month(began, voice),
        report,
    };
    render("event.html", voice, view, ask.fuel)
}

fn reporter(ask: Ask) -> Reporter {
    Reporter {
        voice: Voice::of(ask.language),
        place: Place::Alone,
        day: None,
    }
}

fn month(began: Stamp, voice: &Voice) -> Option<MonthOf> {
    let id = crate::when::month_of(began);
    let name = voice.month_of_year(&id)?;
    Some(MonthOf { id, name })
}

const MAINTENANCE: &str = "maintenance-description";
