//! How the bytes of a reply become the answer to one request, and the few pages that the host writes itself.

use bytes::Bytes;
use edge_guest::Reply;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_LENGTH, CONTENT_TYPE, ETAG, RETRY_AFTER, SET_COOKIE,
        X_CONTENT_TYPE_OPTIONS,
    },
    request::Parts,
};
use page_address::{
    ErrorFormat,
    cache_policy::{self, CROSS_ORIGIN_RESOURCE_POLICY, CachePolicy},
    conditional,
};
use page_model::put::Rejected;

use crate::reply_body::ReplyBody;

pub type Answer = Response<ReplyBody>;

/// What of a request shapes its answer beside the reply.
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    pub method: &'a Method,
    pub headers: &'a HeaderMap,
}

impl<'a> RequestHead<'a> {
    pub fn by<B>(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            headers: request.headers(),
        }
    }

    pub fn of(head: &'a Parts) -> Self {
        Self {
            method: &head.method,
            headers: &head.headers,
        }
    }
}

/// The reply, or only its head, or a 304 if the visitor already has it.
pub fn answer(head: RequestHead<'_>, reply: &Reply) -> Answer {
    match is_held(head, reply) {
        true => not_modified(reply),
        false => whole(head, reply.clone()),
    }
}

/// The same with a reply that nobody else gets.
pub fn answer_alone(head: RequestHead<'_>, reply: Reply) -> Answer {
    match is_held(head, &reply) {
        true => not_modified(&reply),
        false => whole(head, reply),
    }
}

/// The last good page, which says that it is one and must not be kept by anybody.
pub fn last_good(head: RequestHead<'_>, reply: &Reply) -> Answer {
    let mut answer = whole(head, reply.clone());
    cache_policy::write_last_good(answer.headers_mut());
    answer
        .headers_mut()
        .insert(SERVED, HeaderValue::from_static("last-good"));
    answer
}

fn is_held(head: RequestHead<'_>, reply: &Reply) -> bool {
    let is_read = head.method == Method::GET || head.method == Method::HEAD;
    let names = |etag| conditional::is_held(head.headers, etag);
    // A cookie is for this visitor, whatever else they have already.
    let is_whole = reply.headers.contains_key(SET_COOKIE);
    is_read && !is_whole && reply.status == StatusCode::OK && reply.headers.get(ETAG).is_some_and(names)
}

fn whole(head: RequestHead<'_>, reply: Reply) -> Answer {
    let body = match *head.method == Method::HEAD {
        true => Bytes::new(),
        false => reply.body,
    };
    let mut answer = Response::new(ReplyBody::from(body));
    *answer.status_mut() = reply.status;
    *answer.headers_mut() = reply.headers;
    answer
}

fn not_modified(reply: &Reply) -> Answer {
    let mut answer = Response::new(ReplyBody::default());
    *answer.status_mut() = StatusCode::NOT_MODIFIED;
    *answer.headers_mut() = cache_policy::not_modified(&reply.headers);
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
    /// By its head alone.
    Put(Rejected),
    Unavailable,
    /// Of what the sync puts.
    PutFailed,
}

impl Refusal {
    /// In the format in which the address says that something went wrong.
    pub fn answer(self, method: &Method, format: ErrorFormat) -> Answer {
        let (status, title, text) = self.words();
        let text = match self {
            // The sync goes by these words, whoever says them.
            Self::Put(rejected) => &rejected.to_string(),
            _ => text,
        };
        let (content_type, body) = match format {
            ErrorFormat::Page => ("text/html; charset=utf-8", page(title, text)),
            ErrorFormat::Problem => ("application/problem+json", problem(status, text)),
            ErrorFormat::Text => ("text/plain; charset=utf-8", format!("{text}\n")),
        };
        let length = HeaderValue::from(body.len());
        let body = if *method == Method::HEAD { String::new() } else { body };
        let mut answer = Response::new(ReplyBody::from(Bytes::from(body)));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_LENGTH, length);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if format == ErrorFormat::Problem {
            // As the document itself would have it.
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
        }
        cache_policy::write(&CachePolicy::Never, false, headers);
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
            Self::PutFailed => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Not stored",
                "The batch could not be stored: is this region's disk full, read-only or broken? The edge's log and /status say it.",
            ),
            Self::Put(_) => (StatusCode::FORBIDDEN, "No put", ""),
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

/// The words are ours, so they need no escapes.
fn problem(status: StatusCode, detail: &str) -> String {
    let (code, title) = (status.as_u16(), status.canonical_reason().unwrap_or_default());
    format!("{{\"type\":\"about:blank\",\"title\":\"{title}\",\"status\":{code},\"detail\":\"{detail}\"}}")
}

const SERVED: HeaderName = HeaderName::from_static("pharos-served");
const RETRY_AFTER_SECONDS: &str = "5";
