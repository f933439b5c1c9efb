//! What each lane is at, for `/status`, `/readyz` and `/metrics`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use sync_lane::{About, Standing};

use crate::{
    clock::now_ms,
    metrics::RegionMetrics,
    troubles::{Trouble, Troubles},
};

/// The lanes in the order in which they were named.
#[derive(Clone, Default)]
pub struct Board(Arc<Mutex<Vec<Entry>>>);

/// The place of one lane.
#[derive(Clone)]
pub struct Place {
    board: Board,
    at: usize,
}

struct Entry {
    region: String,
    url: String,
    metrics: RegionMetrics,
    shown: Shown,
}

/// Times in milliseconds since 1970.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    pub standing: Standing,
    /// Since when the region is not known to have all that there is: since the origin made the first change that it lacks.
    pub behind_since_ms: Option<u64>,
    pub answered_ms: Option<u64>,
    pub delivered_ms: Option<u64>,
    pub troubles: Vec<Told>,
    /// What failed last, though it works again.
    pub last_over: Option<Told>,
}

/// One thing that does not work.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// `origin`, `region`, `another_sync`, `page` or `parked`.
    pub about: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    pub cause: String,
    pub since_ms: u64,
    pub last_ms: u64,
    pub times: u64,
}

/// As `/status` shows a region; ages are in seconds.
#[derive(Debug, Serialize)]
pub struct RegionStatus {
    pub region: String,
    pub url: String,
    pub state: &'static str,
    pub cursor: u64,
    pub head: u64,
    pub lag_seconds: f64,
    pub pages_behind: usize,
    pub parked: Vec<ParkedPage>,
    pub feed_age_seconds: Option<f64>,
    pub answer_age_seconds: Option<f64>,
    pub delivery_age_seconds: Option<f64>,
    pub troubles: Vec<Told>,
    /// What failed last and works again.
    pub last_over: Option<Told>,
}

#[derive(Debug, Serialize)]
pub struct ParkedPage {
    pub page: String,
    /// The region has every change of it up to this.
    pub since: u64,
}

impl Board {
    pub fn add(&self, region: &str, url: &str) -> Place {
        let mut entries = self.lock();
        entries.push(Entry {
            region: region.to_owned(),
            url: url.to_owned(),
            metrics: RegionMetrics::new(region),
            shown: Shown {
                behind_since_ms: Some(now_ms()),
                ..Shown::default()
            },
        });
        Place {
            board: self.clone(),
            at: entries.len() - 1,
        }
    }

    pub fn status(&self, now_ms: u64) -> Vec<RegionStatus> {
        self.lock().iter().map(|entry| entry.status(now_ms)).collect()
    }

    /// Brings up to date what grows by itself.
    pub fn measure(&self, now_ms: u64) {
        for entry in self.lock().iter() {
            let status = entry.status(now_ms);
            entry.metrics.lag_seconds.set(status.lag_seconds);
            let failing_ms = |about: &str| {
                let troubles = entry.shown.troubles.iter().filter(|told| told.about == about);
                let since = troubles.map(|told| told.since_ms).min();
                since.map_or(0, |since| now_ms.saturating_sub(since))
            };
            entry.metrics.region_failing_seconds.set(seconds(failing_ms("region")));
            entry.metrics.origin_failing_seconds.set(seconds(failing_ms("origin")));
        }
    }

    /// Each region that does not get what there is, with the reason; none where all is well.
    pub fn not_ready(&self) -> Vec<String> {
        let entries = self.lock();
        let reasons = entries.iter().filter_map(|entry| {
            let mut told = entry.shown.troubles.iter();
            let told = told.find(|told| matches!(told.about, "origin" | "region"));
            match told {
                Some(told) => Some(format!("{}: {}", entry.region, told.cause)),
                None if entry.shown.answered_ms.is_none() => Some(format!("{}: it was not asked yet", entry.region)),
                None => None,
            }
        });
        reasons.collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub fn show(&self, shown: Shown) {
        if let Some(entry) = self.board.lock().get_mut(self.at) {
            entry.metrics.cursor.set(shown.standing.seq as f64);
            entry.metrics.parked_pages.set(shown.standing.parked.len() as f64);
            entry.metrics.pages_behind.set(shown.standing.behind as f64);
            entry.shown = shown;
        }
    }

    pub fn metrics(&self) -> Option<RegionMetrics> {
        self.board.lock().get(self.at).map(|entry| entry.metrics.clone())
    }
}

impl Entry {
    fn status(&self, now_ms: u64) -> RegionStatus {
        let age = |at_ms: u64| seconds(now_ms.saturating_sub(at_ms));
        let standing = &self.shown.standing;
        let parked = standing.parked.iter().map(|parked| ParkedPage {
            page: parked.page.to_string(),
            since: parked.since,
        });
        RegionStatus {
            region: self.region.clone(),
            url: self.url.clone(),
            state: standing.state,
            cursor: standing.seq,
            head: standing.head,
            lag_seconds: self.shown.behind_since_ms.map_or(0.0, age),
            pages_behind: standing.behind,
            parked: parked.collect(),
            feed_age_seconds: (standing.heard_ms > 0).then(|| age(standing.heard_ms)),
            answer_age_seconds: self.shown.answered_ms.map(age),
            delivery_age_seconds: self.shown.delivered_ms.map(age),
            troubles: self.shown.troubles.clone(),
            last_over: self.shown.last_over.clone(),
        }
    }
}

/// Another sync that was seen once may have been a put of our own that was late.
pub fn told(troubles: &Troubles) -> Vec<Told> {
    let troubles = troubles
        .iter()
        .filter(|(about, trouble)| **about != About::AnotherSync || trouble.times > 1);
    troubles
        .take(TOLD_MAX)
        .map(|(about, trouble)| Told::of(about, trouble))
        .collect()
}

impl Told {
    pub fn of(about: &About, trouble: &Trouble) -> Self {
        let (about, page) = match about {
            About::Origin => ("origin", None),
            About::Region => ("region", None),
            About::AnotherSync => ("another_sync", None),
            About::Page(page) => ("page", Some(page)),
            About::Parked(page) => ("parked", Some(page)),
        };
        Self {
            about,
            page: page.map(ToString::to_string),
            cause: trouble.cause.clone(),
            since_ms: trouble.since_ms,
            last_ms: trouble.last_ms,
            times: trouble.times,
        }
    }
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1_000.0
}

/// Troubles of one region in `/status`.
const TOLD_MAX: usize = 100;
