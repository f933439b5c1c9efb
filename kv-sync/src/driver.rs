//! Does what a lane says, and tells it what came of it. All that is decided is decided in `sync_lane`.

use std::time::Duration;

use page_model::{
    PageId,
    put::{Batch, Outcome, Receipt},
};
use sync_lane::{About, Command, Event, Fault, Lane, Level};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span};

use crate::{
    board::{self, Place, Shown, Told},
    cause::chain,
    clients::{
        origin::{Origin, OriginError},
        region::{PutClient, PutError},
    },
    clock::now_ms,
    followup::{self, Followups, Hosts, Reports},
    metrics::RegionMetrics,
    traces::Traces,
    troubles::Troubles,
};

pub struct Driver {
    origin: Origin,
    region: PutClient,
    lane: Lane,
    /// The lane's clock: it begins at the time of day, so that what was changed before is at a time too, and is never set.
    began: Instant,
    began_ms: u64,
    /// What was asked and is not answered yet.
    asked: JoinSet<Event>,
    /// What the workers that follow have no room for yet.
    reports: Reports,
    hosts: Hosts,
    place: Place,
    metrics: Option<RegionMetrics>,
    troubles: Troubles,
    traces: Traces,
    answered_ms: Option<u64>,
    delivered_ms: Option<u64>,
    last_over: Option<Told>,
    /// Since when the lane does not follow the feed.
    begins_since_ms: Option<u64>,
}

impl Driver {
    pub fn new(origin: Origin, region: PutClient, place: Place, seed: u64) -> Self {
        Self {
            origin,
            region,
            lane: Lane::new(seed),
            began: Instant::now(),
            began_ms: now_ms(),
            asked: JoinSet::new(),
            reports: Reports::default(),
            hosts: Hosts::default(),
            metrics: place.metrics(),
            place,
            troubles: Troubles::default(),
            traces: Traces::default(),
            answered_ms: None,
            delivered_ms: None,
            last_over: None,
            begins_since_ms: Some(now_ms()),
        }
    }

    pub async fn run(mut self, shutdown: CancellationToken) {
        let (followups, mut working) = followup::start(self.origin.clone(), self.region.clone());
        let mut event = Event::Tick;
        loop {
            let mut commands = Vec::new();
            let elapsed_ms = self.elapsed_ms();
            self.answered(&event);
            self.lane.handle(elapsed_ms, event, &mut commands);
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
            Command::Poll { id, after, wait_ms } => {
                self.asked
                    .spawn(poll(origin, region, self.traces.clone(), id, after, wait_ms));
            }
            Command::Fetch {
                id,
                page,
                since,
                awaited,
            } => {
                let span = self.traces.fetching(&page);
                self.asked
                    .spawn(fetch(origin, self.traces.clone(), id, page, since, awaited).instrument(span));
            }
            Command::Put { id, batch } => {
                let span = self.traces.putting(region.name(), batch.records.len());
                self.asked
                    .spawn(put(region, self.metrics.clone(), id, *batch).instrument(span));
            }
            Command::Overtaken { database, seq } => drop(self.asked.spawn(async move {
                if let Err(error) = origin.overtaken(&database, seq).await {
                    let cause = chain(&error);
                    tracing::warn!(
                        region = region.name(),
                        cause,
                        "the origin could not be told that it is behind"
                    );
                }
                Event::Tick
            })),
            Command::Report(delivered) => {
                let at_ms = now_ms();
                self.delivered_ms = Some(at_ms);
                for delivered in delivered {
                    self.delivered(&delivered);
                    let report = (delivered.seq, at_ms, delivered.served_ms);
                    self.reports.insert(delivered.page, report);
                }
            }
            Command::Warm { host, first } => self.hosts.add(host, first),
            Command::Say { level, text } => say(self.region.name(), level, &text),
            Command::Trouble { about, reason } => self.failed(about, reason),
        }
    }

    /// What an answer says of those who were asked.
    fn answered(&mut self, event: &Event) {
        match event {
            Event::News { .. } | Event::Records { .. } => self.works(&About::Origin),
            Event::Region { receipt, .. } => {
                self.answered_ms = Some(now_ms());
                match unstored(receipt) {
                    Some(cause) => self.failed(About::Region, cause),
                    None => self.works(&About::Region),
                }
            }
            Event::Tick | Event::RegionFailed { .. } | Event::FeedFailed { .. } | Event::PageFailed { .. } => {}
        }
    }

    fn failed(&mut self, about: About, cause: String) {
        if let Some(metrics) = &self.metrics {
            let failures = match &about {
                About::Origin => &metrics.origin_failures,
                About::Region => &metrics.region_failures,
                About::AnotherSync => &metrics.another_sync,
                About::Page(_) | About::Parked(_) => &metrics.page_failures,
            };
            failures.increment(1);
        }
        let region = self.region.name();
        let named = about.clone();
        let Some(trouble) = self.troubles.failed(now_ms(), about, cause) else {
            return;
        };
        let (cause, times) = (trouble.cause.as_str(), trouble.times);
        let failing_seconds = trouble.last_ms.saturating_sub(trouble.since_ms) / 1_000;
        match named {
            About::Origin => tracing::warn!(
                region,
                cause,
                times,
                failing_seconds,
                "the origin cannot be read; trying again"
            ),
            About::Region => tracing::warn!(
                region,
                cause,
                times,
                failing_seconds,
                "the region takes no put; trying again"
            ),
            About::AnotherSync => tracing::warn!(region, cause, times, "two syncs fill one region"),
            About::Page(page) => {
                tracing::warn!(region, %page, cause, times, failing_seconds, "not delivered; trying again");
            }
            About::Parked(page) => {
                tracing::error!(region, %page, cause, times, "not delivered; the page stays as it is, others go on");
            }
        }
    }

    fn works(&mut self, about: &About) {
        if let Some(trouble) = self.troubles.works(about) {
            self.last_over = Some(Told::of(about, &trouble));
            let region = self.region.name();
            let (times, what) = (trouble.times, name(about));
            let failed_seconds = now_ms().saturating_sub(trouble.since_ms) / 1_000;
            let was = trouble.cause;
            match about {
                About::Page(page) | About::Parked(page) => {
                    tracing::info!(region, %page, times, failed_seconds, was, "{what} is back");
                }
                _ => tracing::info!(region, times, failed_seconds, was, "{what} is back"),
            }
        }
    }

    fn delivered(&mut self, delivered: &sync_lane::Delivered) {
        let sync_lane::Delivered {
            page, seq, waited_ms, ..
        } = delivered;
        self.traces.delivered(page, *seq);
        self.works(&About::Page(page.clone()));
        self.works(&About::Parked(page.clone()));
        if let Some(metrics) = &self.metrics {
            metrics.deliveries.increment(1);
            metrics.delivery_seconds.record(*waited_ms as f64 / 1_000.0);
        }
        tracing::info!(region = self.region.name(), %page, seq, waited_ms, "delivered");
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
        let elapsed_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.began_ms.saturating_add(elapsed_ms)
    }

    fn wakes(&self) -> Instant {
        let wait_ms = self.lane.wake_ms().saturating_sub(self.elapsed_ms()).min(WAIT_MS_MAX);
        // Fractions of a millisecond are cut off: what is due in this one would be asked for again and again.
        Instant::now() + Duration::from_millis(wait_ms.max(1))
    }

    fn show(&mut self) {
        let now_ms = now_ms();
        self.troubles.forget_another_sync(now_ms);
        let standing = self.lane.standing();
        let is_following = standing.state == "following" || standing.state == "filling";
        self.begins_since_ms = match is_following {
            true => None,
            false => self.begins_since_ms.or(Some(now_ms)),
        };
        let elapsed_ms = self.elapsed_ms();
        let waits = standing.behind_since_ms;
        let waits = waits.map(|since_ms| now_ms.saturating_sub(elapsed_ms.saturating_sub(since_ms)));
        // Who cannot be asked may have changes that nobody knows of here.
        let silent = self.troubles.iter().find(|(about, _)| **about == About::Origin);
        let silent = silent.map(|(_, trouble)| trouble.since_ms);
        self.place.show(Shown {
            standing,
            behind_since_ms: [self.begins_since_ms, waits, silent].into_iter().flatten().min(),
            answered_ms: self.answered_ms,
            delivered_ms: self.delivered_ms,
            troubles: board::told(&self.troubles),
            last_over: self.last_over.clone(),
        });
    }
}

/// Why not all of a put is in the region, though it answered.
fn unstored(receipt: &Receipt) -> Option<String> {
    let failed = receipt.outcomes.iter().filter(|outcome| **outcome == Outcome::Failed);
    let failed = if receipt.unexpected { 0 } else { failed.count() };
    let what = match (failed, receipt.cursor_failed) {
        (0, false) => return None,
        (0, true) => "its cursor was not stored".to_owned(),
        (failed, _) => format!("{failed} of {} records were not stored", receipt.outcomes.len()),
    };
    Some(format!(
        "the region answers, but its store takes no writes: {what}; is its disk or KV full, or read-only? The edge's log has the error"
    ))
}

fn name(about: &About) -> &'static str {
    match about {
        About::Origin => "the origin",
        About::Region => "the region",
        About::AnotherSync => "a single sync",
        About::Page(_) | About::Parked(_) => "the page",
    }
}

async fn poll(origin: Origin, region: PutClient, traces: Traces, id: u64, after: u64, wait_ms: u64) -> Event {
    match origin.feed(after, wait_ms).await {
        Ok(news) => {
            for (page, seq, traceparent) in news.traces() {
                traces.heard(page, seq, traceparent, region.name());
            }
            Event::News {
                id,
                news: news.heard_at(now_ms()),
            }
        }
        Err(error) => Event::FeedFailed {
            id,
            reason: chain(&error),
        },
    }
}

async fn fetch(origin: Origin, traces: Traces, id: u64, page: PageId, since: u64, awaited: bool) -> Event {
    match origin.records(&page, since, awaited).await {
        Ok(records) => {
            traces.fetched(&page, records.seq);
            Event::Records {
                id,
                seq: records.seq,
                database: records.database,
                records: records.records,
            }
        }
        Err(error) => Event::PageFailed {
            id,
            reason: chain(&error),
            fault: match error {
                OriginError::Answer(_) => Fault::Asked,
                OriginError::Unreachable(_) | OriginError::Token => Fault::Retry,
            },
        },
    }
}

async fn put(region: PutClient, metrics: Option<RegionMetrics>, id: u64, batch: Batch) -> Event {
    let traceparent = trace_context::traceparent(&Span::current());
    match region.put(&batch, traceparent).await {
        Ok(receipt) => {
            if let Some(metrics) = metrics.filter(|_| !batch.records.is_empty()) {
                metrics.puts.increment(1);
                metrics.records.increment(batch.records.len() as u64);
            }
            Event::Region { id, receipt }
        }
        Err(error) => Event::RegionFailed {
            id,
            reason: chain(&error),
            fault: match error {
                PutError::Batch { .. } => Fault::Asked,
                _ => Fault::Retry,
            },
        },
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
