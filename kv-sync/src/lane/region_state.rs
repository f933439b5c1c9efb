//! The state of one region as its lane knows it.

use std::collections::HashMap;

use page_model::{
    ContentHash, Key, PageId,
    limits::CURSOR_INTERVAL_MS,
    put::{Batch, Cursor, Outcome, Receipt},
};
use serde_bytes::ByteBuf;

use crate::{
    clients::origin::Changes,
    lane::{
        coalesce::{Coalescer, Due},
        cursor_moves::CursorMoves,
        parcel::{Parcel, Put},
    },
};

pub struct Lane {
    region: String,
    coalescer: Coalescer,
    /// How far the feed has been read, and when its last answer was received.
    head: u64,
    received_ms: u64,
    /// The region's cursor as it was last put.
    cursor: Cursor,
    moves: CursorMoves,
    /// The region has less than it had.
    is_lost: bool,
    /// What the region is known to have, so that the unchanged is not sent again.
    sent: HashMap<Key, ContentHash>,
}

impl Lane {
    pub fn new(region: &str) -> Self {
        Self {
            region: region.to_owned(),
            coalescer: Coalescer::default(),
            head: 0,
            received_ms: 0,
            cursor: CURSOR_OF_EMPTY_REGION,
            moves: CursorMoves::default(),
            is_lost: false,
            sent: HashMap::new(),
        }
    }

    /// Starts over from the cursor that the region itself reports, or from nothing.
    pub fn restart(&mut self, reported: Option<Cursor>) {
        // What was put since the region lost something may have moved the cursor past what is missing.
        let was_lost = std::mem::take(&mut self.is_lost);
        let region = &self.region;
        let cursor = reported.filter(|_| !was_lost);
        match cursor {
            None => tracing::info!(region, "the region is empty and will be filled"),
            Some(cursor) => tracing::info!(region, seq = cursor.seq, "the region's cursor is known"),
        }
        self.cursor = cursor.unwrap_or(CURSOR_OF_EMPTY_REGION);
        self.moves = CursorMoves::from_region(self.cursor.seq);
        self.head = self.cursor.seq;
        self.coalescer = Coalescer::default();
        self.sent.clear();
    }

    /// The region must be filled again: this round ends.
    pub fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// The last change that the region is known to have.
    pub fn cursor_seq(&self) -> u64 {
        self.cursor.seq
    }

    pub fn receive(&mut self, changes: Changes, received_ms: u64) {
        if changes.head < self.cursor.seq {
            tracing::error!(
                region = self.region,
                head = changes.head,
                cursor = self.cursor.seq,
                "the region is ahead of the origin: was an older database restored? Its pages stay as they are until \
                 the origin has passed the region's cursor"
            );
        }
        self.head = changes.head;
        self.received_ms = received_ms;
        for change in changes.changes {
            self.coalescer.mark(change.page, change.seq);
        }
    }

    /// When a page is due next.
    pub fn next_due_ms(&self) -> Option<u64> {
        self.coalescer.next_due_ms()
    }

    /// When the cursor may be moved, where the region has more than it says.
    pub fn cursor_due_ms(&self) -> Option<u64> {
        self.owes_cursor().then(|| self.moves.free_ms())
    }

    pub fn take_due(&mut self, now_ms: u64) -> Vec<Due> {
        self.coalescer.take(now_ms, PAGES_PER_PUT_MAX)
    }

    pub fn delivered(&mut self, due: &[Due], now_ms: u64) {
        for due in due {
            self.coalescer.delivered(&due.page, now_ms);
        }
    }

    pub fn give_back(&mut self, due: Vec<Due>, now_ms: u64, wait_ms: u64) {
        for due in due {
            self.coalescer.give_back(due, now_ms, wait_ms);
        }
    }

    /// The records that the region does not have already.
    pub fn pack(&self, page: &PageId, records: Vec<ByteBuf>) -> Vec<Parcel> {
        records
            .into_iter()
            .filter_map(|bytes| Parcel::open(page, bytes))
            .filter(|parcel| self.sent.get(&parcel.record.key) != Some(&parcel.record.hash))
            .collect()
    }

    /// The cursor that goes with the last put of a delivery.
    pub fn cursor_to_move(&self, now_ms: u64) -> Option<Cursor> {
        (self.moves.free_ms() <= now_ms).then(|| self.reached())
    }

    /// Asks whether the region still is where it was left, and moves its cursor, or shows now and then that the feed
    /// is still read.
    pub fn heartbeat(&self, now_ms: u64) -> Batch {
        let reached = self.reached();
        let is_stale = reached.at_ms >= self.cursor.at_ms + CURSOR_INTERVAL_MS;
        let moves = (is_stale || self.owes_cursor()) && self.moves.free_ms() <= now_ms;
        Batch {
            cursor: moves.then_some(reached),
            ..Batch::default()
        }
    }

    /// Whether all records of the put are stored. What is not is sent again, and only it.
    pub fn note_put(&mut self, put: Put, receipt: &Receipt, now_ms: u64) -> bool {
        let region = &self.region;
        for ((key, hash), outcome) in put.sent.into_iter().zip(&receipt.outcomes) {
            match outcome {
                Outcome::Stored | Outcome::Kept { .. } => drop(self.sent.insert(key, hash)),
                Outcome::Refused { reason } => tracing::error!(region, %key, reason, "the region refused a record"),
                Outcome::Failed => {}
            }
        }
        self.note_cursor(put.batch.cursor, receipt, now_ms);
        !receipt.outcomes.contains(&Outcome::Failed)
    }

    /// What the receipt shows of the region's cursor, after a batch that may have moved it.
    pub fn note_cursor(&mut self, moved: Option<Cursor>, receipt: &Receipt, now_ms: u64) {
        let shown_seq = receipt.cursor.map_or(0, |cursor| cursor.seq);
        self.is_lost |= shown_seq < self.moves.certain_seq(now_ms, receipt.kv_lag_ms_max);
        // The region moves its cursor only when everything before it is stored.
        let is_complete = !receipt.outcomes.contains(&Outcome::Failed);
        let Some(cursor) = moved.filter(|_| is_complete) else {
            return;
        };
        let cursor = if receipt.cursor_failed { self.cursor } else { cursor };
        self.moves.note(cursor.seq, now_ms);
        self.cursor = cursor;
    }

    /// Everything before the first change that is owed; the time is when the feed answered, not now.
    fn reached(&self) -> Cursor {
        let before_owed = self.coalescer.first_owed().map(|first| first.saturating_sub(1));
        Cursor {
            seq: before_owed
                .map_or(self.head, |seq| seq.min(self.head))
                .max(self.cursor.seq),
            at_ms: self.received_ms.max(self.cursor.at_ms),
        }
    }

    /// Whether the region has more than its cursor says.
    fn owes_cursor(&self) -> bool {
        self.reached().seq > self.cursor.seq
    }
}

const CURSOR_OF_EMPTY_REGION: Cursor = Cursor { seq: 0, at_ms: 0 };
const PAGES_PER_PUT_MAX: usize = 64;
