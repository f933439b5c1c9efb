//! One visit, from its request to its answer: response cache, else another visit's guest call, else the guest.

use std::{convert::Infallible, future::Ready, net::SocketAddr, pin::Pin, sync::Arc};

use bytes::Bytes;
use futures_util::future::Either;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri,
    header::{ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, TE, TRAILER},
    request::Parts,
    uri::Authority,
};
use http_body_util::Full;
use hyper::{body::Incoming, service::Service};

use crate::{
    answers::{self, Answer, Asked, Refusal},
    body::Bodies,
    cache::{self, Cached, ResponseCache},
    collapse::{Collapse, Lead, Role},
    encoding::Encodings,
    guest::{Guest, Reply},
    key::{self, CacheKey},
    limits::COLLAPSE_ROUNDS_MAX,
    metrics::Metrics,
    writes::Writes,
};

/// All that a visit needs.
pub struct Edge {
    pub cache: ResponseCache,
    pub collapse: Collapse<Outcome>,
    pub writes: Arc<Writes>,
    pub guest: Guest,
    pub bodies: Bodies,
    pub metrics: Metrics,
}

/// The visits of one connection.
pub struct Visitor {
    pub edge: Arc<Edge>,
    pub address: SocketAddr,
}

/// What a guest call has for the visits that wait for it.
#[derive(Clone)]
pub enum Outcome {
    Shared(Arc<Cached>),
    /// The reply is for one visit only; the others must ask themselves.
    Private,
    Failed,
}

impl Service<Request<Incoming>> for Visitor {
    type Response = Answer;
    type Error = Infallible;
    type Future =
        Either<Ready<Result<Answer, Infallible>>, Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        if let Some(answer) = self.edge.at_once(&request) {
            return Either::Left(std::future::ready(Ok(answer)));
        }
        let (edge, address) = (Arc::clone(&self.edge), self.address);
        Either::Right(Box::pin(async move { Ok(edge.visit(address, request).await) }))
    }
}

impl Edge {
    /// The answer from the response cache: the path that nearly every visit takes.
    fn at_once(&self, request: &Request<Incoming>) -> Option<Answer> {
        let key = CacheKey::of_request(request)?;
        let cached = self.cache.current(key.as_bytes())?;
        self.metrics.visits.hit.increment(1);
        Some(answers::answer(
            &Asked {
                method: request.method(),
                headers: request.headers(),
            },
            &cached.reply,
        ))
    }

    async fn visit(self: Arc<Self>, address: SocketAddr, request: Request<Incoming>) -> Answer {
        let (parts, body) = request.into_parts();
        let result = match CacheKey::of(&parts.method, &parts.uri, &parts.headers) {
            Some(key) => self.shared(address, &parts, &key).await,
            None => self.own(address, &parts, body).await,
        };
        result.unwrap_or_else(|refusal| {
            let visits = &self.metrics.visits;
            if refusal == Refusal::Unavailable {
                &visits.failed
            } else {
                &visits.refused
            }
            .increment(1);
            refusal.answer(&parts.method)
        })
    }

    /// A visit whose answer others may share.
    async fn shared(self: &Arc<Self>, address: SocketAddr, parts: &Parts, key: &CacheKey) -> Result<Answer, Refusal> {
        let asked = Asked {
            method: &parts.method,
            headers: &parts.headers,
        };
        let request = shared_request(address, parts)?;
        for _ in 0..COLLAPSE_ROUNDS_MAX {
            if let Some(cached) = self.cache.current(key.as_bytes()) {
                self.metrics.visits.hit.increment(1);
                return Ok(answers::answer(&asked, &cached.reply));
            }
            match self.collapse.join(key.as_bytes()) {
                Role::Lead(lead) => return self.lead(lead, &asked, request, key).await,
                Role::Follow(outcome) => match outcome.await {
                    // It may have begun before a write that this visit must see.
                    Ok(Outcome::Shared(cached)) if self.cache.is_current(&cached) => {
                        self.metrics.visits.collapsed.increment(1);
                        return Ok(answers::answer(&asked, &cached.reply));
                    }
                    Ok(Outcome::Failed) => return self.last_good(&asked, key),
                    Ok(Outcome::Private) => break,
                    Ok(Outcome::Shared(_)) | Err(_) => {}
                },
            }
        }
        self.alone(&asked, request, key).await
    }

    /// Makes the guest call that others may wait for. It goes on when this visitor goes away.
    async fn lead(
        self: &Arc<Self>,
        lead: Lead<Outcome>,
        asked: &Asked<'_>,
        request: Request<Full<Bytes>>,
        key: &CacheKey,
    ) -> Result<Answer, Refusal> {
        let (edge, owned_key) = (Arc::clone(self), key.clone());
        let call = tokio::spawn(async move {
            let made = edge.make(request, &owned_key).await;
            lead.land(made.outcome());
            made
        });
        self.answer_made(call.await.unwrap_or(Made::Failed(None)), asked, key)
    }

    async fn alone(&self, asked: &Asked<'_>, request: Request<Full<Bytes>>, key: &CacheKey) -> Result<Answer, Refusal> {
        let made = self.make(request, key).await;
        self.answer_made(made, asked, key)
    }

    fn answer_made(&self, made: Made, asked: &Asked<'_>, key: &CacheKey) -> Result<Answer, Refusal> {
        match made {
            Made::Shared(cached) => {
                self.metrics.visits.miss.increment(1);
                Ok(answers::answer(asked, &cached.reply))
            }
            Made::Own(reply) => {
                self.metrics.visits.passed.increment(1);
                Ok(answers::answer(asked, &reply))
            }
            Made::Failed(reply) => self.last_good(asked, key).or_else(|refusal| {
                // The guest's own words about its failure are better than the host's.
                reply.map(|reply| answers::answer(asked, &reply)).ok_or(refusal)
            }),
        }
    }

    fn last_good(&self, asked: &Asked<'_>, key: &CacheKey) -> Result<Answer, Refusal> {
        let cached = self.cache.last_good(key.as_bytes()).ok_or(Refusal::Unavailable)?;
        self.metrics.visits.last_good.increment(1);
        Ok(answers::last_good(asked, &cached.reply))
    }

    /// Has the guest make a reply and keeps it if it may be kept.
    async fn make(&self, request: Request<Full<Bytes>>, key: &CacheKey) -> Made {
        let since = self.writes.now();
        match self.guest.call(request).await {
            Err(_) => Made::Failed(None),
            Ok(reply) if reply.status.is_server_error() => Made::Failed(Some(reply.for_visitors())),
            Ok(reply) => match cache::lifetime(&reply) {
                Some(lifetime) => {
                    let cached = Arc::new(Cached::new(reply, lifetime, since));
                    self.cache.keep(key.as_bytes(), &cached);
                    Made::Shared(cached)
                }
                None => {
                    self.cache.forget(key.as_bytes());
                    Made::Own(reply.for_visitors())
                }
            },
        }
    }

    /// A visit that only the guest can answer, for this visitor alone.
    async fn own(&self, address: SocketAddr, parts: &Parts, body: Incoming) -> Result<Answer, Refusal> {
        let mut request = own_request(address, parts)?;
        let received = self.bodies.receive(&parts.headers, body).await?;
        if !received.bytes.is_empty() {
            request
                .headers_mut()
                .insert(CONTENT_LENGTH, HeaderValue::from(received.bytes.len()));
        }
        *request.body_mut() = Full::new(received.bytes.clone());
        let reply = self.guest.call(request).await.map_err(|_| Refusal::Unavailable)?;
        self.metrics.visits.passed.increment(1);
        Ok(answers::answer(
            &Asked {
                method: &parts.method,
                headers: &parts.headers,
            },
            &reply.for_visitors(),
        ))
    }
}

/// What became of a guest call.
enum Made {
    Shared(Arc<Cached>),
    Own(Reply),
    /// With the guest's own 5xx, if it gave one.
    Failed(Option<Reply>),
}

impl Made {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Shared(cached) => Outcome::Shared(Arc::clone(cached)),
            Self::Own(_) => Outcome::Private,
            Self::Failed(_) => Outcome::Failed,
        }
    }
}

/// The request for a reply that may be shared. It holds nothing that the cache's key does not hold, so no header of one
/// visitor can shape what the others see.
fn shared_request(address: SocketAddr, parts: &Parts) -> Result<Request<Full<Bytes>>, Refusal> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, Encodings::of(&parts.headers).header());
    guest_request(address, Method::GET, headers, parts)
}

/// The request for a reply to one visitor: all that the visitor sent, except what only a host may say.
fn own_request(address: SocketAddr, parts: &Parts) -> Result<Request<Full<Bytes>>, Refusal> {
    let mut headers = parts.headers.clone();
    let listed: Vec<_> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let listed: Vec<_> = listed
        .iter()
        .flat_map(|list| list.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in listed
        .into_iter()
        .chain([TE, TRAILER, CONTENT_LENGTH, SURROGATE_CAPABILITY])
    {
        let _: Option<HeaderValue> = headers.remove::<HeaderName>(name);
    }
    let forged: Vec<_> = headers
        .keys()
        .filter(|name| name.as_str().starts_with(HOST_PREFIX))
        .cloned()
        .collect();
    for name in forged {
        headers.remove(name);
    }
    guest_request(address, parts.method.clone(), headers, parts)
}

/// Other hop-by-hop headers and `host` are removed by wasmtime.
fn guest_request(
    address: SocketAddr,
    method: Method,
    mut headers: HeaderMap,
    parts: &Parts,
) -> Result<Request<Full<Bytes>>, Refusal> {
    let authority = key::authority(parts).ok_or(Refusal::BadHost)?;
    let address = HeaderValue::try_from(address.to_string()).map_err(|_| Refusal::BadHost)?;
    headers.insert(CLIENT_ADDRESS, address);
    headers.insert(SURROGATE_CAPABILITY, HeaderValue::from_static(CAPABILITY));
    let mut request = Request::new(Full::default());
    *request.method_mut() = method;
    *request.uri_mut() = target(authority, &parts.uri).ok_or(Refusal::BadTarget)?;
    *request.headers_mut() = headers;
    Ok(request)
}

fn target(authority: Authority, uri: &Uri) -> Option<Uri> {
    let path = uri.path_and_query().filter(|path| path.as_str().starts_with('/'))?;
    Uri::builder()
        .scheme("http")
        .authority(authority)
        .path_and_query(path.clone())
        .build()
        .ok()
}

const CLIENT_ADDRESS: HeaderName = HeaderName::from_static("spin-client-addr");
/// Spin's headers all begin so; visitors' copies of them never reach the guest.
const HOST_PREFIX: &str = "spin-";
const SURROGATE_CAPABILITY: HeaderName = HeaderName::from_static("surrogate-capability");
const CAPABILITY: &str = "pharos=\"Surrogate/1.0\"";
