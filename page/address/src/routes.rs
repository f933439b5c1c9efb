//! Every address of the edge on one screen, with the query parameters that shape what is there.

use page_model::{Id, asset::AssetName, key::Month, limits::SEARCH_CHARS_MAX};

/// An address and what it declares. `{id}`, `{month}`, `{asset}` and `{build}` stand for what they name.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    pub pattern: &'static str,
    /// In the order in which they stand in a canonical query.
    pub parameters: &'static [Parameter],
    /// In which format it says that something went wrong.
    pub errors: ErrorFormat,
    pub shared: Shared,
}

/// Who may get the same reply there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// All who see the same of the page.
    BySet,
    /// All who bring no session.
    WithoutSession,
    /// Each visitor gets one of their own, which depends on more than the address says.
    Never,
}

/// A query parameter.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: &'static str,
    /// What goes beyond is cut off.
    pub chars_max: usize,
}

/// People get a page, programs a problem document (RFC 9457) or a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorFormat {
    Page,
    Problem,
    Text,
}

/// What the variable part of an address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The address names nothing of the page: it is the page as a whole.
    Whole,
    Month(Month),
    Object(Id),
    Asset(AssetName),
}

pub static TABLE: &[Route] = &[
    page("/", SPOKEN),
    page("/groups/{id}", SPOKEN),
    page("/history", OF_COMPONENT),
    page("/history/{month}", OF_COMPONENT),
    page("/incidents/{id}", SPOKEN),
    page("/maintenances/{id}", SPOKEN),
    page("/uptime", OF_COMPONENT),
    page("/search", SEARCH),
    page("/embed", &[LANGUAGE, Parameter::new("theme", 8)]),
    text("/embed.js", SPOKEN),
    json("/embed.json", SPOKEN),
    json("/oembed.json", OEMBED),
    json("/api/v2/summary.json", &[]),
    json("/api/v2/status.json", &[]),
    json("/api/v2/components.json", &[]),
    json("/api/v2/incidents.json", &[]),
    json("/api/v2/incidents/unresolved.json", &[]),
    json("/api/v2/scheduled-maintenances.json", &[]),
    json("/api/v2/scheduled-maintenances/upcoming.json", &[]),
    json("/api/v2/scheduled-maintenances/active.json", &[]),
    json("/index.json", &[]),
    json("/uptime.json", &[]),
    text("/history.rss", &[]),
    text("/history.atom", &[]),
    text("/components/{id}/history.rss", &[]),
    text("/components/{id}/history.atom", &[]),
    text("/calendar.ics", SPOKEN),
    text("/maintenances/{id}.ics", SPOKEN),
    text("/badge.svg", SPOKEN),
    json("/badge.json", SPOKEN),
    text("/preview.png", &[]),
    text("/favicon.ico", &[]),
    text("/status.txt", SPOKEN),
    text("/status.md", SPOKEN),
    text("/robots.txt", &[]),
    text("/sitemap.xml", &[]),
    text("/assets/{asset}", &[]),
    text("/.pharos/snapshot", &[]).shared(Shared::WithoutSession),
    page(SIGN_IN, &[LANGUAGE, RETURN_TO, SIGNED_OUT]).shared(Shared::WithoutSession),
    page(LINK, &[LANGUAGE, TOKEN]).shared(Shared::WithoutSession),
    page(SIGN_OUT, SPOKEN).shared(Shared::WithoutSession),
    page(SESSION, SPOKEN).shared(Shared::WithoutSession),
    page(PROVIDER, &[LANGUAGE, RETURN_TO]).shared(Shared::Never),
    page(CALLBACK, SPOKEN).shared(Shared::Never),
    page(PLATFORM_TOKEN, &[LANGUAGE, RETURN_TO]).shared(Shared::Never),
    page("/.pharos/renderer-{build}/complete.js", SPOKEN).shared(Shared::WithoutSession),
    page("/.pharos/renderer-{build}/complete_bg.wasm", SPOKEN).shared(Shared::WithoutSession),
];

/// Where visitors of private pages are let in and out; no publisher's page.
pub const SIGN_IN: &str = "/.pharos/sign-in";
/// Where the link of a mail leads.
pub const LINK: &str = "/.pharos/link";
pub const SIGN_OUT: &str = "/.pharos/sign-out";
/// What a visitor's session is.
pub const SESSION: &str = "/.pharos/session";
/// To the page's identity provider, and back from there.
pub const PROVIDER: &str = "/.pharos/sign-in/provider";
pub const CALLBACK: &str = "/.pharos/sign-in/callback";
/// Where the publisher's own product brings those whom it knows.
pub const PLATFORM_TOKEN: &str = "/.pharos/token";
/// Where they wanted to go.
pub const RETURN_TO: Parameter = Parameter::new("return_to", 2_000);
/// What such a link lets in by.
pub const TOKEN: Parameter = Parameter::new("token", 64);
/// They have just signed out.
pub const SIGNED_OUT: Parameter = Parameter::new("signed-out", 1);
/// The language of the interface.
pub const LANGUAGE: Parameter = Parameter::new("lang", 8);
const SPOKEN: &[Parameter] = &[LANGUAGE];
const OF_COMPONENT: &[Parameter] = &[LANGUAGE, Parameter::new("component", 24)];
const SEARCH: &[Parameter] = &[
    LANGUAGE,
    Parameter::new("month", 7),
    Parameter::new("q", SEARCH_CHARS_MAX),
];
const OEMBED: &[Parameter] = &[
    Parameter::new("url", 2_000),
    Parameter::new("format", 20),
    Parameter::new("maxwidth", 20),
    Parameter::new("maxheight", 20),
];
/// Below it, programs ask.
const API: &str = "/api/";

const fn page(pattern: &'static str, parameters: &'static [Parameter]) -> Route {
    Route {
        pattern,
        parameters,
        errors: ErrorFormat::Page,
        shared: Shared::BySet,
    }
}

const fn json(pattern: &'static str, parameters: &'static [Parameter]) -> Route {
    Route {
        errors: ErrorFormat::Problem,
        ..page(pattern, parameters)
    }
}

const fn text(pattern: &'static str, parameters: &'static [Parameter]) -> Route {
    Route {
        errors: ErrorFormat::Text,
        ..page(pattern, parameters)
    }
}

impl Route {
    const fn shared(self, shared: Shared) -> Self {
        Self { shared, ..self }
    }

    /// The route of a path, and what the path names.
    pub fn of(path: &str) -> Option<(&'static Self, Subject)> {
        TABLE
            .iter()
            .find_map(|route| Some((route, subject(route.pattern, path)?)))
    }
}

impl Parameter {
    pub const fn new(name: &'static str, chars_max: usize) -> Self {
        Self { name, chars_max }
    }
}

impl ErrorFormat {
    pub fn of(path: &str) -> Self {
        match Route::of(path) {
            Some((route, _)) => route.errors,
            None if path.starts_with(API) => Self::Problem,
            None => Self::Page,
        }
    }
}

/// What the path names, if it is of the pattern. It is compared as it was sent: no encoding, no second spelling.
fn subject(pattern: &str, path: &str) -> Option<Subject> {
    let Some((before, rest)) = pattern.split_once('{') else {
        return (pattern == path).then_some(Subject::Whole);
    };
    let (name, after) = rest.split_once('}')?;
    let text = path.strip_prefix(before)?.strip_suffix(after)?;
    match name {
        "month" => Month::parse(text).map(Subject::Month),
        "asset" => AssetName::parse(text).map(Subject::Asset),
        // A build of the renderer is nothing of the page's.
        "build" => (!text.contains('/')).then_some(Subject::Whole),
        _ => Id::parse(text).ok().map(Subject::Object),
    }
}

#[cfg(test)]
mod tests {
    use page_model::asset::AssetKind;

    use super::*;

    #[test]
    fn every_pattern_leads_to_its_own_route() {
        let asset = AssetName::of(b"logo", AssetKind::Png).to_string();
        for route in TABLE {
            let path = route
                .pattern
                .replace("{id}", "0123456789ab")
                .replace("{month}", "2026-11")
                .replace("{asset}", &asset)
                .replace("{build}", "0a1b");
            let (found, _) = Route::of(&path).expect("a route");
            assert!(std::ptr::eq(found, route), "{path}");
        }
    }

    #[test]
    fn no_address_has_a_second_spelling() {
        for path in [
            "//",
            "/x.css",
            "/;.css",
            "/%2e",
            "/history/",
            "/history/2026-11/x.css",
            "/history/2026-13",
            "/history.RSS",
            "/api/v2/summary.json.css",
            "/api/v2//summary.json",
            "/incidents/0123456789AB",
            "/incidents/0123456789ab/",
            "/assets/../robots.txt",
            "/.pharos/renderer-a/b/complete.js",
        ] {
            assert_eq!(Route::of(path), None, "{path}");
        }
    }

    #[test]
    fn unknown_addresses_below_the_api_answer_as_documents() {
        assert_eq!(ErrorFormat::of("/api/v3/x"), ErrorFormat::Problem);
        assert_eq!(ErrorFormat::of("/x"), ErrorFormat::Page);
        assert_eq!(ErrorFormat::of("/history.rss"), ErrorFormat::Text);
    }
}
