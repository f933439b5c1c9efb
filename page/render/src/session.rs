//! What a visitor who was let in is told about that, and the way out.

use page_model::{Language, Stamp};
use serde::Serialize;

use crate::{frame::Frame, locale::Locale, render::render_or_fallback, times::Moment};

/// `/.pharos/session`
#[derive(Debug, Clone, Copy)]
pub struct SessionPage<'a> {
    /// Name of the page, from its site record.
    pub name: &'a str,
    pub host: &'a str,
    pub language: Language,
    /// As in [`crate::RenderOptions`].
    pub keeps_language: bool,
    pub began: Stamp,
    pub expires: Stamp,
    /// Where somebody wants to go whom another site brought as somebody else: they are asked first.
    pub onward: Option<&'a str>,
}

#[derive(Serialize)]
struct SessionView<'a> {
    frame: Frame<'a>,
    name: &'a str,
    headline: &'a str,
    text: &'a str,
    began: Moment,
    expires: Moment,
    onward: Option<&'a str>,
}

pub fn session(page: &SessionPage<'_>) -> String {
    let locale = Locale::of(page.language);
    let headline = locale.text("signed-in");
    let view = SessionView {
        frame: Frame::of_sign_in(locale, headline, page.name, page.host, page.keeps_language),
        name: page.name,
        headline,
        text: locale.text(match page.onward {
            Some(_) => "signed-in-other",
            None => "signed-in-why",
        }),
        began: locale.date_and_time(page.began),
        expires: locale.date_and_time(page.expires),
        onward: page.onward,
    };
    render_or_fallback("session.html", locale, view)
}
