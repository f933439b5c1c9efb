//! Workers KV as workerd speaks to it, with the faults that a journey wants: slow, failing, outdated or strict about writes.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Result;
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::ports;

/// A namespace that outlives the edge in front of it, as it is seen from two places on earth.
pub struct Kv {
    addrs: [SocketAddr; 2],
    namespace: Arc<Mutex<Namespace>>,
    servers: Vec<JoinHandle<()>>,
}

/// Where somebody reads and writes. A write shows at once where it is made, and elsewhere when what was read there is
/// forgotten.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// Where kv-sync puts.
    KvSync,
    /// Where visitors are.
    Visitors,
}

/// How this KV misbehaves; by default not at all.
#[derive(Debug, Clone, Default)]
pub struct KvFaults {
    /// Before each answer.
    pub delay: Duration,
    /// Keys that begin so answer 500, reading and writing.
    pub failing: Option<&'static str>,
    /// How long a read is remembered and repeated, also that there was nothing.
    pub reads_repeated_for: Duration,
    /// The shortest time between two writes of one key; earlier ones are refused with 429.
    pub write_interval: Duration,
}

#[derive(Default)]
struct Namespace {
    faults: KvFaults,
    records: HashMap<String, Vec<u8>>,
    read: [Remembered; 2],
    /// When a key was last written, and how often.
    written: HashMap<String, (Instant, u64)>,
    counts: Counts,
    /// How often each key was read where kv-sync puts.
    read_by_sync: BTreeMap<String, u64>,
    refused: Vec<String>,
}

/// What was asked of the KV.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Requests that came, those too whose answer nobody waited for.
    pub asked: u64,
    pub reads: u64,
    pub writes: u64,
    /// Reads and writes that were answered with a fault.
    pub failed: u64,
}

/// What was read in a place, and when.
type Remembered = HashMap<String, (Instant, Option<Vec<u8>>)>;

impl Kv {
    pub async fn start() -> Result<Self> {
        let namespace = Arc::<Mutex<Namespace>>::default();
        let (addrs, mut servers) = ([ports::free(), ports::free()], Vec::new());
        for (addr, place) in addrs.iter().zip([Place::KvSync, Place::Visitors]) {
            let routes = Router::new()
                .fallback(answer)
                .layer(DefaultBodyLimit::max(VALUE_BYTES_MAX))
                .with_state((namespace.clone(), place));
            let listener = TcpListener::bind(addr).await?;
            servers.push(tokio::spawn(async move { drop(axum::serve(listener, routes).await) }));
        }
        Ok(Self {
            addrs,
            namespace,
            servers,
        })
    }

    pub fn addr(&self, place: Place) -> SocketAddr {
        self.addrs[place as usize]
    }

    /// What was read under other faults is not repeated.
    pub fn set_faults(&self, faults: KvFaults) {
        let mut namespace = lock(&self.namespace);
        namespace.read = Default::default();
        namespace.faults = faults;
    }

    pub fn counts(&self) -> Counts {
        lock(&self.namespace).counts
    }

    /// Takes everything that is stored, and the memory of it.
    pub fn wipe(&self) {
        let mut namespace = lock(&self.namespace);
        *namespace = Namespace {
            faults: namespace.faults.clone(),
            ..Namespace::default()
        };
    }

    /// Keys whose writes came too soon after another.
    pub fn refused(&self) -> Vec<String> {
        lock(&self.namespace).refused.clone()
    }

    /// How often each key was written, those of finished pages left out.
    pub fn writes_of_sync(&self) -> BTreeMap<String, u64> {
        let namespace = lock(&self.namespace);
        let carried = namespace.written.iter().filter(|(key, _)| !key.starts_with("html/"));
        carried.map(|(key, (_, times))| (key.clone(), *times)).collect()
    }

    /// How often a put looked at each key, which it does for each record that it carries.
    pub fn reads_of_sync(&self) -> BTreeMap<String, u64> {
        lock(&self.namespace).read_by_sync.clone()
    }

    /// Keys that begin so and hold something.
    pub fn names(&self, prefix: &str) -> Vec<String> {
        let namespace = lock(&self.namespace);
        let names = namespace.records.keys().filter(|key| key.starts_with(prefix));
        names.cloned().collect()
    }

    /// All that is stored, one value after the other.
    pub fn bytes(&self) -> Vec<u8> {
        let namespace = lock(&self.namespace);
        namespace.records.values().flatten().copied().collect()
    }
}

impl Drop for Kv {
    fn drop(&mut self) {
        self.servers.iter().for_each(JoinHandle::abort);
    }
}

type SharedAt = (Arc<Mutex<Namespace>>, Place);

async fn answer(State((namespace, place)): State<SharedAt>, method: Method, uri: Uri, body: Bytes) -> Response {
    let delay = {
        let mut namespace = lock(&namespace);
        namespace.counts.asked += 1;
        namespace.faults.delay
    };
    tokio::time::sleep(delay).await;
    let mut namespace = lock(&namespace);
    let Some(key) = key(&uri) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if namespace.faults.failing.is_some_and(|prefix| key.starts_with(prefix)) {
        namespace.counts.failed += 1;
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    match method {
        Method::GET if key.is_empty() => namespace.list(&uri),
        Method::GET => namespace.read(place, key),
        Method::PUT => namespace.write(place, key, &body),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

impl Namespace {
    fn read(&mut self, place: Place, key: String) -> Response {
        self.counts.reads += 1;
        if matches!(place, Place::KvSync) {
            *self.read_by_sync.entry(key.clone()).or_default() += 1;
        }
        let now = Instant::now();
        let read = &mut self.read[place as usize];
        let repeated = read
            .get(&key)
            .filter(|(at, _)| now - *at < self.faults.reads_repeated_for);
        let value = match repeated {
            Some((_, value)) => value.clone(),
            None => {
                let value = self.records.get(&key).cloned();
                read.insert(key, (now, value.clone()));
                value
            }
        };
        match value {
            Some(value) => value.into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn write(&mut self, place: Place, key: String, body: &Bytes) -> Response {
        let now = Instant::now();
        let before = self.written.get(&key).copied();
        if before.is_some_and(|(at, _)| now - at < self.faults.write_interval) {
            self.refused.push(key);
            return StatusCode::TOO_MANY_REQUESTS.into_response();
        }
        self.counts.writes += 1;
        let times = before.map_or(0, |(_, times)| times) + 1;
        self.written.insert(key.clone(), (now, times));
        self.read[place as usize].remove(&key);
        self.records.insert(key, body.to_vec());
        StatusCode::OK.into_response()
    }

    fn list(&self, uri: &Uri) -> Response {
        let query = uri.query().unwrap_or_default();
        let prefix = query.split('&').find_map(|pair| pair.strip_prefix("prefix="));
        let prefix = prefix.and_then(decoded).unwrap_or_default();
        let mut names: Vec<&String> = self.records.keys().filter(|key| key.starts_with(&prefix)).collect();
        names.sort();
        let keys: Vec<_> = names.iter().map(|name| serde_json::json!({ "name": name })).collect();
        let list = serde_json::json!({ "keys": keys, "list_complete": true });
        list.to_string().into_response()
    }
}

fn key(uri: &Uri) -> Option<String> {
    decoded(uri.path().strip_prefix('/')?)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let hex = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn lock(namespace: &Mutex<Namespace>) -> MutexGuard<'_, Namespace> {
    namespace.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Workers KV takes values of 25 MiB.
const VALUE_BYTES_MAX: usize = 25 * 1024 * 1024;
