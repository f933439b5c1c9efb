//! One line for a frame on somebody's site.

use page_model::Snapshot;
use serde::Serialize;

use crate::{
    frame::Frame,
    locale::Locale,
    options::RenderOptions,
    render::{RenderError, render},
    view::headline::HeadlineView,
};

#[derive(Serialize)]
struct EmbedPage<'a> {
    frame: Frame<'a>,
    headline: HeadlineView<'a>,
}

/// `/embed`
pub fn embed(snapshot: &Snapshot, options: RenderOptions) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let headline = HeadlineView::new(&snapshot.status, snapshot.as_of, locale);
    let view = EmbedPage {
        frame: Frame::of_page(&snapshot.page, &headline.text, headline.tone, "/", options),
        headline,
    };
    render("embed.html", locale, view, options.fuel)
}
