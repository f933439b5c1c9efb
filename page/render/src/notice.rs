//! Small pages that say plainly why there is nothing else to see.

use page_model::Language;
use serde::Serialize;

use crate::{frame::Frame, render::render_or_apologise, voice::Voice, words::Tone};

#[derive(Serialize)]
struct Notice<'a> {
    frame: Frame<'a>,
    tone: Tone,
    headline: &'a str,
    text: &'a str,
    /// Whether the rest of the page is there, and where its parts are may help.
    leads_on: bool,
    /// Whether the page looks again by itself.
    retries: bool,
}

/// 404: no page at this host that the visitor may know of.
pub fn unknown_host(host: &str, language: Language) -> String {
    let voice = Voice::of(language);
    let text = voice.tell("unknown-host-why", [("host", host.into())]);
    draw(voice, Notice::new(voice, "unknown-host", &text))
}

/// 404: a path that the page does not have.
pub fn not_found(host: &str, language: Language) -> String {
    let voice = Voice::of(language);
    let notice = Notice::new(voice, "not-found", voice.say("not-found-why"));
    draw(
        voice,
        Notice {
            frame: Frame {
                host: Some(host),
                ..notice.frame
            },
            leads_on: true,
            ..notice
        },
    )
}

/// 410: the page was removed by its publisher.
pub fn gone(host: &str, language: Language) -> String {
    let voice = Voice::of(language);
    let text = voice.tell("gone-why", [("host", host.into())]);
    draw(voice, Notice::new(voice, "gone", &text))
}

/// 503: the region has nothing to show yet.
pub fn unavailable(language: Language) -> String {
    let voice = Voice::of(language);
    let notice = Notice {
        tone: Tone::Slow,
        retries: true,
        ..Notice::new(voice, "unavailable", voice.say("unavailable-why"))
    };
    draw(voice, notice)
}

impl<'a> Notice<'a> {
    fn new(voice: &'a Voice, headline: &str, text: &'a str) -> Self {
        let headline = voice.say(headline);
        Self {
            frame: Frame::plain(voice, headline.to_owned(), Tone::Planned),
            tone: Tone::Planned,
            headline,
            text,
            leads_on: false,
            retries: false,
        }
    }
}

fn draw(voice: &Voice, notice: Notice<'_>) -> String {
    render_or_apologise("notice.html", voice, notice)
}
