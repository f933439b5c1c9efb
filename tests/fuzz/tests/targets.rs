//! Each target takes any bytes. The suite replays the committed corpus and some hundred random inputs; `cargo xtask fuzz TARGET`
//! looks for new ones by coverage.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

#[path = "../../../edge-worker/tests/region/mod.rs"]
mod region;

use std::cell::RefCell;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bolero::check;
use bytes::Bytes;
use ed25519_dalek::SigningKey;
use edge_worker::gateway::{self, Edge, PutKeys, Seen, Step, Visit};
use http::{Method, Request, StatusCode, Uri};
use origin_content::{css, markdown, svg};
use page_address::Address;
use page_model::{
    Archive, Permalinks, Record, Site, Snapshot, body,
    put::{self, Batch, Cursor},
};
use region::{NOW_MS, Region};

/// A line with the method and the target, then lines of headers, then an empty line and the body.
fn request(bytes: &[u8]) -> Option<Request<Bytes>> {
    let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.lines();
    let (method, target) = lines.next()?.split_once(' ')?;
    let mut request = Request::builder().method(method);
    request = request.uri(format!("http://status.acme.example{target}"));
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        request = request.header(name, value);
    }
    request
        .body(Bytes::copy_from_slice(bytes.get(end + 2..).unwrap_or_default()))
        .ok()
}

/// All that the gateway does, against what the region has; nobody answers for visitors.
fn drive(region: &mut Region, edge: &Edge, request: Request<Bytes>) -> http::Response<Bytes> {
    let visit = Visit {
        request,
        now_ms: NOW_MS,
        client: None,
    };
    let mut step = gateway::open(edge, visit);
    let mut kept = None;
    for _ in 0..32 {
        step = match step {
            Step::Read(keys, next) | Step::ReadNow(keys, next) => {
                let read = |key| region.read(key).map_or(Seen::Absent, |bytes| Seen::Found(bytes.into()));
                next.resume(keys.iter().map(read).collect())
            }
            Step::Write(records, next) => {
                let count = records.len();
                region.write(records.into_iter());
                next.resume(vec![true; count])
            }
            Step::Forward(_, next) => next.resume(None),
            Step::Reply(reply, None) => return kept.unwrap_or(reply.response),
            Step::Reply(reply, Some(work)) => {
                kept = Some(reply.response);
                work.begin(edge)
            }
            Step::Done => return kept.unwrap(),
        };
    }
    panic!("it asks without end");
}

fn good_region() -> Region {
    Region::with(&["site", "snapshot", "html", "archive", "permalinks", "asset", "cursor"].map(str::to_owned))
}

thread_local! {
    static GOOD: RefCell<Region> = RefCell::new(good_region());
}

#[test]
fn visits() {
    check!()
        .with_iterations(500)
        .with_max_len(2_048)
        .for_each(|bytes: &[u8]| {
            let Some(request) = request(bytes) else {
                return;
            };
            GOOD.with_borrow_mut(|region| {
                let edge = region.edge();
                let response = drive(region, &edge, request);
                assert!(response.status().as_u16() < 500, "{}", response.status());
                assert!(response.headers().contains_key("cache-control"));
            });
        });
}

/// A body that somebody has signed who may.
#[test]
fn puts() {
    let key = SigningKey::from_bytes(&[9; 32]);
    let verify_key = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    check!()
        .with_iterations(500)
        .with_max_len(4_096)
        .for_each(|bytes: &[u8]| {
            let mut region = Region::with(&[]);
            let edge = Edge {
                put_keys: PutKeys::parse(&verify_key),
                ..region.edge()
            };
            let signature = URL_SAFE_NO_PAD.encode(put::sign(&key, &edge.region, NOW_MS, bytes));
            let request = Request::post(format!("http://status.acme.example{}", put::PATH))
                .header(put::HEADER_REGION, &edge.region)
                .header(put::HEADER_TIME, NOW_MS)
                .header(put::HEADER_DIGEST, put::digest(bytes))
                .header(put::HEADER_SIGNATURE, signature);
            let request = request.body(Bytes::copy_from_slice(bytes)).unwrap();
            assert_eq!(
                gateway::body_bytes_max(&edge, &request, NOW_MS),
                page_model::limits::PUT_BYTES_MAX
            );
            let status = drive(&mut region, &edge, request).status();
            let is_answer = [StatusCode::OK, StatusCode::BAD_REQUEST, StatusCode::PAYLOAD_TOO_LARGE];
            assert!(is_answer.contains(&status), "{status}");
        });
}

#[test]
fn records() {
    check!()
        .with_iterations(2_000)
        .with_max_len(4_096)
        .for_each(|bytes: &[u8]| {
            let _ = Record::page_named(bytes);
            let _ = Record::version_in(bytes);
            if let Ok(record) = Record::from_untrusted(bytes) {
                assert_eq!(Record::from_bytes(&record.to_bytes()).unwrap(), record);
            }
            let _ = body::decode::<Site>(bytes);
            let _ = body::decode::<Cursor>(bytes);
            let _ = body::decode::<Batch>(bytes);
            let _ = body::decode_compressed::<Snapshot>(bytes);
            let _ = body::decode_compressed::<Archive>(bytes);
            let _ = body::decode_compressed::<Permalinks>(bytes);
        });
}

/// What an edge has of a snapshot, whatever it is, shows a page.
#[test]
fn snapshots() {
    check!()
        .with_iterations(60)
        .with_max_len(4_096)
        .for_each(|bytes: &[u8]| {
            let mut region = good_region();
            let key = region::snapshot_key();
            let good = region
                .read(&key)
                .map(|bytes| Record::from_bytes(&bytes).unwrap())
                .unwrap();
            let damaged = Record::new(key.clone(), good.page, good.version, bytes.to_vec());
            region.write([(key, damaged.to_bytes())].into_iter());
            let edge = region.edge();
            let request = Request::get("http://status.acme.example/api/v2/summary.json").body(Bytes::new());
            let status = drive(&mut region, &edge, request.unwrap()).status();
            assert!(
                status.is_success() || status == StatusCode::SERVICE_UNAVAILABLE,
                "{status}"
            );
        });
}

#[test]
fn markdown_texts() {
    check!()
        .with_iterations(500)
        .with_max_len(2_048)
        .for_each(|bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            let html = markdown::html_of(&text);
            let lower = html.to_ascii_lowercase();
            for never in ["<script", "<iframe", "<style", "<object", "<form", "<input"] {
                assert!(!lower.contains(never), "{never} in {html}");
            }
            assert!(
                html.len() <= 64 * (text.len() + 64),
                "{} bytes of {}",
                html.len(),
                text.len()
            );
        });
}

#[test]
fn styles() {
    check!()
        .with_iterations(1_000)
        .with_max_len(2_048)
        .for_each(|bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            if css::check(&text).is_ok() {
                assert!(!text.contains('<'));
            }
            let _ = css::check_drawing(&text);
        });
}

/// A drawing that was taken is taken again, and stays as it is.
#[test]
fn drawings() {
    check!()
        .with_iterations(500)
        .with_max_len(2_048)
        .for_each(|bytes: &[u8]| {
            if let Ok(drawing) = svg::clean(bytes, 64 * 1024) {
                let again = svg::clean(&drawing.bytes, 256 * 1024);
                assert!(again.is_ok(), "{}: {again:?}", String::from_utf8_lossy(&drawing.bytes));
                let text = String::from_utf8_lossy(&drawing.bytes).to_ascii_lowercase();
                assert!(!text.contains("<script") && !text.contains("<foreignobject"), "{text}");
            }
        });
}

/// An address that is written out again is the same one.
#[test]
fn queries() {
    check!()
        .with_iterations(2_000)
        .with_max_len(1_024)
        .for_each(|bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            let Ok(uri) = format!("http://status.acme.example/{text}").parse::<Uri>() else {
                return;
            };
            let headers = http::HeaderMap::new();
            if let Ok(address) = Address::parse(&Method::GET, &uri, &headers) {
                let again = format!("http://status.acme.example{}", address.target());
                let again = Address::parse(&Method::GET, &again.parse().unwrap(), &headers);
                let again = again.ok().and_then(|again| again.cache_key());
                assert_eq!(again, address.cache_key(), "{uri}");
            }
        });
}
