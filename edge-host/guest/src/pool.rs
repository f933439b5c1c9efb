//! The guest component: compiled once, called for each visit that the response cache cannot answer.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use bytes::Bytes;
use edge_kv::Kv;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wasmtime::{
    Cache, CacheConfig, Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store,
    component::{Component, Linker, ResourceTable},
};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi_http::{
    WasiHttpCtx, WasiHttpView,
    handler::{HandlerState, Instance, ProxyHandler, ProxyPre},
    p3::bindings::ServicePre,
};

use crate::{
    bindings,
    instance::{Clock, InstanceLife, InstanceState, MemoryCap, NoEgress},
    limits::{
        GUEST_EPOCH_TICK, GUEST_INSTANCES_MAX, GUEST_MEMORY_BYTES_MAX, GUEST_QUEUE_MAX, GUEST_REPLY_MAX,
        GUEST_TABLE_ELEMENTS_MAX, REPLY_BYTES_MAX,
    },
    log::GuestLog,
    metrics::GuestMetrics,
};

pub struct Guest {
    handler: ProxyHandler<Instances>,
    /// One for each instance at work. A call takes one and hands it to the instance, which keeps it until it rests; so
    /// who has a permit finds an instance that rests, or room for a new one.
    permits: Arc<Semaphore>,
    metrics: GuestMetrics,
    alive: TaskTracker,
    closing: CancellationToken,
}

/// What a guest is given besides its requests.
pub struct GuestImports {
    pub region: String,
    pub kv: Arc<Kv>,
    pub variables: BTreeMap<String, String>,
    pub metrics: GuestMetrics,
}

/// A complete reply of the guest.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuestError {
    /// No permit became free in time.
    Busy,
    /// The instance trapped, took too long or answered with something that is no reply.
    Failed,
}

impl Guest {
    /// Takes the compiled component from the folder `compiled`; a new one is compiled first, which takes some seconds.
    pub fn load(component: &Path, compiled: &Path, imports: GuestImports) -> anyhow::Result<Self> {
        let cache = cache(compiled)
            .map_err(in_words)
            .with_context(|| format!("compiled components cannot be kept in {}", compiled.display()))?;
        let engine = engine(cache.clone()).map_err(in_words)?;
        tracing::info!(component = %component.display(), "loads the component; a new one is compiled first, which takes some seconds");
        let start = Instant::now();
        let pre = link(&engine, component)
            .map_err(in_words)
            .with_context(|| format!("the component {} cannot run here", component.display()))?;
        tracing::info!(
            ms = start.elapsed().as_millis(),
            compiled = cache.cache_misses() > 0,
            "the component is loaded"
        );
        tick(&engine)?;
        let (alive, closing) = (TaskTracker::new(), CancellationToken::new());
        let metrics = imports.metrics.clone();
        let region: Arc<str> = imports.region.into();
        let handler = ProxyHandler::new(Instances {
            engine,
            pre,
            log: GuestLog::new(Arc::clone(&region)),
            region,
            kv: imports.kv,
            variables: Arc::new(imports.variables),
            metrics: imports.metrics,
            alive: alive.clone(),
            closing: closing.clone(),
        });
        Ok(Self {
            handler,
            permits: Arc::new(Semaphore::new(GUEST_INSTANCES_MAX)),
            metrics,
            alive,
            closing,
        })
    }

    /// Calls the guest and waits for its whole reply.
    ///
    /// The future may be dropped at any time: an instance finishes its call by itself, within its own limits.
    pub async fn call(&self, request: Request<Full<Bytes>>) -> Result<Reply, GuestError> {
        let Ok(Ok(permit)) = timeout(GUEST_QUEUE_MAX, Arc::clone(&self.permits).acquire_owned()).await else {
            self.metrics.busy.increment(1);
            return Err(GuestError::Busy);
        };
        self.metrics.calls.increment(1);
        let start = Instant::now();
        let reply = timeout(CALL_MAX, self.reply(permit, request)).await;
        self.metrics.seconds.record(start.elapsed());
        match reply {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) => {
                tracing::warn!("a guest call gave no reply: {error:#}");
                Err(GuestError::Failed)
            }
            Err(_) => {
                tracing::warn!("a guest call gave no reply within {CALL_MAX:?}");
                Err(GuestError::Failed)
            }
        }
    }

    async fn reply(&self, permit: OwnedSemaphorePermit, request: Request<Full<Bytes>>) -> anyhow::Result<Reply> {
        let request = request.map(|body| body.map_err(|never| match never {}).boxed_unsync());
        let response = self.handler.handle(permit, request).await.map_err(in_words)?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, REPLY_BYTES_MAX).collect().await;
        let body = body.map_err(|error| anyhow::anyhow!("the reply's body broke off: {error}"))?;
        Ok(Reply {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
        })
    }

    /// Waits until every instance has finished its work; idle ones end at once.
    pub async fn drain(&self) {
        self.closing.cancel();
        self.alive.close();
        self.alive.wait().await;
    }
}

/// Makes instances for `ProxyHandler`.
struct Instances {
    engine: Engine,
    pre: ProxyPre<InstanceState>,
    region: Arc<str>,
    log: GuestLog,
    kv: Arc<Kv>,
    variables: Arc<BTreeMap<String, String>>,
    metrics: GuestMetrics,
    alive: TaskTracker,
    closing: CancellationToken,
}

impl HandlerState for Instances {
    type StoreData = InstanceState;
    type WorkerExpiration = Clock;
    type WorkerState = InstanceLife;

    async fn instantiate(&self) -> wasmtime::Result<Instance<InstanceState, Clock, InstanceLife>> {
        let memory_bytes = Arc::new(AtomicUsize::new(0));
        let (is_resting, has_expired) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        let mut store = self.store(Arc::clone(&memory_bytes));
        let proxy = self.pre.instantiate_async(&mut store).await?;
        self.metrics.instances.increment(1);
        Ok(Instance {
            store,
            proxy,
            view: <InstanceState as WasiHttpView>::http,
            expiration: Clock::new(self.closing.clone(), Arc::clone(&is_resting), Arc::clone(&has_expired)),
            state: InstanceLife {
                region: Arc::clone(&self.region),
                memory_bytes,
                is_resting,
                has_expired,
                metrics: self.metrics.clone(),
                permit: Mutex::new(None),
                _alive: self.alive.token(),
            },
        })
    }
}

impl Instances {
    fn store(&self, memory_bytes: Arc<AtomicUsize>) -> Store<InstanceState> {
        let state = InstanceState {
            table: ResourceTable::new(),
            wasi: WasiCtx::builder()
                .stdout(self.log.clone())
                .stderr(self.log.clone())
                .build(),
            http: WasiHttpCtx::new(),
            egress: NoEgress,
            memory: MemoryCap::new(memory_bytes),
            kv: Arc::clone(&self.kv),
            variables: Arc::clone(&self.variables),
        };
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }
}

fn cache(folder: &Path) -> wasmtime::Result<Cache> {
    let mut config = CacheConfig::new();
    // Wasmtime takes no path that depends on where the process runs.
    config.with_directory(std::path::absolute(folder)?);
    Cache::new(config)
}

fn engine(cache: Cache) -> wasmtime::Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    let instances = POOL_INSTANCES;
    pool.total_component_instances(instances)
        .total_core_instances(instances * CORE_INSTANCES_PER_COMPONENT)
        .total_memories(instances)
        .total_tables(instances * CORE_INSTANCES_PER_COMPONENT)
        .total_stacks(instances * STACKS_PER_INSTANCE)
        .max_memory_size(GUEST_MEMORY_BYTES_MAX)
        .table_elements(GUEST_TABLE_ELEMENTS_MAX)
        .linear_memory_keep_resident(MEMORY_KEPT_RESIDENT_BYTES);
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .epoch_interruption(true)
        .cache(Some(cache))
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}

fn link(engine: &Engine, component: &Path) -> wasmtime::Result<ProxyPre<InstanceState>> {
    let component = Component::from_file(engine, component)?;
    let mut linker = Linker::new(engine);
    // Rust's standard library imports WASI 0.2 on this target, next to the 0.3 that the guest itself speaks.
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    bindings::add_to_linker(&mut linker)?;
    Ok(ProxyPre::P3(ServicePre::new(linker.instantiate_pre(&component)?)?))
}

fn in_words(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}

/// Lets the engine's epoch pass, so that a guest that only computes yields its thread.
fn tick(engine: &Engine) -> anyhow::Result<()> {
    let engine = engine.weak();
    let run = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(GUEST_EPOCH_TICK);
        }
    };
    thread::Builder::new()
        .name("guest-epoch".into())
        .spawn(run)
        .context("the epoch thread did not start")?;
    Ok(())
}

/// An instance ends itself at `GUEST_REPLY_MAX`, give or take a tick; this bounds also the body that follows a head.
const CALL_MAX: Duration = GUEST_REPLY_MAX.saturating_add(Duration::from_secs(1));
/// Room for those that are at work and for those that are just being dropped.
const POOL_INSTANCES: u32 = 2 * GUEST_INSTANCES_MAX as u32;
/// Core modules that the toolchain puts into one component: the guest and its adapters.
const CORE_INSTANCES_PER_COMPONENT: u32 = 8;
/// Fibers of one instance: its call, and what it spawned.
const STACKS_PER_INSTANCE: u32 = 8;
/// Memory of a free slot that is zeroed by hand instead of given back to the operating system.
const MEMORY_KEPT_RESIDENT_BYTES: usize = 1024 * 1024;
