//! The permanent page of an incident or a maintenance.

use page_model::{
    Stamp,
    snapshot::{Incident, Maintenance, Page},
};
use serde::Serialize;

use crate::{
    frame::{Frame, delayed},
    locale::Locale,
    options::RenderOptions,
    render::{RenderError, render},
    times::Moment,
    view::report::{Place, Report, Reporter},
};

#[derive(Serialize)]
struct EventPage<'a> {
    frame: Frame<'a>,
    delayed: Option<Moment>,
    report: Report<'a>,
    is_maintenance: bool,
    /// The month of the archive that it is in.
    month: Option<MonthOf>,
}

#[derive(Serialize)]
struct MonthOf {
    id: String,
    name: String,
}

/// `/incidents/{id}`
pub fn incident(page: &Page, incident: &Incident, options: RenderOptions) -> Result<String, RenderError> {
    let report = reporter(options).incident(incident);
    draw(page, report, "incident-description", incident.started_at, options)
}

/// `/maintenances/{id}`
pub fn maintenance(page: &Page, maintenance: &Maintenance, options: RenderOptions) -> Result<String, RenderError> {
    let report = reporter(options).maintenance(maintenance);
    draw(page, report, MAINTENANCE, maintenance.starts_at, options)
}

fn draw(
    page: &Page,
    report: Report<'_>,
    description: &str,
    started: Stamp,
    options: RenderOptions,
) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let frame = Frame::of_page(
        page,
        report.name,
        report.state_tone,
        report.href.as_str().unwrap_or(""),
        options,
    );
    let view = EventPage {
        frame: Frame {
            description: locale.format(description, [("name", report.name.into())]),
            ..frame.with_time_zone(page, started, locale)
        },
        delayed: delayed(options.delayed_since, locale),
        is_maintenance: description == MAINTENANCE,
        month: month(started, locale),
        report,
    };
    render("event.html", locale, view, options.fuel)
}

fn reporter(options: RenderOptions) -> Reporter {
    Reporter {
        locale: Locale::of(options.language),
        place: Place::OwnPage,
        day: None,
    }
}

fn month(started: Stamp, locale: &Locale) -> Option<MonthOf> {
    let id = crate::times::month_of(started);
    let name = locale.month_of_year(&id)?;
    Some(MonthOf { id, name })
}

const MAINTENANCE: &str = "maintenance-description";
