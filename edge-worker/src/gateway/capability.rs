//! What somebody has who brings the secret of a link, and what it opens.

use http::{HeaderMap, header};
use page_model::capability::{Formats, SECRET_CHARS};

use super::route::PageView;

/// The secret as a program sends it. A word of another form is for somebody else, as a proxy that asks for one.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = said.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && secret.len() == SECRET_CHARS).then_some(secret)
}

/// Whether a link for these formats opens what is at a path.
pub fn opens(formats: Formats, view: &PageView, path: &str) -> bool {
    let is_embedded = path.starts_with("/embed");
    match formats {
        // The snapshot for browsers belongs to a page for people.
        Formats::Machine => !is_embedded && !view.kind.media.is_html() && path != "/.pharos/snapshot",
        Formats::Embed => is_embedded || path.starts_with("/badge.") || path.starts_with("/assets/"),
        Formats::Unknown => false,
    }
}

pub const CLOSED: &str =
    "This link is not valid for this address, or no longer. Ask whoever gave it to you for another one.";
