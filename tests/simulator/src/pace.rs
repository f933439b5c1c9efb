//! No sync writes a key twice within the time that a KV asks for, and none a third time where a put is one transaction: what somebody
//! waits for then comes at once behind what time changed.

use std::collections::BTreeMap;

use page_model::{
    Key, Record,
    limits::KV_WRITE_INTERVAL_MS,
    put::{Batch, Outcome, Receipt},
};

/// What one life of a sync knows of its own writes.
#[derive(Default)]
pub struct Pace {
    /// Puts that are on their way.
    sent: BTreeMap<u64, Vec<Key>>,
    /// When each was written last, and the time before.
    written_ms: BTreeMap<Key, (u64, Option<u64>)>,
}

impl Pace {
    pub fn sending(&mut self, id: u64, batch: &Batch, now_ms: u64, rewrites: bool) -> Result<(), String> {
        let keys: Vec<Key> = batch
            .records
            .iter()
            .filter_map(|bytes| Record::from_bytes(bytes).ok())
            .map(|record| record.key)
            .collect();
        for key in &keys {
            let written = self.written_ms.get(key);
            let last_ms = match rewrites {
                true => written.and_then(|(_, before_ms)| *before_ms),
                false => written.map(|(last_ms, _)| *last_ms),
            };
            let rested_ms = last_ms.map_or(u64::MAX, |at_ms| now_ms - at_ms);
            if rested_ms < KV_WRITE_INTERVAL_MS {
                return Err(format!("{key} was written {rested_ms} ms ago, and is sent again"));
            }
        }
        self.sent.insert(id, keys);
        Ok(())
    }

    /// It is taken for lost, whatever becomes of it.
    pub fn failed(&mut self, id: u64) {
        self.sent.remove(&id);
    }

    pub fn answered(&mut self, id: u64, receipt: &Receipt, now_ms: u64) {
        let keys = self.sent.remove(&id).unwrap_or_default();
        for (key, outcome) in keys.into_iter().zip(&receipt.outcomes) {
            if *outcome == Outcome::Stored {
                let before_ms = self.written_ms.get(&key).map(|(last_ms, _)| *last_ms);
                self.written_ms.insert(key, (now_ms, before_ms));
            }
        }
    }
}
