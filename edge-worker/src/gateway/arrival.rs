//! A visit comes in: which page is it, and may the visitor see it?

use http::StatusCode;
use page_address::{Address, cache_policy::CachePolicy};
use page_model::{
    Host, Key, Language, Record, Site, body,
    limits::REGION_DELAYED_AFTER_MS,
    put::Cursor,
    site::{Current, SitePage},
};

use super::{
    access::{self, Identity},
    edge::{Edge, Seen, Visit},
    error_page::ErrorPage,
    kind::LanguageSource,
    language,
    plan::{Found, Plan, Scope, SiteState, ViewFacts, plan},
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
    let host = HostRecord::of(site, cursor.is_some());
    let found = Found::Site(host.state());
    match (plan(view_facts(&arrival.view), false, found), host) {
        (_, HostRecord::Open(site, current)) => {
            let staleness = staleness(arrival.now_ms, cursor.and_then(|bytes| body::decode(&bytes).ok()));
            progress::begin(Reading::new(arrival, *site, *current, staleness))
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

/// What lies in the region of a host.
enum HostRecord {
    Unreadable(String),
    Unknown,
    Removed,
    Moved(Host),
    Private,
    Open(Box<SitePage>, Box<Current>),
}

impl HostRecord {
    fn of(site: Seen, region_has_data: bool) -> Self {
        let bytes = match site {
            Seen::Found(bytes) => bytes,
            Seen::Absent if region_has_data => return Self::Unknown,
            // A region that was never filled knows no host; saying "not found" would be a lie.
            Seen::Absent | Seen::Failed => {
                return Self::Unreadable("the region has no data yet or its KV fails".to_owned());
            }
        };
        let record = match Record::from_bytes(&bytes) {
            Ok(record) if record.is_tombstone() => return Self::Removed,
            Ok(record) => record,
            Err(error) => return Self::Unreadable(error.to_string()),
        };
        match body::decode(&record.body) {
            Ok(Site::Moved { to }) => Self::Moved(to),
            Ok(Site::Page(page)) => match access::authorize(&page, Identity::Anonymous).cloned() {
                Ok(current) => Self::Open(Box::new(page), Box::new(current)),
                Err(_) => Self::Private,
            },
            Err(error) => Self::Unreadable(error.to_string()),
        }
    }

    fn state(&self) -> SiteState {
        match self {
            Self::Unreadable(_) => SiteState::Unreadable,
            Self::Unknown => SiteState::Unknown,
            Self::Removed => SiteState::Removed,
            Self::Moved(_) => SiteState::Moved,
            Self::Private => SiteState::Private,
            Self::Open(..) => SiteState::Open,
        }
    }

    fn fault(self) -> String {
        match self {
            Self::Unreadable(why) => why,
            _ => String::new(),
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

fn staleness(now_ms: u64, cursor: Option<Cursor>) -> Staleness {
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
