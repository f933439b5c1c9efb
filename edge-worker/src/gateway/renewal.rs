//! A session that the origin is asked about while its visitor waits.

use http::HeaderValue;
use page_address::cookie::{self, SessionCookie};
use page_model::{
    access::Session,
    limits::RENEWAL_WAIT_MS_MAX,
    sign_in::{Answer, Asked, Question},
};

use super::{
    access::{self, Standing},
    step::{AfterForward, Forward, Step},
    visitor::{Arrival, Notice, Renewal, Visited},
};

/// `held` is what holds if the origin says nothing.
pub fn ask(arrival: Box<Arrival>, visited: Visited, held: Option<Session>) -> Step {
    let session = arrival.cookie.as_ref().map(|cookie| cookie.session.clone());
    let question = Question {
        host: arrival.host.clone(),
        client: arrival.client,
        asked: Asked::Renew {
            session: session.unwrap_or_default(),
        },
    };
    let forward = Forward::new(&question, RENEWAL_WAIT_MS_MAX);
    let renewal = Renewal { arrival, visited, held };
    Step::Forward(forward, AfterForward::Renewal(Box::new(renewal)))
}

/// The visit, and the session that holds after the origin's word.
pub fn resume(renewal: Renewal, answer: Option<Answer>) -> (Box<Arrival>, Visited, Option<Session>) {
    let Renewal {
        mut arrival,
        visited,
        held,
    } = renewal;
    let session = match answer {
        Some(Answer::Session { session }) => renewed(&mut arrival, &visited, session).or(held),
        Some(Answer::Refused | Answer::NoWay) => {
            arrival.facts.set_cookie = HeaderValue::try_from(cookie::unset(&arrival.host)).ok();
            None
        }
        // Sessions go on without the origin. One that has yet to be proven does not begin.
        _ => {
            arrival.notice = held.is_none().then_some(Notice::Unavailable);
            held
        }
    };
    (arrival, visited, session)
}

fn renewed(arrival: &mut Arrival, visited: &Visited, text: String) -> Option<Session> {
    let standing = access::standing(&visited.site, &arrival.host, &text, arrival.now_ms);
    let (Standing::Holds(session) | Standing::Due(session)) = standing else {
        return None;
    };
    let cookie = SessionCookie {
        session: text,
        kept: arrival.cookie.as_ref()?.kept,
    };
    let seconds = session.expires_ms.saturating_sub(arrival.now_ms) / 1_000;
    arrival.facts.set_cookie = HeaderValue::try_from(cookie::set(&arrival.host, &cookie, seconds)).ok();
    Some(session)
}
