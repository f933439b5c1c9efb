//! One instance of the guest component: what it owns, what it may use, when it ends.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use edge_kv::Kv;
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Sleep, sleep},
};
use tokio_util::{sync::CancellationToken, task::task_tracker::TaskTrackerToken};
use wasmtime::{ResourceLimiter, Result, Store, StoreContextMut, component::GuestTaskId};
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
    handler::{ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus},
};

use crate::{
    limits::{
        GUEST_AFTERWARDS_MAX, GUEST_CLOCK_TICK, GUEST_IDLE_MAX, GUEST_MEMORY_BYTES_MAX, GUEST_MEMORY_KEPT_BYTES_MAX,
        GUEST_REPLY_MAX, GUEST_TABLE_ELEMENTS_MAX, GUEST_VISITS_MAX,
    },
    metrics::GuestMetrics,
};

/// What lies in the wasmtime store of an instance.
pub struct InstanceState {
    pub table: ResourceTable,
    pub wasi: WasiCtx,
    pub http: WasiHttpCtx,
    pub egress: NoEgress,
    pub memory: MemoryCap,
    pub kv: Arc<Kv>,
    pub variables: Arc<BTreeMap<String, String>>,
}

impl WasiView for InstanceState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for InstanceState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.egress,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// The guest calls nobody: `spin.toml` allows no outbound host either.
pub struct NoEgress;

type Sending<T> = Box<dyn Future<Output = Result<T, Error>> + Send>;

impl WasiHttpHooks for NoEgress {
    fn send_request(
        &mut self,
        _: http::Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Sending<()>,
    ) -> Sending<(http::Response<WasiBody>, Sending<()>)> {
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}

/// Refuses memory beyond the cap and remembers how much there is.
pub struct MemoryCap {
    bytes: Arc<AtomicUsize>,
}

impl MemoryCap {
    pub fn new(bytes: Arc<AtomicUsize>) -> Self {
        Self { bytes }
    }
}

impl ResourceLimiter for MemoryCap {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let bytes = self.bytes.load(Relaxed) + (desired - current);
        let is_allowed = bytes <= GUEST_MEMORY_BYTES_MAX;
        if is_allowed {
            self.bytes.store(bytes, Relaxed);
        }
        Ok(is_allowed)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        Ok(desired <= GUEST_TABLE_ELEMENTS_MAX)
    }
}

/// Decides which visits an instance takes: one at a time, so that a trap costs one visit.
pub struct InstanceLife {
    pub region: Arc<str>,
    pub memory_bytes: Arc<AtomicUsize>,
    pub is_resting: Arc<AtomicBool>,
    pub has_expired: Arc<AtomicBool>,
    pub metrics: GuestMetrics,
    /// Held while the instance is at work.
    pub permit: Mutex<Option<OwnedSemaphorePermit>>,
    /// Held as long as the instance lives.
    pub _alive: TaskTrackerToken,
}

impl WorkerState for InstanceLife {
    type StoreData = InstanceState;
    type RequestData = OwnedSemaphorePermit;

    fn should_accept_request(&self, calls: usize, total: usize) -> ShouldAccept {
        if total >= GUEST_VISITS_MAX || self.memory_bytes.load(Relaxed) > GUEST_MEMORY_KEPT_BYTES_MAX {
            return ShouldAccept::Never;
        }
        // A visit must not wait behind work that goes on after another visit's reply.
        if calls > 0 || !self.is_resting.load(Relaxed) {
            return ShouldAccept::No;
        }
        self.hold(None);
        ShouldAccept::Yes
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, InstanceState>,
        permit: OwnedSemaphorePermit,
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + 'static + Send + Sync>> {
        self.hold(Some(permit));
        self.is_resting.store(false, Relaxed);
        // `Clock` ends calls that take too long, also those that never yield.
        Box::pin(std::future::pending())
    }

    fn drop(&self, store: Store<InstanceState>, result: Result<()>) {
        drop(store);
        self.metrics.instances.decrement(1);
        if let Err(error) = result {
            let kind = if self.has_expired.load(Relaxed) {
                &self.metrics.timeouts
            } else {
                &self.metrics.traps
            };
            kind.increment(1);
            tracing::error!(region = &*self.region, "a guest instance was ended: {error:#}");
        }
    }
}

impl InstanceLife {
    fn hold(&self, permit: Option<OwnedSemaphorePermit>) {
        *self.permit.lock().unwrap_or_else(PoisonError::into_inner) = permit;
    }
}

/// Ends an instance that takes too long or has been idle for long.
///
/// It looks at the time every tick instead of arming a timer for each visit: that would cost more than the visit.
pub struct Clock {
    tick: Pin<Box<Sleep>>,
    closing: Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
    is_resting: Arc<AtomicBool>,
    has_expired: Arc<AtomicBool>,
}

impl Clock {
    pub fn new(closing: CancellationToken, is_resting: Arc<AtomicBool>, has_expired: Arc<AtomicBool>) -> Self {
        let closing = Box::pin(closing.cancelled_owned());
        Self {
            tick: Box::pin(sleep(GUEST_CLOCK_TICK)),
            closing,
            is_resting,
            has_expired,
        }
    }
}

impl WorkerExpiration for Clock {
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>, status: WorkerStatus, since: Instant) -> Poll<()> {
        if status == WorkerStatus::Idle && !self.is_resting.swap(true, Relaxed) {
            // Polled again, the worker asks `should_accept_request` anew.
            cx.waker().wake_by_ref();
        }
        if status == WorkerStatus::Idle && self.closing.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        while self.tick.as_mut().poll(cx).is_ready() {
            if since.elapsed() >= limit(status) {
                self.has_expired.store(true, Relaxed);
                return Poll::Ready(());
            }
            self.tick.as_mut().reset(tokio::time::Instant::now() + GUEST_CLOCK_TICK);
        }
        Poll::Pending
    }
}

fn limit(status: WorkerStatus) -> Duration {
    match status {
        WorkerStatus::Requests => GUEST_REPLY_MAX,
        WorkerStatus::PostReturn => GUEST_AFTERWARDS_MAX,
        WorkerStatus::Idle => GUEST_IDLE_MAX,
    }
}
