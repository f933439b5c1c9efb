//! A region that keeps what it is put as an edge does, fails when a test wants it, and remembers every put.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use page_model::{
    Record, body,
    put::{self, Batch, Cursor, Expects, Outcome, Receipt},
    record::FORMAT,
};

use crate::system::{PUT_KEY, now_ms, serve};

#[derive(Clone)]
pub struct Region {
    pub name: String,
    pub addr: SocketAddr,
    state: Arc<Mutex<Stored>>,
}

#[derive(Default)]
struct Stored {
    name: String,
    records: BTreeMap<String, Record>,
    cursor: Option<Cursor>,
    wiped: Option<Cursor>,
    /// Does as the edges of before expectations and lineages did.
    is_older: bool,
    faults: VecDeque<Fault>,
    /// Answers every put so, as long as it is there.
    refusal: Option<StatusCode>,
    kv_lag_ms_max: u64,
    served_ms_max: u64,
    puts: Vec<Put>,
    looks: u64,
    visits: Vec<String>,
}

/// What the next put with records meets.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing: it is stored.
    None,
    /// Nothing is stored, and this is the answer.
    Answers(StatusCode),
    /// Records whose keys begin so are not stored.
    Loses(&'static str),
    /// This cursor is not stored, all else is.
    CursorFails(u64),
}

/// One put.
#[derive(Debug, Clone)]
pub struct Put {
    pub began: Instant,
    pub ended: Instant,
    /// Key and version of each record, in the order in which they came.
    pub records: Vec<(String, u64)>,
    pub cursor: Option<u64>,
    pub status: StatusCode,
}

impl Region {
    pub async fn start(name: &str) -> Self {
        let state = Arc::new(Mutex::new(Stored {
            name: name.to_owned(),
            ..Stored::default()
        }));
        let routes = Router::new()
            .route(put::PATH, post(take))
            .route("/", get(visit))
            .with_state(state.clone());
        Self {
            name: name.to_owned(),
            addr: serve(routes).await,
            state,
        }
    }

    /// The next puts with records meet these, one each.
    pub fn meet(&self, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.state).faults.extend(faults);
    }

    /// Refuses every put from now on, or none.
    pub fn refuse(&self, status: Option<StatusCode>) {
        lock(&self.state).refusal = status;
    }

    pub fn set_kv_lag(&self, ms: u64) {
        lock(&self.state).kv_lag_ms_max = ms;
    }

    /// Visitors are served for so long what was there before.
    pub fn set_served(&self, ms: u64) {
        lock(&self.state).served_ms_max = ms;
    }

    /// Everything that is stored is gone, its memory of puts stays.
    pub fn wipe(&self) {
        let mut stored = lock(&self.state);
        stored.records.clear();
        stored.wiped = stored.cursor.take();
    }

    pub fn store(&self, record: Record) {
        lock(&self.state).records.insert(record.key.to_string(), record);
    }

    pub fn set_cursor(&self, seq: u64) {
        let mut stored = lock(&self.state);
        let before = stored.cursor.take().or_else(|| stored.wiped.take());
        stored.cursor = Some(Cursor {
            seq,
            at_ms: now_ms(),
            ..before.unwrap_or_default()
        });
    }

    pub fn be_older(&self, is_older: bool) {
        lock(&self.state).is_older = is_older;
    }

    pub fn whole_cursor(&self) -> Option<Cursor> {
        lock(&self.state).cursor.clone()
    }

    pub fn cursor(&self) -> Option<u64> {
        self.whole_cursor().map(|cursor| cursor.seq)
    }

    pub fn versions(&self) -> BTreeMap<String, u64> {
        let stored = lock(&self.state);
        let versions = stored.records.iter();
        versions.map(|(key, record)| (key.clone(), record.version)).collect()
    }

    /// Puts that had records, those that failed too.
    pub fn puts(&self) -> Vec<Put> {
        let puts = self.all_puts().into_iter();
        puts.filter(|put| !put.records.is_empty()).collect()
    }

    /// Puts of a cursor alone too.
    pub fn all_puts(&self) -> Vec<Put> {
        lock(&self.state).puts.clone()
    }

    /// Keys and versions of all puts that were answered with a receipt, in order.
    pub fn received(&self) -> Vec<(String, u64)> {
        let accepted = self.puts().into_iter().filter(|put| put.status == StatusCode::OK);
        accepted.flat_map(|put| put.records).collect()
    }

    pub fn forget_puts(&self) {
        lock(&self.state).puts.clear();
    }

    /// How often it was asked for its cursor alone.
    pub fn looks(&self) -> u64 {
        lock(&self.state).looks
    }

    /// Hosts that were asked for as a visitor would.
    pub fn visits(&self) -> Vec<String> {
        lock(&self.state).visits.clone()
    }
}

async fn take(State(state): State<Arc<Mutex<Stored>>>, headers: HeaderMap, bytes: Bytes) -> Response {
    let mut stored = lock(&state);
    let began = Instant::now();
    if !is_signed(&stored.name, &headers, &bytes) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let batch: Batch = body::decode(&bytes).expect("a batch");
    let records: Vec<Record> = batch
        .records
        .iter()
        .map(|bytes| Record::from_bytes(bytes).expect("a record"))
        .collect();
    if records.is_empty() && batch.cursor.is_none() {
        stored.looks += 1;
    }
    let names = records
        .iter()
        .map(|record| (record.key.to_string(), record.version))
        .collect();
    let seq = batch.cursor.as_ref().map(|cursor| cursor.seq);
    let (status, answer) = stored.answer(records, batch);
    stored.puts.push(Put {
        began,
        ended: Instant::now(),
        records: names,
        cursor: seq,
        status,
    });
    (status, answer).into_response()
}

impl Stored {
    fn answer(&mut self, records: Vec<Record>, batch: Batch) -> (StatusCode, Vec<u8>) {
        if let Some(status) = self.refusal {
            return (status, b"not now".to_vec());
        }
        let seq = batch.cursor.as_ref().map(|cursor| cursor.seq);
        let fault = self.faults.pop_front_if(|fault| match fault {
            Fault::CursorFails(failing) => seq == Some(*failing),
            Fault::None | Fault::Answers(_) | Fault::Loses(_) => !records.is_empty(),
        });
        if let Some(Fault::Answers(status)) = fault {
            return (status, b"not now".to_vec());
        }
        let before = self.cursor.clone();
        let expects = batch.expects.filter(|_| !self.is_older).unwrap_or(Expects {
            or_nothing: true,
            ..Expects::default()
        });
        let format = (!self.is_older).then_some(FORMAT);
        let is_asked = batch.cursor.is_none() && records.is_empty();
        if !self.is_older && !is_asked && !expects.holds(before.as_ref()) {
            let receipt = Receipt {
                cursor: before,
                outcomes: vec![Outcome::Failed; records.len()],
                unexpected: true,
                format,
                ..Receipt::default()
            };
            return (StatusCode::OK, body::encode(&receipt));
        }
        let loses = |key: &str| matches!(&fault, Some(Fault::Loses(prefix)) if key.starts_with(prefix));
        let outcomes: Vec<Outcome> = records
            .into_iter()
            .map(|record| {
                let key = record.key.to_string();
                if loses(&key) {
                    return Outcome::Failed;
                }
                if let Some(kept) = self.records.get(&key).filter(|kept| kept.version >= record.version) {
                    return Outcome::Kept { version: kept.version };
                }
                self.records.insert(key, record);
                Outcome::Stored
            })
            .collect();
        let cursor = batch.cursor.map(|cursor| match self.is_older {
            true => Cursor {
                seq: cursor.seq,
                at_ms: cursor.at_ms,
                ..Cursor::default()
            },
            false => cursor,
        });
        let cursor = cursor.filter(|cursor| self.is_older || expects.exactly || cursor.follows(before.as_ref()));
        let cursor_failed = cursor.is_some() && matches!(fault, Some(Fault::CursorFails(_)));
        if let Some(cursor) = cursor.filter(|_| !cursor_failed && !outcomes.contains(&Outcome::Failed)) {
            self.cursor = Some(cursor);
        }
        let receipt = Receipt {
            cursor: before,
            outcomes,
            cursor_failed,
            kv_lag_ms_max: self.kv_lag_ms_max,
            served_ms_max: self.served_ms_max,
            format,
            ..Receipt::default()
        };
        (StatusCode::OK, body::encode(&receipt))
    }
}

async fn visit(State(state): State<Arc<Mutex<Stored>>>, headers: HeaderMap) -> &'static str {
    let host = headers.get("host").and_then(|value| value.to_str().ok());
    lock(&state).visits.push(host.unwrap_or_default().to_owned());
    "a page"
}

fn is_signed(region: &str, headers: &HeaderMap, bytes: &[u8]) -> bool {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let Ok(time_ms) = text(put::HEADER_TIME).parse() else {
        return false;
    };
    let signature = URL_SAFE_NO_PAD.decode(text(put::HEADER_SIGNATURE)).unwrap_or_default();
    let Ok(signature) = <[u8; 64]>::try_from(signature) else {
        return false;
    };
    let key = SigningKey::from_bytes(&PUT_KEY).verifying_key();
    let named = text(put::HEADER_REGION);
    put::verify(&[key], region, now_ms(), named, time_ms, &signature, bytes).is_ok()
}

fn lock(state: &Mutex<Stored>) -> MutexGuard<'_, Stored> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
