//! One visit, from its request to its answer: response cache, else another visit's guest call, else the guest.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    net::IpAddr,
    pin::Pin,
    sync::Arc,
};

use edge_guest::{Asked, Guest, GuestError, Reply};
use edge_kv::Writes;
use futures_util::future::Either;
use http::{Request, StatusCode, request::Parts, uri::Authority};
use hyper::{body::Incoming, service::Service};
use page_address::{ErrorFormat, capability};
use page_model::{Host, put::Claim};
use tokio::sync::Semaphore;
use tracing::{Instrument as _, Span};

use crate::{
    answers::{self, Answer, Refusal, RequestHead},
    body::Bodies,
    cache::{
        self, Cached, ResponseCache,
        admissions::{Admissions, Credential, Within, key_within},
        collapse::{Collapse, Lead, Role},
    },
    client::{ClientAddress, Connection},
    clients::Clients,
    forward,
    limits::COLLAPSE_ROUNDS_MAX,
    metrics::{Metrics, Way},
    patience::Activity,
    replies::Replies,
    target::{OfSession, Target},
};

/// All that a visit needs.
pub struct Edge {
    pub cache: ResponseCache,
    pub admissions: Admissions,
    pub collapse: Collapse<Outcome>,
    pub writes: Arc<Writes>,
    pub guest: Guest,
    pub bodies: Bodies,
    pub metrics: Metrics,
    pub client_address: ClientAddress,
    pub clients: Clients,
    pub replies: Replies,
    /// Guest calls that nobody waits for.
    pub refreshes: Arc<Semaphore>,
}

/// The visits of one connection.
pub struct Visitor {
    pub edge: Arc<Edge>,
    pub connection: Connection,
    pub activity: Arc<Activity>,
}

/// A guest call whose reply others may get too.
pub struct Call {
    asked: Arc<Asked>,
    /// Under which its reply is kept; of a session that the guest has not looked at yet, one that no reply has.
    key: Arc<[u8]>,
    /// By which the visitor is in an audience set; what everybody sees needs none.
    session: Option<CallingSession>,
}

struct CallingSession {
    credential: Credential,
    host: Host,
    address_key: Arc<[u8]>,
}

/// What a guest call has for the visits that wait for it.
#[derive(Clone)]
pub enum Outcome {
    Shared(Arc<Cached>),
    /// The reply is for one visit only; the others must ask themselves.
    Private,
    /// With the guest's own 5xx, if it gave one.
    Failed(Option<Arc<Reply>>),
}

impl Service<Request<Incoming>> for Visitor {
    type Response = Answer;
    type Error = Infallible;
    type Future =
        Either<Ready<Result<Answer, Infallible>>, Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let visiting = self.activity.begin(request.version());
        let client = self.edge.client_address.of(&self.connection, request.headers());
        let hold = move |edge: &Edge, way: Option<Way>, mut answer: Answer| {
            match way {
                Some(way) => edge.metrics.replies.count(way, &answer),
                None => edge.metrics.replies.count_made(&answer),
            }
            let unread = edge.clients.unread(client, answer.body().len());
            answer.body_mut().hold(visiting, unread);
            Ok(answer)
        };
        let edge = &self.edge;
        let target = match Target::of(&request) {
            Ok(target) => target,
            Err(refusal) => return Either::Left(ready(hold(edge, None, edge.refuse(refusal, &request)))),
        };
        if let Some(answer) = edge.at_once(&request, &target) {
            return Either::Left(ready(hold(edge, Some(Way::Cache), answer)));
        }
        if let Target::Shared(shared) = &target
            && let Some(answer) = edge.meanwhile(client, &request, shared)
        {
            return Either::Left(ready(hold(edge, Some(Way::Cache), answer)));
        }
        let edge = Arc::clone(edge);
        Either::Right(Box::pin(async move {
            let answer = Arc::clone(&edge).visit(client, request, target).await;
            hold(&edge, None, answer)
        }))
    }
}

impl Edge {
    /// The answer from the response cache: the path that nearly every visit takes.
    fn at_once(&self, request: &Request<Incoming>, target: &Target) -> Option<Answer> {
        let cached = match target {
            Target::Shared(shared) => self.cache.current(&shared.key),
            Target::OfSession(OfSession { key, credential, .. }) => {
                let key = self.admissions.key_of(credential, key)?;
                self.cache.current(&key)
            }
            Target::Own(_) => None,
        }?;
        self.metrics.visits.hit.increment(1);
        Some(answers::answer(RequestHead::by(request), &cached.reply))
    }

    async fn visit(self: Arc<Self>, client: Option<IpAddr>, request: Request<Incoming>, target: Target) -> Answer {
        let (head, body) = request.into_parts();
        if self.replies.press() && self.clients.reads_too_little(client) {
            self.metrics.shed.unread.increment(1);
            return self.refuse(Refusal::Unavailable, &Request::from_parts(head, ()));
        }
        let result = match target {
            // Bodies that nobody reads go at once: they take no memory while the guest is at work.
            Target::Shared(shared) => {
                drop(body);
                match forward::for_all(client, &head.headers, &shared.address) {
                    Ok(asked) => {
                        self.together(RequestHead::of(&head), Call::for_all(asked, shared.key))
                            .await
                    }
                    Err(refusal) => Err(refusal),
                }
            }
            Target::OfSession(of_session) => {
                drop(body);
                self.of_session(client, RequestHead::of(&head), of_session).await
            }
            Target::Own(host) => self.own(client, &head, body, host).await,
        };
        result.unwrap_or_else(|refusal| self.refuse(refusal, &Request::from_parts(head, ())))
    }

    fn refuse<B>(&self, refusal: Refusal, request: &Request<B>) -> Answer {
        let visits = &self.metrics.visits;
        let count = if matches!(refusal, Refusal::Unavailable | Refusal::PutFailed) {
            &visits.failed
        } else {
            &visits.refused
        };
        count.increment(1);
        let path = request.uri().path();
        if refusal == Refusal::BodyTooLarge {
            let path = &*capability::redacted(path);
            tracing::warn!(path, "a request body was refused that is larger than its address takes");
        }
        let format = match refusal {
            // The sync says it in its log.
            Refusal::PutFailed | Refusal::Put(_) => ErrorFormat::Text,
            _ => ErrorFormat::of(path),
        };
        by(Way::Host, refusal.answer(request.method(), format))
    }

    /// A visit whose answer those may share who see the same by their sessions. The guest looks at each session by itself before
    /// its visitor shares anything.
    async fn of_session(
        self: &Arc<Self>,
        client: Option<IpAddr>,
        head: RequestHead<'_>,
        of_session: OfSession,
    ) -> Result<Answer, Refusal> {
        let asked = forward::for_session(client, head.headers, &of_session.address, &of_session.cookie)?;
        let key = self.admissions.key_of(&of_session.credential, &of_session.key);
        let is_known = key.is_some();
        let call = Call::of_session(asked, key, of_session);
        if is_known {
            return self.together(head, call).await;
        }
        let made = self.make(&call).await;
        self.answer_made(made, head, &call)
    }

    /// A visit whose answer others may share.
    async fn together(self: &Arc<Self>, head: RequestHead<'_>, call: Call) -> Result<Answer, Refusal> {
        let call = Arc::new(call);
        for _ in 0..COLLAPSE_ROUNDS_MAX {
            match self.collapse.join(&call.key) {
                Role::Lead(lead) => return self.lead(lead, head, call).await,
                Role::Follow(outcome) => match outcome.await {
                    // It may have begun before a write that this visit must see.
                    Ok(Outcome::Shared(cached)) if self.cache.is_current(&cached) => {
                        self.metrics.visits.collapsed.increment(1);
                        return Ok(by(Way::Cache, answers::answer(head, &cached.reply)));
                    }
                    Ok(Outcome::Failed(reply)) => return self.answer_failed(reply, head, &call),
                    Ok(Outcome::Private) => break,
                    Ok(Outcome::Shared(_)) | Err(_) => {}
                },
            }
        }
        let made = self.make(&call).await;
        self.answer_made(made, head, &call)
    }

    /// Makes the guest call that others may wait for. It goes on when this visitor goes away.
    async fn lead(
        self: &Arc<Self>,
        lead: Lead<Outcome>,
        head: RequestHead<'_>,
        call: Arc<Call>,
    ) -> Result<Answer, Refusal> {
        // Another visit may have landed since this one looked.
        if let Some(cached) = self.cache.current(&call.key) {
            self.metrics.visits.hit.increment(1);
            lead.land(Outcome::Shared(Arc::clone(&cached)));
            return Ok(by(Way::Cache, answers::answer(head, &cached.reply)));
        }
        let (edge, made) = (Arc::clone(self), Arc::clone(&call));
        let made = tokio::spawn(async move {
            let made = edge.make(&made).await;
            lead.land(made.outcome());
            made
        });
        self.answer_made(made.await.unwrap_or(Made::Failed(None)), head, &call)
    }

    fn answer_made(&self, made: Made, head: RequestHead<'_>, call: &Call) -> Result<Answer, Refusal> {
        let visits = &self.metrics.visits;
        match made {
            Made::Shared(cached) | Made::Kept(cached) => {
                visits.miss.increment(1);
                Ok(answers::answer(head, &cached.reply))
            }
            Made::Own(reply) => {
                visits.passed.increment(1);
                Ok(answers::answer_alone(head, reply))
            }
            Made::Failed(reply) => self.answer_failed(reply, head, call),
        }
    }

    /// The same for the visit that made the call and for those that waited for it.
    fn answer_failed(&self, reply: Option<Arc<Reply>>, head: RequestHead<'_>, call: &Call) -> Result<Answer, Refusal> {
        self.last_good(head, call).or_else(|refusal| {
            // The guest's own words about its failure are better than the host's.
            let reply = reply.ok_or(refusal)?;
            self.metrics.visits.failed.increment(1);
            Ok(answers::answer(head, &reply))
        })
    }

    fn last_good(&self, head: RequestHead<'_>, call: &Call) -> Result<Answer, Refusal> {
        // A set's ends with the next record of its site, as each session's admission does.
        let cached = self.cache.last_good(&call.key).ok_or(Refusal::Unavailable)?;
        // What strangers may not see or do not find, somebody with a session that nobody could look at might.
        if call.is_unknown_session() && cached.reply.status != StatusCode::OK {
            return Err(Refusal::Unavailable);
        }
        self.metrics.visits.last_good.increment(1);
        Ok(by(Way::Cache, answers::last_good(head, &cached.reply)))
    }

    /// Has the guest make a reply and keeps it if it may be kept.
    pub async fn make(&self, call: &Call) -> Made {
        let since = self.writes.now();
        match self.guest.visit(Arc::clone(&call.asked)).await {
            Err(_) => Made::Failed(None),
            Ok(reply) => match (self.counted(reply), &call.session) {
                (None, _) => Made::Failed(None),
                (Some(reply), _) if reply.status.is_server_error() => {
                    Made::Failed(Some(Arc::new(cache::for_visitors(reply))))
                }
                (Some(reply), None) => self.made_for_all(reply, &call.key, since),
                (Some(reply), Some(session)) => self.made_for_session(reply, call, session, since),
            },
        }
    }

    /// `None` where replies that nobody reads have taken the memory.
    fn counted(&self, reply: Reply) -> Option<Reply> {
        let body = self.replies.count(reply.body);
        if body.is_none() {
            self.metrics.shed.memory.increment(1);
        }
        Some(Reply { body: body?, ..reply })
    }

    fn made_for_all(&self, reply: Reply, key: &Arc<[u8]>, since: u64) -> Made {
        match cache::lifetime(&reply) {
            Some(lifetime) => {
                let cached = Arc::new(Cached::new(reply, lifetime, since));
                self.cache.keep(key, &cached);
                Made::Shared(cached)
            }
            None => {
                self.cache.forget(key);
                Made::Own(cache::for_visitors(reply))
            }
        }
    }

    /// Under the key of the set that the guest names. Who waits for another key sees what another set sees.
    fn made_for_session(&self, reply: Reply, call: &Call, session: &CallingSession, since: u64) -> Made {
        let Some(within) = Within::of(&reply) else {
            self.admissions.forget(&session.credential);
            return Made::Own(cache::for_visitors(reply));
        };
        let key = key_within(&session.address_key, within.set);
        self.admissions.keep(session.credential, &session.host, &within, since);
        let lifetime = within.lifetime;
        let cached = Arc::new(Cached::new(reply, lifetime, since));
        self.cache.keep(&key, &cached);
        match key == call.key {
            true => Made::Shared(cached),
            false => Made::Kept(cached),
        }
    }

    /// A visit that only the guest can answer, for this visitor alone.
    async fn own(
        &self,
        client: Option<IpAddr>,
        head: &Parts,
        body: Incoming,
        host: Authority,
    ) -> Result<Answer, Refusal> {
        let mut asked = forward::for_one(client, head, host)?;
        let claim = self.bodies.claim(head);
        let received = self.bodies.receive(claim, &head.headers, body).await;
        match received {
            Err(Refusal::Unavailable) => self.metrics.shed.bodies.increment(1),
            Err(Refusal::BodyTooSlow) => self.metrics.shed.slow_bodies.increment(1),
            _ => {}
        }
        let received = received?;
        *asked.request.body_mut() = received.bytes.clone();
        let is_put = claim != Claim::Form;
        let made = match is_put {
            true => self.guest.put(asked).instrument(traced(head)).await,
            false => self.guest.visit(Arc::new(asked)).await,
        };
        let reply = made.map_err(|error| match error {
            GuestError::Failed if is_put => Refusal::PutFailed,
            _ => Refusal::Unavailable,
        })?;
        let reply = self.counted(reply).ok_or(Refusal::Unavailable)?;
        self.metrics.visits.passed.increment(1);
        Ok(answers::answer_alone(RequestHead::of(head), cache::for_visitors(reply)))
    }
}

impl Call {
    pub fn for_all(asked: Asked, key: Arc<[u8]>) -> Self {
        Self {
            asked: Arc::new(asked),
            key,
            session: None,
        }
    }

    fn of_session(asked: Asked, key: Option<Arc<[u8]>>, of_session: OfSession) -> Self {
        let OfSession {
            address,
            key: address_key,
            credential,
            ..
        } = of_session;
        Self {
            asked: Arc::new(asked),
            key: key.unwrap_or_else(|| Arc::clone(&address_key)),
            session: Some(CallingSession {
                credential,
                host: address.host,
                address_key,
            }),
        }
    }

    /// What is kept under its key is what strangers see.
    fn is_unknown_session(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| session.address_key == self.key)
    }
}

/// A put is part of the trace that its sync names.
fn traced(head: &Parts) -> Span {
    let parent = head.headers.get(trace_context::HEADER);
    let Some(parent) = parent.and_then(|parent| parent.to_str().ok()) else {
        return Span::none();
    };
    let span = tracing::info_span!(target: trace_context::TARGET, "store");
    trace_context::follow(&span, parent);
    span
}

fn by(way: Way, mut answer: Answer) -> Answer {
    answer.extensions_mut().insert(way);
    answer
}

/// What became of a guest call.
pub enum Made {
    Shared(Arc<Cached>),
    /// For others than those who wait for it.
    Kept(Arc<Cached>),
    Own(Reply),
    /// With the guest's own 5xx, if it gave one.
    Failed(Option<Arc<Reply>>),
}

impl Made {
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Shared(cached) => Outcome::Shared(Arc::clone(cached)),
            Self::Kept(_) | Self::Own(_) => Outcome::Private,
            Self::Failed(reply) => Outcome::Failed(reply.clone()),
        }
    }
}
