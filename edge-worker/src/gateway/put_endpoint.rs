//! The signed endpoint through which kv-sync fills a region: the only writer of everything but `html/`.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode};
use page_address::cache_policy::{self, CachePolicy};
use page_model::{
    body,
    limits::{PUT_BYTES_MAX, PUT_RECORDS_MAX},
    put::{self, Batch, Claim},
};

use super::{
    edge::{Edge, Seen, Visit},
    encoding,
    put_batch::{SignedBatch, StoringBatch, Writes},
    reply::Reply,
    step::{AfterRead, AfterWrite, Step},
};

pub const REGION: HeaderName = HeaderName::from_static(put::HEADER_REGION);
pub const TIME: HeaderName = HeaderName::from_static(put::HEADER_TIME);
pub const SIGNATURE: HeaderName = HeaderName::from_static(put::HEADER_SIGNATURE);
pub const DIGEST: HeaderName = HeaderName::from_static(put::HEADER_DIGEST);

/// Up to which size a shell reads a request's body; one byte more tells that it is too large. Of a put that its head shows to
/// be a stranger's nothing is read, and so nothing matches its signature.
pub fn body_bytes_max<B>(edge: &Edge, request: &Request<B>, now_ms: u64) -> usize {
    let (method, headers) = (request.method(), request.headers());
    if method == Method::GET || method == Method::HEAD {
        return 0;
    }
    if method != Method::POST || request.uri().path() != put::PATH {
        return Claim::Form.bytes_max();
    }
    // To find a header by a text would bring a table of all names.
    let known = [REGION, TIME, SIGNATURE, DIGEST];
    let header = |name: &'static str| {
        let known = known.iter().find(|known| known.as_str() == name);
        headers.get(known?).and_then(|value| value.to_str().ok())
    };
    Claim::of(&edge.put_keys.0, &edge.region, now_ms, &header).bytes_max()
}

pub fn open(edge: &Edge, visit: Visit) -> Step {
    let body = visit.request.body();
    if body.len() > PUT_BYTES_MAX {
        let reason = "the batch is larger than a put may be";
        return refuse(edge, visit.client, StatusCode::PAYLOAD_TOO_LARGE, reason);
    }
    if let Err(reason) = check(edge, &visit) {
        return refuse(edge, visit.client, StatusCode::FORBIDDEN, &reason);
    }
    match body::decode::<Batch>(body) {
        Err(error) => refuse(edge, visit.client, StatusCode::BAD_REQUEST, &error.to_string()),
        Ok(batch) if batch.records.len() > PUT_RECORDS_MAX => {
            let reason = "the batch has too many records";
            refuse(edge, visit.client, StatusCode::PAYLOAD_TOO_LARGE, reason)
        }
        Ok(batch) => store(edge, &batch),
    }
}

/// Stores a batch of whose sender nothing is asked any more.
pub fn store(edge: &Edge, batch: &Batch) -> Step {
    let batch = SignedBatch::new(edge, batch);
    Step::ReadNow(batch.keys(), AfterRead::Existing(Box::new(batch)))
}

fn check(edge: &Edge, visit: &Visit) -> Result<(), String> {
    let keys = &*edge.put_keys.0;
    if keys.is_empty() {
        return Err("this region has no put_verify_key, so nobody can put to it".into());
    }
    let headers = visit.request.headers();
    let region = text(headers, &REGION)?;
    let time = text(headers, &TIME)?
        .parse()
        .map_err(|_| "the batch's time is not a number")?;
    let signature = URL_SAFE_NO_PAD.decode(text(headers, &SIGNATURE)?);
    let signature = signature.ok().and_then(|bytes| bytes.try_into().ok());
    let signature: [u8; 64] = signature.ok_or("the signature is not 64 bytes in unpadded URL-safe base64")?;
    let body = visit.request.body();
    put::verify(keys, &edge.region, visit.now_ms, region, time, &signature, body).map_err(|error| error.to_string())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, String> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.ok_or_else(|| format!("the header {name} is missing"))
}

fn failed(batch: &SignedBatch) -> Step {
    let reason = "the KV failed; send the batch again";
    let log = format!("{}: put failed: the cursor cannot be read", batch.region());
    plain(StatusCode::SERVICE_UNAVAILABLE, reason).with_log(log).into()
}

fn refuse(edge: &Edge, client: Option<IpAddr>, status: StatusCode, reason: &str) -> Step {
    let from = client.map_or(String::new(), |client| format!(" from {client}"));
    let log = format!("{}: put{from} refused: {reason}", edge.region);
    plain(status, reason).with_log(log).into()
}

fn plain(status: StatusCode, reason: &str) -> Reply {
    let mut response = Response::new(Bytes::from(format!("{reason}\n")));
    *response.status_mut() = status;
    encoding::write_content_type(response.headers_mut(), "text/plain; charset=utf-8");
    cache_policy::write(&CachePolicy::Never, false, response.headers_mut());
    Reply::new(response)
}

/// What closes comes first, then everything but the sites.
pub fn store_content(batch: SignedBatch, existing: Vec<Seen>) -> Step {
    // Who cannot say where the region stands must not look like an empty one.
    if matches!(existing.first(), None | Some(Seen::Failed)) {
        return failed(&batch);
    }
    let (storing, content) = batch.compare(existing);
    let storing = Box::new(storing);
    match content.closing.is_empty() {
        true => store_rest(storing, content.rest),
        false => Step::Write(content.closing, AfterWrite::Closing(storing, content.rest)),
    }
}

pub fn store_closed(mut storing: Box<StoringBatch>, rest: Writes, stored: &[bool]) -> Step {
    storing.note_closing(stored);
    // What a page that is still open names must stay.
    match stored.iter().all(|stored| *stored) {
        true => store_rest(storing, rest),
        false => store_cursor(storing, &[]),
    }
}

fn store_rest(storing: Box<StoringBatch>, rest: Writes) -> Step {
    match rest.is_empty() {
        true => store_sites(storing, &[]),
        false => Step::Write(rest, AfterWrite::Content(storing)),
    }
}

pub fn store_sites(mut storing: Box<StoringBatch>, stored: &[bool]) -> Step {
    storing.note(stored);
    let sites = storing.sites();
    match sites.is_empty() {
        true => store_cursor(storing, &[]),
        false => Step::Write(sites, AfterWrite::Sites(storing)),
    }
}

pub fn store_cursor(mut storing: Box<StoringBatch>, stored: &[bool]) -> Step {
    storing.note(stored);
    match storing.cursor() {
        Some(cursor) => Step::Write(vec![cursor], AfterWrite::Cursor(storing)),
        None => receipt(&storing),
    }
}

pub fn finish(mut storing: Box<StoringBatch>, stored: &[bool]) -> Step {
    storing.note_cursor(stored == [true]);
    receipt(&storing)
}

fn receipt(storing: &StoringBatch) -> Step {
    let mut response = Response::new(Bytes::from(body::encode(storing.receipt())));
    encoding::write_content_type(response.headers_mut(), put::CONTENT_TYPE);
    cache_policy::write(&CachePolicy::Never, false, response.headers_mut());
    let log = storing.log();
    Step::Reply(Reply { response, log }, None)
}
