//! Where a region's records lie on Workers: in the KV, and in the fast mode also in an object for each that is current.

use std::{cell::RefCell, time::Duration};

use edge_worker::gateway::{self, Seen};
use futures_util::{
    future::{Either, join_all, select},
    pin_mut,
};
use page_model::Key;
use worker::{Delay, Env, js_sys};

use super::{current::Current, kv::Kv, variable::variable};
use crate::memory::Memory;

pub struct Store {
    kv: Kv,
    /// The fast mode: there where the binding is.
    current: Option<Current>,
    /// How long an isolate answers from memory.
    fresh_ms: u64,
    /// How long a location's KV may answer visitors with what was there before.
    kv_served_ms: u64,
}

impl Store {
    pub fn of(env: &Env) -> Self {
        let ms = |name, else_s| {
            let seconds = variable(env, name).and_then(|text| text.parse::<u64>().ok());
            seconds.unwrap_or(else_s).saturating_mul(1_000)
        };
        Self {
            kv: Kv::of(env),
            current: Current::of(env),
            fresh_ms: ms("FRESH_S", FRESH_S),
            kv_served_ms: ms("KV_LAG_S", KV_LAG_S),
        }
    }

    /// For the put endpoint, which in the fast mode asks objects.
    pub fn lag_ms_max(&self) -> u64 {
        match self.current {
            Some(_) => 0,
            None => KV_LAG_MS_MAX,
        }
    }

    pub fn served_ms_max(&self) -> u64 {
        match self.current {
            Some(_) => self.fresh_ms,
            None => self.fresh_ms.saturating_add(self.kv_served_ms),
        }
    }

    pub async fn read(&self, keys: &[Key]) -> Vec<Seen> {
        join_all(keys.iter().map(|key| self.read_one(key))).await
    }

    async fn read_one(&self, key: &Key) -> Seen {
        let name = key.to_string();
        if let Some(bytes) = MEMORY.with_borrow(|memory| memory.get(&name, now_ms())) {
            return Seen::Found(bytes.into());
        }
        // Every visit of every page reads the cursor: too much for one object, and a late one does no harm.
        let current = self.current_of(key).filter(|_| *key != Key::Cursor);
        let mut seen = Seen::Absent;
        if let Some(current) = current {
            seen = in_time(current.read(&name)).await;
        }
        // An object that never heard of its record, or cannot be reached, leaves it to the KV.
        if !matches!(seen, Seen::Found(_)) {
            seen = in_time(self.kv.read(&name)).await;
        }
        if let Seen::Found(bytes) = &seen {
            remember(name, bytes, self.fresh_ms);
        }
        seen
    }

    pub async fn read_now(&self, keys: &[Key]) -> Vec<Seen> {
        let mut seen = Vec::with_capacity(keys.len());
        for some in keys.chunks(AT_ONCE) {
            seen.extend(
                join_all(some.iter().map(|key| self.read_one_now(key)))
                    .await
                    .into_iter()
                    .map(Seen::beginning),
            );
        }
        seen
    }

    async fn read_one_now(&self, key: &Key) -> Seen {
        let name = key.to_string();
        match self.current_of(key) {
            Some(current) => in_time(current.read(&name)).await,
            None => in_time(self.kv.read(&name)).await,
        }
    }

    pub async fn write(&self, records: Vec<(Key, Vec<u8>)>) -> Vec<bool> {
        let mut stored = Vec::with_capacity(records.len());
        for some in records.chunks(AT_ONCE) {
            stored.extend(join_all(some.iter().map(|(key, bytes)| self.write_one(key, bytes))).await);
        }
        stored
    }

    async fn write_one(&self, key: &Key, bytes: &[u8]) -> bool {
        let name = key.to_string();
        let mut stored = self.kv.write(&name, bytes).await;
        if let Some(current) = self.current_of(key).filter(|_| stored) {
            stored = current.write(&name, bytes).await;
        }
        match gateway::is_current(key) {
            true if stored => remember(name, bytes, self.fresh_ms),
            true => {}
            // Until the KV shows to this isolate what it wrote itself.
            false => remember(name, bytes, KV_LAG_MS_MAX),
        }
        stored
    }

    fn current_of(&self, key: &Key) -> Option<&Current> {
        self.current.as_ref().filter(|_| gateway::is_current(key))
    }

    /// The keys of the `site/` records.
    pub async fn sites(&self) -> Vec<String> {
        self.kv.names("site/").await
    }
}

fn remember(name: String, bytes: &[u8], ms: u64) {
    if ms > 0 {
        MEMORY.with_borrow_mut(|memory| memory.put(name, bytes.to_vec(), now_ms().saturating_add(ms)));
    }
}

/// A store that does not answer has failed; the layer behind it may know more.
async fn in_time(read: impl Future<Output = Seen>) -> Seen {
    let late = Delay::from(READ_MAX);
    pin_mut!(read);
    match select(read, late).await {
        Either::Left((seen, _)) => seen,
        Either::Right(_) => Seen::Failed,
    }
}

pub fn now_ms() -> u64 {
    js_sys::Date::now() as u64
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// What `FRESH_S` is if it is not said.
const FRESH_S: u64 = 2;
/// And `KV_LAG_S`: of Cloudflare's "60 seconds or more" what it promises.
const KV_LAG_S: u64 = 60;
/// How long Workers KV may show elsewhere what was there before a write: "up to 60 seconds or more".
const KV_LAG_MS_MAX: u64 = 90_000;
const READ_MAX: Duration = Duration::from_secs(3);
/// Connections that one invocation may have open.
const AT_ONCE: usize = 6;
