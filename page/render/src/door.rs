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
    /// Whether strangers see nothing of the page.
    pub is_private: bool,
    /// Whether there is a password to type; without, the door says who gets in, and whom to ask.
    pub by_password: bool,
    /// Whether there is an address to type, to which a link is sent.
    pub by_mail: bool,
    /// What the link of a mail has in it that led here: then there is one button, which lets in.
    pub link: Option<&'a str>,
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
    WrongAddress,
    /// The code of a mail, which is asked for once more.
    WrongCode,
    LinkOver,
    /// A mail is on its way, if the address is known: its code is asked for.
    Mailed,
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
    text: Option<&'a str>,
    notice: Option<NoticeView<'a>>,
    by_password: bool,
    by_mail: bool,
    by_code: bool,
    link: Option<&'a str>,
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
    /// The field that is marked then.
    wrong: &'static str,
}

pub fn door(door: &Door<'_>) -> String {
    let locale = Locale::of(door.language);
    let link = door.link.filter(|token| is_token(token));
    let by_code = matches!(door.notice, Some(DoorNotice::Mailed | DoorNotice::WrongCode));
    let headline = locale.text(match link.is_some() || !door.is_private {
        true => "sign-in",
        false => "private",
    });
    let text = match (link, door.by_password, door.by_mail, door.provider) {
        (Some(_), ..) => "link-why",
        // The notice says what to do.
        (None, ..) if by_code => "",
        (None, true, false, None) => "private-password",
        (None, false, true, None) => "private-mail",
        (None, false, false, Some(_)) => "private-provider",
        (None, false, false, None) => "private-no-password",
        (None, ..) => "private-ways",
    };
    let frame = Frame::of_sign_in(locale, headline, door.name, door.host, door.keeps_language);
    let view = DoorPage {
        frame: Frame {
            query: link.map_or_else(
                || other_parameters(door.return_to),
                |token| ["token=", token, "&"].concat(),
            ),
            ..frame
        },
        name: door.name,
        headline,
        text: (!text.is_empty()).then(|| locale.text(text)),
        notice: door.notice.map(|notice| NoticeView::new(notice, locale)),
        by_password: door.by_password,
        by_mail: door.by_mail,
        by_code,
        link,
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
        let (tone, message, wrong) = match notice {
            DoorNotice::WrongPassword => (Tone::Down, "wrong-password", "password"),
            DoorNotice::WrongAddress => (Tone::Down, "wrong-address", "email"),
            DoorNotice::WrongCode => (Tone::Down, "wrong-code", "code"),
            DoorNotice::LinkOver => (Tone::Slow, "link-over", ""),
            DoorNotice::Mailed => (Tone::Planned, "mailed", ""),
            DoorNotice::Busy => (Tone::Slow, "sign-in-busy", ""),
            DoorNotice::Unavailable => (Tone::Slow, "sign-in-unavailable", ""),
            DoorNotice::SignedOut => (Tone::Fine, "signed-out", ""),
            DoorNotice::NotSignedIn => (Tone::Slow, "not-signed-in", ""),
            DoorNotice::NoAccess => (Tone::Down, "no-access", ""),
        };
        Self {
            tone,
            text: locale.text(message),
            wrong,
        }
    }
}

/// Nothing else comes from a link of ours.
fn is_token(text: &str) -> bool {
    let mut bytes = text.bytes();
    !text.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The parameters of an address besides its language: who takes another language at the door of a search still searches.
fn other_parameters(address: &str) -> String {
    let (_, query) = address.split_once('?').unwrap_or_default();
    let others = query
        .split('&')
        .filter(|one| !one.is_empty() && !one.starts_with("lang="));
    others.flat_map(|one| [one, "&"]).collect()
}
