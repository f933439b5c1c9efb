//! The guest, called for each visit that the response cache cannot answer: the host drives its steps.

use std::{
    net::IpAddr,
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use background_thread::Threads;
use bytes::Bytes;
use edge_kv::Kv;
use http::{HeaderMap, Request, StatusCode};
use page_address::header_block;
use tokio::{runtime::Handle, sync::Semaphore, time::timeout};
use tokio_util::task::TaskTracker;

use crate::{
    ask::{Asker, SignIn},
    bindings::{self, Forward, Step, Visit},
    clock::now_ms,
    engine,
    instance::{Instance, Maker, Turn},
    limits::{
        GUEST_AFTERWARDS_AT_ONCE_MAX, GUEST_AFTERWARDS_MAX, GUEST_AFTERWARDS_WAITING_MAX, GUEST_CORES_MAX,
        GUEST_PUT_ROUNDS_MAX, GUEST_PUTS_MAX, GUEST_QUEUE_MAX, GUEST_REPLY_MAX, GUEST_SLOW_MAX, GUEST_STEPS_MAX,
        GUEST_VISITS_PER_CORE, REPLY_BYTES_MAX,
    },
    log::{self, GuestLog},
    metrics::GuestMetrics,
    places::{Places, Shares},
    pool::Pool,
    records::Records,
    threads,
    ticker::Ticker,
};

#[derive(Clone)]
pub struct Guest(Arc<Inner>);

struct Inner {
    maker: Maker,
    pool: Pool,
    kv: Arc<Kv>,
    visits: Places,
    puts: Arc<Semaphore>,
    /// For those that work after their reply, and for those that wait for that.
    afterwards: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    slow_threads: Threads,
    asker: Option<Asker>,
    tasks: TaskTracker,
}

/// What a guest is given besides its visits.
pub struct GuestImports {
    pub region: String,
    pub put_verify_key: Option<String>,
    pub kv: Arc<Kv>,
    pub metrics: GuestMetrics,
    /// How visitors are let in; without, nobody is.
    pub sign_in: Option<SignIn>,
}

/// A complete reply of the guest.
#[derive(Clone)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What a visitor asks the guest.
pub struct Asked {
    /// With the authority in its URI.
    pub request: Request<Bytes>,
    /// Where the visitor comes from, if that is surely known.
    pub client: Option<IpAddr>,
    /// Among whose visits it counts: the same, also where another site has a browser ask.
    pub counts_for: Option<IpAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuestError {
    /// There was no place in time.
    Busy,
    /// The instance trapped, took too long or answered with something that is no reply.
    Failed,
}

impl Guest {
    /// Takes the compiled component from the folder `compiled`; a new one is compiled first, which takes some seconds.
    pub fn load(component: &Path, compiled: &Path, imports: GuestImports) -> anyhow::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        // Guests that compute without end leave a core to all others, whatever the priorities do.
        let slow_threads = cores.div_ceil(2);
        let pre = engine::load(component, compiled)?;
        let places = |count| Arc::new(Semaphore::new(count));
        let asker = |sign_in| Asker::new(imports.region.clone(), sign_in, imports.metrics.clone());
        let asker = imports.sign_in.map(asker).transpose()?;
        Ok(Self(Arc::new(Inner {
            asker,
            maker: Maker {
                log: GuestLog::new(imports.region.as_str().into()),
                region: imports.region,
                put_verify_key: imports.put_verify_key,
                metrics: imports.metrics,
                ticker: Arc::new(Ticker::start(pre.engine())?),
                pre,
                shares: Arc::new(Shares::new()),
                slow: Arc::new(Places::new(GUEST_SLOW_MAX)),
            },
            pool: Pool::new(cores),
            kv: imports.kv,
            visits: Places::new(cores.min(GUEST_CORES_MAX) * GUEST_VISITS_PER_CORE),
            puts: places(GUEST_PUTS_MAX),
            afterwards: places(GUEST_AFTERWARDS_AT_ONCE_MAX),
            waiting: places(GUEST_AFTERWARDS_WAITING_MAX),
            slow_threads: threads::start(slow_threads).context("the threads for slow guests did not start")?,
            tasks: TaskTracker::new(),
        })))
    }

    /// Has the guest make the reply to a visit. The future may be dropped at any time.
    pub async fn visit(&self, asked: Arc<Asked>) -> Result<Reply, GuestError> {
        let share = self.0.maker.shares.of(asked.request.uri().host().unwrap_or_default());
        let client = self.0.maker.shares.of_client(asked.counts_for);
        let place = self.in_time(self.0.visits.take(share, client)).await?;
        let guest = self.clone();
        let (shares, slow_threads) = (&self.0.maker.shares, &self.0.slow_threads);
        let is_slow = shares.is_slow(share);
        let turn = Turn::visit(place, share, shares.memory_bytes_max(share));
        let work = async move { guest.reply(&asked, turn, is_slow).await };
        let reply = match is_slow {
            true => slow_threads.run(work).await,
            false => threads::run_here_first(slow_threads, work).await,
        };
        if let Some(Ok(reply)) = reply {
            return Ok(reply);
        }
        shares.found_slow(share);
        Err(GuestError::Failed)
    }

    /// Whether a visit at the host would wait behind many others.
    pub fn is_crowded(&self, host: &str) -> bool {
        self.0.visits.is_crowded(self.0.maker.shares.of(host))
    }

    /// The same for a batch of records: on a thread of its own, and to its end also when its sender goes away.
    pub async fn put(&self, asked: Asked) -> Result<Reply, GuestError> {
        let puts = Arc::clone(&self.0.puts);
        let permit = self.in_time(async { puts.acquire_owned().await.ok() }).await?;
        let (guest, runtime) = (self.clone(), Handle::current());
        let work = move || {
            // What a large page brings takes ten milliseconds, in which visits come.
            background_thread::let_others_in();
            runtime.block_on(guest.reply(&asked, Turn::put(permit), false))
        };
        let reply = self.0.tasks.spawn_blocking(work).await;
        reply.unwrap_or(Err(GuestError::Failed))
    }

    /// Waits until all work after replies is done.
    pub async fn drain(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
        self.0.pool.clear();
    }

    async fn in_time<T>(&self, place: impl Future<Output = Option<T>>) -> Result<T, GuestError> {
        match timeout(GUEST_QUEUE_MAX, place).await {
            Ok(Some(place)) => Ok(place),
            _ => {
                self.0.maker.metrics.busy.increment(1);
                Err(GuestError::Busy)
            }
        }
    }

    async fn reply(&self, asked: &Asked, turn: Turn, for_slow_host: bool) -> Result<Reply, GuestError> {
        let metrics = &self.0.maker.metrics;
        metrics.calls.increment(1);
        let start = Instant::now();
        let reply = self.try_reply(asked, turn, for_slow_host).await;
        metrics.seconds.record(start.elapsed());
        reply
    }

    async fn try_reply(&self, asked: &Asked, turn: Turn, for_slow_host: bool) -> Result<Reply, GuestError> {
        let mut instance = self.instance(for_slow_host).await?;
        instance.begin(turn);
        let driven = self.driven(&mut instance, asked).await;
        match driven {
            Ok((reply, has_work)) => {
                instance.rest();
                self.release(instance, has_work);
                Ok(reply)
            }
            Err(error) => {
                self.ended(&instance, &error);
                Err(GuestError::Failed)
            }
        }
    }

    async fn instance(&self, for_slow_host: bool) -> Result<Instance, GuestError> {
        if let Some(instance) = self.0.pool.take(for_slow_host) {
            return Ok(instance);
        }
        let made = timeout(GUEST_REPLY_MAX, self.0.maker.make(for_slow_host)).await;
        match made
            .map_err(anyhow::Error::from)
            .and_then(|made| made.map_err(engine::in_words))
        {
            Ok(instance) => Ok(instance),
            Err(error) => {
                tracing::error!("the guest does not start: {error:#}");
                Err(GuestError::Failed)
            }
        }
    }

    /// Back to the pool, or first to the work that its reply left.
    fn release(&self, instance: Instance, has_work: bool) {
        if !has_work {
            return self.rest(instance);
        }
        let Ok(place) = Arc::clone(&self.0.waiting).try_acquire_owned() else {
            self.0.maker.metrics.left.increment(1);
            return self.rest(instance);
        };
        let guest = self.clone();
        let work = async move {
            guest.work(instance).await;
            drop(place);
        };
        self.0.slow_threads.spawn_into(&self.0.tasks, work);
    }

    fn rest(&self, instance: Instance) {
        if instance.may_serve_again() && !self.0.tasks.is_closed() {
            self.0.pool.put_back(instance);
        }
    }

    async fn work(&self, mut instance: Instance) {
        let Ok(permit) = Arc::clone(&self.0.afterwards).acquire_owned().await else {
            return;
        };
        instance.begin(Turn::afterwards(permit));
        let work = async {
            let mut records = Records::new(Arc::clone(&self.0.kv));
            let step = instance.afterwards().await.map_err(engine::in_words)?;
            self.drive(&mut instance, &mut records, step).await
        };
        match within(GUEST_AFTERWARDS_MAX, work).await {
            Ok(_) => self.rest(instance),
            Err(error) => self.ended(&instance, &error),
        }
    }

    /// A trap costs this instance and what it was at, nothing else.
    fn ended(&self, instance: &Instance, error: &anyhow::Error) {
        let (metrics, region) = (&self.0.maker.metrics, &self.0.maker.region);
        match instance.is_late() {
            true => metrics.timeouts.increment(1),
            false => metrics.traps.increment(1),
        }
        tracing::error!(region, "a guest instance was ended: {error:#}");
    }

    /// The whole visit; a put that was overtaken begins anew.
    async fn driven(&self, instance: &mut Instance, asked: &Asked) -> anyhow::Result<(Reply, bool)> {
        let request = &asked.request;
        let (uri, headers) = (request.uri().to_string(), header_block::write(request.headers()));
        let client = asked.client.map(|client| client.to_string());
        let visit = Visit {
            method: request.method().as_str(),
            uri: &uri,
            headers: &headers,
            body: request.body(),
            now_ms: now_ms(),
            client: client.as_deref(),
        };
        let rounds = async {
            for _ in 0..GUEST_PUT_ROUNDS_MAX {
                let mut records = Records::new(Arc::clone(&self.0.kv));
                let step = instance.open(&visit).await.map_err(engine::in_words)?;
                let reply = self.drive(instance, &mut records, step).await?;
                let reply = reply.ok_or_else(|| anyhow::anyhow!("it has no reply"))?;
                let committed = records.commit().await;
                let overtaken = committed.map_err(|error| anyhow::anyhow!("{error}"))?;
                if overtaken.is_ok() {
                    return self.complete(reply, &records);
                }
            }
            anyhow::bail!("it was overtaken by other puts each time")
        };
        within(GUEST_REPLY_MAX, rounds).await
    }

    /// Does what each step says until there is a reply; `None` where the guest is done without one.
    async fn drive(
        &self,
        instance: &mut Instance,
        records: &mut Records,
        mut step: Step,
    ) -> anyhow::Result<Option<bindings::Reply>> {
        for _ in 0..GUEST_STEPS_MAX {
            let next = match step {
                Step::Read(keys) => instance.resume_read(&records.read(&keys)).await,
                Step::ReadNow(heads) => instance.resume_read(&records.read_now(heads)).await,
                Step::Write(entries) => {
                    let stored = records.write(entries).await;
                    instance.resume_write(&stored).await
                }
                Step::Forward(forward) => {
                    let answer = self.ask(instance, forward).await?;
                    instance.resume_forward(answer.as_deref()).await
                }
                Step::Reply(reply) => return Ok(Some(reply)),
                Step::Done => return Ok(None),
            };
            step = next.map_err(engine::in_words)?;
        }
        anyhow::bail!("it asks for more than {GUEST_STEPS_MAX} steps")
    }

    /// A visit that waits for the origin leaves its place to others meanwhile. Nobody else has it asked.
    async fn ask(
        &self,
        instance: &mut Instance,
        Forward { question, wait_ms_max }: Forward,
    ) -> anyhow::Result<Option<Vec<u8>>> {
        let (Some(asker), Some(share)) = (&self.0.asker, instance.share()) else {
            return Ok(None);
        };
        instance.rest();
        let wait = Duration::from_millis(u64::from(wait_ms_max));
        let answer = asker.ask(share, question, wait).await;
        match self.in_time(self.0.visits.take(share, None)).await {
            Ok(place) => instance.go_on(place),
            Err(_) => anyhow::bail!("there was no place for it once the origin had answered"),
        }
        Ok(answer)
    }

    fn complete(&self, reply: bindings::Reply, records: &Records) -> anyhow::Result<(Reply, bool)> {
        if let Some(line) = &reply.log {
            log::line(&self.0.maker.region, line.as_bytes());
        }
        let body = records.body(reply.body).filter(|body| body.len() <= REPLY_BYTES_MAX);
        let whole = Reply {
            status: StatusCode::from_u16(reply.status)?,
            headers: header_block::read(reply.headers.into()),
            body: body.ok_or_else(|| anyhow::anyhow!("the reply's body is too large or not there"))?,
        };
        Ok((whole, reply.has_work))
    }
}

/// An instance that computes ends itself in time; this ends one that waits.
async fn within<T>(limit: Duration, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    timeout(limit, work).await?
}
