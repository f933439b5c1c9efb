//! A visit comes in: which page is it, and may the visitor see it?

use http::StatusCode;
use page_model::{Host, Key, Language, Record, Site, body, limits::REGION_DELAYED_AFTER_MS, put::Cursor};

use super::{
    AfterRead, Edge, Seen, Step, Visit,
    access::{self, Identity},
    cache_policy::CachePolicy,
    error_page::ErrorPage,
    kind::LanguageSource,
    reply::{Facts, Reply},
    route::PageView,
    tongue,
    visiting::{Staleness, Visiting},
};

/// A visit whose host is not looked up yet.
#[derive(Debug)]
pub struct Arrival {
    host: Host,
    view: PageView,
    facts: Facts,
    now_ms: u64,
    /// Whether the visitor's browser can be given the renderer.
    has_renderer: bool,
}

pub fn open(edge: &Edge, host: Host, view: PageView, visit: &Visit) -> Step {
    let keys = vec![Key::Site(host.clone()), Key::Cursor];
    let mut facts = Facts::of(visit);
    facts.vary = tongue::vary(view.kind, &facts);
    let in_markdown = view.kind.in_markdown.filter(|_| facts.wish.markdown);
    let arrival = Arrival {
        host,
        view: PageView {
            kind: in_markdown.unwrap_or(view.kind),
            ..view
        },
        facts,
        now_ms: visit.now_ms,
        has_renderer: edge.renderer.is_some(),
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
            Seen::Absent if cursor.is_some() => return self.notice(ErrorPage::UnknownHost).into(),
            // A region that was never filled knows no host; saying "not found" would be a lie.
            Seen::Absent | Seen::Failed => return self.unavailable("the region has no data yet or its KV fails"),
        };
        match Record::from_bytes(&site) {
            Ok(record) if record.is_tombstone() => self.notice(ErrorPage::Gone).into(),
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
            return self.notice(ErrorPage::UnknownHost).into();
        };
        let heard_ms = cursor.map_or(self.now_ms, |cursor| cursor.at_ms);
        let silent_ms = self.now_ms.saturating_sub(heard_ms);
        let silence = Staleness {
            delayed_since_ms: (silent_ms >= REGION_DELAYED_AFTER_MS).then_some(heard_ms),
            fresh_s: REGION_DELAYED_AFTER_MS.saturating_sub(silent_ms) / 1_000,
        };
        let completes = self.has_renderer && silence.delayed_since_ms.is_none();
        Visiting::new(self.host, self.view, page, current, self.facts, silence, completes).begin()
    }

    /// The same for a host that nobody has and for a page that the visitor may not see.
    fn notice(&self, notice: ErrorPage) -> Reply {
        let chosen = tongue::choose(LanguageSource::Visitor, &self.facts, Language::default());
        notice.reply(&self.host, self.view.kind.media, &self.facts, chosen.language)
    }

    fn unavailable(&self, why: &str) -> Step {
        let reply = self.notice(ErrorPage::Unavailable);
        reply.with_log(format!("{}: no page to show: {why}", self.host)).into()
    }

    fn moved(&self, to: &Host) -> Step {
        let to = format!("https://{to}{}{}", self.facts.path, self.facts.query.as_asked());
        Reply::elsewhere(StatusCode::PERMANENT_REDIRECT, &to, &CachePolicy::Never, &self.facts).into()
    }
}
