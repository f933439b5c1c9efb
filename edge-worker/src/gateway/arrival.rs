//! A visit comes in: which page is it, and may the visitor see it?

use http::StatusCode;
use page_address::{Address, cache_policy::CachePolicy};
use page_model::{Host, Key, Language, body, limits::REGION_DELAYED_AFTER_MS, put::Cursor};

use super::{
    edge::{Edge, Seen, Visit},
    error_page::ErrorPage,
    host_record::HostRecord,
    kind::LanguageSource,
    language,
    plan::{Found, Plan, Scope, ViewFacts, plan},
    progress,
    reading::{Arrival, Reading, Staleness},
    reply::{Reply, RequestFacts},
    route::PageView,
    step::{AfterRead, Step},
};

pub fn open(edge: &Edge, address: Address, view: PageView, visit: &Visit) -> Step {
    let host = address.host.clone();
    let keys = vec![Key::Site(host.clone()), Key::Cursor];
    let mut facts = RequestFacts::new(address, &visit.request);
    facts.vary = language::vary(view.kind, &facts);
    let in_markdown = view.kind.in_markdown.filter(|_| facts.address.negotiation.markdown);
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

pub fn resume(arrival: Arrival, seen: Vec<Seen>) -> Step {
    let mut seen = seen.into_iter();
    let site = seen.next().unwrap_or(Seen::Failed);
    let cursor = seen.next().and_then(Seen::found);
    let is_there = cursor.is_some();
    let cursor = cursor.and_then(|bytes| body::decode::<Cursor>(&bytes).ok());
    let is_filled = is_there && !cursor.as_ref().is_some_and(|cursor| cursor.filling);
    let host = HostRecord::of(site, is_filled).unless_left_behind(cursor.as_ref());
    let found = Found::Site(host.state());
    match (plan(view_facts(&arrival.view), false, found), host) {
        (_, HostRecord::Open(page)) => {
            let staleness = staleness(arrival.now_ms, cursor.as_ref());
            let floor = cursor.map_or(0, |cursor| cursor.floor_of(&page.site.page));
            progress::begin(Reading::new(arrival, page, staleness, floor))
        }
        (Plan::HostMoved, HostRecord::Moved(to)) => moved(&arrival, &to),
        (Plan::UnknownHost, _) => error(&arrival, ErrorPage::UnknownHost).into(),
        (Plan::Gone, _) => error(&arrival, ErrorPage::Gone).into(),
        (_, host) => {
            let reply = error(&arrival, ErrorPage::Unavailable);
            let why = host.fault();
            reply
                .with_log(format!("{}: no page to show: {why}", arrival.host))
                .into()
        }
    }
}

/// As far as they are known before the site record is: whatever they are, a host without a page to show has none.
fn view_facts(view: &PageView) -> ViewFacts {
    ViewFacts {
        source: view.kind.draw.source(),
        scope: Scope::Object,
        has_skeleton: view.kind.has_skeleton(),
        kept: view.kind.kept,
        large: false,
    }
}

fn staleness(now_ms: u64, cursor: Option<&Cursor>) -> Staleness {
    let received_ms = cursor.map_or(now_ms, |cursor| cursor.at_ms);
    let age_ms = now_ms.saturating_sub(received_ms);
    Staleness {
        delayed_since_ms: (age_ms >= REGION_DELAYED_AFTER_MS).then_some(received_ms),
        fresh_s: REGION_DELAYED_AFTER_MS.saturating_sub(age_ms) / 1_000,
    }
}

/// The same for a host that nobody has and for a page that the visitor may not see.
fn error(arrival: &Arrival, error: ErrorPage) -> Reply {
    let chosen = language::choose(LanguageSource::Visitor, &arrival.facts, Language::default());
    let (media, facts, policy) = (arrival.view.kind.media, &arrival.facts, of_host(arrival));
    error.reply(&arrival.host, media, facts, chosen.language, &policy)
}

fn moved(arrival: &Arrival, to: &Host) -> Step {
    let facts = &arrival.facts;
    let to = format!("https://{to}{}", facts.address.target());
    Reply::elsewhere(StatusCode::PERMANENT_REDIRECT, &to, &of_host(arrival), facts).into()
}

/// For what the site record alone says.
fn of_host(arrival: &Arrival) -> CachePolicy {
    CachePolicy::until_written(vec![Key::Site(arrival.host.clone())])
}
