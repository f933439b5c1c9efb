//! One line for a frame on somebody's site.

use page_model::Snapshot;
use serde::Serialize;

use crate::{
    frame::Frame,
    locale::Locale,
    options::{RenderOptions, Theme},
    render::{RenderError, render},
    view::headline::HeadlineView,
};

#[derive(Serialize)]
struct EmbedPage<'a> {
    frame: Frame<'a>,
    /// That of the site around it; `None` follows the visitor's screen.
    theme: Option<Theme>,
    headline: HeadlineView<'a>,
}

/// `/embed`
pub fn embed(snapshot: &Snapshot, theme: Option<Theme>, options: RenderOptions) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let headline =
        HeadlineView::new(&snapshot.status, snapshot.as_of, locale).known_until(options.delayed_since, locale);
    let view = EmbedPage {
        frame: Frame::of_page(&snapshot.page, &headline.text, headline.tone, "/", options),
        theme,
        headline,
    };
    render("embed.html", locale, view, options.fuel)
}
