//! One lane per region: take what is due, fetch it, drop the unchanged, put it, move the region's cursor. A failing
//! region delays only itself.

use std::{collections::HashMap, time::Duration};

use page_model::{
    ContentHash, Host, Key, PageId, Record,
    limits::{CURSOR_INTERVAL_MS, PUT_BYTES_MAX, PUT_RECORDS_MAX},
    put::{Batch, Cursor, Outcome, Receipt},
};
use serde_bytes::ByteBuf;
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::{
    coalesce::{Coalescer, Due},
    door::{Door, PushError, now_ms},
    feed::{Feed, News},
    followup::{self, Followup},
    moves::Moves,
    origin::{Delivered, Origin, OriginError},
};

pub struct Lane {
    origin: Origin,
    door: Door,
    coalescer: Coalescer,
    /// How far the feed has been read, and when the origin was last heard.
    head: u64,
    heard_ms: u64,
    /// The region's cursor as it was last put.
    cursor: Cursor,
    moves: Moves,
    /// The region has less than it had.
    lost: bool,
    /// What the region is known to have, so that the unchanged is not sent again.
    sent: HashMap<Key, ContentHash>,
    pause_ms: u64,
}

#[derive(Debug, thiserror::Error)]
enum LaneError {
    #[error(transparent)]
    Origin(#[from] OriginError),
    #[error(transparent)]
    Push(#[from] PushError),
}

/// A record on its way, with its envelope's key and hash.
struct Parcel {
    bytes: ByteBuf,
    record: Record,
}

impl Parcel {
    /// The host that is worth warming once this is put.
    fn host(&self) -> Option<Host> {
        match &self.record.key {
            Key::Site(host) if !self.record.is_tombstone() => Some(host.clone()),
            _ => None,
        }
    }
}

impl Lane {
    pub fn new(origin: Origin, door: Door) -> Self {
        Self {
            origin,
            door,
            coalescer: Coalescer::default(),
            head: 0,
            heard_ms: 0,
            cursor: NOWHERE,
            moves: Moves::default(),
            lost: false,
            sent: HashMap::new(),
            pause_ms: PAUSE_MS_MIN,
        }
    }

    pub async fn run(mut self, shutdown: CancellationToken) {
        let (followups, working) = followup::start(self.origin.clone(), self.door.clone());
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = self.work(&followups) => {}
        }
        drop(followups);
        let _ = tokio::time::timeout(DRAIN_MAX, working).await;
    }

    /// Each round starts from what the region itself says; a wiped region ends a round and is filled by the next.
    async fn work(&mut self, followups: &mpsc::Sender<Followup>) {
        loop {
            match self.start().await {
                Ok(feed) => self.follow(feed, followups).await,
                Err(error) => self.pause("cannot start", &error.into()).await,
            }
        }
    }

    async fn start(&mut self) -> Result<Feed, PushError> {
        let receipt = self.door.put(&Batch::default()).await?;
        // What was put since it was lost may have moved the cursor past what is missing.
        let lost = std::mem::take(&mut self.lost);
        let cursor = receipt.cursor.filter(|_| !lost);
        match cursor {
            None => tracing::info!(region = self.door.region(), "the region is empty and will be filled"),
            Some(cursor) => tracing::info!(
                region = self.door.region(),
                seq = cursor.seq,
                "the region's cursor is known"
            ),
        }
        self.cursor = cursor.unwrap_or(NOWHERE);
        self.moves = Moves::from_region(self.cursor.seq);
        self.head = self.cursor.seq;
        self.coalescer = Coalescer::default();
        self.sent.clear();
        let region = self.door.region().to_owned();
        Ok(Feed::follow(self.origin.clone(), region, self.cursor.seq))
    }

    async fn follow(&mut self, mut feed: Feed, followups: &mpsc::Sender<Followup>) {
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.lost {
            let due_in = self.coalescer.next_due_ms().map(until);
            let cursor_in = self.owes_cursor().then(|| until(self.moves.free_ms()));
            tokio::select! {
                news = feed.next() => match news {
                    Some(news) => self.hear(news),
                    None => return,
                },
                () = tokio::time::sleep(due_in.unwrap_or_default()), if due_in.is_some() => {
                    self.deliver(followups).await;
                }
                () = tokio::time::sleep(cursor_in.unwrap_or_default()), if cursor_in.is_some() => {
                    self.look_after_region().await;
                }
                _ = heartbeat.tick() => self.look_after_region().await,
            }
        }
    }

    fn hear(&mut self, news: News) {
        if news.changes.head < self.cursor.seq {
            tracing::error!(
                region = self.door.region(),
                head = news.changes.head,
                cursor = self.cursor.seq,
                "the region is ahead of the origin: was an older database restored? Its pages stay as they are until \
                 the origin has passed the region's cursor"
            );
        }
        self.head = news.changes.head;
        self.heard_ms = news.heard_ms;
        for change in news.changes.changes {
            self.coalescer.mark(change.page, change.seq);
        }
    }

    /// Puts all that is due; what fails is due again after a pause.
    async fn deliver(&mut self, followups: &mpsc::Sender<Followup>) {
        let due = self.coalescer.take(now_ms(), PAGES_PER_PUT_MAX);
        match self.carry(&due).await {
            Ok(followup) => {
                self.pause_ms = PAUSE_MS_MIN;
                for due in &due {
                    self.coalescer.delivered(&due.page, now_ms());
                }
                let _ = followups.send(followup).await;
            }
            Err(error) => {
                for page in due {
                    self.coalescer.give_back(page, now_ms(), self.pause_ms);
                }
                self.pause("cannot deliver", &error).await;
            }
        }
    }

    async fn carry(&mut self, due: &[Due]) -> Result<Followup, LaneError> {
        let mut followup = Followup::default();
        let mut parcels = Vec::new();
        for Due { page, last_seq, .. } in due {
            let records = self.origin.records(page, self.cursor.seq).await?;
            parcels.extend(self.pack(page, records.records));
            followup.delivered.push(Delivered {
                page: page.clone(),
                seq: records.seq.max(*last_seq),
                at_ms: 0,
            });
        }
        followup.hosts = parcels.iter().filter_map(Parcel::host).collect();
        self.put_all(parcels).await?;
        let at_ms = now_ms();
        for delivered in &mut followup.delivered {
            delivered.at_ms = at_ms;
        }
        Ok(followup)
    }

    /// Drops what the region has already. Only envelopes are looked at, never a body.
    fn pack(&self, page: &PageId, records: Vec<ByteBuf>) -> Vec<Parcel> {
        let parcels = records
            .into_iter()
            .filter_map(|bytes| match Record::from_bytes(&bytes) {
                Ok(record) if record.page == *page => Some(Parcel { bytes, record }),
                Ok(record) => {
                    tracing::error!(%page, key = %record.key, "the origin composed a record of another page; left out");
                    None
                }
                Err(error) => {
                    tracing::error!(%page, %error, "the origin composed a record that does not decode; left out");
                    None
                }
            });
        parcels
            .filter(|parcel| self.sent.get(&parcel.record.key) != Some(&parcel.record.hash))
            .collect()
    }

    /// In as few puts as the limits allow; the last one moves the cursor.
    async fn put_all(&mut self, parcels: Vec<Parcel>) -> Result<(), PushError> {
        let mut parcels = parcels.into_iter().peekable();
        loop {
            let mut batch = Batch::default();
            let mut sent = Vec::new();
            let mut bytes_left = PUT_BYTES_MAX - PUT_FRAME_BYTES;
            while sent.len() < PUT_RECORDS_MAX {
                let Some(parcel) = parcels.next_if(|parcel| parcel.bytes.len() + RECORD_FRAME_BYTES <= bytes_left)
                else {
                    break;
                };
                bytes_left -= parcel.bytes.len() + RECORD_FRAME_BYTES;
                batch.records.push(parcel.bytes);
                sent.push((parcel.record.key, parcel.record.hash));
            }
            let last = parcels.peek().is_none() || sent.is_empty();
            batch.cursor = (last && self.moves.free_ms() <= now_ms()).then(|| self.reached());
            let receipt = self.door.put(&batch).await?;
            self.note(&batch, &receipt, sent)?;
            if last {
                return Ok(());
            }
        }
    }

    fn note(&mut self, batch: &Batch, receipt: &Receipt, sent: Vec<(Key, ContentHash)>) -> Result<(), PushError> {
        let region = self.door.region().to_owned();
        metrics::counter!("pharos_sync_puts_total", "region" => region.clone()).increment(1);
        metrics::counter!("pharos_sync_records_total", "region" => region.clone()).increment(sent.len() as u64);
        for ((key, hash), outcome) in sent.into_iter().zip(&receipt.outcomes) {
            match outcome {
                Outcome::Stored | Outcome::Kept { .. } => drop(self.sent.insert(key, hash)),
                Outcome::Refused { reason } => tracing::error!(region, %key, reason, "the region refused a record"),
                // It is sent again, and only it: what is stored is not.
                Outcome::Failed => {}
            }
        }
        self.note_cursor(batch, receipt);
        match receipt.outcomes.contains(&Outcome::Failed) {
            true => Err(PushError::Region(reqwest::StatusCode::INSUFFICIENT_STORAGE)),
            false => Ok(()),
        }
    }

    fn note_cursor(&mut self, batch: &Batch, receipt: &Receipt) {
        let shown_seq = receipt.cursor.map_or(0, |cursor| cursor.seq);
        self.lost |= shown_seq < self.moves.certain_seq(now_ms(), receipt.kv_lag_ms_max);
        // The door moves the cursor only when everything before it is stored.
        let complete = !receipt.outcomes.contains(&Outcome::Failed);
        if let Some(cursor) = batch.cursor.filter(|_| complete) {
            let seq = if receipt.cursor_failed {
                self.cursor.seq
            } else {
                cursor.seq
            };
            self.moves.note(seq, now_ms());
            if !receipt.cursor_failed {
                self.cursor = cursor;
                let region = self.door.region().to_owned();
                metrics::gauge!("pharos_sync_cursor", "region" => region).set(cursor.seq as f64);
            }
        }
    }

    /// Everything before the first change that is owed; the time is when the origin was heard, not now.
    fn reached(&self) -> Cursor {
        let before_owed = self.coalescer.first_owed().map(|first| first.saturating_sub(1));
        Cursor {
            seq: before_owed
                .map_or(self.head, |seq| seq.min(self.head))
                .max(self.cursor.seq),
            at_ms: self.heard_ms.max(self.cursor.at_ms),
        }
    }

    /// Whether the region has more than its cursor says.
    fn owes_cursor(&self) -> bool {
        self.reached().seq > self.cursor.seq
    }

    /// Looks whether the region still stands where it was left, and tells it what it has come to, or now and then that
    /// the origin lives.
    async fn look_after_region(&mut self) {
        let reached = self.reached();
        let stale = reached.at_ms >= self.cursor.at_ms + CURSOR_INTERVAL_MS;
        let moves = (stale || self.owes_cursor()) && self.moves.free_ms() <= now_ms();
        let batch = Batch {
            cursor: moves.then_some(reached),
            ..Batch::default()
        };
        match self.door.put(&batch).await {
            Ok(receipt) => self.note_cursor(&batch, &receipt),
            Err(error) => self.pause("cannot look after the region", &error.into()).await,
        }
    }

    async fn pause(&mut self, what: &str, error: &LaneError) {
        let region = self.door.region().to_owned();
        tracing::warn!(region, %error, "{what}; trying again in {} ms", self.pause_ms);
        metrics::counter!("pharos_sync_failures_total", "region" => region).increment(1);
        tokio::time::sleep(Duration::from_millis(self.pause_ms)).await;
        self.pause_ms = (self.pause_ms * 2).min(PAUSE_MS_MAX);
    }
}

fn until(at_ms: u64) -> Duration {
    Duration::from_millis(at_ms.saturating_sub(now_ms()))
}

/// Where the cursor of a region stands that has nothing.
const NOWHERE: Cursor = Cursor { seq: 0, at_ms: 0 };
/// How often the region is asked whether it is still what it was: a wiped region is noticed within this time.
const HEARTBEAT: Duration = Duration::from_secs(3);
const PAUSE_MS_MIN: u64 = 100;
const PAUSE_MS_MAX: u64 = 3_000;
const PAGES_PER_PUT_MAX: usize = 64;
/// What CBOR adds around a batch and around each record in it.
const PUT_FRAME_BYTES: usize = 256;
const RECORD_FRAME_BYTES: usize = 16;
const DRAIN_MAX: Duration = Duration::from_secs(5);
