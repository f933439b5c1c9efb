//! A batch of records on its way into the region: what is stored of it, in which order, and what its sender is told.

use std::collections::BTreeSet;

use page_model::{
    Key, PageId, Record, Site, body,
    put::{Batch, Cursor, Expects, Outcome, PutNumber, Receipt},
    record::{FORMAT, Head},
    site::Visibility,
};

use super::edge::{Edge, Seen};

/// Records with their keys, as they are written.
pub type Writes = Vec<(Key, Vec<u8>)>;

/// What is written before the sites that name it.
#[derive(Debug, Default)]
pub struct Content {
    /// Sites that take from visitors what the rest of the batch removes: nobody may see it in the meantime.
    pub closing: Writes,
    pub rest: Writes,
}

/// A batch that was signed well, before the region's own records are known.
#[derive(Debug)]
pub struct SignedBatch {
    region: String,
    kv_lag_ms_max: u64,
    served_ms_max: u64,
    counts_puts: bool,
    number: Option<PutNumber>,
    records: Vec<Result<Record, Refused>>,
    cursor: Option<Cursor>,
    expects: Option<Expects>,
}

/// A record that is not taken, and whose page it names, where it names one.
#[derive(Debug)]
struct Refused {
    page: Option<PageId>,
    reason: String,
}

/// A batch that is being stored.
#[derive(Debug)]
pub struct StoringBatch {
    region: String,
    receipt: Receipt,
    /// What is being written first, then all but the sites; each in order.
    closing: Vec<Written>,
    writing: Vec<Written>,
    /// The `site/` records that wait for the content that they name.
    sites: Vec<(Written, Record)>,
    /// Pages of which the region lacks something.
    incomplete: Vec<PageId>,
    /// Or of any page: something was refused that names none.
    all_incomplete: bool,
    cursor: Option<Cursor>,
    /// What is counted with it, where puts are counted.
    number: Option<PutNumber>,
}

/// A record on its way into the KV: which outcome it decides, and the page that lacks it until then.
#[derive(Debug)]
struct Written {
    outcome: usize,
    page: PageId,
}

impl SignedBatch {
    pub fn new(edge: &Edge, batch: &Batch) -> Self {
        let mut keys = BTreeSet::new();
        let mut parse = |bytes: &[u8]| {
            let refused = |reason| Refused {
                page: Record::page_named(bytes),
                reason,
            };
            let record = Record::from_untrusted(bytes).map_err(|error| refused(error.to_string()))?;
            match keys.insert(record.key.clone()) {
                true => Ok(record),
                false => Err(refused(format!("{} stands twice in the batch", record.key))),
            }
        };
        Self {
            region: edge.region.clone(),
            kv_lag_ms_max: edge.kv_lag_ms_max,
            served_ms_max: edge.served_ms_max,
            counts_puts: edge.counts_puts,
            number: batch.number.filter(|_| edge.counts_puts),
            records: batch.records.iter().map(|bytes| parse(bytes)).collect(),
            cursor: batch.cursor.clone(),
            expects: batch.expects.clone(),
        }
    }

    pub fn region(&self) -> &str {
        &self.region
    }

    /// What the region has of it: the cursor first.
    pub fn keys(&self) -> Vec<Key> {
        let keys = self.records.iter().flatten().map(|record| record.key.clone());
        std::iter::once(Key::Cursor).chain(keys).collect()
    }

    /// Pages of which the batch takes away what somebody saw.
    fn narrowed(&self) -> Vec<PageId> {
        let is_taken = |record: &&Record| record.is_tombstone() && matches!(record.key, Key::Snapshot(..));
        let taken = self.records.iter().flatten().filter(is_taken);
        taken.map(|record| record.page.clone()).collect()
    }

    /// `existing` is what lies under [`SignedBatch::keys`].
    pub fn compare(self, existing: Vec<Seen>) -> (StoringBatch, Content) {
        let narrowed = self.narrowed();
        // Whoever is let in by less than before is in the record of a page that is not for all.
        let takes = |record: &Record| record.is_tombstone() || closes(record);
        let served_ms_max = match self.served_ms_max {
            0 => 0,
            ms if self.records.iter().flatten().any(takes) => ms,
            _ => 0,
        };
        let mut existing = existing.into_iter();
        let shown: Option<Cursor> = existing
            .next()
            .and_then(Seen::found)
            .and_then(|bytes| body::decode(&bytes).ok());
        let is_expected = |expects: &Expects| expects.holds(shown.as_ref());
        let unexpected = !self.expects.as_ref().is_none_or(is_expected);
        let exactly = self.expects.is_some_and(|expects| expects.exactly);
        let follows = |cursor: &Cursor| exactly || cursor.follows(shown.as_ref());
        let mut storing = StoringBatch {
            region: self.region,
            closing: Vec::new(),
            writing: Vec::new(),
            sites: Vec::new(),
            incomplete: Vec::new(),
            all_incomplete: false,
            cursor: self.cursor.filter(follows),
            number: self.number,
            receipt: Receipt {
                cursor: shown,
                outcomes: Vec::with_capacity(self.records.len()),
                cursor_failed: false,
                kv_lag_ms_max: self.kv_lag_ms_max,
                served_ms_max,
                unexpected,
                format: Some(FORMAT),
                counts_puts: self.counts_puts,
            },
        };
        if unexpected {
            storing.receipt.outcomes.resize(self.records.len(), Outcome::Failed);
            return (storing, Content::default());
        }
        let mut content = Content::default();
        for record in self.records {
            let outcome = match record {
                Err(refused) => storing.refuse(refused),
                Ok(record) => match newer(&record, existing.next().unwrap_or(Seen::Failed)) {
                    Newer::Yes => {
                        let closes = narrowed.contains(&record.page) && closes(&record);
                        storing.take(record, closes, &mut content);
                        Outcome::Failed
                    }
                    Newer::No { version } => Outcome::Kept { version },
                    Newer::Unknown => {
                        storing.incomplete.push(record.page);
                        Outcome::Failed
                    }
                },
            };
            storing.receipt.outcomes.push(outcome);
        }
        (storing, content)
    }
}

/// Whether it is of a page that not everybody may see.
fn closes(record: &Record) -> bool {
    let site = matches!(record.key, Key::Site(_)).then(|| body::decode::<Site>(&record.body));
    matches!(site, Some(Ok(Site::Page(site))) if site.visibility != Visibility::Public)
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
        Seen::Found(bytes) => match Record::head_in(&bytes) {
            Ok(Head { version, .. }) if version > record.version => Newer::No { version },
            // The same change in another format: whoever fills the region now wants it in that one.
            Ok(Head { version, format }) if version == record.version && format == record.format => {
                Newer::No { version }
            }
            Ok(_) | Err(_) => Newer::Yes,
        },
    }
}

impl StoringBatch {
    /// A site waits for its content, unless it closes; a host without a page names none and goes with it.
    fn take(&mut self, record: Record, closes: bool, content: &mut Content) {
        let written = Written {
            outcome: self.receipt.outcomes.len(),
            page: record.page.clone(),
        };
        let write = (record.key.clone(), record.to_bytes());
        if closes {
            self.closing.push(written);
            content.closing.push(write);
        } else if matches!(record.key, Key::Site(_)) && !record.is_tombstone() {
            self.sites.push((written, record));
        } else {
            self.writing.push(written);
            content.rest.push(write);
        }
    }

    /// The page lacks it, and what names it must wait.
    fn refuse(&mut self, Refused { page, reason }: Refused) -> Outcome {
        match page {
            Some(page) => self.incomplete.push(page),
            None => self.all_incomplete = true,
        }
        Outcome::Refused { reason }
    }

    /// Whether each of the writes that close was stored.
    pub fn note_closing(&mut self, stored: &[bool]) {
        let closing = std::mem::take(&mut self.closing);
        self.note_each(closing, stored);
    }

    /// Whether each of the last writes was stored.
    pub fn note(&mut self, stored: &[bool]) {
        let writing = std::mem::take(&mut self.writing);
        self.note_each(writing, stored);
    }

    fn note_each(&mut self, writes: Vec<Written>, stored: &[bool]) {
        let stored = stored.iter().copied().chain(std::iter::repeat(false));
        for (written, stored) in writes.into_iter().zip(stored) {
            match self.receipt.outcomes.get_mut(written.outcome) {
                Some(outcome) if stored => *outcome = Outcome::Stored,
                _ => self.incomplete.push(written.page),
            }
        }
    }

    pub fn note_cursor(&mut self, stored: bool) {
        self.receipt.cursor_failed = !stored;
        if !stored && self.number.is_some() {
            // What is not counted is not acknowledged.
            self.receipt.outcomes.fill(Outcome::Failed);
        }
    }

    /// The sites of those pages whose content is there; the others are sent again with it.
    pub fn sites(&mut self) -> Writes {
        let mut writes = Vec::new();
        for (written, record) in std::mem::take(&mut self.sites) {
            if !self.all_incomplete && !self.incomplete.contains(&record.page) {
                self.writing.push(written);
                writes.push((record.key.clone(), record.to_bytes()));
            }
        }
        writes
    }

    /// The cursor moves only when everything before it is stored. Where puts are counted it tells of this one also where it stays.
    pub fn cursor(&self) -> Option<(Key, Vec<u8>)> {
        let is_there = |outcome: &Outcome| matches!(outcome, Outcome::Stored | Outcome::Kept { .. });
        let is_complete = !self.receipt.unexpected && self.receipt.outcomes.iter().all(is_there);
        let moved = self.cursor.as_ref().filter(|_| is_complete);
        let shown = self.receipt.cursor.as_ref();
        let stays = shown.filter(|_| self.number.is_some() && !self.receipt.unexpected);
        let mut cursor = moved.or(stays)?.clone();
        cursor.saw(shown);
        cursor.count(shown, self.number.map(|put| self.receipt.counted(put)));
        Some((Key::Cursor, body::encode(&cursor)))
    }

    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// What the operator should know: why something is not stored.
    pub fn log(&self) -> Option<String> {
        let reasons = self.receipt.outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Refused { reason } => Some(reason.as_str()),
            Outcome::Failed => Some("the KV failed"),
            Outcome::Stored | Outcome::Kept { .. } => None,
        });
        if self.receipt.unexpected {
            return Some(format!(
                "{}: a batch for another state of this region; nothing stored",
                self.region
            ));
        }
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
