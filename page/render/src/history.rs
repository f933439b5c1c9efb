//! Every month that has an archive.

use page_model::Snapshot;
use serde::Serialize;

use crate::{
    ask::Ask,
    frame::{Frame, delayed},
    render::{RenderError, render},
    view::months::{Year, years},
    voice::Voice,
    when::Moment,
    words::Tone,
};

#[derive(Serialize)]
struct HistoryPage<'a> {
    frame: Frame<'a>,
    delayed: Option<Moment>,
    years: Vec<Year<'a>>,
}

/// `/history`
pub fn history(snapshot: &Snapshot, ask: Ask) -> Result<String, RenderError> {
    let voice = Voice::of(ask.language);
    let page = &snapshot.page;
    let view = HistoryPage {
        frame: Frame {
            description: voice.tell("history-description", [("name", page.name.as_str().into())]),
            ..Frame::of_page(page, voice.say("history-of"), Tone::Fine, "/history", ask)
        },
        delayed: delayed(ask.delayed_since, voice),
        years: years(&snapshot.archive_months, voice),
    };
    render("history.html", voice, view, ask.fuel)
}
