//! Visits as files: each `visits/*.json` names a request and what lies in the region's KV; its snapshot shows every step
//! that the gateway asked for, the reply, and the work afterwards.

#![expect(
    clippy::disallowed_methods,
    reason = "cases are files; what is tested still reads none"
)]

mod region;

use std::fmt::Write;

use bytes::Bytes;
use edge_worker::gateway::{self, Afterwards, Seen, Step, Visit};
use http::{Request, Response};
use page_model::Key;
use region::Region;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What the case shows.
    about: String,
    request: CaseRequest,
    /// What lies in the KV, by the names that `region.rs` gives to things.
    kv: Vec<String>,
    /// Keys at which the KV fails.
    #[serde(default)]
    failing: Vec<String>,
    /// Keys at which writing fails.
    #[serde(default)]
    full: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseRequest {
    #[serde(default = "get")]
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    /// A batch to put, by name; signed unless the name says otherwise.
    put: Option<String>,
}

fn get() -> String {
    "GET".to_owned()
}

#[test]
fn every_visit_takes_the_committed_steps() {
    insta::glob!("visits/*.json", |path| {
        let text = std::fs::read_to_string(path).expect("a readable case");
        let case: Case = serde_json::from_str(&text).expect("a valid case");
        insta::with_settings!({ description => &case.about, omit_expression => true, prepend_module_to_snapshot => false }, {
            // Of its own instance, which remembers no other visit.
            let region = Region::with(&case.kv);
            let transcript = std::thread::scope(|scope| scope.spawn(|| transcript_of(&case, region)).join());
            insta::assert_snapshot!("visits", transcript.expect("a transcript"));
        });
    });
}

/// The whole visit, line by line.
fn transcript_of(case: &Case, mut region: Region) -> String {
    let mut transcript = String::new();
    let visit = Visit {
        request: request(&case.request),
        now_ms: region::NOW_MS,
        client: None,
    };
    let edge = region.edge();
    let first = gateway::open(&edge, visit);
    let (reply, work) = drive(case, &mut region, first, &mut transcript);
    if let Some(reply) = reply {
        write_reply(&reply.response, &mut transcript);
        if let Some(log) = reply.log {
            let _ = writeln!(transcript, "log: {log}");
        }
    }
    if let Some(work) = work {
        transcript.push_str("afterwards\n");
        drive(case, &mut region, work.begin(&edge), &mut transcript);
    }
    transcript
}

fn drive(
    case: &Case,
    region: &mut Region,
    mut step: Step,
    transcript: &mut String,
) -> (Option<gateway::Reply>, Option<Afterwards>) {
    loop {
        step = match step {
            Step::Read(keys, next) => {
                let _ = writeln!(transcript, "read {}", names(keys.iter()));
                next.resume(keys.iter().map(|key| seen(case, region, key)).collect())
            }
            Step::ReadNow(keys, next) => {
                let _ = writeln!(transcript, "read now {}", names(keys.iter()));
                next.resume(keys.iter().map(|key| seen(case, region, key)).collect())
            }
            Step::Write(records, next) => {
                let _ = writeln!(transcript, "write {}", names(records.iter().map(|(key, _)| key)));
                let full = |key: &Key| case.full.contains(&key.to_string());
                let stored = records.iter().map(|(key, _)| !full(key)).collect();
                region.write(records.into_iter().filter(|(key, _)| !full(key)));
                next.resume(stored)
            }
            Step::Forward(_, next) => {
                let _ = writeln!(transcript, "forward");
                next.resume(None)
            }
            Step::Reply(reply, work) => return (Some(reply), work),
            Step::Done => return (None, None),
        }
    }
}

fn seen(case: &Case, region: &Region, key: &Key) -> Seen {
    if case.failing.contains(&key.to_string()) {
        return Seen::Failed;
    }
    region.read(key).map_or(Seen::Absent, |bytes| Seen::Found(bytes.into()))
}

fn request(case: &CaseRequest) -> Request<Bytes> {
    let mut request = Request::builder().method(case.method.as_str()).uri(url(&case.url));
    let (put_headers, body) = case.put.as_deref().map(region::put).unwrap_or_default();
    for (name, value) in case.headers.iter().chain(&put_headers) {
        request = request.header(name, with_etag(value));
    }
    request.body(body.into()).expect("a valid request")
}

/// `{asset}` is the name of the page's picture, `{build}` that of these templates.
fn url(text: &str) -> String {
    text.replace("{asset}", &region::asset().to_string())
        .replace("{build}", page_render::TEMPLATE_BUILD)
}

/// `{etag}` is that of the page in brotli, `{etag rss}` that of the variant.
fn with_etag(value: &str) -> String {
    match value.split_once("{etag") {
        Some((before, rest)) => {
            let variant = rest.trim_end_matches('}').trim();
            let variant = if variant.is_empty() { "index.en" } else { variant };
            format!("{before}{}", region::etag(variant))
        }
        None => value.to_owned(),
    }
}

fn write_reply(response: &Response<Bytes>, transcript: &mut String) {
    let _ = writeln!(transcript, "reply {}", response.status());
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        match name.as_str() {
            // Checked where it is made, and different with every build of the templates.
            "content-security-policy" if value.contains("sha256") => {
                let frames = value.rsplit(';').next().unwrap_or_default().trim();
                let _ = writeln!(transcript, "  content-security-policy: …; {frames}");
            }
            "content-length" => {}
            name => {
                let _ = writeln!(transcript, "  {name}: {}", redacted(&value));
            }
        }
    }
    let body = decoded(response);
    let _ = writeln!(transcript, "  {}", summary(response, &body));
}

fn redacted(text: &str) -> String {
    let mut text = text.replace(&region::asset().to_string(), "ASSET");
    for (long, short) in region::redactions() {
        text = text.replace(&long, short);
    }
    text
}

/// What a body says lies in page-render's snapshots; here stands whose it is, in which language and whether it speaks of a delay.
fn summary(response: &Response<Bytes>, body: &[u8]) -> String {
    let kind = response
        .headers()
        .get("content-type")
        .map_or("", |kind| kind.to_str().expect("text"));
    if kind == "application/cbor" {
        let receipt: page_model::put::Receipt = page_model::body::decode(body).expect("a receipt");
        return format!("{receipt:?}");
    }
    let text = String::from_utf8_lossy(body);
    if body.len() < 200 {
        return format!("body {:?}", redacted(&text));
    }
    let language = text
        .split_once("<html lang=\"")
        .and_then(|(_, rest)| rest.split_once('"'));
    let language = language.map_or(String::new(), |(language, _)| format!(" in {language}"));
    let whose = ["Northwind, as it was", "Northwind"]
        .into_iter()
        .find(|name| text.contains(name));
    // When the origin last reached the region of the delayed cases.
    let delayed = if text.contains("14:22") { ", delayed" } else { "" };
    let whose = whose.map_or(String::new(), |name| format!(" of {name:?}"));
    format!("body{whose}{language}{delayed}")
}

fn decoded(response: &Response<Bytes>) -> Vec<u8> {
    if response.body().is_empty() {
        return Vec::new();
    }
    let mut out = Vec::new();
    match response.headers().get("content-encoding").map(|value| value.as_bytes()) {
        Some(b"br") => brotli::BrotliDecompress(&mut response.body().as_ref(), &mut out).expect("brotli"),
        Some(b"gzip") => {
            let mut decoder = flate2::read::GzDecoder::new(response.body().as_ref());
            std::io::Read::read_to_end(&mut decoder, &mut out)
                .map(|_| ())
                .expect("gzip");
        }
        _ => out = response.body().to_vec(),
    }
    out
}

fn names<'a>(keys: impl Iterator<Item = &'a Key>) -> String {
    let names: Vec<String> = keys.map(Key::to_string).collect();
    names.join(" ")
}
