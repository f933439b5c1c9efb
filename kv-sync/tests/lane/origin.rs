//! An origin that says what a test wants, and remembers what it was asked.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use page_model::{Key, Record, body};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::json;
use tokio::sync::watch;

use crate::system::{TOKEN, serve};

#[derive(Clone)]
pub struct Origin {
    pub addr: SocketAddr,
    script: Arc<Mutex<Script>>,
    head: watch::Sender<u64>,
}

#[derive(Default)]
struct Script {
    /// Pages with their last change and all their records.
    pages: BTreeMap<String, (u64, Vec<Record>)>,
    /// Answers every request so, as long as it is there.
    refusal: Option<StatusCode>,
    asked: Asked,
}

/// What kv-sync has asked, in order.
#[derive(Debug, Default, Clone)]
pub struct Asked {
    /// From which change on the feed was read.
    pub feed_after: Vec<u64>,
    /// Pages whose records were fetched, and from which change on.
    pub records_after: Vec<(String, u64)>,
    pub delivered: Vec<Delivered>,
    /// Requests that were refused.
    pub refused: u64,
    pub tokens: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Delivered {
    pub region: String,
    pub page: String,
    pub seq: u64,
    pub served_ms: u64,
}

impl Origin {
    pub async fn start() -> Self {
        let (script, head) = (Arc::<Mutex<Script>>::default(), watch::channel(0).0);
        let routes = Router::new()
            .route("/sync/feed", get(feed))
            .route("/sync/pages/{page}/records", get(records))
            .route("/sync/delivered", post(delivered))
            .with_state((script.clone(), head.clone()));
        let addr = serve(routes).await;
        Self { addr, script, head }
    }

    /// The page has these records since this change.
    pub fn change(&self, page: &str, seq: u64, records: Vec<Record>) {
        lock(&self.script).pages.insert(page.to_owned(), (seq, records));
        self.head.send_modify(|head| *head = (*head).max(seq));
    }

    /// Refuses everything from now on, or nothing.
    pub fn refuse(&self, status: Option<StatusCode>) {
        lock(&self.script).refusal = status;
    }

    pub fn asked(&self) -> Asked {
        lock(&self.script).asked.clone()
    }

    pub fn forget_what_was_asked(&self) {
        lock(&self.script).asked = Asked::default();
    }
}

type Scripted = State<(Arc<Mutex<Script>>, watch::Sender<u64>)>;

#[derive(Deserialize)]
struct FeedQuery {
    after: u64,
    wait_ms: u64,
}

async fn feed(State((script, head)): Scripted, Query(query): Query<FeedQuery>, headers: HeaderMap) -> Response {
    let mut changed = head.subscribe();
    {
        let mut script = lock(&script);
        script.asked.feed_after.push(query.after);
        let token = headers.get("authorization").and_then(|value| value.to_str().ok());
        script.asked.tokens.push(token.unwrap_or_default().to_owned());
        if let Some(refusal) = script.refuses() {
            return refusal.into_response();
        }
    }
    let wait = changed.wait_for(|head| *head > query.after);
    drop(tokio::time::timeout(Duration::from_millis(query.wait_ms), wait).await);
    let mut script = lock(&script);
    if let Some(refusal) = script.refuses() {
        return refusal.into_response();
    }
    let after = script.pages.iter().filter(|(_, (seq, _))| *seq > query.after);
    let mut changes: Vec<_> = after.map(|(page, (seq, _))| (*seq, page)).collect();
    changes.sort();
    let changes: Vec<_> = changes
        .iter()
        .map(|(seq, page)| json!({ "page": page, "seq": seq }))
        .collect();
    let feed = json!({
        "head": *head.borrow(),
        "complete": true,
        "database": "d4tabase0001",
        "first_seq": 1,
        "changes": changes,
    });
    Json(feed).into_response()
}

#[derive(Deserialize)]
struct RecordsQuery {
    after: u64,
}

#[derive(Serialize)]
struct PageRecords {
    seq: u64,
    records: Vec<ByteBuf>,
}

async fn records(
    State((script, _)): Scripted,
    Path(page): Path<String>,
    Query(query): Query<RecordsQuery>,
) -> Response {
    let mut script = lock(&script);
    script.asked.records_after.push((page.clone(), query.after));
    if let Some(refusal) = script.refuses() {
        return refusal.into_response();
    }
    let Some((seq, records)) = script.pages.get(&page) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // As the origin: archives that did not change are left out.
    let is_news = |record: &&Record| !matches!(record.key, Key::Archive(..)) || record.version > query.after;
    let records = records.iter().filter(is_news);
    let records = records.map(|record| ByteBuf::from(record.to_bytes())).collect();
    body::encode(&PageRecords { seq: *seq, records }).into_response()
}

#[derive(Deserialize)]
struct Report {
    region: String,
    delivered: Vec<DeliveredPage>,
}

#[derive(Deserialize)]
struct DeliveredPage {
    page: String,
    seq: u64,
    #[serde(default)]
    served_ms: u64,
}

async fn delivered(State((script, _)): Scripted, Json(report): Json<Report>) -> Response {
    let mut script = lock(&script);
    if let Some(refusal) = script.refuses() {
        return refusal.into_response();
    }
    let delivered = report
        .delivered
        .into_iter()
        .map(|DeliveredPage { page, seq, served_ms }| Delivered {
            region: report.region.clone(),
            page,
            seq,
            served_ms,
        });
    script.asked.delivered.extend(delivered);
    Json(json!({})).into_response()
}

impl Script {
    fn refuses(&mut self) -> Option<StatusCode> {
        self.asked.refused += u64::from(self.refusal.is_some());
        self.refusal
    }
}

impl Asked {
    /// Whether every feed request carried the token.
    pub fn had_the_token(&self) -> bool {
        self.tokens.iter().all(|token| *token == format!("Bearer {TOKEN}"))
    }
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}
