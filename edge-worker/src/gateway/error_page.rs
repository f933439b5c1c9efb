//! Replies that have nothing to show, in the words and the format of who asks: people get a page, programs a problem
//! document (RFC 9457) or a line of text.

use http::{HeaderValue, StatusCode, header};
use page_address::{ErrorFormat, cache_policy::CachePolicy};
use page_model::{Host, Language};

use super::{
    kind::LanguageSource,
    language,
    media::Media,
    reply::{Reply, RequestFacts},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorPage {
    /// No page at this host that the visitor may know of.
    UnknownHost,
    NotFound,
    Gone,
    Unavailable,
}

/// A path that no page has. Nobody keeps it: some caches go by how an address ends, and random ones would drive out what is
/// asked for.
pub fn nothing_here(facts: &RequestFacts) -> Reply {
    let media = match facts.address.error_format() {
        ErrorFormat::Page => &Media::PAGE,
        ErrorFormat::Problem => &Media::JSON,
        ErrorFormat::Text => &Media::TEXT,
    };
    let language = language::choose(LanguageSource::Visitor, facts, Language::default()).language;
    ErrorPage::NotFound.reply(&facts.address.host, media, facts, language, &CachePolicy::Never)
}

impl ErrorPage {
    /// In the format that `media` is for. `policy` is for what is surely not there.
    pub fn reply(
        self,
        host: &Host,
        media: &Media,
        facts: &RequestFacts,
        language: Language,
        policy: &CachePolicy,
    ) -> Reply {
        let policy = match self {
            Self::UnknownHost | Self::NotFound | Self::Gone => policy,
            Self::Unavailable => &CachePolicy::Never,
        };
        let mut reply = if media.is_html() {
            Reply::of(self.status(), self.html(host, language), &Media::PAGE, policy, facts)
        } else {
            problem(self.status(), &self.text(host), media, facts, policy)
        };
        if self == Self::Unavailable {
            let retry = HeaderValue::from_static(RETRY_AFTER_S);
            reply.response.headers_mut().insert(header::RETRY_AFTER, retry);
        }
        reply
    }

    fn status(self) -> StatusCode {
        match self {
            Self::UnknownHost | Self::NotFound => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn html(self, host: &Host, language: Language) -> String {
        match self {
            Self::UnknownHost => page_render::unknown_host(host.as_str(), language),
            Self::NotFound => page_render::not_found(host.as_str(), language),
            Self::Gone => page_render::gone(host.as_str(), language),
            Self::Unavailable => page_render::unavailable(language),
        }
    }

    fn text(self, host: &Host) -> String {
        match self {
            Self::UnknownHost => format!("No status page is served at {host}."),
            Self::NotFound => format!("{host} has nothing at this address."),
            Self::Gone => format!("The status page at {host} was removed by its publisher."),
            Self::Unavailable => "This page has not reached this region yet. Please ask again in a moment.".to_owned(),
        }
    }
}

/// For programs: a problem document where they read JSON, else one line. The detail is ours, so it needs no escapes.
pub fn problem(status: StatusCode, detail: &str, media: &Media, facts: &RequestFacts, policy: &CachePolicy) -> Reply {
    let title = status.canonical_reason().unwrap_or_default();
    let (media, body) = if media.read_by_all {
        let code = status.as_u16();
        let body =
            format!("{{\"type\":\"about:blank\",\"title\":\"{title}\",\"status\":{code},\"detail\":\"{detail}\"}}");
        (&Media::PROBLEM, body)
    } else {
        (&Media::TEXT, format!("{detail}\n"))
    };
    Reply::of(status, body, media, policy, facts)
}

const RETRY_AFTER_S: &str = "2";
