//! Every month that has an archive.

use page_model::Snapshot;
use serde::Serialize;

use crate::{
    frame::{Frame, delayed},
    locale::Locale,
    options::RenderOptions,
    render::{RenderError, render},
    times::Moment,
    tone::Tone,
    view::months::{Year, years},
};

#[derive(Serialize)]
struct HistoryPage<'a> {
    frame: Frame<'a>,
    delayed: Option<Moment>,
    years: Vec<Year<'a>>,
}

/// `/history`
pub fn history(snapshot: &Snapshot, options: RenderOptions) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let page = &snapshot.page;
    let view = HistoryPage {
        frame: Frame {
            description: locale.format("history-description", [("name", page.name.as_str().into())]),
            ..Frame::of_page(page, locale.text("history-of"), Tone::Fine, "/history", options)
        },
        delayed: delayed(options.delayed_since, locale),
        years: years(&snapshot.archive_months, locale),
    };
    render("history.html", locale, view, options.fuel)
}
