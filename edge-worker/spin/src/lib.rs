//! Spin, and every host that runs Spin components: `wasm32-wasip2`.

#![cfg(target_os = "wasi")]
#![expect(clippy::disallowed_methods, reason = "the shell is where the clock is read")]

mod ask;
mod client;

use std::{cell::OnceCell, future::poll_fn, rc::Rc, task::Poll, time::SystemTime};

use bytes::Bytes;
use edge_worker::{
    built,
    gateway::{self, Afterwards, Edge, Forms, Forward, PutKeys, Seen, Step, Visit},
};
use http_body_util::{BodyExt, Full};
use page_model::Key;
use spin_sdk::{
    http::{FromRequest, Request},
    key_value::Store,
    variables,
    wasip3::{
        exports::http::handler::Guest,
        http::types::{self, ErrorCode},
        http_compat::{BodyWriter, IncomingBody},
        wit_bindgen::spawn,
    },
};

use ask::Asker;

struct Shell;

spin_sdk::wasip3::http::service::export!(Shell);

impl Guest for Shell {
    async fn handle(request: types::Request) -> Result<types::Response, ErrorCode> {
        let edge = edge().await;
        let visit = visit(&edge, Request::from_request(request)?).await;
        let (response, afterwards) = drive(gateway::open(&edge, visit)).await;
        send(response, afterwards, edge).await
    }
}

async fn visit(edge: &Edge, request: Request) -> Visit {
    let now_ms = now_ms();
    let bytes_max = gateway::body_bytes_max(edge, &request, now_ms);
    let (mut head, body) = request.into_parts();
    let client = client::of(&head.headers).await;
    client::forget_hosts_words(&mut head);
    // Asking for the body of a GET costs a round to the host, and there is nothing to be had.
    let bytes = match bytes_max {
        0 => Bytes::new(),
        bytes_max => collect(body, bytes_max).await,
    };
    Visit {
        client,
        request: http::Request::from_parts(head, bytes),
        now_ms,
    }
}

/// A body as far as the gateway could want it: one byte over the limit tells it enough.
async fn collect(mut body: IncomingBody<types::Request>, bytes_max: usize) -> Bytes {
    let mut bytes = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        bytes.extend_from_slice(&frame.into_data().unwrap_or_default());
        if bytes.len() > bytes_max {
            break;
        }
    }
    bytes.into()
}

/// The body is offered before the head is returned, so that the host has both at once and a lone visitor gets one packet.
/// The work afterwards begins once the body is taken: compressing keeps the guest busy, and a visitor waits.
async fn send(
    response: http::Response<Bytes>,
    afterwards: Option<Afterwards>,
    edge: Rc<Edge>,
) -> Result<types::Response, ErrorCode> {
    let (head, body) = response.into_parts();
    let internal = |_| ErrorCode::InternalError(None);
    let headers = types::Fields::try_from(head.headers).map_err(internal)?;
    let (writer, stream, trailers) = BodyWriter::new();
    let (response, _sent) = types::Response::new(headers, Some(stream), trailers);
    let _ = response.set_status_code(head.status.as_u16());
    let mut sending = Box::pin(async move {
        let _ = writer.send_http_body(&mut Full::new(body)).await;
        if let Some(work) = afterwards {
            drive(work.begin(&edge)).await;
        }
    });
    let offered = poll_fn(|context| Poll::Ready(sending.as_mut().poll(context))).await;
    if offered.is_pending() {
        spawn(sending);
    }
    Ok(response)
}

/// Does what each step says until there is a reply or nothing more to do.
async fn drive(mut step: Step) -> (http::Response<Bytes>, Option<Afterwards>) {
    loop {
        step = match step {
            Step::Read(keys, next) => next.resume(read(keys, |seen| seen).await),
            Step::ReadNow(keys, next) => next.resume(read(keys, Seen::beginning).await),
            Step::Write(records, next) => next.resume(write(records).await),
            Step::Forward(forward, next) => next.resume(ask(forward).await.as_deref()),
            Step::Reply(reply, work) => {
                if let Some(line) = reply.log {
                    eprintln!("{line}");
                }
                return (reply.response, work);
            }
            Step::Done => return (http::Response::default(), None),
        };
    }
}

/// `keeps` is what is held of each until all of them are read.
async fn read(keys: Vec<Key>, keeps: fn(Seen) -> Seen) -> Vec<Seen> {
    let mut seen = Vec::with_capacity(keys.len());
    for key in keys {
        seen.push(keeps(read_one(key).await));
    }
    seen
}

async fn read_one(key: Key) -> Seen {
    let Some(store) = store().await else {
        return Seen::Failed;
    };
    match store.get(key.to_string()).await {
        Ok(Some(bytes)) => Seen::Found(bytes.into()),
        Ok(None) => Seen::Absent,
        Err(_) => Seen::Failed,
    }
}

async fn write(records: Vec<(Key, Vec<u8>)>) -> Vec<bool> {
    let mut stored = Vec::with_capacity(records.len());
    for (key, bytes) in records {
        stored.push(match store().await {
            Some(store) => store.set(key.to_string(), bytes).await.is_ok(),
            None => false,
        });
    }
    stored
}

/// Of a region that may ask; the others have no answer.
async fn ask(forward: Forward) -> Option<Bytes> {
    let region = edge().await.region.clone();
    let asker = Asker::of_variables(&region).await?;
    asker.ask(forward, now_ms()).await
}

/// One handle to the default store for as long as the instance lives.
async fn store() -> Option<Rc<Store>> {
    if let Some(store) = STORE.with(|store| store.get().cloned()) {
        return Some(store);
    }
    let store = Rc::new(Store::open_default().await.ok()?);
    Some(STORE.with(|cell| cell.get_or_init(|| store).clone()))
}

/// The region's variables, read once for as long as the instance lives.
async fn edge() -> Rc<Edge> {
    if let Some(edge) = EDGE.with(|edge| edge.get().cloned()) {
        return edge;
    }
    let edge = Rc::new(Edge {
        region: variables::get("region").await.unwrap_or_default(),
        put_keys: PutKeys::parse(&variables::get("put_verify_key").await.unwrap_or_default()),
        forms: Forms::compressed,
        kv_lag_ms_max: 0,
        served_ms_max: 0,
        counts_puts: false,
        renderer: built::RENDERER,
    });
    EDGE.with(|cell| cell.get_or_init(|| edge).clone())
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

thread_local! {
    static STORE: OnceCell<Rc<Store>> = const { OnceCell::new() };
    static EDGE: OnceCell<Rc<Edge>> = const { OnceCell::new() };
}
