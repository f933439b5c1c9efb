//! What one region keeps, written by the put steps of the gateway as they ship.

use std::collections::BTreeMap;

use bytes::Bytes;
use edge_worker::gateway::{self, Edge, Forms, PutKeys, Seen, Step};
use page_model::{
    Key, PageId, Record, body,
    put::{Batch, CountedPuts, Cursor, Lineage, Receipt},
};

use crate::{
    database::{self, Database},
    tally::Tally,
};

#[derive(Clone, Default)]
pub struct Kept {
    pub bytes: BTreeMap<Key, Bytes>,
    /// The same, read: page, version and value.
    pub records: BTreeMap<Key, (PageId, u64, Option<u64>)>,
    pub cursor: Option<Cursor>,
}

pub struct Region {
    edge: Edge,
    pub kept: Kept,
    /// Earlier states, each with the time until which it was the state.
    pub copies: Vec<(u64, Kept)>,
    /// A put is one transaction; elsewhere a crash may leave a part of its writes.
    pub is_transactional: bool,
    /// What is on its disk, while that stores nothing and says that it does. What it shows meanwhile is in memory.
    pub on_disk: Option<Kept>,
    /// Of so many reads or writes one fails; 0 for none.
    pub fails_one_in: u64,
    pub wiped_ms: u64,
    /// It is down until then.
    pub down_until_ms: u64,
}

/// How a put ended.
#[derive(Debug)]
pub enum Ended {
    Answered(Box<Receipt>),
    Refused,
    /// Nobody hears of it.
    Crashed,
}

impl Region {
    pub fn new(number: usize, is_transactional: bool) -> Self {
        Self {
            edge: Edge {
                region: format!("region-{number}"),
                put_keys: PutKeys::default(),
                forms: Forms::compressed,
                kv_lag_ms_max: 0,
                served_ms_max: 0,
                counts_puts: is_transactional,
                renderer: None,
            },
            kept: Kept::default(),
            copies: Vec::new(),
            is_transactional,
            on_disk: None,
            fails_one_in: 0,
            wiped_ms: 0,
            down_until_ms: 0,
        }
    }

    /// `crashes` somewhere between its first read and its answer.
    pub fn put(&mut self, batch: &Batch, crashes: bool, rng: &mut fastrand::Rng, tally: &mut Tally) -> Ended {
        let crash_at = if crashes { rng.u64(..CRASH_POINTS) } else { u64::MAX };
        let (mut point, mut state) = (0, self.kept.clone());
        let mut step = gateway::store(&self.edge, batch);
        loop {
            step = match step {
                Step::Read(keys, then) | Step::ReadNow(keys, then) => {
                    then.resume(keys.iter().map(|key| self.read(&state, key, rng, tally)).collect())
                }
                Step::Write(writes, then) => {
                    let mut stored = Vec::new();
                    for (key, bytes) in writes {
                        if point == crash_at {
                            // One transaction leaves nothing behind, another KV what was written so far.
                            if !self.is_transactional {
                                self.kept = state;
                            }
                            return Ended::Crashed;
                        }
                        point += 1;
                        let fails = self.fails(rng, tally);
                        if !fails {
                            state.write(key, bytes);
                        }
                        stored.push(!fails);
                    }
                    then.resume(stored)
                }
                Step::Reply(reply, _) => {
                    self.kept = state;
                    if crash_at != u64::MAX {
                        return Ended::Crashed;
                    }
                    let (status, bytes) = (reply.response.status(), reply.response.into_body());
                    return match body::decode(&bytes) {
                        Ok(receipt) if status.is_success() => Ended::Answered(Box::new(receipt)),
                        _ => Ended::Refused,
                    };
                }
                Step::Forward(..) | Step::Done => return Ended::Refused,
            };
        }
    }

    fn read(&self, state: &Kept, key: &Key, rng: &mut fastrand::Rng, tally: &mut Tally) -> Seen {
        if self.fails(rng, tally) {
            return Seen::Failed;
        }
        state.bytes.get(key).cloned().map_or(Seen::Absent, Seen::Found)
    }

    fn fails(&self, rng: &mut fastrand::Rng, tally: &mut Tally) -> bool {
        let fails = self.fails_one_in > 0 && rng.u64(..self.fails_one_in) == 0;
        tally.kv_failures += u64::from(fails);
        fails
    }
}

impl Kept {
    fn write(&mut self, key: Key, bytes: Vec<u8>) {
        if key == Key::Cursor {
            self.cursor = body::decode(&bytes).ok();
        } else {
            let record = Record::from_bytes(&bytes).expect("a region stores records");
            let read = (record.page, record.version, database::value(&record.body));
            self.records.insert(key.clone(), read);
        }
        self.bytes.insert(key, bytes.into());
    }

    /// Its cursor, whatever it counts.
    pub fn stands(&self) -> Option<Cursor> {
        let cursor = self.cursor.clone()?;
        Some(Cursor {
            counted: CountedPuts::default(),
            ..cursor
        })
    }

    /// Whether a sync that asks it where it stands notices that the origin has this database.
    pub fn tells_of(&self, database: &Database, head: u64) -> bool {
        let Some(cursor) = &self.cursor else {
            return false;
        };
        let seen = cursor.seq.max(cursor.head);
        let is_same = |lineage: &Lineage| lineage.database == database.origin.database;
        match cursor.lineage.as_ref().is_some_and(is_same) {
            true => seen > head,
            false => seen >= database.origin.first_seq,
        }
    }

    /// What visitors see under a key.
    pub fn value(&self, key: &Key) -> Option<u64> {
        let (page, ..) = self.records.get(key)?;
        self.value_from(key, self.cursor.as_ref().map_or(0, |cursor| cursor.floor_of(page)))
    }

    /// What lies under a key, unless its version is lower.
    pub fn value_from(&self, key: &Key, floor: u64) -> Option<u64> {
        let (_, version, value) = self.records.get(key)?;
        value.filter(|_| *version >= floor)
    }

    /// 0 where there is nothing.
    pub fn version(&self, key: &Key) -> u64 {
        self.records.get(key).map_or(0, |(_, version, _)| *version)
    }
}

const CRASH_POINTS: u64 = 12;
