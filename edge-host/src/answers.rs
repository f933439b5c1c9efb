//! How the bytes of a reply become the answer to one request, and the few pages that the host writes itself.

use bytes::Bytes;
use edge_guest::Reply;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE, DATE, ETAG, EXPIRES, RETRY_AFTER, VARY},
};
use http_body_util::Full;

use crate::etag;

pub type Answer = Response<Full<Bytes>>;

/// What of a request shapes its answer.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub method: &'a Method,
    pub headers: &'a HeaderMap,
}

impl<'a> Asked<'a> {
    pub fn by<B>(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            headers: request.headers(),
        }
    }
}

/// The reply, or only its head, or a 304 if the visitor already has it.
pub fn answer(asked: Asked<'_>, reply: &Reply) -> Answer {
    let is_read = asked.method == Method::GET || asked.method == Method::HEAD;
    if is_read && reply.status == StatusCode::OK && etag::is_held(asked.headers, reply.headers.get(ETAG)) {
        return not_modified(reply);
    }
    whole(asked, reply)
}

/// The last good page, which says that it is one and must not be kept by anybody.
pub fn last_good(asked: Asked<'_>, reply: &Reply) -> Answer {
    let mut answer = whole(asked, reply);
    let headers = answer.headers_mut();
    headers.remove(ETAG);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(SERVED, HeaderValue::from_static("last-good"));
    answer
}

fn whole(asked: Asked<'_>, reply: &Reply) -> Answer {
    let body = if asked.method == Method::HEAD {
        Bytes::new()
    } else {
        reply.body.clone()
    };
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = reply.status;
    *answer.headers_mut() = reply.headers.clone();
    answer
}

fn not_modified(reply: &Reply) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::NOT_MODIFIED;
    for name in [CACHE_CONTROL, CONTENT_LOCATION, DATE, ETAG, EXPIRES, VARY] {
        for value in reply.headers.get_all(&name) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    answer
}

/// What the host says when it does not, or cannot, ask the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    BadHost,
    BadTarget,
    BodyTooLarge,
    BodyTooSlow,
    BodyBroken,
    Unavailable,
}

impl Refusal {
    pub fn answer(self, method: &Method) -> Answer {
        let (status, title, text) = self.words();
        let page = page(title, text);
        let length = HeaderValue::from(page.len());
        let mut answer = Response::new(Full::from(if *method == Method::HEAD { String::new() } else { page }));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_LENGTH, length);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
        }
        answer
    }

    fn words(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadHost => (
                StatusCode::BAD_REQUEST,
                "Which page?",
                "The request must name exactly one valid host. Please check the address.",
            ),
            Self::BadTarget => (
                StatusCode::BAD_REQUEST,
                "Which page?",
                "The request must name a path. Please check the address.",
            ),
            Self::BodyTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Too much",
                "The request's body is larger than this address takes.",
            ),
            Self::BodyTooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "Too slow",
                "The request's body did not arrive in time. Please try again.",
            ),
            Self::BodyBroken => (StatusCode::BAD_REQUEST, "Incomplete", "The request's body broke off."),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "This status page is unavailable for a moment",
                "This says nothing about the services that the page reports on. Please try again in a few seconds.",
            ),
        }
    }
}

fn page(title: &str, text: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         </head>\n<body>\n<h1>{title}</h1>\n<p>{text}</p>\n</body>\n</html>\n"
    )
}

const SERVED: HeaderName = HeaderName::from_static("pharos-served");
const RETRY_AFTER_SECONDS: &str = "5";
