//! The region's records, as the steps of one visit read and write them.

use std::sync::Arc;

use bytes::Bytes;
use edge_kv::{Kv, KvError, Put, Value};

use crate::bindings::{Body, Entry, Heads, Seen};

pub struct Records {
    kv: Arc<Kv>,
    /// What was seen last: a reply's body may be a part of it.
    seen: Vec<Record>,
    /// Since the guest said that what it writes next rests on what it reads.
    put: Option<Put>,
}

type Record = Result<Option<Value>, Failed>;

/// It could not be read, and the log says why.
struct Failed;

/// What lies under a key that the put rests on was written meanwhile.
pub struct Overtaken;

impl Records {
    pub fn new(kv: Arc<Kv>) -> Self {
        Self {
            kv,
            seen: Vec::new(),
            put: None,
        }
    }

    pub fn read(&mut self, keys: &[String]) -> Vec<Seen<'_>> {
        self.look_up(keys);
        self.seen.iter().map(|record| seen(record, None)).collect()
    }

    pub fn read_now(&mut self, Heads { keys, bytes_max }: Heads) -> Vec<Seen<'_>> {
        let put = self.put.take().unwrap_or_else(|| self.kv.begin());
        self.look_up(&keys);
        self.put = Some(put.resting_on(keys));
        self.seen
            .iter()
            .map(|record| seen(record, Some(bytes_max as usize)))
            .collect()
    }

    fn look_up(&mut self, keys: &[String]) {
        let view = self.kv.view();
        let read = |key: &String| match &view {
            Ok(view) => view.get(key).map_err(|error| Failed::read(key, &error)),
            Err(error) => Err(Failed::read(key, error)),
        };
        self.seen = keys.iter().map(read).collect();
    }

    /// Writes of a put are gathered until its reply; others are stored at once. Says of each whether it is, or will be.
    pub async fn write(&mut self, entries: Vec<Entry>) -> Vec<bool> {
        let mut stored = Vec::with_capacity(entries.len());
        for Entry { key, value } in entries {
            let result = match &mut self.put {
                Some(put) => put.set(key, value),
                None => self.kv.set(key, value).await,
            };
            stored.push(result.is_ok());
        }
        stored
    }

    /// Stores what was gathered, all or nothing.
    pub async fn commit(&mut self) -> Result<Result<(), Overtaken>, KvError> {
        let Some(put) = self.put.take() else {
            return Ok(Ok(()));
        };
        let is_stored = self.kv.commit(put).await?;
        Ok(if is_stored { Ok(()) } else { Err(Overtaken) })
    }

    /// The body itself; `None` where the guest names a part that there is not. A part is copied: the response cache may keep
    /// it, and would keep the whole record with it, whose size it does not count.
    pub fn body(&self, body: Body) -> Option<Bytes> {
        let part = match body {
            Body::Bytes(bytes) => return Some(bytes.into()),
            Body::Part(part) => part,
        };
        let Ok(Some(value)) = self.seen.get(part.index as usize)? else {
            return None;
        };
        let start = part.offset as usize;
        let end = start.checked_add(part.length as usize)?;
        value.get(start..end).map(Bytes::copy_from_slice)
    }
}

/// Of a value no more than `bytes_max`, where there is such a limit.
fn seen(record: &Record, bytes_max: Option<usize>) -> Seen<'_> {
    match record {
        Ok(Some(value)) => Seen::Found(bytes_max.and_then(|max| value.get(..max)).unwrap_or(value)),
        Ok(None) => Seen::Absent,
        Err(Failed) => Seen::Failed,
    }
}

impl Failed {
    fn read(key: &str, error: &KvError) -> Self {
        tracing::error!(key, "a record could not be read: {error}");
        Self
    }
}
