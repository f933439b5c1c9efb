//! A region with nothing around it that ships: the gateway as native code, a map as its KV.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Result, ensure};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{DefaultBodyLimit, Request, State},
    response::Response,
};
use edge_worker::gateway::{self, Afterwards, Edge, Forms, PutKeys, Reply, Seen, Step, Visit};
use page_model::{Key, limits::PUT_BYTES_MAX, put};

use crate::clock::now_ms;

pub struct MemoryRegion {
    edge: Edge,
    records: Mutex<HashMap<Key, Bytes>>,
    alike: Option<Arc<Alike>>,
    visits: Visits,
}

/// What several regions of one process have alike lies in its memory once.
#[derive(Default)]
pub struct Alike(Mutex<HashMap<Key, Bytes>>);

impl Alike {
    fn kept(&self, key: &Key, bytes: Vec<u8>) -> Bytes {
        // Of each region another one.
        if *key == Key::Cursor {
            return bytes.into();
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(key) {
            Some(kept) if *kept == bytes => kept.clone(),
            _ => {
                let kept = Bytes::from(bytes);
                known.insert(key.clone(), kept.clone());
                kept
            }
        }
    }
}

/// What visits get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visits {
    Pages,
    /// An empty reply: the region only keeps what is put.
    Nothing,
}

impl MemoryRegion {
    pub fn new(region: &str, put_verify_key: &str, visits: Visits) -> Result<Self> {
        let put_keys = PutKeys::parse(put_verify_key);
        ensure!(!put_keys.0.is_empty(), "the put_verify_key is none");
        let edge = Edge {
            put_keys,
            region: region.to_owned(),
            forms: Forms::compressed,
            kv_lag_ms_max: 0,
            served_ms_max: 0,
            counts_puts: false,
            renderer: None,
        };
        Ok(Self {
            edge,
            records: Mutex::default(),
            alike: None,
            visits,
        })
    }

    #[must_use]
    pub fn beside(self, alike: &Arc<Alike>) -> Self {
        let alike = Some(Arc::clone(alike));
        Self { alike, ..self }
    }

    pub fn routes(self) -> Router {
        Router::new()
            .fallback(serve)
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::new(self))
    }

    fn drive(&self, mut step: Step) -> Option<(Reply, Option<Afterwards>)> {
        loop {
            let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
            step = match step {
                Step::Read(keys, next) | Step::ReadNow(keys, next) => {
                    let seen = keys
                        .iter()
                        .map(|key| records.get(key).cloned().map_or(Seen::Absent, Seen::Found));
                    let seen = seen.collect();
                    drop(records);
                    next.resume(seen)
                }
                Step::Write(writes, next) => {
                    let stored = vec![true; writes.len()];
                    records.extend(writes.into_iter().map(|(key, bytes)| match &self.alike {
                        Some(alike) => (key.clone(), alike.kept(&key, bytes)),
                        None => (key, bytes.into()),
                    }));
                    drop(records);
                    next.resume(stored)
                }
                // Nobody is let in here.
                Step::Forward(_, next) => next.resume(None),
                Step::Reply(reply, work) => return Some((reply, work)),
                Step::Done => return None,
            };
        }
    }
}

async fn serve(State(region): State<Arc<MemoryRegion>>, request: Request) -> Response {
    if region.visits == Visits::Nothing && request.uri().path() != put::PATH {
        return Response::default();
    }
    let (mut head, body) = request.into_parts();
    // Only a surrogate that stands before the gateway may say so, and here stands none.
    head.headers.remove("surrogate-capability");
    let body = to_bytes(body, PUT_BYTES_MAX + 1)
        .await
        .unwrap_or(Bytes::from(vec![0; PUT_BYTES_MAX + 1]));
    let visit = Visit {
        request: Request::from_parts(head, body),
        now_ms: now_ms(),
        client: None,
    };
    let Some((reply, afterwards)) = region.drive(gateway::open(&region.edge, visit)) else {
        return Response::default();
    };
    if let Some(line) = reply.log {
        eprintln!("{line}");
    }
    if let Some(work) = afterwards {
        tokio::task::spawn_blocking(move || region.drive(work.begin(&region.edge)));
    }
    reply.response.map(Body::from)
}
