//! Our own host: `wasm32-wasip2`. The host drives the steps, so this shell only carries them over.

use std::{cell::RefCell, net::IpAddr, sync::OnceLock};

use bytes::Bytes;
use edge_worker::{
    built,
    gateway::{self, AfterForward, AfterRead, AfterWrite, Afterwards, Edge, Forms, PutKeys, Visit},
};
use http::{Method, Request, StatusCode, Uri};
use page_address::header_block;
use page_model::{Key, limits::RECORD_HEAD_BYTES_MAX};

use component::exports::pharos::edge::steps::{
    Body, Entry, Forward, Guest, Heads, Part, Region, Reply, Seen, Step, Visit as Visited,
};

pub mod component {
    //! What wit-bindgen makes of `wit/edge.wit`.

    #![allow(
        unsafe_code,
        reason = "calls cross the border of a component as pointers and lengths"
    )]

    wit_bindgen::generate!({ world: "edge", path: "wit" });

    #[cfg(target_family = "wasm")]
    export!(Shell);
    #[cfg(target_family = "wasm")]
    use super::Shell;
}

pub struct Shell;

impl Guest for Shell {
    fn start(region: Region) {
        // A second word on it changes nothing.
        let _ = EDGE.set(edge_of(region.name, region.put_verify_key.as_deref()));
    }

    fn open(visit: Visited) -> Step {
        keep(Waiting::Nothing);
        go_on(gateway::open(edge(), read_visit(visit)), &[])
    }

    fn resume_read(records: Vec<Seen>) -> Step {
        let Waiting::Read(next) = take() else {
            return Step::Done;
        };
        let records: Vec<gateway::Seen> = records.into_iter().map(read_seen).collect();
        // Held until the reply is told: its body may be a part of one of them.
        let held: Vec<Bytes> = records.iter().map(bytes_of).collect();
        go_on(next.resume(records), &held)
    }

    fn resume_write(each: Vec<bool>) -> Step {
        match take() {
            Waiting::Write(next) => go_on(next.resume(each), &[]),
            _ => Step::Done,
        }
    }

    fn resume_forward(answer: Option<Vec<u8>>) -> Step {
        match take() {
            Waiting::Forward(next) => go_on(next.resume(answer.as_deref()), &[]),
            _ => Step::Done,
        }
    }

    fn afterwards() -> Step {
        match take() {
            Waiting::Work(work) => go_on(work.begin(edge()), &[]),
            _ => Step::Done,
        }
    }
}

/// What the next call goes on with.
enum Waiting {
    Nothing,
    Read(AfterRead),
    Write(AfterWrite),
    Forward(AfterForward),
    Work(Afterwards),
}

/// The step as it is told to the host; what waits for its outcome stays here.
fn go_on(step: gateway::Step, held: &[Bytes]) -> Step {
    match step {
        gateway::Step::Read(keys, next) => {
            keep(Waiting::Read(next));
            Step::Read(names(keys))
        }
        gateway::Step::ReadNow(keys, next) => {
            keep(Waiting::Read(next));
            Step::ReadNow(Heads {
                keys: names(keys),
                bytes_max: u32::try_from(RECORD_HEAD_BYTES_MAX).unwrap_or(u32::MAX),
            })
        }
        gateway::Step::Write(records, next) => {
            keep(Waiting::Write(next));
            let entry = |(key, value): (Key, Vec<u8>)| Entry {
                key: key.to_string(),
                value,
            };
            Step::Write(records.into_iter().map(entry).collect())
        }
        gateway::Step::Forward(forward, next) => {
            keep(Waiting::Forward(next));
            Step::Forward(Forward {
                question: forward.question,
                wait_ms_max: forward.wait_ms_max,
            })
        }
        gateway::Step::Reply(reply, work) => {
            let reply = write_reply(reply, work.is_some(), held);
            keep(work.map_or(Waiting::Nothing, Waiting::Work));
            Step::Reply(reply)
        }
        gateway::Step::Done => Step::Done,
    }
}

fn names(keys: Vec<Key>) -> Vec<String> {
    keys.iter().map(Key::to_string).collect()
}

fn read_visit(visited: Visited) -> Visit {
    let mut request = Request::new(Bytes::from(visited.body));
    // What is no URI for the `http` crate is no page either.
    *request.uri_mut() = Uri::try_from(visited.uri).unwrap_or(Uri::from_static("*"));
    *request.method_mut() = Method::from_bytes(visited.method.as_bytes()).unwrap_or(Method::OPTIONS);
    *request.headers_mut() = header_block::read(visited.headers.into());
    Visit {
        request,
        now_ms: visited.now_ms,
        client: visited.client.and_then(|client| client.parse::<IpAddr>().ok()),
    }
}

fn read_seen(seen: Seen) -> gateway::Seen {
    match seen {
        Seen::Found(bytes) => gateway::Seen::Found(bytes.into()),
        Seen::Absent => gateway::Seen::Absent,
        Seen::Failed => gateway::Seen::Failed,
    }
}

fn bytes_of(seen: &gateway::Seen) -> Bytes {
    match seen {
        gateway::Seen::Found(bytes) => bytes.clone(),
        gateway::Seen::Absent | gateway::Seen::Failed => Bytes::new(),
    }
}

fn write_reply(reply: gateway::Reply, has_work: bool, held: &[Bytes]) -> Reply {
    let (head, body) = reply.response.into_parts();
    Reply {
        status: StatusCode::as_u16(&head.status),
        headers: header_block::write(&head.headers),
        body: part_of(&body, held).map_or_else(|| Body::Bytes(body.into()), Body::Part),
        log: reply.log,
        has_work,
    }
}

/// Where the body lies in what was seen last, if it was cut out of it. What is held is not freed, so nothing else can lie
/// there.
fn part_of(body: &Bytes, held: &[Bytes]) -> Option<Part> {
    let at = body.as_ptr().addr();
    let holds = |record: &Bytes| {
        let start = record.as_ptr().addr();
        start <= at && at + body.len() <= start + record.len()
    };
    let index = held.iter().position(|record| !body.is_empty() && holds(record))?;
    Some(Part {
        index: u32::try_from(index).ok()?,
        offset: u32::try_from(at - held[index].as_ptr().addr()).ok()?,
        length: u32::try_from(body.len()).ok()?,
    })
}

fn keep(waiting: Waiting) {
    WAITING.with_borrow_mut(|cell| *cell = waiting);
}

fn take() -> Waiting {
    WAITING.with_borrow_mut(|cell| std::mem::replace(cell, Waiting::Nothing))
}

/// A host that told nothing has a region without a name, which takes no put.
fn edge() -> &'static Edge {
    EDGE.get_or_init(|| edge_of(String::new(), None))
}

fn edge_of(region: String, put_verify_key: Option<&str>) -> Edge {
    Edge {
        region,
        put_keys: put_verify_key.map_or_else(PutKeys::default, PutKeys::parse),
        forms: Forms::compressed,
        kv_lag_ms_max: 0,
        served_ms_max: 0,
        counts_puts: true,
        renderer: built::RENDERER,
    }
}

static EDGE: OnceLock<Edge> = OnceLock::new();

thread_local! {
    static WAITING: RefCell<Waiting> = const { RefCell::new(Waiting::Nothing) };
}
