//! What every way in ends with: the door, or a session and the page that the visitor wanted.

use http::{HeaderValue, StatusCode};
use page_address::{
    RETURN_TO, SIGNED_OUT,
    cache_policy::CachePolicy,
    cookie::{self, Kept, SessionCookie},
};
use page_model::{access::Session, site::SitePage};

use super::{
    door,
    form::here,
    guard::Guard,
    reply::Reply,
    step::Step,
    verified,
    visitor::{Arrival, Notice},
};

pub fn look(mut arrival: Arrival, site: &SitePage, session: Option<&Session>) -> Step {
    let query = &arrival.facts.address.query;
    let (return_to, signed_out) = (here(query.get(RETURN_TO.name)), query.get(SIGNED_OUT.name).is_some());
    if session.is_some() {
        return elsewhere(&mut arrival, &return_to).into();
    }
    arrival.notice = arrival.notice.or(signed_out.then_some(Notice::SignedOut));
    let status = match arrival.notice {
        Some(Notice::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    door::page(&mut arrival, site, status, &return_to).into()
}

pub fn let_in(mut arrival: Arrival, site: &SitePage, text: String, kept: Kept, return_to: &str) -> Step {
    let keys = site.access.as_ref().map_or(&[][..], |access| &access.keys);
    // Where the region does not know the key yet, the browser keeps the cookie until it is closed.
    let (kept, expires_ms) = match verified::session(&text, keys) {
        Some(session) => (kept, session.expires_ms),
        None => (Kept::WhileBrowserIsOpen, arrival.now_ms),
    };
    let cookie = SessionCookie { session: text, kept };
    let seconds = expires_ms.saturating_sub(arrival.now_ms) / 1_000;
    arrival.facts.set_cookie = HeaderValue::try_from(cookie::set(&arrival.host, &cookie, seconds)).ok();
    elsewhere(&mut arrival, return_to).into()
}

pub fn elsewhere(arrival: &mut Arrival, to: &str) -> Reply {
    arrival.facts.guard = Guard::LetIn;
    Reply::elsewhere(StatusCode::SEE_OTHER, to, &CachePolicy::Never, &arrival.facts)
}
