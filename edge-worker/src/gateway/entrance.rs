//! Where visitors of a page that is not public sign in and out. The origin lets them in; the edge shows and writes all of it.

use http::{HeaderName, HeaderValue, StatusCode};
use page_address::{
    LANGUAGE, SESSION, SIGN_IN, SIGNED_OUT,
    cookie::{self, Kept, SessionCookie},
};
use page_model::{
    access::{Door, Session},
    limits::SIGN_IN_WAIT_MS_MAX,
    sign_in::{Answer, Asked, Question},
    site::{SitePage, Visibility},
};

use super::{
    access::Identity,
    admission::{elsewhere, let_in, look},
    door,
    error_page::{self, ErrorPage},
    form::{Entrance, Form, Typed, here},
    reply::Reply,
    sign_on,
    step::{AfterForward, Forward, Step},
    visitor::{Arrival, Notice, SigningIn, Visited, Wants},
};

/// `session` is one that holds.
pub fn enter(mut arrival: Arrival, visited: &Visited, session: Option<&Session>) -> Step {
    let site = &visited.site;
    let Some(access) = site.access.as_ref().filter(|_| lets_in(site)) else {
        return error_page::nothing_here(&arrival.facts).into();
    };
    let Wants::Entrance(entrance) = &arrival.wants else {
        return Step::Done;
    };
    let identity = Identity::of(site, session, arrival.near);
    let knows_no_door = access.door == Door::Hidden && identity == Identity::Anonymous;
    match entrance.clone() {
        Entrance::SignOut { .. } | Entrance::Session if knows_no_door => {
            door::error(&arrival, ErrorPage::UnknownHost).into()
        }
        Entrance::SignIn(Form { is_own: false, .. }) | Entrance::SignOut { is_own: false, .. } => {
            Reply::plain(StatusCode::FORBIDDEN, OF_ANOTHER_SITE).into()
        }
        Entrance::LookAtLink => door::page(&mut arrival, site, StatusCode::OK, "/").into(),
        Entrance::Look => look(arrival, site, session),
        Entrance::SignIn(form) => ask(arrival, visited, form),
        Entrance::SignOut { everywhere, .. } => match arrival.cookie.take().filter(|_| everywhere) {
            Some(SessionCookie { session, kept }) => {
                let asked = Asked::SignOut { session };
                forward(arrival, visited, asked, Notice::SignedOut, "/".to_owned(), kept)
            }
            None => sign_out(arrival),
        },
        Entrance::SignOn(wants) => sign_on::enter(arrival, visited, session, wants),
        Entrance::Session if identity == Identity::Anonymous => {
            door::page(&mut arrival, site, StatusCode::FORBIDDEN, SESSION).into()
        }
        Entrance::Session => door::session(&mut arrival, site, session, None).into(),
    }
}

fn lets_in(site: &SitePage) -> bool {
    matches!(site.visibility, Visibility::Private | Visibility::Layered)
}

fn ask(arrival: Arrival, visited: &Visited, form: Form) -> Step {
    let (asked, refused) = match form.typed {
        Typed::Password(password) => (Asked::Password { password }, Notice::WrongPassword),
        Typed::Link(token) => (Asked::Link { token }, Notice::LinkOver),
        Typed::Code { flow, code } => (Asked::Code { flow, code }, Notice::WrongCode),
        Typed::Address(address) => {
            let asked = Asked::Mail {
                address,
                language: door::choose(&arrival, &visited.site).language,
                port: form.port,
                return_to: form.return_to.clone(),
            };
            (asked, Notice::WrongAddress)
        }
    };
    forward(arrival, visited, asked, refused, form.return_to, form.kept)
}

/// `refused` is what somebody is told if the answer is no.
fn forward(arrival: Arrival, visited: &Visited, asked: Asked, refused: Notice, return_to: String, kept: Kept) -> Step {
    let question = Question {
        host: arrival.host.clone(),
        client: arrival.client,
        asked,
    };
    let signing_in = SigningIn {
        arrival,
        site: visited.site.clone(),
        return_to,
        kept,
        refused,
    };
    let forward = Forward::new(&question, SIGN_IN_WAIT_MS_MAX);
    Step::Forward(forward, AfterForward::SignIn(Box::new(signing_in)))
}

pub fn resume(signing_in: SigningIn, answer: Option<Answer>) -> Step {
    let SigningIn {
        mut arrival,
        site,
        return_to,
        kept,
        refused,
    } = signing_in;
    let (status, notice) = match answer {
        Some(Answer::Session { session }) => return let_in(arrival, &site, session, kept, &return_to),
        Some(Answer::LetIn { session, return_to }) => {
            return let_in(arrival, &site, session, kept, &here(Some(return_to)));
        }
        Some(Answer::Mailed { flow }) => {
            arrival.facts.set_cookie = HeaderValue::try_from(cookie::set_flow(&arrival.host, &flow)).ok();
            (StatusCode::OK, Notice::Mailed)
        }
        // The session holds no longer, here or anywhere.
        Some(Answer::Refused) if refused == Notice::SignedOut => return sign_out(arrival),
        Some(Answer::Refused) => (StatusCode::FORBIDDEN, refused),
        Some(Answer::Busy { retry_after_s }) => (StatusCode::SERVICE_UNAVAILABLE, Notice::Busy { retry_after_s }),
        _ => (StatusCode::SERVICE_UNAVAILABLE, Notice::Unavailable),
    };
    arrival.notice = Some(notice);
    door::page(&mut arrival, &site, status, &return_to).into()
}

fn sign_out(mut arrival: Arrival) -> Step {
    arrival.facts.set_cookie = HeaderValue::try_from(cookie::unset(&arrival.host)).ok();
    let language = arrival.facts.address.query.only(&[LANGUAGE]);
    let query = match language.text() {
        Some(language) => format!("?{language}&{}=1", SIGNED_OUT.name),
        None => format!("?{}=1", SIGNED_OUT.name),
    };
    let mut reply = elsewhere(&mut arrival, &format!("{SIGN_IN}{query}"));
    let headers = reply.response.headers_mut();
    headers.insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    reply.into()
}

const OF_ANOTHER_SITE: &str = "This form was sent from another site. Please sign in on the status page itself.\n";
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
