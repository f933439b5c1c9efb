//! What every reply of the gateway shares: what of its request shapes it, its frame and its headers.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use page_address::{
    Address,
    cache_policy::{self, CachePolicy, SURROGATE_CAPABILITY},
};
use page_model::ContentHash;

use super::{
    encoding,
    guard::{Guard, Membership},
    media::Media,
};

#[derive(Debug)]
pub struct Reply {
    pub response: Response<Bytes>,
    /// A line for the operator's log.
    pub log: Option<String>,
}

/// What of the request shapes the reply.
#[derive(Debug)]
pub struct RequestFacts {
    pub address: Address,
    head: bool,
    /// Whether a surrogate asks, which keeps replies until their keys are written.
    pub surrogate: bool,
    /// Only `if-none-match` headers.
    pub conditions: HeaderMap,
    /// Which headers chose between the representations of this address.
    pub vary: &'static str,
    /// Whose content the reply has.
    pub guard: Guard,
    /// Whether it depends on where the visitor comes from, so that nobody else is given it.
    pub by_address: bool,
    /// Whether a link opens it.
    pub by_capability: bool,
    /// By what others see the same.
    pub membership: Option<Membership>,
    /// What the visitor's browser is told of their session.
    pub set_cookie: Option<HeaderValue>,
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

    pub fn method_not_allowed(allow: &'static str) -> Self {
        let mut reply = Self::plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "A status page is read with GET or HEAD.\n",
        );
        let allow = HeaderValue::from_static(allow);
        reply.response.headers_mut().insert(header::ALLOW, allow);
        reply
    }

    /// Programs of all sites may read, whatever headers they send.
    pub fn preflight() -> Self {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        cache_policy::write_preflight(headers);
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "*"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Self::new(response)
    }

    /// To another path of the same host, or to another host.
    pub fn elsewhere(status: StatusCode, to: &str, policy: &CachePolicy, facts: &RequestFacts) -> Self {
        let mut reply = Self::of(status, String::new(), &Media::TEXT, policy, facts);
        if let Ok(location) = HeaderValue::try_from(to) {
            reply.response.headers_mut().insert(header::LOCATION, location);
        }
        reply
    }

    /// What is not worth a key in the KV: an error, a door, the skeleton.
    pub fn of(status: StatusCode, body: String, media: &Media, policy: &CachePolicy, facts: &RequestFacts) -> Self {
        let mut response = framed(facts, Bytes::from(body), media, None, policy);
        *response.status_mut() = status;
        Self::new(response)
    }

    pub fn with_log(mut self, log: String) -> Self {
        self.log = Some(log);
        self
    }
}

impl RequestFacts {
    pub fn new(address: Address, request: &Request<Bytes>) -> Self {
        let headers = request.headers();
        let conditions = headers.get_all(header::IF_NONE_MATCH).iter();
        Self {
            address,
            head: request.method() == Method::HEAD,
            surrogate: headers.contains_key(SURROGATE_CAPABILITY),
            conditions: conditions.map(|value| (header::IF_NONE_MATCH, value.clone())).collect(),
            vary: VARY_ENCODING,
            guard: Guard::Open,
            by_address: false,
            by_capability: false,
            membership: None,
            set_cookie: None,
        }
    }

    /// Who may keep the reply, and who else may read it. What is no whole answer is nothing that a surrogate keeps.
    pub fn write_for_whom(&self, policy: &CachePolicy, is_whole: bool, headers: &mut HeaderMap) {
        headers.insert(header::VARY, HeaderValue::from_static(self.vary));
        let policy = match (&self.set_cookie, self.guard.narrowed(policy, self.membership.as_ref())) {
            (_, CachePolicy::Never) => CachePolicy::Never,
            (Some(_), _) => CachePolicy::Personal(None),
            (None, policy) => policy,
        };
        cache_policy::write(&policy, self.surrogate && is_whole && !self.by_address, headers);
        self.guard.write(headers);
        if let Some(cookie) = &self.set_cookie {
            headers.insert(header::SET_COOKIE, cookie.clone());
        }
    }
}

/// The one frame of every reply that has something to show.
pub fn framed(
    facts: &RequestFacts,
    body: Bytes,
    media: &Media,
    style: Option<&ContentHash>,
    policy: &CachePolicy,
) -> Response<Bytes> {
    let length = HeaderValue::from(body.len());
    let mut response = Response::new(if facts.head { Bytes::new() } else { body });
    let headers = response.headers_mut();
    headers.reserve(REPLY_HEADERS);
    headers.insert(header::CONTENT_LENGTH, length);
    media.write(style, headers);
    facts.write_for_whom(policy, true, headers);
    response
}

/// As many as a page has.
const REPLY_HEADERS: usize = 14;

pub const VARY_ENCODING: &str = "accept-encoding";
