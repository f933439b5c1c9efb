//! A visit comes in: which page is it, and may the visitor see it?

use http::{HeaderValue, StatusCode, header};
use page_model::{Host, Key, Language, Record, Site, body, limits::REGION_DELAYED_AFTER_MS, put::Cursor};

use super::{
    AfterRead, Seen, Step, Visit,
    access::{self, Identity},
    cache_policy::CachePolicy,
    reply::{Facts, Reply},
    route::PageView,
    visiting::Visiting,
};

/// A visit whose host is not looked up yet.
#[derive(Debug)]
pub struct Arrival {
    host: Host,
    view: PageView,
    facts: Facts,
    now_ms: u64,
}

pub fn open(host: Host, view: PageView, visit: &Visit) -> Step {
    let keys = vec![Key::Site(host.clone()), Key::Cursor];
    let arrival = Arrival {
        host,
        view,
        facts: Facts::of(visit),
        now_ms: visit.now_ms,
    };
    Step::Read(keys, AfterRead::Site(Box::new(arrival)))
}

impl Arrival {
    pub fn resume(self, seen: Vec<Seen>) -> Step {
        let mut seen = seen.into_iter();
        let site = seen.next().unwrap_or(Seen::Failed);
        let cursor = seen.next().and_then(Seen::found);
        let site = match site {
            Seen::Found(bytes) => bytes,
            Seen::Absent if cursor.is_some() => return self.unknown(),
            // A region that was never filled knows no host; saying "not found" would be a lie.
            Seen::Absent | Seen::Failed => return self.unavailable("the region has no data yet or its KV fails"),
        };
        match Record::from_bytes(&site) {
            Ok(record) if record.is_tombstone() => self.gone(),
            Ok(record) => match body::decode(&record.body) {
                Ok(site) => self.enter(site, cursor.and_then(|bytes| body::decode(&bytes).ok())),
                Err(error) => self.unavailable(&error.to_string()),
            },
            Err(error) => self.unavailable(&error.to_string()),
        }
    }

    fn enter(self, site: Site, cursor: Option<Cursor>) -> Step {
        let page = match site {
            Site::Moved { to } => return self.moved(&to),
            Site::Page(page) => page,
        };
        let Ok(current) = access::authorize(&page, Identity::Anonymous).cloned() else {
            return self.unknown();
        };
        let heard_ms = cursor.map_or(self.now_ms, |cursor| cursor.at_ms);
        let silent_ms = self.now_ms.saturating_sub(heard_ms);
        let visiting = Visiting {
            host: self.host,
            view: self.view,
            site: page,
            current,
            facts: self.facts,
            delayed_since_ms: (silent_ms >= REGION_DELAYED_AFTER_MS).then_some(heard_ms),
            fresh_s: REGION_DELAYED_AFTER_MS.saturating_sub(silent_ms) / 1_000,
        };
        visiting.find_finished()
    }

    fn unknown(&self) -> Step {
        self.error(
            StatusCode::NOT_FOUND,
            page_render::unknown_host(self.host.as_str(), Language::En),
        )
        .into()
    }

    fn gone(&self) -> Step {
        self.error(StatusCode::GONE, page_render::gone(self.host.as_str(), Language::En))
            .into()
    }

    fn unavailable(&self, why: &str) -> Step {
        let mut reply = self.error(StatusCode::SERVICE_UNAVAILABLE, page_render::unavailable(Language::En));
        let retry = HeaderValue::from_static("2");
        reply.response.headers_mut().insert(header::RETRY_AFTER, retry);
        reply.with_log(format!("{}: no page to show: {why}", self.host)).into()
    }

    fn moved(&self, to: &Host) -> Step {
        let mut reply = self.error(StatusCode::PERMANENT_REDIRECT, String::new());
        if let Ok(location) = HeaderValue::try_from(format!("https://{to}{}", self.facts.path)) {
            reply.response.headers_mut().insert(header::LOCATION, location);
        }
        reply.into()
    }

    fn error(&self, status: StatusCode, html: String) -> Reply {
        Reply::page(status, html, &CachePolicy::Never, &self.facts)
    }
}
