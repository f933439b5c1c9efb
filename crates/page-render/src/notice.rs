//! Small pages that say plainly why there is nothing else to see.

use serde::Serialize;

use crate::{frame::Frame, render::render_or_apologise, words::Tone};

#[derive(Serialize)]
struct Notice<'a> {
    frame: Frame<'a>,
    tone: Tone,
    headline: &'a str,
    text: &'a str,
    host: Option<&'a str>,
    /// Whether the page looks again by itself.
    retries: bool,
}

/// 404: an unknown host, or a path that this page does not have.
pub fn not_found(host: &str) -> String {
    notice(Notice {
        text: "Look for a typing mistake in the address, or go to the front page:",
        host: Some(host),
        ..Notice::new("There is nothing at this address", Tone::Planned)
    })
}

/// 410: the page was removed by its publisher.
pub fn gone(host: &str) -> String {
    notice(Notice {
        text: "Its publisher removed the status page at",
        host: Some(host),
        ..Notice::new("This page was removed", Tone::Planned)
    })
}

/// 503: the region has nothing to show yet.
pub fn unavailable() -> String {
    notice(Notice {
        text: "The page has not reached this region yet. That usually takes a few seconds; it appears here by itself.",
        retries: true,
        ..Notice::new("This page is not here yet", Tone::Slow)
    })
}

impl<'a> Notice<'a> {
    fn new(headline: &'a str, tone: Tone) -> Self {
        Self {
            frame: Frame::plain(headline.to_owned(), tone),
            tone,
            headline,
            text: "",
            host: None,
            retries: false,
        }
    }
}

fn notice(view: Notice<'_>) -> String {
    render_or_apologise("notice.html", view)
}
