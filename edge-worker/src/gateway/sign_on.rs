//! Ways in on which somebody else says who a visitor is: the page's identity provider, and the publisher's own product.

use http::{HeaderValue, StatusCode, Uri, header};
use page_address::{
    PLATFORM_TOKEN, RETURN_TO,
    cookie::{self, Kept},
};
use page_model::{
    access::{Door, Session, Way},
    limits::SIGN_IN_WAIT_MS_MAX,
    sign_in::{Answer, Asked, Question},
    site::SitePage,
};

use super::{
    access::{self, Standing},
    admission::{elsewhere, let_in, look},
    door,
    error_page::ErrorPage,
    form::{SignOn, here},
    step::{AfterForward, Forward, Step},
    visitor::{Arrival, Notice, SigningOn, Visited},
};

/// `session` is one that holds.
pub fn enter(mut arrival: Arrival, visited: &Visited, session: Option<&Session>, wants: SignOn) -> Step {
    let site = &visited.site;
    let offers = |way| site.access.as_ref().is_some_and(|access| access.ways.contains(&way));
    let (asked, by_token) = match wants {
        SignOn::Continue { return_to, agreed } => return go_on(arrival, site, session, &return_to, agreed),
        SignOn::Token { token, return_to } => (Asked::Token { token }, Some(return_to)),
        SignOn::Provider { .. } | SignOn::Callback { .. } if !offers(Way::Provider) => {
            return door::error(&arrival, ErrorPage::UnknownHost).into();
        }
        SignOn::Provider { port, return_to } => (Asked::Provider { port, return_to }, None),
        SignOn::Callback { query } => match arrival.flow.take() {
            Some(flow) => (Asked::Callback { flow, query }, None),
            None => return stay(arrival, site, StatusCode::FORBIDDEN, Notice::NotSignedIn),
        },
    };
    let question = Question {
        host: arrival.host.clone(),
        client: arrival.client,
        asked,
    };
    let site = site.clone();
    let signing_on = SigningOn {
        arrival,
        site,
        by_token,
    };
    let forward = Forward::new(&question, SIGN_IN_WAIT_MS_MAX);
    Step::Forward(forward, AfterForward::SignOn(Box::new(signing_on)))
}

pub fn resume(signing_on: SigningOn, answer: Option<Answer>) -> Step {
    let SigningOn {
        mut arrival,
        site,
        by_token,
    } = signing_on;
    let (status, notice) = match (answer, by_token) {
        (Some(Answer::GoTo { url, flow }), None) if is_web(&url) => {
            arrival.facts.set_cookie = HeaderValue::try_from(cookie::set_flow(&arrival.host, &flow)).ok();
            return elsewhere(&mut arrival, &url).into();
        }
        (Some(Answer::LetIn { session, return_to }), None) => {
            let host = arrival.host.clone();
            let step = let_in(arrival, &site, session, Kept::UntilExpiry, &here(Some(return_to)));
            return and_unset_flow(&host, step);
        }
        // A form of another site brings no cookie, so that nobody knows yet whose session it would replace.
        (Some(Answer::Session { session }), Some(return_to)) => {
            arrival.facts.set_cookie = HeaderValue::try_from(cookie::set_flow(&arrival.host, &session)).ok();
            let query = page_address::Query::of(RETURN_TO, &return_to);
            return elsewhere(&mut arrival, &(PLATFORM_TOKEN.to_owned() + &query.suffix())).into();
        }
        // To who brings no good token a hidden page is none.
        (_, Some(_)) if is_hidden(&site) => return door::error(&arrival, ErrorPage::UnknownHost).into(),
        (Some(Answer::Refused), _) => (StatusCode::FORBIDDEN, Notice::NotKnown),
        (Some(Answer::Failed), _) => (StatusCode::FORBIDDEN, Notice::NotSignedIn),
        (Some(Answer::Busy { retry_after_s }), _) => (StatusCode::SERVICE_UNAVAILABLE, Notice::Busy { retry_after_s }),
        _ => (StatusCode::SERVICE_UNAVAILABLE, Notice::Unavailable),
    };
    stay(arrival, &site, status, notice)
}

/// After a token: the session waits beside the one that the visitor may have.
fn go_on(mut arrival: Arrival, site: &SitePage, session: Option<&Session>, return_to: &str, agreed: bool) -> Step {
    let text = arrival.flow.take().unwrap_or_default();
    let waiting = match access::standing(site, &arrival.host, &text, arrival.now_ms) {
        Standing::Holds(waiting) | Standing::Due(waiting) => waiting,
        _ if is_hidden(site) && session.is_none() => return door::error(&arrival, ErrorPage::UnknownHost).into(),
        _ => return look(arrival, site, session),
    };
    if let Some(session) = session.filter(|session| !agreed && session.proof != waiting.proof) {
        return door::session(&mut arrival, site, Some(session), Some(return_to)).into();
    }
    let host = arrival.host.clone();
    let step = let_in(arrival, site, text, Kept::UntilExpiry, return_to);
    and_unset_flow(&host, step)
}

fn stay(mut arrival: Arrival, site: &SitePage, status: StatusCode, notice: Notice) -> Step {
    arrival.notice = Some(notice);
    let host = arrival.host.clone();
    let step = door::page(&mut arrival, site, status, "/").into();
    and_unset_flow(&host, step)
}

fn and_unset_flow(host: &page_model::Host, mut step: Step) -> Step {
    if let (Step::Reply(reply, _), Ok(unset)) = (&mut step, HeaderValue::try_from(cookie::unset_flow(host))) {
        reply.response.headers_mut().append(header::SET_COOKIE, unset);
    }
    step
}

fn is_hidden(site: &SitePage) -> bool {
    site.access.as_ref().is_none_or(|access| access.door == Door::Hidden)
}

/// What the origin answers is an address of the web.
fn is_web(url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    uri.is_some_and(|uri| matches!(uri.scheme_str(), Some("https" | "http")))
}
