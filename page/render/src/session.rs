//! What a visitor who was let in is told about that, and the way out.

use page_model::{Language, Stamp, access::Way};
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
    /// When the session began and when it ends; none of somebody who is let in for where they come from.
    pub lasts: Option<(Stamp, Stamp)>,
    /// Who they are, as far as that is known.
    pub person: Option<&'a str>,
    /// By what they were let in.
    pub way: Option<Way>,
    /// What the identity provider is called.
    pub provider: Option<&'a str>,
    /// Where somebody wants to go whom another site brought as somebody else: they are asked first.
    pub onward: Option<&'a str>,
}

#[derive(Serialize)]
struct SessionView<'a> {
    frame: Frame<'a>,
    name: &'a str,
    headline: &'a str,
    text: &'a str,
    lasts: Option<[Moment; 2]>,
    person: Option<&'a str>,
    way: Option<&'a str>,
    onward: Option<&'a str>,
}

pub fn session(page: &SessionPage<'_>) -> String {
    let locale = Locale::of(page.language);
    let [headline, text] = match (page.lasts, page.onward) {
        (_, Some(_)) => ["signed-in", "signed-in-other"],
        (Some(_), None) => ["signed-in", "signed-in-why"],
        (None, None) => ["by-network", "by-network-why"],
    }
    .map(|name| locale.text(name));
    let view = SessionView {
        frame: Frame::of_sign_in(locale, headline, page.name, page.host, page.keeps_language),
        name: page.name,
        headline,
        text,
        lasts: page
            .lasts
            .map(|(began, expires)| [began, expires].map(|at| locale.date_and_time(at))),
        person: page.person,
        way: match page.way {
            Some(Way::Password) => Some(locale.text("password")),
            Some(Way::Mail) => Some(locale.text("email")),
            Some(Way::Provider) => page.provider,
            Some(Way::Unknown) | None => None,
        },
        onward: page.onward,
    };
    render_or_fallback("session.html", locale, view)
}
