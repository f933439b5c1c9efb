//! What every reply of the gateway shares: the facts of its request, its frame and its headers.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

use super::{
    Visit,
    cache_policy::{self, CachePolicy},
    encoding::{self, Encoding},
};

#[derive(Debug)]
pub struct Reply {
    pub response: Response<Bytes>,
    /// A line for the operator's log.
    pub log: Option<String>,
}

/// What of the request shapes the reply.
#[derive(Debug)]
pub struct Facts {
    pub encoding: Encoding,
    head: bool,
    surrogate: bool,
    /// Only `if-none-match` headers.
    pub conditions: HeaderMap,
    pub path: String,
}

impl Reply {
    pub fn new(response: Response<Bytes>) -> Self {
        Self { response, log: None }
    }

    pub fn plain(status: StatusCode, text: &'static str) -> Self {
        let mut response = Response::new(Bytes::from_static(text.as_bytes()));
        *response.status_mut() = status;
        cache_policy::write(&CachePolicy::Never, false, response.headers_mut());
        encoding::write_content_type(response.headers_mut(), "text/plain; charset=utf-8");
        Self::new(response)
    }

    pub fn method_not_allowed() -> Self {
        let mut reply = Self::plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "A status page is read with GET or HEAD.\n",
        );
        let allow = http::HeaderValue::from_static("GET, HEAD");
        reply.response.headers_mut().insert(http::header::ALLOW, allow);
        reply
    }

    /// A page that is not worth a key in the KV: an error, a door, the skeleton.
    pub fn page(status: StatusCode, html: String, policy: &CachePolicy, facts: &Facts) -> Self {
        let mut response = html_response(facts, Bytes::from(html), policy);
        *response.status_mut() = status;
        Self::new(response)
    }

    pub fn with_log(mut self, log: String) -> Self {
        self.log = Some(log);
        self
    }
}

impl Facts {
    pub fn of(visit: &Visit) -> Self {
        let headers = visit.request.headers();
        let conditions = headers.get_all(header::IF_NONE_MATCH).iter();
        Self {
            encoding: Encoding::accepted(headers),
            head: visit.request.method() == Method::HEAD,
            surrogate: headers.contains_key("surrogate-capability"),
            conditions: conditions.map(|value| (header::IF_NONE_MATCH, value.clone())).collect(),
            path: visit.request.uri().path().to_owned(),
        }
    }
}

/// The one frame of every HTML reply.
pub fn html_response(facts: &Facts, body: Bytes, policy: &CachePolicy) -> Response<Bytes> {
    let length = HeaderValue::from(body.len());
    let mut response = Response::new(if facts.head { Bytes::new() } else { body });
    let headers = response.headers_mut();
    headers.reserve(REPLY_HEADERS);
    headers.insert(header::CONTENT_LENGTH, length);
    encoding::write_content_type(headers, "text/html; charset=utf-8");
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(csp) = HeaderValue::try_from(page_render::content_security_policy(None)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, csp);
    }
    let referrer = HeaderValue::from_static("strict-origin-when-cross-origin");
    headers.insert(header::REFERRER_POLICY, referrer);
    cache_policy::write(policy, facts.surrogate, headers);
    response
}

/// As many as a page has.
const REPLY_HEADERS: usize = 12;
