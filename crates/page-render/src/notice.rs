//! Small pages that say plainly why there is nothing else to see.

use page_model::Language;
use serde::Serialize;

use crate::{frame::Frame, render::render_or_apologise, words::Tone};

#[derive(Serialize)]
struct Notice<'a> {
    frame: Frame<'a>,
    tone: Tone,
    headline: &'a str,
    text: String,
    /// A host whose front page may be meant.
    front: Option<&'a str>,
    /// Whether the page looks again by itself.
    retries: bool,
}

/// 404: no page at this host that the visitor may know of.
pub fn unknown_host(host: &str, _language: Language) -> String {
    let text = format!("No status page is served at {host}. Look for a typing mistake in the address.");
    draw(Notice::new("There is no page here", &text))
}

/// 404: a path that the page does not have.
pub fn not_found(host: &str, _language: Language) -> String {
    draw(Notice {
        front: Some(host),
        ..Notice::new(
            "There is nothing at this address",
            "Look for a typing mistake in the address, or go to the front page:",
        )
    })
}

/// 410: the page was removed by its publisher.
pub fn gone(host: &str, _language: Language) -> String {
    let text = format!("Its publisher took the status page at {host} away.");
    draw(Notice::new("This page was removed", &text))
}

/// 503: the region has nothing to show yet.
pub fn unavailable(_language: Language) -> String {
    draw(Notice {
        tone: Tone::Slow,
        retries: true,
        ..Notice::new(
            "This page is not here yet",
            "It has not reached this region. That usually takes a few seconds; the page appears here by itself.",
        )
    })
}

impl<'a> Notice<'a> {
    fn new(headline: &'a str, text: &str) -> Self {
        Self {
            frame: Frame::plain(headline.to_owned(), Tone::Planned),
            tone: Tone::Planned,
            headline,
            text: text.to_owned(),
            front: None,
            retries: false,
        }
    }
}

fn draw(notice: Notice<'_>) -> String {
    render_or_apologise("notice.html", notice)
}
