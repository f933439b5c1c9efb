//! A month of the archive.

use page_model::Archive;
use serde::Serialize;

use crate::{
    ask::Ask,
    frame::{Frame, delayed},
    render::{RenderError, render},
    view::past::{Entry, days_of_month},
    voice::Voice,
    when::Moment,
    words::Tone,
};

#[derive(Serialize)]
struct MonthPage<'a> {
    frame: Frame<'a>,
    name: &'a str,
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
    let voice = Voice::of(ask.language);
    let page = &archive.page;
    let name = voice
        .month_of_year(&archive.month)
        .unwrap_or_else(|| archive.month.clone());
    let frame = Frame::of_page(page, &name, Tone::Fine, &format!("/history/{}", archive.month), ask);
    let view = MonthPage {
        frame: Frame {
            description: voice.tell(
                "month-description",
                [("name", page.name.as_str().into()), ("month", name.as_str().into())],
            ),
            ..frame
        },
        name: &name,
        delayed: delayed(ask.delayed_since, voice),
        days: days_of_month(&archive.incidents, &archive.maintenances, voice),
        older: archive.older.as_deref().and_then(|month| neighbour(month, voice)),
        newer: archive.newer.as_deref().and_then(|month| neighbour(month, voice)),
    };
    render("month.html", voice, view, ask.fuel)
}

fn neighbour<'a>(month: &'a str, voice: &Voice) -> Option<Neighbour<'a>> {
    Some(Neighbour {
        id: month,
        name: voice.month_of_year(month)?,
    })
}
