//! One line for a frame on somebody's site.

use page_model::Snapshot;
use serde::Serialize;

use crate::{
    ask::Ask,
    frame::Frame,
    render::{RenderError, render},
    view::headline::HeadlineView,
    voice::Voice,
};

#[derive(Serialize)]
struct EmbedPage<'a> {
    frame: Frame<'a>,
    headline: HeadlineView<'a>,
}

/// `/embed`
pub fn embed(snapshot: &Snapshot, ask: Ask) -> Result<String, RenderError> {
    let voice = Voice::of(ask.language);
    let headline = HeadlineView::of_snapshot(snapshot, voice);
    let view = EmbedPage {
        frame: Frame::of_page(&snapshot.page, headline.text, headline.tone, "/", ask),
        headline,
    };
    render("embed.html", voice, view, ask.fuel)
}
