//! One visit, from its request to its answer: response cache, else another visit's guest call, else the guest.

use std::{convert::Infallible, future::Ready, net::SocketAddr, pin::Pin, sync::Arc};

use bytes::Bytes;
use edge_guest::{Guest, Reply};
use edge_kv::Writes;
use futures_util::future::Either;
use http::{Request, request::Parts};
use http_body_util::Full;
use hyper::{body::Incoming, service::Service};
use page_model::limits::PUT_BYTES_MAX;

use crate::{
    answers::{self, Answer, Asked, Refusal},
    body::Bodies,
    cache::{
        self, Cached, ResponseCache,
        collapse::{Collapse, Lead, Role},
    },
    forward,
    key::CacheKey,
    limits::COLLAPSE_ROUNDS_MAX,
    metrics::Metrics,
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
        Some(answers::answer(Asked::by(request), &cached.reply))
    }

    async fn visit(self: Arc<Self>, address: SocketAddr, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        let result = match CacheKey::of(&head.method, &head.uri, &head.headers) {
            Some(key) => self.shared(address, &head, &key).await,
            None => self.own(address, &head, body).await,
        };
        result.unwrap_or_else(|refusal| {
            let visits = &self.metrics.visits;
            let count = if refusal == Refusal::Unavailable {
                &visits.failed
            } else {
                &visits.refused
            };
            count.increment(1);
            if refusal == Refusal::BodyTooLarge {
                let path = head.uri.path();
                tracing::warn!(%address, path, "a request body of more than {PUT_BYTES_MAX} bytes was refused");
            }
            refusal.answer(&head.method)
        })
    }

    /// A visit whose answer others may share.
    async fn shared(self: &Arc<Self>, address: SocketAddr, head: &Parts, key: &CacheKey) -> Result<Answer, Refusal> {
        let asked = Asked {
            method: &head.method,
            headers: &head.headers,
        };
        let request = forward::for_all(address, head)?;
        for _ in 0..COLLAPSE_ROUNDS_MAX {
            match self.collapse.join(key.as_bytes()) {
                Role::Lead(lead) => return self.lead(lead, asked, request, key).await,
                Role::Follow(outcome) => match outcome.await {
                    // It may have begun before a write that this visit must see.
                    Ok(Outcome::Shared(cached)) if self.cache.is_current(&cached) => {
                        self.metrics.visits.collapsed.increment(1);
                        return Ok(answers::answer(asked, &cached.reply));
                    }
                    Ok(Outcome::Failed) => return self.last_good(asked, key),
                    Ok(Outcome::Private) => break,
                    Ok(Outcome::Shared(_)) | Err(_) => {}
                },
            }
        }
        let made = self.make(request, key).await;
        self.answer_made(made, asked, key)
    }

    /// Makes the guest call that others may wait for. It goes on when this visitor goes away.
    async fn lead(
        self: &Arc<Self>,
        lead: Lead<Outcome>,
        asked: Asked<'_>,
        request: Request<Full<Bytes>>,
        key: &CacheKey,
    ) -> Result<Answer, Refusal> {
        // Another visit may have landed since this one looked.
        if let Some(cached) = self.cache.current(key.as_bytes()) {
            self.metrics.visits.hit.increment(1);
            lead.land(Outcome::Shared(Arc::clone(&cached)));
            return Ok(answers::answer(asked, &cached.reply));
        }
        let (edge, owned_key) = (Arc::clone(self), key.clone());
        let call = tokio::spawn(async move {
            let made = edge.make(request, &owned_key).await;
            lead.land(made.outcome());
            made
        });
        self.answer_made(call.await.unwrap_or(Made::Failed(None)), asked, key)
    }

    fn answer_made(&self, made: Made, asked: Asked<'_>, key: &CacheKey) -> Result<Answer, Refusal> {
        let visits = &self.metrics.visits;
        match made {
            Made::Shared(cached) => {
                visits.miss.increment(1);
                Ok(answers::answer(asked, &cached.reply))
            }
            Made::Own(reply) => {
                visits.passed.increment(1);
                Ok(answers::answer(asked, &reply))
            }
            Made::Failed(reply) => self.last_good(asked, key).or_else(|refusal| {
                // The guest's own words about its failure are better than the host's.
                let reply = reply.ok_or(refusal)?;
                visits.failed.increment(1);
                Ok(answers::answer(asked, &reply))
            }),
        }
    }

    fn last_good(&self, asked: Asked<'_>, key: &CacheKey) -> Result<Answer, Refusal> {
        let cached = self.cache.last_good(key.as_bytes()).ok_or(Refusal::Unavailable)?;
        self.metrics.visits.last_good.increment(1);
        Ok(answers::last_good(asked, &cached.reply))
    }

    /// Has the guest make a reply and keeps it if it may be kept.
    async fn make(&self, request: Request<Full<Bytes>>, key: &CacheKey) -> Made {
        let since = self.writes.now();
        match self.guest.call(request).await {
            Err(_) => Made::Failed(None),
            Ok(reply) if reply.status.is_server_error() => Made::Failed(Some(cache::for_visitors(reply))),
            Ok(reply) => match cache::lifetime(&reply) {
                Some(lifetime) => {
                    let cached = Arc::new(Cached::new(reply, lifetime, since));
                    self.cache.keep(key.as_bytes(), &cached);
                    Made::Shared(cached)
                }
                None => {
                    self.cache.forget(key.as_bytes());
                    Made::Own(cache::for_visitors(reply))
                }
            },
        }
    }

    /// A visit that only the guest can answer, for this visitor alone.
    async fn own(&self, address: SocketAddr, head: &Parts, body: Incoming) -> Result<Answer, Refusal> {
        let request = forward::for_one(address, head)?;
        let received = self.bodies.receive(&head.headers, body).await?;
        let request = request.map(|()| Full::new(received.bytes.clone()));
        let reply = self.guest.call(request).await.map_err(|_| Refusal::Unavailable)?;
        self.metrics.visits.passed.increment(1);
        Ok(answers::answer(
            Asked {
                method: &head.method,
                headers: &head.headers,
            },
            &cache::for_visitors(reply),
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
