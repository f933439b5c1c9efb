//! A month of the archive.

use page_model::Archive;
use serde::Serialize;

use crate::{
    ask::Ask,
    frame::{Frame, delayed},
    render::{RenderError, render},
    view::past::{Entry, days_of_month},
    when::{Moment, month_name},
    words::Tone,
};

#[derive(Serialize)]
struct MonthPage<'a> {
    frame: Frame<'a>,
    name: String,
    delayed: Option<Moment>,
    days: Vec<Entry<'a>>,
    older: Option<Neighbour<'a>>,
    newer: Option<Neighbour<'a>>,
}

#[derive(Serialize)]
struct Neighbour<'a> {
    id: &'a str,
    name: String,
}

/// `/history/{yyyy-mm}`
pub fn month(archive: &Archive, ask: Ask) -> Result<String, RenderError> {
    let name = month_name(&archive.month).unwrap_or_else(|| archive.month.clone());
    let view = MonthPage {
        frame: Frame {
            description: format!("Incidents and maintenance of {} in {name}.", archive.page.name),
            ..Frame::of_page(&archive.page, &name, Tone::Fine)
        },
        name,
        delayed: delayed(ask.delayed_since),
        days: days_of_month(&archive.incidents, &archive.maintenances),
        older: archive.older.as_deref().and_then(neighbour),
        newer: archive.newer.as_deref().and_then(neighbour),
    };
    render("month.html", view, ask.fuel)
}

fn neighbour(month: &str) -> Option<Neighbour<'_>> {
    Some(Neighbour {
        id: month,
        name: month_name(month)?,
    })
}
