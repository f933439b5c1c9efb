//! Every address of the edge on one screen.

use http::Method;
use page_model::{Id, asset::AssetName, key::Month, put};

use super::{
    kind::{Kind, Subject},
    kinds::{api, asset, embed, event, feed, page, picture, search_engine, snapshot, text},
    renderer::File,
};

/// Addresses and what is there. `{id}`, `{month}` and `{asset}` stand for what they name.
pub static TABLE: &[(&str, &Kind)] = &[
    ("/", &page::INDEX),
    ("/groups/{id}", &page::GROUP),
    ("/history", &page::HISTORY),
    ("/history/{month}", &page::MONTH),
    ("/incidents/{id}", &event::INCIDENT),
    ("/maintenances/{id}", &event::MAINTENANCE),
    ("/uptime", &page::UPTIME),
    ("/search", &page::SEARCH),
    ("/embed", &embed::FRAME),
    ("/embed.js", &embed::SCRIPT),
    ("/oembed.json", &embed::OEMBED),
    ("/api/v2/summary.json", &api::SUMMARY),
    ("/api/v2/status.json", &api::STATUS),
    ("/api/v2/components.json", &api::COMPONENTS),
    ("/api/v2/incidents.json", &api::INCIDENTS),
    ("/api/v2/incidents/unresolved.json", &api::UNRESOLVED),
    ("/api/v2/scheduled-maintenances.json", &api::MAINTENANCES),
    ("/api/v2/scheduled-maintenances/upcoming.json", &api::UPCOMING),
    ("/api/v2/scheduled-maintenances/active.json", &api::ACTIVE),
    ("/index.json", &api::SUMMARY),
    ("/history.rss", &feed::RSS),
    ("/history.atom", &feed::ATOM),
    ("/components/{id}/history.rss", &feed::COMPONENT_RSS),
    ("/components/{id}/history.atom", &feed::COMPONENT_ATOM),
    ("/calendar.ics", &feed::CALENDAR),
    ("/badge.svg", &picture::BADGE),
    ("/badge.json", &picture::SHIELD),
    ("/preview.svg", &picture::PREVIEW),
    ("/favicon.ico", &picture::FAVICON),
    ("/status.txt", &text::TEXT),
    ("/status.md", &text::MARKDOWN),
    ("/robots.txt", &search_engine::ROBOTS),
    ("/sitemap.xml", &search_engine::SITEMAP),
    ("/assets/{asset}", &asset::ASSET),
    ("/.pharos/snapshot", &snapshot::SNAPSHOT),
];

/// Every address of a page, for tests that must miss none.
pub fn addresses() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(pattern, _)| *pattern)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    View(PageView),
    Put,
    /// A file of the renderer for browsers.
    Renderer(File),
    /// A browser asks whether a program on another site may read what is there.
    Preflight,
    /// A method that is not for reading; whether `OPTIONS` would be answered.
    MethodNotAllowed {
        preflight: bool,
    },
    /// The address without its last slash.
    Slash(String),
    Unknown,
}

/// What of a page is shown.
#[derive(Debug, Clone)]
pub struct PageView {
    pub kind: &'static Kind,
    pub subject: Subject,
}

impl Route {
    pub fn of(method: &Method, path: &str) -> Self {
        if path == put::PATH {
            return if method == Method::POST {
                Self::Put
            } else {
                Self::Unknown
            };
        }
        if let Some(file) = File::of(path) {
            return match *method {
                Method::GET | Method::HEAD => Self::Renderer(file),
                _ => Self::MethodNotAllowed { preflight: false },
            };
        }
        let Some(view) = PageView::of(path) else {
            return without_slash(path).map_or(Self::Unknown, Self::Slash);
        };
        let preflight = view.kind.media.read_by_all;
        match *method {
            Method::GET | Method::HEAD => Self::View(view),
            Method::OPTIONS if preflight => Self::Preflight,
            _ => Self::MethodNotAllowed { preflight },
        }
    }
}

impl PageView {
    pub fn of(path: &str) -> Option<Self> {
        let mut found = TABLE.iter().filter_map(|(pattern, kind)| {
            Some(Self {
                kind,
                subject: subject(pattern, path)?,
            })
        });
        found.next()
    }
}

/// Kinds are constants, each with one name and media type.
impl PartialEq for PageView {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.kind, other.kind) && self.subject == other.subject
    }
}

impl Eq for PageView {}

/// The address that a path with one slash too many means.
fn without_slash(path: &str) -> Option<String> {
    let meant = path.strip_suffix('/').filter(|path| !path.ends_with('/'))?;
    PageView::of(meant).map(|_| meant.to_owned())
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
        _ => Id::parse(text).ok().map(Subject::Object),
    }
}

#[cfg(test)]
mod tests {
    use page_model::asset::AssetKind;

    use super::*;

    #[test]
    fn every_address_leads_to_its_own_kind() {
        let asset = AssetName::of(b"logo", AssetKind::Png).to_string();
        for (pattern, kind) in TABLE {
            let path = pattern
                .replace("{id}", "0123456789ab")
                .replace("{month}", "2026-11")
                .replace("{asset}", &asset);
            let view = PageView::of(&path).expect("a view");
            assert!(std::ptr::eq(view.kind, *kind), "{pattern}");
        }
    }

    #[test]
    fn no_address_has_a_second_spelling() {
        for path in [
            "//",
            "/x.css",
            "/;.css",
            "/%2e",
            "/history/2026-11/x.css",
            "/history/2026-13",
            "/history.RSS",
            "/api/v2/summary.json.css",
            "/api/v2//summary.json",
            "/incidents/0123456789AB",
            "/incidents/0123456789ab/",
            "/assets/../robots.txt",
        ] {
            assert_eq!(PageView::of(path), None, "{path}");
        }
    }

    #[test]
    fn a_last_slash_is_one_too_many() {
        let get = |path| Route::of(&Method::GET, path);
        assert_eq!(get("/history/"), Route::Slash("/history".to_owned()));
        assert_eq!(get("/history//"), Route::Unknown);
        assert_eq!(get("//"), Route::Unknown);
        assert_eq!(get("/x/"), Route::Unknown);
    }
}
