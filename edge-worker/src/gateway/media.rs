//! What each media type is served with, so that no browser takes it for more than it is.

use std::cell::RefCell;

use http::{HeaderMap, HeaderValue, header};
use page_address::cache_policy::CROSS_ORIGIN_RESOURCE_POLICY;
use page_model::ContentHash;

use super::encoding;

#[derive(Debug)]
pub struct Media {
    pub content_type: &'static str,
    guard: Guard,
    /// Whether programs on other sites may read it.
    pub read_by_all: bool,
    /// Whether other sites may show it.
    shown_by_all: bool,
}

/// Which content security policy it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    Page,
    Skeleton,
    Frame,
    /// An SVG may hold a script, and somebody may open it by itself.
    Picture,
    Inert,
}

impl Media {
    pub const PAGE: Self = Self::own("text/html; charset=utf-8", Guard::Page);
    /// A page to come: the renderer may complete it.
    pub const SKELETON: Self = Self::own("text/html; charset=utf-8", Guard::Skeleton);
    pub const FRAME: Self = Self {
        shown_by_all: true,
        ..Self::own("text/html; charset=utf-8", Guard::Frame)
    };
    pub const JSON: Self = Self {
        read_by_all: true,
        shown_by_all: true,
        ..Self::own("application/json; charset=utf-8", Guard::Inert)
    };
    pub const RSS: Self = Self::own("application/rss+xml; charset=utf-8", Guard::Inert);
    pub const ATOM: Self = Self::own("application/atom+xml; charset=utf-8", Guard::Inert);
    pub const CALENDAR: Self = Self::own("text/calendar; charset=utf-8", Guard::Inert);
    pub const PICTURE: Self = Self {
        shown_by_all: true,
        ..Self::own("image/svg+xml", Guard::Picture)
    };
    pub const PIXELS: Self = Self {
        content_type: "image/png",
        ..Self::PICTURE
    };
    pub const SCRIPT: Self = Self {
        shown_by_all: true,
        ..Self::own("text/javascript; charset=utf-8", Guard::Inert)
    };
    pub const MODULE: Self = Self::own("application/wasm", Guard::Inert);
    pub const SNAPSHOT: Self = Self::own("application/octet-stream", Guard::Inert);
    pub const TEXT: Self = Self::own("text/plain; charset=utf-8", Guard::Inert);
    pub const MARKDOWN: Self = Self::own("text/markdown; charset=utf-8", Guard::Inert);
    pub const XML: Self = Self::own("application/xml; charset=utf-8", Guard::Inert);
    pub const PROBLEM: Self = Self {
        content_type: "application/problem+json",
        ..Self::JSON
    };

    const fn own(content_type: &'static str, guard: Guard) -> Self {
        Self {
            content_type,
            guard,
            read_by_all: false,
            shown_by_all: false,
        }
    }

    pub fn is_html(&self) -> bool {
        matches!(self.guard, Guard::Page | Guard::Skeleton | Guard::Frame)
    }

    /// Whether it is a page by itself, not one in a frame.
    pub fn is_page(&self) -> bool {
        self.guard == Guard::Page
    }

    /// `style` is the hash of the owner's own block of style.
    pub fn write(&self, style: Option<&ContentHash>, headers: &mut HeaderMap) {
        encoding::write_content_type(headers, self.content_type);
        if let Some(policy) = self.guard.policy_of(style) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        if self.is_html() {
            let referrer = HeaderValue::from_static("strict-origin-when-cross-origin");
            headers.insert(header::REFERRER_POLICY, referrer);
        }
        self.write_for_others(headers);
    }

    /// Which sites may show and read it; an answer without a body says so too.
    pub fn write_for_others(&self, headers: &mut HeaderMap) {
        if self.shown_by_all {
            headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
        }
        if self.read_by_all {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            // When to come back.
            let told = HeaderValue::from_static("retry-after");
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, told);
        }
    }
}

type Policies = Vec<((Guard, Option<ContentHash>), HeaderValue)>;

thread_local! {
    /// The one that was asked for last first.
    static POLICIES: RefCell<Policies> = const { RefCell::new(Vec::new()) };
}

/// As many as are in use at the same time: one for each owner's style.
const POLICIES_MAX: usize = 16;

impl Guard {
    /// The same as `policy`, from memory where it was asked for lately: each reply has one, and few differ.
    fn policy_of(self, style: Option<&ContentHash>) -> Option<HeaderValue> {
        let wanted = (self, style.copied());
        POLICIES.with_borrow_mut(|known| {
            if let Some(at) = known.iter().position(|(of, _)| *of == wanted) {
                known[..=at].rotate_right(1);
            } else {
                known.truncate(POLICIES_MAX - 1);
                known.insert(0, (wanted, self.policy(style)?));
            }
            known.first().map(|(_, policy)| policy.clone())
        })
    }

    fn policy(self, style: Option<&ContentHash>) -> Option<HeaderValue> {
        match self {
            Self::Page => HeaderValue::try_from(page_render::content_security_policy(style)).ok(),
            Self::Skeleton => HeaderValue::try_from(page_render::skeleton_content_security_policy(style)).ok(),
            Self::Frame => HeaderValue::try_from(page_render::embed_content_security_policy(style)).ok(),
            Self::Picture => Some(HeaderValue::from_static(
                "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            )),
            Self::Inert => Some(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
        }
    }
}
