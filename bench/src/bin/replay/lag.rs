//! How long an acknowledged change is under way to each region.

use std::{collections::HashMap, time::Duration};

use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::Value;
use tests::{Page, Push, clock::now_ms, eventually, system::ARRIVAL_MAX};
use tokio::task::JoinHandle;

/// A change and when its 2xx was read.
#[derive(Clone, Copy)]
pub struct Acknowledged {
    seq: u64,
    at_ms: u64,
}

/// Watches what the origin hears about deliveries.
pub struct Deliveries {
    watch: JoinHandle<()>,
    seen: tokio::sync::watch::Receiver<Timeline>,
}

/// For each region, `(delivered_seq, at_ms)` in order.
#[derive(Clone, Default)]
pub struct Timeline(HashMap<String, Vec<(u64, u64)>>);

impl Acknowledged {
    pub fn now(seq: u64) -> Self {
        Self { seq, at_ms: now_ms() }
    }
}

impl Deliveries {
    pub fn watch(push: Push, page: &Page) -> Self {
        let (sender, seen) = tokio::sync::watch::channel(Timeline::default());
        let path = page.path("/delivery?seq=0");
        let watch = tokio::spawn(async move {
            loop {
                if let Ok(delivery) = push.read(&path).await {
                    sender.send_if_modified(|timeline| timeline.note(&delivery));
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self { watch, seen }
    }

    /// Waits until each region is reported to have `seq`, and answers with everything seen.
    pub async fn until(self, regions: &[String], seq: u64) -> Result<Timeline> {
        eventually("the last delivery is reported", ARRIVAL_MAX, async || {
            let timeline = self.seen.borrow();
            let last = |region: &String| {
                timeline
                    .0
                    .get(region)
                    .and_then(|times| times.last())
                    .map_or(0, |(seq, _)| *seq)
            };
            ensure!(
                regions.iter().all(|region| last(region) >= seq),
                "change {seq} is not reported"
            );
            Ok(())
        })
        .await?;
        self.watch.abort();
        Ok(self.seen.borrow().clone())
    }
}

impl Timeline {
    /// Whether the reply of `GET …/delivery` has something new.
    fn note(&mut self, delivery: &Value) -> bool {
        let regions = delivery["regions"].as_array().into_iter().flatten();
        let mut changed = false;
        for region in regions {
            let (Some(name), Some(seq)) = (region["region"].as_str(), region["delivered_seq"].as_u64()) else {
                continue;
            };
            let at = region["delivered_at"]
                .as_str()
                .and_then(|at| at.parse::<Timestamp>().ok());
            let times = self.0.entry(name.to_owned()).or_default();
            if let Some(at) = at.filter(|_| times.last().is_none_or(|(last, _)| *last < seq)) {
                times.push((seq, at.as_millisecond() as u64));
                changed = true;
            }
        }
        changed
    }

    pub fn lags_ms(&self, region: &str, acknowledged: &[Acknowledged]) -> Vec<f64> {
        let times = self.0.get(region).map(Vec::as_slice).unwrap_or_default();
        let arrival = |change: &Acknowledged| {
            times
                .iter()
                .find(|(seq, _)| *seq >= change.seq)
                .map(|(_, at_ms)| *at_ms)
        };
        acknowledged
            .iter()
            .filter_map(|change| Some(arrival(change)?.saturating_sub(change.at_ms) as f64))
            .collect()
    }
}

const PAUSE: Duration = Duration::from_millis(20);
