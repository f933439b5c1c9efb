//! The signed door through which kv-sync fills a region: the only writer of everything but `html/`.

use std::{collections::BTreeSet, net::IpAddr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use ed25519_dalek::VerifyingKey;
use http::{HeaderMap, Response, StatusCode};
use page_model::{
    Key, PageId, Record, body,
    limits::{PUT_BYTES_MAX, PUT_RECORDS_MAX},
    put::{self, Batch, Cursor, Outcome, Receipt},
};

use super::{
    AfterRead, AfterWrite, Edge, Reply, Seen, Step, Visit,
    cache_policy::{self, CachePolicy},
    encoding,
};

/// The public half of the key that kv-sync signs with.
#[derive(Debug, Clone)]
pub struct PutKey(VerifyingKey);

/// A batch that was signed well, before the region's own records are known.
#[derive(Debug)]
pub struct SignedBatch {
    region: String,
    kv_lag_ms_max: u64,
    records: Vec<Result<Record, String>>,
    cursor: Option<Cursor>,
}

/// A batch of which it is known what is stored.
#[derive(Debug)]
pub struct StoringBatch {
    region: String,
    receipt: Receipt,
    /// What is being written, in order.
    writing: Vec<Written>,
    /// The `site/` records that wait for the content that they name.
    sites: Vec<(Written, Record)>,
    /// Pages of which the region lacks something.
    incomplete: BTreeSet<PageId>,
    cursor: Option<Cursor>,
}

/// A record on its way into the KV: which outcome it decides, and the page that lacks it until then.
#[derive(Debug)]
struct Written {
    outcome: usize,
    page: PageId,
}

impl PutKey {
    /// 32 bytes in unpadded URL-safe base64, as `pharos keygen` prints them.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        let key = VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()?;
        Some(Self(key))
    }
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
        Ok(batch) => SignedBatch::new(edge, &batch).read(),
    }
}

fn check(edge: &Edge, visit: &Visit) -> Result<(), String> {
    let key = edge.put_key.as_ref();
    let key = key.ok_or("this region has no put_verify_key, so nobody can put to it")?;
    let headers = visit.request.headers();
    let region = text(headers, put::HEADER_REGION)?;
    let time = text(headers, put::HEADER_TIME)?
        .parse()
        .map_err(|_| "the batch's time is not a number")?;
    let signature = URL_SAFE_NO_PAD.decode(text(headers, put::HEADER_SIGNATURE)?);
    let signature = signature.ok().and_then(|bytes| bytes.try_into().ok());
    let signature: [u8; 64] = signature.ok_or("the signature is not 64 bytes in unpadded URL-safe base64")?;
    let body = visit.request.body();
    put::verify(&key.0, &edge.region, visit.now_ms, region, time, &signature, body).map_err(|error| error.to_string())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, String> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.ok_or_else(|| format!("the header {name} is missing"))
}

fn refuse(edge: &Edge, client: Option<IpAddr>, status: StatusCode, reason: &str) -> Step {
    let mut response = Response::new(Bytes::from(format!("{reason}\n")));
    *response.status_mut() = status;
    encoding::write_content_type(response.headers_mut(), "text/plain; charset=utf-8");
    cache_policy::write(&CachePolicy::Never, false, response.headers_mut());
    let from = client.map_or(String::new(), |client| format!(" from {client}"));
    let log = format!("{}: put{from} refused: {reason}", edge.region);
    Reply::new(response).with_log(log).into()
}

impl SignedBatch {
    fn new(edge: &Edge, batch: &Batch) -> Self {
        let mut keys = BTreeSet::new();
        let mut parse = |bytes: &[u8]| {
            let record = Record::from_untrusted(bytes).map_err(|error| error.to_string())?;
            match keys.insert(record.key.clone()) {
                true => Ok(record),
                false => Err(format!("{} stands twice in the batch", record.key)),
            }
        };
        Self {
            region: edge.region.clone(),
            kv_lag_ms_max: edge.kv_lag_ms_max,
            records: batch.records.iter().map(|bytes| parse(bytes)).collect(),
            cursor: batch.cursor,
        }
    }

    fn read(self) -> Step {
        let keys = self.records.iter().flatten().map(|record| record.key.clone());
        let keys = std::iter::once(Key::Cursor).chain(keys).collect();
        Step::ReadNow(keys, AfterRead::Existing(Box::new(self)))
    }

    pub fn resume(self, seen: Vec<Seen>) -> Step {
        let mut seen = seen.into_iter();
        let cursor = seen.next().and_then(Seen::found);
        let mut stored = StoringBatch {
            region: self.region,
            receipt: Receipt {
                cursor: cursor.and_then(|bytes| body::decode(&bytes).ok()),
                outcomes: Vec::with_capacity(self.records.len()),
                cursor_failed: false,
                kv_lag_ms_max: self.kv_lag_ms_max,
            },
            writing: Vec::new(),
            sites: Vec::new(),
            incomplete: BTreeSet::new(),
            cursor: self.cursor,
        };
        let mut content = Vec::new();
        for record in self.records {
            let outcome = match record {
                Err(reason) => Outcome::Refused { reason },
                Ok(record) => match newer(&record, seen.next().unwrap_or(Seen::Failed)) {
                    Newer::Yes => {
                        stored.take(record, &mut content);
                        Outcome::Failed
                    }
                    Newer::No { version } => Outcome::Kept { version },
                    Newer::Unknown => {
                        stored.incomplete.insert(record.page);
                        Outcome::Failed
                    }
                },
            };
            stored.receipt.outcomes.push(outcome);
        }
        match content.is_empty() {
            true => Box::new(stored).then_sites(&[]),
            false => Step::Write(content, AfterWrite::Content(Box::new(stored))),
        }
    }
}

enum Newer {
    Yes,
    No { version: u64 },
    Unknown,
}

/// A region never replaces a version by a lower one. What does not decode is worth nothing and is replaced.
fn newer(record: &Record, existing: Seen) -> Newer {
    match existing {
        Seen::Absent => Newer::Yes,
        Seen::Failed => Newer::Unknown,
        Seen::Found(bytes) => match Record::from_bytes(&bytes) {
            Ok(existing) if existing.version >= record.version => Newer::No {
                version: existing.version,
            },
            Ok(_) | Err(_) => Newer::Yes,
        },
    }
}

impl StoringBatch {
    /// A site waits for its content; a host without a page names none and goes with it.
    fn take(&mut self, record: Record, content: &mut Vec<(Key, Vec<u8>)>) {
        let written = Written {
            outcome: self.receipt.outcomes.len(),
            page: record.page.clone(),
        };
        if matches!(record.key, Key::Site(_)) && !record.is_tombstone() {
            self.sites.push((written, record));
        } else {
            self.writing.push(written);
            content.push((record.key.clone(), record.to_bytes()));
        }
    }

    /// The sites of those pages whose content is there; the others are sent again with it.
    pub fn then_sites(mut self: Box<Self>, stored: &[bool]) -> Step {
        self.note(stored);
        let mut writes = Vec::new();
        for (written, record) in std::mem::take(&mut self.sites) {
            if !self.incomplete.contains(&record.page) {
                self.writing.push(written);
                writes.push((record.key.clone(), record.to_bytes()));
            }
        }
        match writes.is_empty() {
            true => self.then_cursor(&[]),
            false => Step::Write(writes, AfterWrite::Sites(self)),
        }
    }

    /// The cursor moves only when everything before it is stored.
    pub fn then_cursor(mut self: Box<Self>, stored: &[bool]) -> Step {
        self.note(stored);
        let complete = !self.receipt.outcomes.contains(&Outcome::Failed);
        match self.cursor.filter(|_| complete) {
            Some(cursor) => Step::Write(vec![(Key::Cursor, body::encode(&cursor))], AfterWrite::Cursor(self)),
            None => self.reply(),
        }
    }

    pub fn finish(mut self, stored: &[bool]) -> Step {
        self.receipt.cursor_failed = stored != [true];
        self.reply()
    }

    fn note(&mut self, stored: &[bool]) {
        let stored = stored.iter().copied().chain(std::iter::repeat(false));
        for (written, stored) in std::mem::take(&mut self.writing).into_iter().zip(stored) {
            match self.receipt.outcomes.get_mut(written.outcome) {
                Some(outcome) if stored => *outcome = Outcome::Stored,
                _ => drop(self.incomplete.insert(written.page)),
            }
        }
    }

    fn reply(&self) -> Step {
        let mut response = Response::new(Bytes::from(body::encode(&self.receipt)));
        encoding::write_content_type(response.headers_mut(), put::CONTENT_TYPE);
        cache_policy::write(&CachePolicy::Never, false, response.headers_mut());
        Step::Reply(
            Reply {
                response,
                log: self.log(),
            },
            None,
        )
    }

    fn log(&self) -> Option<String> {
        let reasons = self.receipt.outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Refused { reason } => Some(reason.as_str()),
            Outcome::Failed => Some("the KV failed"),
            Outcome::Stored | Outcome::Kept { .. } => None,
        });
        let reasons: Vec<&str> = reasons.collect();
        let count = reasons.len();
        let cursor = self
            .receipt
            .cursor_failed
            .then(|| format!("{}: the cursor is not stored: the KV failed", self.region));
        (count > 0)
            .then(|| format!("{}: {count} records not stored: {}", self.region, reasons.join("; ")))
            .or(cursor)
    }
}
