//! A visit comes in: which page is it, and may the visitor see it?

use http::StatusCode;
use page_address::{Address, cookie, fetch};
use page_model::{Host, Key, access::Session, limits::REGION_DELAYED_AFTER_MS, put::Cursor, site::SitePage};

use super::{
    access::{self, Denied, Identity, Standing},
    capability, door,
    edge::{Edge, Seen, Visit},
    entrance,
    error_page::{self, ErrorPage},
    guard::{Guard, Membership},
    host_record::HostRecord,
    language,
    plan::{Found, Plan, SiteState, plan},
    progress, read_ahead,
    reading::{OpenPage, Reading, Staleness},
    region_cursor, renewal,
    reply::{Reply, RequestFacts},
    route::PageView,
    step::{AfterRead, Step},
    visitor::{Arrival, Visited, Wants},
};

pub fn open(edge: &Edge, address: Address, wants: Wants, visit: &Visit) -> Step {
    let host = address.host.clone();
    let mut facts = RequestFacts::new(address, &visit.request);
    let wants = match wants {
        Wants::View(view) => {
            facts.vary = language::vary(view.kind, &facts);
            let in_markdown = view.kind.in_markdown.filter(|_| facts.address.negotiation.markdown);
            Wants::View(PageView {
                kind: in_markdown.unwrap_or(view.kind),
                ..view
            })
        }
        entrance @ Wants::Entrance(_) => {
            facts.vary = language::vary_of_page(&facts);
            entrance
        }
    };
    let headers = visit.request.headers();
    let in_path = facts.address.capability.as_deref();
    let capability = in_path.or_else(|| capability::bearer(headers));
    let capability = capability
        .filter(|_| matches!(wants, Wants::View(_)))
        .map(str::to_owned);
    // Who has a version of it already is mostly told that it is current, and that the site record says.
    let ahead = match wants {
        Wants::View(_) if facts.conditions.is_empty() => read_ahead::keys(&facts.address),
        _ => Vec::new(),
    };
    let mut keys = vec![Key::Site(host.clone()), Key::Cursor];
    keys.extend_from_slice(&ahead);
    let arrival = Arrival {
        ahead,
        cookie: cookie::brought(&host, headers).filter(|_| capability.is_none()),
        flow: cookie::brought_flow(&host, headers),
        capability,
        near: visit.client.filter(|_| !fetch::is_of_another_site(headers)),
        host,
        wants,
        facts,
        now_ms: visit.now_ms,
        client: visit.client,
        notice: None,
        has_renderer: edge.renderer.is_some(),
    };
    Step::Read(keys, AfterRead::Site(Box::new(arrival)))
}

pub fn resume(mut arrival: Box<Arrival>, mut seen: Vec<Seen>) -> Step {
    let ahead = std::mem::take(&mut arrival.ahead);
    let seen_ahead = seen.split_off(seen.len() - ahead.len().min(seen.len()));
    read_ahead::go_on(look_at_host(arrival, seen), &ahead, seen_ahead)
}

fn look_at_host(mut arrival: Box<Arrival>, seen: Vec<Seen>) -> Step {
    let mut seen = seen.into_iter();
    let site = seen.next().unwrap_or(Seen::Failed);
    let cursor = seen.next().and_then(Seen::found);
    let is_there = cursor.is_some();
    let cursor = cursor.and_then(region_cursor::decoded);
    let cursor = cursor.as_deref();
    let is_filled = is_there && !cursor.is_some_and(|cursor| cursor.filling);
    match HostRecord::of(site, is_filled).unless_left_behind(cursor) {
        HostRecord::Page(site) => {
            arrival.facts.by_address = site.access.as_ref().is_some_and(|access| !access.ranges.is_empty());
            let visited = Visited {
                staleness: staleness(arrival.now_ms, cursor),
                floor: cursor.map_or(0, |cursor| cursor.floor_of(&site.page)),
                site,
            };
            look_at_session(arrival, visited)
        }
        host => without_page(&arrival, host),
    }
}

fn look_at_session(arrival: Box<Arrival>, visited: Visited) -> Step {
    let brought = arrival.cookie.as_ref();
    let standing = brought.map_or(Standing::Nothing, |cookie| {
        access::standing(&visited.site, &arrival.host, &cookie.session, arrival.now_ms)
    });
    let asks = arrival.wants.depends_on_session();
    match standing {
        Standing::Nothing => enter(arrival, visited, None),
        Standing::Holds(session) => enter(arrival, visited, Some(session)),
        Standing::Due(session) if asks => renewal::ask(arrival, visited, Some(session)),
        Standing::Due(session) => enter(arrival, visited, Some(session)),
        Standing::Unproven(_) if asks => renewal::ask(arrival, visited, None),
        Standing::Unproven(_) => enter(arrival, visited, None),
    }
}

/// `session` is one that holds.
pub fn enter(mut arrival: Box<Arrival>, visited: Visited, session: Option<Session>) -> Step {
    if let Wants::Entrance(_) = arrival.wants {
        return entrance::enter(*arrival, &visited, session.as_ref());
    }
    arrival.facts.by_capability = arrival.capability.is_some() && visited.site.access.is_some();
    let identity = match (&arrival.capability, &arrival.wants) {
        (Some(secret), Wants::View(view)) => {
            let opens = |formats| capability::opens(formats, view, &arrival.facts.address.path);
            Identity::of_capability(&visited.site, secret, opens, arrival.now_ms)
        }
        _ => Identity::of(&visited.site, session.as_ref(), arrival.near),
    };
    match access::authorize(&visited.site, identity) {
        Ok(at) => show(*arrival, visited, at, session.as_ref()),
        Err(denied) => {
            // Who brings a session of this page knows that there is one.
            let knows = denied == Denied::Hidden && arrival.notice.is_some();
            deny(*arrival, &visited.site, if knows { Denied::Door } else { denied })
        }
    }
}

fn show(arrival: Arrival, visited: Visited, at: usize, session: Option<&Session>) -> Step {
    let Arrival {
        host,
        wants: Wants::View(view),
        mut facts,
        now_ms,
        has_renderer,
        ..
    } = arrival
    else {
        return Step::Done;
    };
    let Visited { site, staleness, floor } = visited;
    let seen = &site.audiences[at].audience;
    facts.membership = session.and_then(|session| Membership::of(session, seen, now_ms));
    let page = OpenPage { site, at };
    progress::begin(Reading::new(host, view, page, facts, staleness, floor, has_renderer))
}

fn deny(mut arrival: Arrival, site: &SitePage, denied: Denied) -> Step {
    let state = match denied {
        Denied::Door => SiteState::Door,
        Denied::Hidden => SiteState::Hidden,
        Denied::NotYet => SiteState::NotYet,
    };
    match plan(arrival.wants.facts(), false, Found::Site(state)) {
        Plan::Door if arrival.facts.by_capability => {
            arrival.facts.guard = Guard::Capability;
            let (media, policy) = (arrival.wants.media(), arrival.policy());
            error_page::problem(
                StatusCode::FORBIDDEN,
                capability::CLOSED,
                media,
                &arrival.facts,
                &policy,
            )
            .into()
        }
        Plan::Door => {
            let return_to = arrival.facts.address.target();
            door::deny(&mut arrival, site, &return_to).into()
        }
        Plan::UnknownHost => door::error(&arrival, ErrorPage::UnknownHost).into(),
        _ => {
            arrival.facts.guard = match arrival.facts.by_capability {
                true => Guard::Capability,
                false => Guard::LetIn,
            };
            door::error(&arrival, ErrorPage::Unavailable).into()
        }
    }
}

fn without_page(arrival: &Arrival, host: HostRecord) -> Step {
    let found = Found::Site(host.state());
    match (plan(arrival.wants.facts(), false, found), host) {
        (Plan::HostMoved, HostRecord::Moved(to)) => moved(arrival, &to),
        (Plan::UnknownHost, _) => door::error(arrival, ErrorPage::UnknownHost).into(),
        (Plan::Gone, _) => door::error(arrival, ErrorPage::Gone).into(),
        (_, host) => {
            let reply = door::error(arrival, ErrorPage::Unavailable);
            let why = host.fault();
            reply
                .with_log(format!("{}: no page to show: {why}", arrival.host))
                .into()
        }
    }
}

fn staleness(now_ms: u64, cursor: Option<&Cursor>) -> Staleness {
    let received_ms = cursor.map_or(now_ms, |cursor| cursor.at_ms);
    let age_ms = now_ms.saturating_sub(received_ms);
    Staleness {
        delayed_since_ms: (age_ms >= REGION_DELAYED_AFTER_MS).then_some(received_ms),
        // In its last second it is kept too: all visits of that second would draw it otherwise.
        fresh_s: REGION_DELAYED_AFTER_MS.saturating_sub(age_ms).div_ceil(1_000),
    }
}

fn moved(arrival: &Arrival, to: &Host) -> Step {
    let facts = &arrival.facts;
    let to = format!("https://{to}{}", facts.address.target());
    Reply::elsewhere(StatusCode::PERMANENT_REDIRECT, &to, &arrival.policy(), facts).into()
}
