//! What is at each address. `page_address` has the same table, with the parameters that each declares.

use http::Method;
use page_address::{Address, Query, Route, Subject};
use page_model::{key::Month, put};

use super::{
    form,
    kind::Kind,
    kinds::{api, asset, embed, event, feed, page, picture, search_engine, snapshot, text},
    renderer::File,
};

/// Addresses and what is there, without those of the renderer.
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
    ("/embed.json", &embed::BANNER),
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
    ("/uptime.json", &api::UPTIME),
    ("/history.rss", &feed::RSS),
    ("/history.atom", &feed::ATOM),
    ("/components/{id}/history.rss", &feed::COMPONENT_RSS),
    ("/components/{id}/history.atom", &feed::COMPONENT_ATOM),
    ("/calendar.ics", &feed::CALENDAR),
    ("/maintenances/{id}.ics", &feed::MAINTENANCE),
    ("/badge.svg", &picture::BADGE),
    ("/badge.json", &picture::SHIELD),
    ("/preview.png", &picture::PREVIEW),
    ("/favicon.ico", &picture::FAVICON),
    ("/status.txt", &text::TEXT),
    ("/status.md", &text::MARKDOWN),
    ("/robots.txt", &search_engine::ROBOTS),
    ("/sitemap.xml", &search_engine::SITEMAP),
    ("/assets/{asset}", &asset::ASSET),
    ("/.pharos/snapshot", &snapshot::SNAPSHOT),
];

/// Where a parameter makes another view of an address: whose, its name, its value if only one does, and what is there then.
static BY_PARAMETER: &[(&Kind, &str, Option<&str>, &Kind)] = &[
    (&page::HISTORY, "component", None, &page::HISTORY_OF_COMPONENT),
    (&page::MONTH, "component", None, &page::MONTH_OF_COMPONENT),
    (&page::UPTIME, "component", None, &page::UPTIME_OF_COMPONENT),
    (&embed::FRAME, "theme", Some("light"), &embed::LIGHT_FRAME),
    (&embed::FRAME, "theme", Some("dark"), &embed::DARK_FRAME),
];

/// Every address of a page, for tests that must miss none.
pub fn addresses() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(pattern, _)| *pattern)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    View(PageView),
    Put,
    /// Where visitors are let in and out, and the methods that are taken there.
    Entrance(&'static str),
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

impl Endpoint {
    pub fn of(method: &Method, address: &Address) -> Self {
        let path = address.path.as_str();
        // A link opens formats of a page, and nothing else that is here.
        if address.capability.is_some() && PageView::of(path).is_none() {
            return Self::Unknown;
        }
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
        if let Some(methods) = form::methods(path) {
            return Self::Entrance(methods);
        }
        let Some(view) = PageView::of(path) else {
            return without_slash(address).map_or(Self::Unknown, Self::Slash);
        };
        let preflight = view.kind.media.read_by_all;
        match *method {
            Method::GET | Method::HEAD => Self::View(view.with_parameters(&address.query)),
            Method::OPTIONS if preflight => Self::Preflight,
            _ => Self::MethodNotAllowed { preflight },
        }
    }
}

impl PageView {
    pub fn of(path: &str) -> Option<Self> {
        let (route, subject) = Route::of(path)?;
        let (_, kind) = TABLE.iter().find(|(pattern, _)| *pattern == route.pattern)?;
        Some(Self { kind, subject })
    }

    fn with_parameters(self, query: &Query) -> Self {
        let month = query.get("month").filter(|_| std::ptr::eq(self.kind, &page::SEARCH));
        if let Some(month) = month.and_then(|month| Month::parse(&month)) {
            return Self {
                kind: &page::EARLIER_RESULTS,
                subject: Subject::Month(month),
            };
        }
        let is_meant = |wanted: &Option<&str>, name| {
            let found = query.get(name);
            found.is_some_and(|found| wanted.is_none_or(|wanted| wanted == found))
        };
        let other = BY_PARAMETER
            .iter()
            .find(|(of, name, value, _)| std::ptr::eq(*of, self.kind) && is_meant(value, name));
        Self {
            kind: other.map_or(self.kind, |(_, _, _, kind)| kind),
            ..self
        }
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
fn without_slash(address: &Address) -> Option<String> {
    let meant = address.path.strip_suffix('/').filter(|path| !path.ends_with('/'))?;
    PageView::of(meant).map(|_| address.target_at(meant))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use page_address::ErrorFormat;

    use super::*;
    use crate::gateway::kind::LanguageSource;

    #[test]
    fn both_tables_have_the_same_addresses() {
        let routes = page_address::TABLE.iter().map(|route| route.pattern);
        let is_page = |pattern: &&str| !pattern.contains("{build}") && form::methods(pattern).is_none();
        let pages: Vec<_> = routes.filter(is_page).collect();
        assert_eq!(pages, addresses().collect::<Vec<_>>());
        for name in ["complete.js", "complete_bg.wasm"] {
            let path = format!("/.pharos/renderer-{}/{name}", page_render::TEMPLATE_BUILD);
            assert!(File::of(&path).is_some() && Route::of(&path).is_some(), "{path}");
        }
    }

    /// The edge's host writes an error as the gateway would.
    #[test]
    fn errors_have_the_format_of_the_media_type() {
        for (route, (pattern, kind)) in page_address::TABLE.iter().zip(TABLE) {
            let format = match kind.media {
                media if media.is_html() => ErrorFormat::Page,
                media if media.read_by_all => ErrorFormat::Problem,
                _ => ErrorFormat::Text,
            };
            assert_eq!(route.errors, format, "{pattern}");
        }
    }

    #[test]
    fn what_has_words_of_ours_declares_a_language() {
        for (route, (pattern, kind)) in page_address::TABLE.iter().zip(TABLE) {
            let declares = route.parameters.iter().any(|parameter| parameter.name == "lang");
            assert_eq!(declares, kind.language != LanguageSource::None, "{pattern}");
        }
    }

    #[test]
    fn a_last_slash_is_one_too_many() {
        let get = |path: &str| {
            let uri = format!("http://a.example{path}").parse().expect("a URI");
            let address = Address::parse(&Method::GET, &uri, &HeaderMap::new()).expect("an address");
            Endpoint::of(&Method::GET, &address)
        };
        assert_eq!(get("/history/"), Endpoint::Slash("/history".to_owned()));
        assert_eq!(
            get("/history/?utm=x&lang=de"),
            Endpoint::Slash("/history?lang=de".to_owned())
        );
        assert_eq!(get("/history//"), Endpoint::Unknown);
        assert_eq!(get("//"), Endpoint::Unknown);
        assert_eq!(get("/x/"), Endpoint::Unknown);
    }
}
