//! The steps as a host drives them, against the gateway itself.

#![allow(clippy::panic, reason = "a test may panic")]

#[path = "../../tests/region/mod.rs"]
mod region;

use bytes::Bytes;
use edge_steps::{
    Shell,
    component::exports::pharos::edge::steps::{Body, Guest, Heads, Reply, Seen, Step, Visit},
};
use edge_worker::{built, gateway};
use http::{Request, Response};
use page_address::header_block;
use page_model::Key;
use region::{NOW_MS, Region};

#[test]
fn every_address_gets_the_reply_of_the_gateway() {
    let region = region();
    for path in
        gateway::addresses().map(|pattern| pattern.replace("{id}", "incident0008").replace("{month}", "2026-11"))
    {
        for encoding in ["br", "gzip", "identity"] {
            let (reply, body, _) = visit(&region, "GET", &path, encoding);
            let expected = expected(&region, &path, encoding);
            assert_eq!(reply.status, expected.status().as_u16(), "{path}");
            assert_eq!(
                header_block::read(reply.headers.clone().into()),
                *expected.headers(),
                "{path}"
            );
            assert_eq!(body, *expected.body(), "{path} in {encoding}");
        }
    }
}

#[test]
fn finished_page_is_named_and_not_carried() {
    let region = region();
    for encoding in ["br", "gzip"] {
        let (reply, body, _) = visit(&region, "GET", "/", encoding);
        assert!(matches!(reply.body, Body::Part(_)), "{encoding}");
        assert!(!reply.has_work && !body.is_empty());
    }
    let (reply, body, _) = visit(&region, "GET", "/", "identity");
    assert!(matches!(reply.body, Body::Bytes(_)));
    assert!(String::from_utf8_lossy(&body).contains("</html>"));
}

#[test]
fn work_afterwards_stores_the_finished_page() {
    let region = Region::with(&["site", "snapshot", "cursor"].map(str::to_owned));
    let (reply, _, _) = visit(&region, "GET", "/", "br");
    assert!(reply.has_work);
    let Step::Write(entries) = Shell::afterwards() else {
        panic!("nothing is stored");
    };
    assert!(entries[0].key.starts_with("html/"), "{}", entries[0].key);
    assert!(matches!(Shell::resume_write(vec![true]), Step::Done));
}

#[test]
fn next_visit_gives_up_what_is_left_of_the_last() {
    let region = Region::with(&["site", "snapshot", "cursor"].map(str::to_owned));
    assert!(visit(&region, "GET", "/", "br").0.has_work);
    assert_eq!(visit(&region, "GET", "/nothing", "br").0.status, 404);
    assert!(matches!(Shell::afterwards(), Step::Done));
    assert!(matches!(Shell::resume_read(Vec::new()), Step::Done));
    assert!(matches!(Shell::resume_write(Vec::new()), Step::Done));
}

#[test]
fn put_without_a_key_is_refused() {
    let (reply, body, reads) = visit(&region(), "POST", "/.pharos/put", "br");
    assert_eq!((reply.status, reads), (403, 0));
    assert!(String::from_utf8_lossy(&body).contains("no put_verify_key"));
    assert!(reply.log.is_some_and(|line| line.contains("from 127.0.0.1 refused")));
}

fn region() -> Region {
    Region::with(&["site", "snapshot", "cursor", "archive", "permalinks", "html"].map(str::to_owned))
}

/// Drives a visit as a host would; answers the reply, its body and how often something was read.
fn visit(region: &Region, method: &str, path: &str, encoding: &str) -> (Reply, Vec<u8>, usize) {
    let mut step = Shell::open(Visit {
        method: method.to_owned(),
        uri: format!("http://status.acme.example{path}"),
        headers: format!("accept-encoding:{encoding}\n").into_bytes(),
        body: Vec::new(),
        now_ms: NOW_MS,
        client: Some("127.0.0.1".to_owned()),
    });
    let (mut held, mut reads) = (Vec::new(), 0);
    loop {
        step = match step {
            Step::ReadNow(Heads { keys, bytes_max }) => {
                reads += 1;
                let read = |key: &String| region.read(&Key::parse(key).expect("a key"));
                let head = |mut bytes: Vec<u8>| {
                    bytes.truncate(bytes_max as usize);
                    Seen::Found(bytes)
                };
                Shell::resume_read(keys.iter().map(|key| read(key).map_or(Seen::Absent, head)).collect())
            }
            Step::Read(keys) => {
                let read = |key: &String| region.read(&Key::parse(key).expect("a key"));
                held = keys.iter().map(read).collect();
                reads += 1;
                let seen = held
                    .iter()
                    .cloned()
                    .map(|bytes| bytes.map_or(Seen::Absent, Seen::Found));
                Shell::resume_read(seen.collect())
            }
            Step::Write(entries) => Shell::resume_write(vec![true; entries.len()]),
            Step::Forward(_) => Shell::resume_forward(None),
            Step::Reply(reply) => {
                let body = match &reply.body {
                    Body::Bytes(bytes) => bytes.clone(),
                    Body::Part(part) => {
                        let record = held[part.index as usize].as_ref().expect("a record that was found");
                        record[part.offset as usize..][..part.length as usize].to_vec()
                    }
                };
                return (reply, body, reads);
            }
            Step::Done => panic!("{method} {path} got no reply"),
        };
    }
}

fn expected(region: &Region, path: &str, encoding: &str) -> Response<Bytes> {
    let request = Request::get(format!("http://status.acme.example{path}")).header("accept-encoding", encoding);
    let edge = gateway::Edge {
        renderer: built::RENDERER,
        ..region.edge()
    };
    region.answer_from(&edge, request.body(Bytes::new()).expect("a request"), &mut |_| {})
}
