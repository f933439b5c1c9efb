//! The door of a page that is not public: how one gets in.

use page_model::{Language, limits::PASSWORD_CHARS_MAX};
use serde::Serialize;

use crate::{frame::Frame, locale::Locale, render::render_or_fallback, tone::Tone};

/// 403: the page is private; how one gets in.
#[derive(Debug, Clone, Copy)]
pub struct Door<'a> {
    /// Name of the page, from its site record.
    pub name: &'a str,
    pub host: &'a str,
    pub language: Language,
    /// Whether the language stands in the address: then the door's links and what its form is sent to keep it (`?lang=de`).
    pub keeps_language: bool,
    /// Whether there is a password to type; without, the door says who gets in, and whom to ask.
    pub by_password: bool,
    /// Where one signs in with the identity provider, and what that is called.
    pub provider: Option<(&'a str, &'a str)>,
    /// Path and query on this host where the visitor wanted to go, to come back to when let in.
    pub return_to: &'a str,
    pub notice: Option<DoorNotice>,
}

/// What came of what the visitor did before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoorNotice {
    WrongPassword,
    /// More passwords wait to be compared, or were tried from there, than may be.
    Busy,
    /// The origin cannot be asked.
    Unavailable,
    SignedOut,
    /// What they bring is not what they were given, or not in time.
    NotSignedIn,
    /// Their account has no access.
    NoAccess,
}

#[derive(Serialize)]
struct DoorPage<'a> {
    frame: Frame<'a>,
    name: &'a str,
    headline: &'a str,
    text: &'a str,
    notice: Option<NoticeView<'a>>,
    by_password: bool,
    provider: Option<ProviderView<'a>>,
    password_chars_max: usize,
    return_to: &'a str,
    whom_to_ask: String,
}

#[derive(Serialize)]
struct ProviderView<'a> {
    href: &'a str,
    text: String,
}

#[derive(Serialize)]
struct NoticeView<'a> {
    tone: Tone,
    text: &'a str,
    /// The field is marked then.
    is_wrong_password: bool,
}

pub fn door(door: &Door<'_>) -> String {
    let locale = Locale::of(door.language);
    let headline = locale.text("private");
    let text = locale.text(match (door.by_password, door.provider) {
        (true, _) => "private-password",
        (false, Some(_)) => "private-provider",
        (false, None) => "private-no-password",
    });
    let frame = Frame::of_sign_in(locale, headline, door.name, door.host, door.keeps_language);
    let view = DoorPage {
        frame: Frame {
            query: other_parameters(door.return_to),
            ..frame
        },
        name: door.name,
        headline,
        text,
        notice: door.notice.map(|notice| NoticeView::new(notice, locale)),
        by_password: door.by_password,
        provider: door.provider.map(|(href, name)| ProviderView {
            href,
            text: locale.format("sign-in-with", [("name", name.into())]),
        }),
        password_chars_max: PASSWORD_CHARS_MAX,
        return_to: door.return_to,
        whom_to_ask: locale.format("private-ask", [("host", door.host.into())]),
    };
    render_or_fallback("door.html", locale, view)
}

impl<'a> NoticeView<'a> {
    fn new(notice: DoorNotice, locale: &'a Locale) -> Self {
        let (tone, message) = match notice {
            DoorNotice::WrongPassword => (Tone::Down, "wrong-password"),
            DoorNotice::Busy => (Tone::Slow, "sign-in-busy"),
            DoorNotice::Unavailable => (Tone::Slow, "sign-in-unavailable"),
            DoorNotice::SignedOut => (Tone::Fine, "signed-out"),
            DoorNotice::NotSignedIn => (Tone::Slow, "not-signed-in"),
            DoorNotice::NoAccess => (Tone::Down, "no-access"),
        };
        Self {
            tone,
            text: locale.text(message),
            is_wrong_password: notice == DoorNotice::WrongPassword,
        }
    }
}

/// The parameters of an address besides its language: who takes another language at the door of a search still searches.
fn other_parameters(address: &str) -> String {
    let (_, query) = address.split_once('?').unwrap_or_default();
    let others = query
        .split('&')
        .filter(|one| !one.is_empty() && !one.starts_with("lang="));
    others.flat_map(|one| [one, "&"]).collect()
}
