//! Error pages: why there is nothing to show, and where to go.

use page_model::Language;
use serde::Serialize;

use crate::{frame::Frame, locale::Locale, render::render_or_fallback, tone::Tone};

#[derive(Serialize)]
struct ErrorPage<'a> {
    frame: Frame<'a>,
    tone: Tone,
    headline: &'a str,
    text: &'a str,
    /// Whether the rest of the page is there, and where its parts are may help.
    has_links: bool,
    /// Whether the page looks again by itself.
    retries: bool,
}

/// 404: no page at this host that the visitor may know of.
pub fn unknown_host(host: &str, language: Language) -> String {
    let locale = Locale::of(language);
    let text = locale.format("unknown-host-why", [("host", host.into())]);
    draw(locale, ErrorPage::new(locale, "unknown-host", &text))
}

/// 404: a path that the page does not have.
pub fn not_found(host: &str, language: Language) -> String {
    let locale = Locale::of(language);
    let page = ErrorPage::new(locale, "not-found", locale.text("not-found-why"));
    draw(
        locale,
        ErrorPage {
            frame: Frame {
                host: Some(host),
                ..page.frame
            },
            has_links: true,
            ..page
        },
    )
}

/// 410: the page was removed by its publisher.
pub fn gone(host: &str, language: Language) -> String {
    let locale = Locale::of(language);
    let text = locale.format("gone-why", [("host", host.into())]);
    draw(locale, ErrorPage::new(locale, "gone", &text))
}

/// 503: the region has nothing to show yet.
pub fn unavailable(language: Language) -> String {
    let locale = Locale::of(language);
    let page = ErrorPage {
        tone: Tone::Slow,
        retries: true,
        ..ErrorPage::new(locale, "unavailable", locale.text("unavailable-why"))
    };
    draw(locale, page)
}

impl<'a> ErrorPage<'a> {
    fn new(locale: &'a Locale, headline: &str, text: &'a str) -> Self {
        let headline = locale.text(headline);
        Self {
            frame: Frame::plain(locale, headline.to_owned(), Tone::Planned),
            tone: Tone::Planned,
            headline,
            text,
            has_links: false,
            retries: false,
        }
    }
}

fn draw(locale: &Locale, page: ErrorPage<'_>) -> String {
    render_or_fallback("error_page.html", locale, page)
}
