//! The core with nothing around it that ships: the gateway as native code, a map as its KV, a listener.
//!
//! What a journey shows here is the gateway's own doing; what it shows elsewhere and not here is a shell's or a host's.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{DefaultBodyLimit, Request, State},
    response::Response,
};
use clap::Parser;
use edge_worker::gateway::{self, Afterwards, Edge, Forms, PutKey, Reply, Seen, Step, Visit};
use page_model::{Key, limits::PUT_BYTES_MAX};
use tests::clock::now_ms;
use tokio::net::TcpListener;

#[derive(Parser)]
struct Args {
    #[arg(long)]
    region: String,
    #[arg(long)]
    put_verify_key: String,
    #[arg(long)]
    listen: SocketAddr,
}

struct Region {
    edge: Edge,
    records: Mutex<HashMap<Key, Bytes>>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let edge = Edge {
        put_key: Some(PutKey::parse(&args.put_verify_key).context("the put_verify_key is none")?),
        region: args.region,
        forms: Forms::compressed,
        kv_lag_ms_max: 0,
        renderer: None,
    };
    let records = Mutex::default();
    let routes = Router::new()
        .fallback(serve)
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(Region { edge, records }));
    axum::serve(TcpListener::bind(args.listen).await?, routes).await?;
    Ok(())
}

async fn serve(State(region): State<Arc<Region>>, request: Request) -> Response {
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

impl Region {
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
                    records.extend(writes.into_iter().map(|(key, bytes)| (key, bytes.into())));
                    drop(records);
                    next.resume(stored)
                }
                Step::Reply(reply, work) => return Some((reply, work)),
                Step::Done => return None,
            };
        }
    }
}
