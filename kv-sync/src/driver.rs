//! Does what a lane says, and tells it what came of it. All that is decided is decided in `sync_lane`.

use std::time::Duration;

use page_model::{PageId, put::Batch};
use sync_lane::{Command, Event, Fault, Lane, Level};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    clients::{
        origin::{Origin, OriginError},
        region::{PutClient, PutError},
    },
    clock::now_ms,
    followup::{self, Followups, Hosts, Reports},
};

pub struct Driver {
    origin: Origin,
    region: PutClient,
    lane: Lane,
    began: Instant,
    /// What was asked and is not answered yet.
    asked: JoinSet<Event>,
    /// What the workers that follow have no room for yet.
    reports: Reports,
    hosts: Hosts,
}

impl Driver {
    pub fn new(origin: Origin, region: PutClient, seed: u64) -> Self {
        Self {
            origin,
            region,
            lane: Lane::new(seed),
            began: Instant::now(),
            asked: JoinSet::new(),
            reports: Reports::default(),
            hosts: Hosts::default(),
        }
    }

    pub async fn run(mut self, shutdown: CancellationToken) {
        let (followups, mut working) = followup::start(self.origin.clone(), self.region.clone());
        let mut event = Event::Tick;
        loop {
            let mut commands = Vec::new();
            let now_ms = self.elapsed_ms();
            self.lane.handle(now_ms, event, &mut commands);
            for command in commands {
                self.obey(command);
            }
            self.follow_up(&followups);
            self.show();
            let wakes = self.wakes();
            event = tokio::select! {
                () = shutdown.cancelled() => break,
                Some(answer) = self.asked.join_next() => answer.unwrap_or(Event::Tick),
                () = sleep_until(wakes) => Event::Tick,
            };
        }
        drop(followups);
        let _ = timeout(DRAIN_MAX, async { while working.join_next().await.is_some() {} }).await;
    }

    fn obey(&mut self, command: Command) {
        let (origin, region) = (self.origin.clone(), self.region.clone());
        match command {
            Command::Poll { id, after, wait_ms } => drop(self.asked.spawn(poll(origin, id, after, wait_ms))),
            Command::Fetch { id, page, since } => drop(self.asked.spawn(fetch(origin, id, page, since))),
            Command::Put { id, batch } => drop(self.asked.spawn(put(region, id, *batch))),
            Command::Overtaken { database, seq } => drop(self.asked.spawn(async move {
                if let Err(error) = origin.overtaken(&database, seq).await {
                    tracing::warn!(region = region.name(), %error, "the origin could not be told that it is behind");
                }
                Event::Tick
            })),
            Command::Report(delivered) => {
                let at_ms = now_ms();
                for sync_lane::Delivered { page, seq } in delivered {
                    self.reports.insert(page, (seq, at_ms));
                }
            }
            Command::Warm { host, first } => self.hosts.add(host, first),
            Command::Say { level, text } => say(self.region.name(), level, &text),
        }
    }

    /// Hands over what is to be done when nobody waits; where there is no room it is joined with what comes next.
    fn follow_up(&mut self, followups: &Followups) {
        if !self.reports.is_empty()
            && let Ok(place) = followups.reports.try_reserve()
        {
            place.send(std::mem::take(&mut self.reports));
        }
        if !self.hosts.is_empty()
            && let Ok(place) = followups.hosts.try_reserve()
        {
            place.send(std::mem::take(&mut self.hosts));
        }
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn wakes(&self) -> Instant {
        let wait_ms = self.lane.wake_ms().saturating_sub(self.elapsed_ms()).min(WAIT_MS_MAX);
        // Fractions of a millisecond are cut off: what is due in this one would be asked for again and again.
        Instant::now() + Duration::from_millis(wait_ms.max(1))
    }

    fn show(&self) {
        let region = self.region.name().to_owned();
        let cursor = self.lane.cursor();
        metrics::gauge!("pharos_sync_cursor", "region" => region.clone()).set(cursor.seq as f64);
        metrics::gauge!("pharos_sync_parked_pages", "region" => region).set(cursor.parked.len() as f64);
    }
}

async fn poll(origin: Origin, id: u64, after: u64, wait_ms: u64) -> Event {
    match origin.feed(after, wait_ms).await {
        Ok(news) => Event::News {
            id,
            news: news.heard_at(now_ms()),
        },
        Err(error) => Event::FeedFailed {
            id,
            reason: error.to_string(),
        },
    }
}

async fn fetch(origin: Origin, id: u64, page: PageId, since: u64) -> Event {
    match origin.records(&page, since).await {
        Ok(records) => Event::Records {
            id,
            seq: records.seq,
            database: records.database,
            records: records.records,
        },
        Err(error) => Event::PageFailed {
            id,
            fault: match error {
                OriginError::Answer(_) => Fault::Asked,
                OriginError::Unreachable(_) | OriginError::Token => Fault::Retry,
            },
            reason: error.to_string(),
        },
    }
}

async fn put(region: PutClient, id: u64, batch: Batch) -> Event {
    let name = region.name().to_owned();
    match region.put(&batch).await {
        Ok(receipt) => {
            if !batch.records.is_empty() {
                metrics::counter!("pharos_sync_puts_total", "region" => name.clone()).increment(1);
            }
            metrics::counter!("pharos_sync_records_total", "region" => name).increment(batch.records.len() as u64);
            Event::Region { id, receipt }
        }
        Err(error) => {
            metrics::counter!("pharos_sync_failures_total", "region" => name).increment(1);
            Event::RegionFailed {
                id,
                fault: match error {
                    PutError::Batch { .. } => Fault::Asked,
                    _ => Fault::Retry,
                },
                reason: error.to_string(),
            }
        }
    }
}

fn say(region: &str, level: Level, text: &str) {
    match level {
        Level::Info => tracing::info!(region, "{text}"),
        Level::Warn => tracing::warn!(region, "{text}"),
        Level::Error => tracing::error!(region, "{text}"),
    }
}

const WAIT_MS_MAX: u64 = 60_000;
const DRAIN_MAX: Duration = Duration::from_secs(5);
