//! Drives one lane: fetches what is due, puts it, moves the region's cursor. A failing region delays only itself.

use std::time::Duration;

use page_model::put::{Batch, Receipt};
use reqwest::StatusCode;
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::{
    clients::{
        origin::{Delivered, Origin, OriginError},
        region::{PutClient, PutError},
    },
    clock::now_ms,
    followup::{self, Followup},
    lane::{Due, Lane, Parcel, Put},
    wake::feed::Feed,
};

pub struct Driver {
    origin: Origin,
    region: PutClient,
    lane: Lane,
    pause_ms: u64,
}

#[derive(Debug, thiserror::Error)]
enum DriverError {
    #[error(transparent)]
    Origin(#[from] OriginError),
    #[error(transparent)]
    Put(#[from] PutError),
}

impl Driver {
    pub fn new(origin: Origin, region: PutClient) -> Self {
        Self {
            lane: Lane::new(region.name()),
            origin,
            region,
            pause_ms: PAUSE_MS_MIN,
        }
    }

    pub async fn run(mut self, shutdown: CancellationToken) {
        let (followups, working) = followup::start(self.origin.clone(), self.region.clone());
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = self.work(&followups) => {}
        }
        drop(followups);
        let _ = tokio::time::timeout(DRAIN_MAX, working).await;
    }

    /// Each round starts from the cursor that the region reports; a wiped region ends a round and is filled by the next.
    async fn work(&mut self, followups: &mpsc::Sender<Followup>) {
        loop {
            match self.start().await {
                Ok(feed) => self.follow(feed, followups).await,
                Err(error) => self.pause("cannot start", &error.into()).await,
            }
        }
    }

    async fn start(&mut self) -> Result<Feed, PutError> {
        let receipt = self.region.put(&Batch::default()).await?;
        self.lane.restart(receipt.cursor);
        let region = self.region.name().to_owned();
        Ok(Feed::follow(self.origin.clone(), region, self.lane.cursor_seq()))
    }

    async fn follow(&mut self, mut feed: Feed, followups: &mpsc::Sender<Followup>) {
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.lane.is_lost() {
            let due_in = self.lane.next_due_ms().map(until);
            let cursor_in = self.lane.cursor_due_ms().map(until);
            tokio::select! {
                answer = feed.next() => match answer {
                    Some(answer) => self.lane.receive(answer.changes, answer.received_ms),
                    None => return,
                },
                () = tokio::time::sleep(due_in.unwrap_or_default()), if due_in.is_some() => {
                    self.deliver(followups).await;
                }
                () = tokio::time::sleep(cursor_in.unwrap_or_default()), if cursor_in.is_some() => {
                    self.heartbeat().await;
                }
                _ = heartbeat.tick() => self.heartbeat().await,
            }
        }
    }

    /// Puts all that is due; what fails is due again after a pause.
    async fn deliver(&mut self, followups: &mpsc::Sender<Followup>) {
        let due = self.lane.take_due(now_ms());
        match self.fetch_and_put(&due).await {
            Ok(followup) => {
                self.pause_ms = PAUSE_MS_MIN;
                self.lane.delivered(&due, now_ms());
                let _ = followups.send(followup).await;
            }
            Err(error) => {
                self.lane.give_back(due, now_ms(), self.pause_ms);
                self.pause("cannot deliver", &error).await;
            }
        }
    }

    async fn fetch_and_put(&mut self, due: &[Due]) -> Result<Followup, DriverError> {
        let mut followup = Followup::default();
        let mut parcels = Vec::new();
        for Due { page, last_seq, .. } in due {
            let records = self.origin.records(page, self.lane.cursor_seq()).await?;
            parcels.extend(self.lane.pack(page, records.records));
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

    /// In as few puts as the limits allow; the last one moves the cursor.
    async fn put_all(&mut self, parcels: Vec<Parcel>) -> Result<(), PutError> {
        let mut parcels = parcels.into_iter().peekable();
        loop {
            let mut put = Put::next(&mut parcels);
            let (records, is_last) = (put.sent.len(), put.is_last);
            if is_last {
                put.batch.cursor = self.lane.cursor_to_move(now_ms());
            }
            let receipt = self.region.put(&put.batch).await?;
            let region = self.region.name().to_owned();
            metrics::counter!("pharos_sync_puts_total", "region" => region.clone()).increment(1);
            metrics::counter!("pharos_sync_records_total", "region" => region).increment(records as u64);
            let all_stored = self.lane.note_put(put, &receipt, now_ms());
            self.show_cursor();
            if !all_stored {
                return Err(PutError::Region(StatusCode::INSUFFICIENT_STORAGE));
            }
            if is_last {
                return Ok(());
            }
        }
    }

    async fn heartbeat(&mut self) {
        let batch = self.lane.heartbeat(now_ms());
        match self.region.put(&batch).await {
            Ok(receipt) => self.note_heartbeat(&batch, &receipt),
            Err(error) => self.pause("cannot look after the region", &error.into()).await,
        }
    }

    fn note_heartbeat(&mut self, batch: &Batch, receipt: &Receipt) {
        self.lane.note_cursor(batch.cursor, receipt, now_ms());
        self.show_cursor();
    }

    fn show_cursor(&self) {
        let region = self.region.name().to_owned();
        metrics::gauge!("pharos_sync_cursor", "region" => region).set(self.lane.cursor_seq() as f64);
    }

    async fn pause(&mut self, what: &str, error: &DriverError) {
        let region = self.region.name().to_owned();
        tracing::warn!(region, %error, "{what}; trying again in {} ms", self.pause_ms);
        metrics::counter!("pharos_sync_failures_total", "region" => region).increment(1);
        tokio::time::sleep(Duration::from_millis(self.pause_ms)).await;
        self.pause_ms = (self.pause_ms * 2).min(PAUSE_MS_MAX);
    }
}

fn until(at_ms: u64) -> Duration {
    Duration::from_millis(at_ms.saturating_sub(now_ms()))
}

/// How often the region is asked whether it is still what it was: a wiped region is noticed within this time.
const HEARTBEAT: Duration = Duration::from_secs(3);
const PAUSE_MS_MIN: u64 = 100;
const PAUSE_MS_MAX: u64 = 3_000;
const DRAIN_MAX: Duration = Duration::from_secs(5);
