//! A month of the archive.

use page_model::{Archive, Stamp};
use serde::Serialize;

use crate::{
    frame::{Frame, delayed},
    index::month_path,
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
    older: Option<Neighbour>,
    newer: Option<Neighbour>,
}

#[derive(Serialize)]
struct Neighbour {
    path: String,
    name: String,
}

/// `/history/{yyyy-mm}`
pub fn month(archive: &Archive, delayed_since: Option<Stamp>, fuel: Option<u64>) -> Result<String, RenderError> {
    let name = month_name(&archive.month);
    let began = archive.incidents.first().map(|incident| incident.started_at);
    let now = began.or(delayed_since).unwrap_or(Stamp::utc(0));
    let view = MonthPage {
        frame: Frame::of_page(&archive.page, &name, Tone::Fine, now),
        name,
        delayed: delayed(delayed_since),
        days: days_of_month(&archive.incidents, &archive.maintenances),
        older: archive.older.as_deref().map(neighbour),
        newer: archive.newer.as_deref().map(neighbour),
    };
    render("month.html", view, fuel)
}

fn neighbour(month: &str) -> Neighbour {
    Neighbour {
        path: month_path(month),
        name: month_name(month),
    }
}
