//! One instance of the guest component: what it owns, what it may use, when it is ended.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::OwnedSemaphorePermit;
use wasmtime::{ResourceLimiter, Result, Store, StoreContextMut, UpdateDeadline, bail};
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxView, WasiView};

use crate::{
    bindings::{EdgePre, Region, Seen, Step, Steps, Visit},
    limits::{
        GUEST_AFTERWARDS_MAX, GUEST_HOST_SLOW_AFTER_TICKS, GUEST_MEMORY_BYTES_MAX, GUEST_MEMORY_KEPT_BYTES_MAX,
        GUEST_MOVES_AFTER_TICKS, GUEST_REPLY_MAX, GUEST_SLOW_AFTER, GUEST_TABLE_ELEMENTS_MAX, GUEST_VISITS_MAX,
    },
    log::GuestLog,
    metrics::GuestMetrics,
    places::{Place, Places, Share, Shares},
    threads,
    ticker::{Ticker, Ticking},
};

/// What every instance is made from.
pub struct Maker {
    pub pre: EdgePre<InstanceState>,
    pub region: String,
    pub put_verify_key: Option<String>,
    pub log: GuestLog,
    pub metrics: GuestMetrics,
    pub ticker: Arc<Ticker>,
    pub shares: Arc<Shares>,
    /// For visits that compute for long.
    pub slow: Arc<Places>,
}

pub struct Instance {
    pub is_for_slow_hosts: bool,
    store: Store<InstanceState>,
    steps: Steps,
    visits: usize,
    ticker: Arc<Ticker>,
    /// While it is at work.
    ticking: Option<Ticking>,
    metrics: GuestMetrics,
}

/// What lies in the wasmtime store of an instance.
pub struct InstanceState {
    table: ResourceTable,
    wasi: WasiCtx,
    memory_bytes: usize,
    turn: Turn,
    shares: Arc<Shares>,
}

/// What an instance is at: a visit until its reply, or the work after it.
pub struct Turn {
    ends: Instant,
    /// How many ticks found it computing.
    ticks: u32,
    /// Of a visit.
    share: Option<Share>,
    memory_bytes_max: usize,
    /// What it holds until it is over.
    holds: Holds,
}

enum Holds {
    Nothing,
    /// A place among those that put, or work after a reply.
    Permit {
        _permit: OwnedSemaphorePermit,
    },
    /// A place among the visits, until it counts among the slow ones.
    Place {
        _place: Place,
        slow_at: Instant,
    },
    Slow {
        _place: Place,
    },
}

impl Holds {
    fn place(place: Place) -> Self {
        let slow_at = Instant::now() + GUEST_SLOW_AFTER;
        Self::Place { _place: place, slow_at }
    }
}

impl Maker {
    pub async fn make(&self, for_slow_hosts: bool) -> Result<Instance> {
        let state = InstanceState {
            table: ResourceTable::new(),
            wasi: WasiCtx::builder()
                .stdout(self.log.clone())
                .stderr(self.log.clone())
                .build(),
            memory_bytes: 0,
            turn: Turn::until(START_MAX, Holds::Nothing),
            shares: Arc::clone(&self.shares),
        };
        let mut store = Store::new(self.pre.engine(), state);
        store.limiter(|state| state);
        let slow = Arc::clone(&self.slow);
        store.epoch_deadline_callback(move |store| at_tick(store, &slow));
        let ticking = self.ticker.keep();
        store.set_epoch_deadline(1);
        let edge = self.pre.instantiate_async(&mut store).await?;
        let steps = edge.pharos_edge_steps().clone();
        let region = Region {
            name: &self.region,
            put_verify_key: self.put_verify_key.as_deref(),
        };
        steps.call_start(&mut store, region).await?;
        self.metrics.instances.increment(1);
        Ok(Instance {
            is_for_slow_hosts: for_slow_hosts,
            store,
            steps,
            visits: 0,
            ticker: Arc::clone(&self.ticker),
            ticking: Some(ticking),
            metrics: self.metrics.clone(),
        })
    }
}

/// A guest that computes gives its thread to others at each tick, and its place when it does so for long.
fn at_tick(mut store: StoreContextMut<'_, InstanceState>, slow: &Places) -> Result<UpdateDeadline> {
    let (state, now) = (store.data_mut(), Instant::now());
    let turn = &mut state.turn;
    if now >= turn.ends {
        return Ok(UpdateDeadline::Interrupt);
    }
    turn.ticks += 1;
    if turn.ticks >= GUEST_MOVES_AFTER_TICKS {
        threads::computes_long();
    }
    let is_slow = turn.ticks >= GUEST_HOST_SLOW_AFTER_TICKS;
    if let Some(share) = turn.share
        && is_slow
    {
        state.shares.found_slow(share);
    }
    if let (Holds::Place { slow_at, .. }, Some(share)) = (&turn.holds, turn.share)
        && now >= *slow_at
    {
        match slow.try_take(share) {
            Some(place) => turn.holds = Holds::Slow { _place: place },
            None if is_slow => bail!("it computes for long, and so do too many others"),
            // Others have had the time: it keeps its place, and the visits behind it wait.
            None => {}
        }
    }
    Ok(UpdateDeadline::Yield(1))
}

impl Turn {
    /// A visit. Its place goes to others when it computes for long.
    pub fn visit(place: Place, share: Share, memory_bytes_max: usize) -> Self {
        Self {
            share: Some(share),
            memory_bytes_max,
            ..Self::until(GUEST_REPLY_MAX, Holds::place(place))
        }
    }

    pub fn put(permit: OwnedSemaphorePermit) -> Self {
        Self::until(GUEST_REPLY_MAX, Holds::Permit { _permit: permit })
    }

    pub fn afterwards(permit: OwnedSemaphorePermit) -> Self {
        Self::until(GUEST_AFTERWARDS_MAX, Holds::Permit { _permit: permit })
    }

    /// One that ends after `limit`, whatever it is at then.
    fn until(limit: Duration, holds: Holds) -> Self {
        let now = Instant::now();
        Self {
            ends: now + limit,
            ticks: 0,
            share: None,
            memory_bytes_max: GUEST_MEMORY_BYTES_MAX,
            holds,
        }
    }
}

impl Instance {
    pub fn begin(&mut self, turn: Turn) {
        self.ticking = Some(self.ticker.keep());
        self.store.data_mut().turn = turn;
    }

    /// Gives its place back.
    pub fn rest(&mut self) {
        self.store.data_mut().turn.holds = Holds::Nothing;
        self.ticking = None;
    }

    /// Of a visit: among which hosts it counts.
    pub fn share(&self) -> Option<Share> {
        self.store.data().turn.share
    }

    /// Goes on with a visit that rested while it waited for something else than the guest.
    pub fn go_on(&mut self, place: Place) {
        self.ticking = Some(self.ticker.keep());
        self.store.data_mut().turn.holds = Holds::place(place);
    }

    /// Whether its turn has taken longer than it may.
    pub fn is_late(&self) -> bool {
        Instant::now() >= self.store.data().turn.ends
    }

    pub fn may_serve_again(&self) -> bool {
        self.visits < GUEST_VISITS_MAX && self.store.data().memory_bytes <= GUEST_MEMORY_KEPT_BYTES_MAX
    }

    pub async fn open(&mut self, visit: &Visit<'_>) -> Result<Step> {
        self.visits += 1;
        self.store.set_epoch_deadline(1);
        self.steps.call_open(&mut self.store, visit.clone()).await
    }

    pub async fn resume_read(&mut self, seen: &[Seen<'_>]) -> Result<Step> {
        self.store.set_epoch_deadline(1);
        self.steps.call_resume_read(&mut self.store, seen).await
    }

    pub async fn resume_write(&mut self, stored: &[bool]) -> Result<Step> {
        self.store.set_epoch_deadline(1);
        self.steps.call_resume_write(&mut self.store, stored).await
    }

    pub async fn resume_forward(&mut self, answer: Option<&[u8]>) -> Result<Step> {
        self.store.set_epoch_deadline(1);
        self.steps.call_resume_forward(&mut self.store, answer).await
    }

    pub async fn afterwards(&mut self) -> Result<Step> {
        self.store.set_epoch_deadline(1);
        self.steps.call_afterwards(&mut self.store).await
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.metrics.instances.decrement(1);
    }
}

impl WasiView for InstanceState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// Refuses memory beyond the cap and counts how much there is.
impl ResourceLimiter for InstanceState {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let bytes = self.memory_bytes + (desired - current);
        let is_allowed = bytes <= self.turn.memory_bytes_max;
        if is_allowed {
            self.memory_bytes = bytes;
        }
        if let Some(share) = self.turn.share
            && bytes > GUEST_MEMORY_BYTES_MAX
        {
            self.shares.found_out_of_memory(share);
        }
        Ok(is_allowed)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        Ok(desired <= GUEST_TABLE_ELEMENTS_MAX)
    }
}

/// How long an instance may take until it can be called.
const START_MAX: Duration = Duration::from_secs(2);
