//! A month of the archive.

use page_model::{
    Archive, Id,
    snapshot::{Incident, Maintenance},
};
use serde::Serialize;

use crate::{
    frame::{Frame, delayed},
    locale::Locale,
    options::RenderOptions,
    render::{RenderError, render},
    times::Moment,
    tone::Tone,
    view::{
        choice::{Choice, named},
        past::{Entry, days_of_month, events_of_month},
    },
};

#[derive(Serialize)]
struct MonthPage<'a> {
    frame: Frame<'a>,
    name: &'a str,
    delayed: Option<Moment>,
    /// The component that the page is narrowed to.
    component: Option<&'a str>,
    choices: Vec<Choice<'a>>,
    days: Vec<Entry<'a>>,
    older: Option<Neighbour<'a>>,
    newer: Option<Neighbour<'a>>,
}

#[derive(Serialize)]
struct Neighbour<'a> {
    id: &'a str,
    name: String,
}

/// `/history/{yyyy-mm}`, and with `?component=` what of that month touched that one.
pub fn month(archive: &Archive, component: Option<&Id>, options: RenderOptions) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let page = &archive.page;
    let name = locale
        .month_of_year(&archive.month)
        .unwrap_or_else(|| archive.month.clone());
    let frame = Frame::of_page(page, &name, Tone::Fine, &format!("/history/{}", archive.month), options);
    let mut events = events_of_month(archive);
    let choices = named(&events, component);
    if let Some(component) = component {
        events.retain(|event| event.touches(component));
    }
    let view = MonthPage {
        frame: Frame {
            description: locale.format(
                "month-description",
                [("name", page.name.as_str().into()), ("month", name.as_str().into())],
            ),
            ..of_archive(frame, archive, locale).narrowed(component)
        },
        name: &name,
        delayed: delayed(options.delayed_since, locale),
        days: days_of_month(&archive.month, events, locale),
        component: component.map(Id::as_str),
        choices,
        older: archive.older.as_deref().and_then(|month| neighbour(month, locale)),
        newer: archive.newer.as_deref().and_then(|month| neighbour(month, locale)),
    };
    render("month.html", locale, view, options.fuel)
}

fn neighbour<'a>(month: &'a str, locale: &Locale) -> Option<Neighbour<'a>> {
    Some(Neighbour {
        id: month,
        name: locale.month_of_year(month)?,
    })
}

/// The frame of what is told of a month, with the moment at which something of it was last said.
pub fn of_archive<'a>(frame: Frame<'a>, archive: &Archive, locale: &Locale) -> Frame<'a> {
    let incidents = archive.incidents.iter().map(Incident::told_at);
    let told = incidents.chain(archive.maintenances.iter().map(Maintenance::told_at));
    match told.max_by_key(|stamp| stamp.at_ms) {
        Some(newest) => frame.with_moment(&archive.page, newest, locale),
        None => frame,
    }
}
