//! The signed door through which kv-sync fills a region: the only writer of everything but `html/`.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use ed25519_dalek::VerifyingKey;
use http::{HeaderMap, Response, StatusCode};
use page_model::{
    Key, Record, body,
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
pub struct Opened {
    region: String,
    records: Vec<Result<Record, String>>,
    cursor: Option<Cursor>,
}

/// A batch of which it is known what is stored.
#[derive(Debug)]
pub struct Stored {
    region: String,
    receipt: Receipt,
    /// Index into the outcomes of each record that is being written.
    writing: Vec<usize>,
    cursor: Option<Cursor>,
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
        return refuse(
            edge,
            StatusCode::PAYLOAD_TOO_LARGE,
            "the batch is larger than a put may be",
        );
    }
    if let Err(reason) = check(edge, &visit) {
        return refuse(edge, StatusCode::FORBIDDEN, &reason);
    }
    match body::decode::<Batch>(body) {
        Err(error) => refuse(edge, StatusCode::BAD_REQUEST, &error.to_string()),
        Ok(batch) if batch.records.len() > PUT_RECORDS_MAX => {
            refuse(edge, StatusCode::PAYLOAD_TOO_LARGE, "the batch has too many records")
        }
        Ok(batch) => Opened::new(edge, &batch).read(),
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

fn refuse(edge: &Edge, status: StatusCode, reason: &str) -> Step {
    let mut response = Response::new(Bytes::from(format!("{reason}\n")));
    *response.status_mut() = status;
    encoding::write_content_type(response.headers_mut(), "text/plain; charset=utf-8");
    cache_policy::write(&CachePolicy::Never, false, response.headers_mut());
    let log = format!("{}: put refused: {reason}", edge.region);
    Reply::new(response).with_log(log).into()
}

impl Opened {
    fn new(edge: &Edge, batch: &Batch) -> Self {
        let mut keys = BTreeSet::new();
        let mut parse = |bytes: &[u8]| {
            let record = Record::from_stranger(bytes).map_err(|error| error.to_string())?;
            match keys.insert(record.key.clone()) {
                true => Ok(record),
                false => Err(format!("{} stands twice in the batch", record.key)),
            }
        };
        Self {
            region: edge.region.clone(),
            records: batch.records.iter().map(|bytes| parse(bytes)).collect(),
            cursor: batch.cursor,
        }
    }

    fn read(self) -> Step {
        let keys = self.records.iter().flatten().map(|record| record.key.clone());
        let keys = std::iter::once(Key::Cursor).chain(keys).collect();
        Step::Read(keys, AfterRead::Existing(Box::new(self)))
    }

    pub fn resume(self, seen: Vec<Seen>) -> Step {
        let mut seen = seen.into_iter();
        let cursor = seen.next().and_then(Seen::found);
        let mut stored = Stored {
            region: self.region,
            receipt: Receipt {
                cursor: cursor.and_then(|bytes| body::decode(&bytes).ok()),
                outcomes: Vec::with_capacity(self.records.len()),
            },
            writing: Vec::new(),
            cursor: self.cursor,
        };
        let mut writes = Vec::new();
        for record in self.records {
            let outcome = match record {
                Err(reason) => Outcome::Refused { reason },
                Ok(record) => match newer(&record, seen.next().unwrap_or(Seen::Failed)) {
                    Newer::Yes => {
                        stored.writing.push(stored.receipt.outcomes.len());
                        writes.push((record.key.clone(), record.to_bytes()));
                        Outcome::Failed
                    }
                    Newer::No { version } => Outcome::Kept { version },
                    Newer::Unknown => Outcome::Failed,
                },
            };
            stored.receipt.outcomes.push(outcome);
        }
        let stored = Box::new(stored);
        match writes.is_empty() {
            true => stored.resume(&[]),
            false => Step::Write(writes, AfterWrite::Records(stored)),
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

impl Stored {
    /// The cursor moves only when everything before it is stored.
    pub fn resume(mut self: Box<Self>, stored: &[bool]) -> Step {
        for (index, _) in self.writing.iter().zip(stored).filter(|(_, stored)| **stored) {
            if let Some(outcome) = self.receipt.outcomes.get_mut(*index) {
                *outcome = Outcome::Stored;
            }
        }
        let complete = !self.receipt.outcomes.contains(&Outcome::Failed);
        match self.cursor.filter(|_| complete) {
            Some(cursor) => Step::Write(vec![(Key::Cursor, body::encode(&cursor))], AfterWrite::Cursor(self)),
            None => self.reply(),
        }
    }

    pub fn reply(&self) -> Step {
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
        (count > 0).then(|| format!("{}: {count} records not stored: {}", self.region, reasons.join("; ")))
    }
}
