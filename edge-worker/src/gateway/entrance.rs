//! Where visitors of a page that is not public sign in and out. The origin lets them in; the edge shows and writes all of it.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use page_address::{
    LANGUAGE, Query, RETURN_TO, SESSION, SIGN_IN, SIGN_OUT, SIGNED_OUT,
    cache_policy::CachePolicy,
    cookie::{self, Kept, SessionCookie},
};
use page_model::{
    Host,
    access::{Door, Session},
    limits::{FORM_BYTES_MAX, SIGN_IN_WAIT_MS_MAX},
    session,
    sign_in::{Answer, Asked, Question},
    site::{SitePage, Visibility},
};

use super::{
    arrival::{self, Arrival, Visited, Wants},
    door::{self, Notice},
    error_page::{self, ErrorPage},
    guard::Guard,
    reply::Reply,
    step::{AfterForward, Forward, Step},
};

/// What somebody wants who comes to be let in or out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrance {
    /// To see the door.
    Look,
    SignIn(Form),
    SignOut {
        /// Whether this page sent it, and not another site.
        is_own: bool,
    },
    /// To see what their session is.
    Session,
}

/// The form of the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    is_own: bool,
    password: String,
    return_to: String,
    kept: Kept,
}

/// What is at one of these addresses, or the methods that it takes. `None` elsewhere.
pub fn methods(path: &str) -> Option<&'static str> {
    match path {
        SIGN_IN => Some("GET, HEAD, POST"),
        SIGN_OUT => Some("POST"),
        SESSION => Some("GET, HEAD"),
        _ => None,
    }
}

impl Entrance {
    /// What a request to such an address wants; `None` where its method is not one of them, or its body too large.
    pub fn of(host: &Host, request: &Request<Bytes>) -> Result<Self, StatusCode> {
        let is_read = request.method() == Method::GET || request.method() == Method::HEAD;
        let is_sent = request.method() == Method::POST;
        if is_sent && request.body().len() > FORM_BYTES_MAX {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        match request.uri().path() {
            SIGN_IN if is_read => Ok(Self::Look),
            SIGN_IN if is_sent => Ok(Self::SignIn(Form::of(host, request))),
            SIGN_OUT if is_sent => Ok(Self::SignOut {
                is_own: is_own(host, request.headers()),
            }),
            SESSION if is_read => Ok(Self::Session),
            _ => Err(StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    /// Whether it matters to it that a session still holds.
    pub fn depends_on_session(&self) -> bool {
        matches!(self, Self::Look | Self::Session)
    }
}

impl Form {
    fn of(host: &Host, request: &Request<Bytes>) -> Self {
        let fields = Query::whole(std::str::from_utf8(request.body()).ok());
        Self {
            is_own: is_own(host, request.headers()),
            password: fields.get("password").unwrap_or_default(),
            return_to: here(fields.get(RETURN_TO.name)),
            kept: match fields.get("shared") {
                Some(_) => Kept::WhileBrowserIsOpen,
                None => Kept::UntilExpiry,
            },
        }
    }
}

/// `session` is one that holds.
pub fn enter(mut arrival: Arrival, visited: &Visited, session: Option<&Session>) -> Step {
    let site = &visited.site;
    let Some(access) = site.access.as_ref().filter(|_| lets_in(site)) else {
        return error_page::nothing_here(&arrival.facts).into();
    };
    let Wants::Entrance(entrance) = &arrival.wants else {
        return Step::Done;
    };
    let knows_no_door = access.door == Door::Hidden && session.is_none();
    match entrance.clone() {
        Entrance::SignOut { .. } | Entrance::Session if knows_no_door => {
            arrival::error(&arrival, ErrorPage::UnknownHost).into()
        }
        Entrance::SignIn(Form { is_own: false, .. }) | Entrance::SignOut { is_own: false } => {
            Reply::plain(StatusCode::FORBIDDEN, OF_ANOTHER_SITE).into()
        }
        Entrance::Look => look(arrival, site, session),
        Entrance::SignIn(form) => ask(arrival, visited, form),
        Entrance::SignOut { .. } => sign_out(arrival),
        Entrance::Session => match session {
            Some(session) => door::session(&mut arrival, site, session).into(),
            None => door::page(&mut arrival, site, StatusCode::FORBIDDEN, SESSION).into(),
        },
    }
}

fn lets_in(site: &SitePage) -> bool {
    matches!(site.visibility, Visibility::Private | Visibility::Layered)
}

fn look(mut arrival: Arrival, site: &SitePage, session: Option<&Session>) -> Step {
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

/// A visit that waits for the origin's word on a password.
#[derive(Debug)]
pub struct SigningIn {
    arrival: Arrival,
    site: Arc<SitePage>,
    return_to: String,
    kept: Kept,
}

fn ask(arrival: Arrival, visited: &Visited, form: Form) -> Step {
    let question = Question {
        host: arrival.host.clone(),
        client: arrival.client,
        asked: Asked::Password {
            password: form.password,
        },
    };
    let signing_in = SigningIn {
        arrival,
        site: visited.site.clone(),
        return_to: form.return_to,
        kept: form.kept,
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
    } = signing_in;
    let (status, notice) = match answer {
        Some(Answer::Session { session }) => return let_in(arrival, &site, session, kept, &return_to),
        Some(Answer::Refused) => (StatusCode::FORBIDDEN, Notice::WrongPassword),
        Some(Answer::Busy { retry_after_s }) => (StatusCode::SERVICE_UNAVAILABLE, Notice::Busy { retry_after_s }),
        Some(Answer::NoWay) | None => (StatusCode::SERVICE_UNAVAILABLE, Notice::Unavailable),
    };
    arrival.notice = Some(notice);
    door::page(&mut arrival, &site, status, &return_to).into()
}

fn let_in(mut arrival: Arrival, site: &SitePage, text: String, kept: Kept, return_to: &str) -> Step {
    let keys = site.access.as_ref().map_or(&[][..], |access| &access.keys);
    // Where the region does not know the key yet, the browser keeps the cookie until it is closed.
    let (kept, expires_ms) = match session::open(&text, keys) {
        Ok(session) => (kept, session.expires_ms),
        Err(_) => (Kept::WhileBrowserIsOpen, arrival.now_ms),
    };
    let cookie = SessionCookie { session: text, kept };
    let seconds = expires_ms.saturating_sub(arrival.now_ms) / 1_000;
    arrival.facts.set_cookie = HeaderValue::try_from(cookie::set(&arrival.host, &cookie, seconds)).ok();
    elsewhere(&mut arrival, return_to).into()
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

fn elsewhere(arrival: &mut Arrival, to: &str) -> Reply {
    arrival.facts.guard = Guard::LetIn;
    Reply::elsewhere(StatusCode::SEE_OTHER, to, &CachePolicy::Never, &arrival.facts)
}

/// Whether a page of this host sent the form. `SameSite` alone does not stop the other hosts of a domain.
fn is_own(host: &Host, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text(SEC_FETCH_SITE);
    let origin: Option<Uri> = text(header::ORIGIN).and_then(|origin| origin.parse().ok());
    let authority = origin.as_ref().and_then(Uri::authority);
    let of = authority.and_then(|authority| Host::of_authority(authority.as_str()).ok());
    site.is_none_or(|site| site == "same-origin") && of.as_ref() == Some(host)
}

/// A path of this host, as it was asked for; whatever leads elsewhere, or back to the door, leads to the front page.
fn here(path: Option<String>) -> String {
    let is_here = |path: &String| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.starts_with(DOOR)
            && path.len() <= RETURN_TO.chars_max
            && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    path.filter(is_here).unwrap_or_else(|| "/".to_owned())
}

const OF_ANOTHER_SITE: &str = "This form was sent from another site. Please sign in on the status page itself.\n";
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
pub const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const DOOR: &str = "/.pharos/sign-";

#[cfg(test)]
#[path = "entrance_tests.rs"]
mod tests;
