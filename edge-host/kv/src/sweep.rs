//! Takes away what nobody will ask for again, a portion at a time, and the finished pages that are too many. A record is only removed
//! if nothing that speaks for it was written meanwhile.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use page_model::{Host, Key, Record, body, put::Cursor};
use serde::{Deserialize, Serialize};

use crate::{
    error::KvError,
    file::View,
    kv::Kv,
    limits::{
        KV_HTML_FULL_PERCENT, KV_HTML_ROOM_PERCENT, KV_SWEEP_INTERVAL, KV_SWEEP_PAUSE, KV_SWEPT_AT_ONCE,
        KV_TOMBSTONE_BYTES_MAX, KV_TOMBSTONES_KEPT_DAYS,
    },
    metrics::KINDS,
};

/// One way through all records.
#[derive(Default)]
pub struct Sweep {
    /// Where it goes on.
    next: String,
    found: BTreeMap<&'static str, (u64, u64)>,
    /// Of a thousand finished pages, so many go.
    html_share: u64,
    laps: u64,
}

/// What decides about a portion, as of one moment.
struct Judge<'a> {
    view: &'a View,
    cursor: Cursor,
    /// Tombstones up to this version have been here for long enough.
    tombstones_up_to: u64,
    html_share: u64,
    lap: u64,
    /// The host that was looked up last, as finished pages of a host lie together.
    host: Option<(Host, bool)>,
}

/// Days since 1970, and how far the region had come on each.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Days(Vec<(u64, u64)>);

/// Sweeps for ever.
pub async fn run(kv: &Kv, now_ms: impl Fn() -> u64) {
    let mut sweep = Sweep::default();
    loop {
        let pause = match sweep.portion(kv, now_ms()).await {
            Ok(true) => KV_SWEEP_INTERVAL,
            Ok(false) => KV_SWEEP_PAUSE,
            Err(error) => {
                tracing::warn!("the KV could not be swept: {error}");
                KV_SWEEP_INTERVAL
            }
        };
        tokio::time::sleep(pause).await;
    }
}

impl Sweep {
    /// Looks at the next records; `true` when it has seen all of them.
    pub async fn portion(&mut self, kv: &Kv, now_ms: u64) -> Result<bool, KvError> {
        let mut put = kv.begin();
        let view = kv.view()?;
        if self.next.is_empty() {
            self.begin(kv);
        }
        let today = now_ms / DAY_MS;
        let mut days = days(&view)?;
        let cursor = cursor(&view)?;
        let mut judge = Judge {
            tombstones_up_to: days.passed(today),
            view: &view,
            html_share: self.html_share,
            lap: self.laps,
            host: None,
            cursor,
        };
        let (mut looked_at, mut is_over, mut going) = (0, true, Vec::new());
        let mut failed = None;
        let first = std::mem::take(&mut self.next);
        view.each(&first, |key, value| {
            if looked_at == KV_SWEPT_AT_ONCE {
                (self.next, is_over) = (key.to_owned(), false);
                return false;
            }
            looked_at += 1;
            match judge.goes(key, value) {
                Ok(Some(why)) => going.push((key.to_owned(), why)),
                Ok(None) => count(&mut self.found, key, value),
                Err(error) => failed = Some(error),
            }
            true
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        let notes = judge.cursor.seq > 0 && !judge.cursor.filling && days.note(today, judge.cursor.seq);
        let keys = going.iter().flat_map(|(key, _)| [Some(key.clone()), site_of(key)]);
        put = put.resting_on(keys.flatten().collect());
        for (key, _) in &going {
            put.remove(key.clone());
        }
        if notes {
            put.set(DAYS.to_owned(), body::encode(&days))?;
        }
        // What was overtaken is looked at again the next time.
        if (notes || !going.is_empty()) && kv.commit(put).await? {
            going.iter().for_each(|(_, why)| kv.metrics().swept(why, 1));
        }
        if is_over {
            self.end(kv);
        }
        Ok(is_over)
    }

    fn begin(&mut self, kv: &Kv) {
        let (bytes, max) = (kv.html_bytes(), kv.html_bytes_max());
        self.html_share = match bytes > max / 100 * KV_HTML_FULL_PERCENT {
            true => 1_000_u64.saturating_sub(max * KV_HTML_ROOM_PERCENT * 10 / bytes),
            false => 0,
        };
        self.laps += 1;
    }

    fn end(&mut self, kv: &Kv) {
        for (kind, (records, bytes)) in KINDS.map(|kind| (kind, self.found.get(kind).copied().unwrap_or_default())) {
            kv.metrics().found(kind, records, bytes);
        }
        *self = Self {
            laps: self.laps,
            ..Self::default()
        };
    }
}

impl Judge<'_> {
    /// Why a record goes.
    fn goes(&mut self, key: &str, value: &[u8]) -> Result<Option<&'static str>, KvError> {
        match Key::parse(key) {
            Some(Key::Html(host, ..)) => self.html_goes(key, host),
            Some(Key::Cursor) | None => Ok(None),
            Some(_) => Ok(self.carried_goes(value)),
        }
    }

    fn html_goes(&mut self, key: &str, host: Host) -> Result<Option<&'static str>, KvError> {
        if self.host.as_ref().is_none_or(|(known, _)| *known != host) {
            let site = self.view.get(&Key::Site(host.clone()).to_string())?;
            let is_shown = site.is_some_and(|site| self.is_shown(&site));
            self.host = Some((host, is_shown));
        }
        if self.host.as_ref().is_some_and(|(_, is_shown)| !is_shown) {
            return Ok(Some("html_of_gone_host"));
        }
        // By chance, which spares every host the same; another one each time.
        let mut hasher = DefaultHasher::new();
        (key, self.lap).hash(&mut hasher);
        Ok((hasher.finish() % 1_000 < self.html_share).then_some("html_over_bound"))
    }

    /// What cannot be read may be of another version of this program.
    fn carried_goes(&self, value: &[u8]) -> Option<&'static str> {
        if self.is_left_behind(value) {
            return Some("left_behind");
        }
        let is_old = value.len() <= KV_TOMBSTONE_BYTES_MAX
            && Record::from_bytes(value)
                .is_ok_and(|record| record.is_tombstone() && record.version <= self.tombstones_up_to);
        is_old.then_some("tombstone")
    }

    fn is_shown(&self, site: &[u8]) -> bool {
        // Where it cannot be read, the finished pages are all that there is.
        !self.is_left_behind(site) && Record::from_bytes(site).map_or(true, |site| !site.is_tombstone())
    }

    /// Whether it counts as absent. While the region is being filled, the floor is one of before.
    fn is_left_behind(&self, value: &[u8]) -> bool {
        let floor = |value| Record::page_named(value).map_or(0, |page| self.cursor.floor_of(&page));
        let version = Record::version_in(value);
        self.cursor.floor > 0 && version.is_ok_and(|version| version < self.cursor.floor && version < floor(value))
    }
}

impl Days {
    /// How far the region had come so many days ago that a tombstone of then may go.
    fn passed(&self, today: u64) -> u64 {
        let passed = |(day, _): &&(u64, u64)| day + KV_TOMBSTONES_KEPT_DAYS <= today;
        self.0.iter().filter(passed).map(|(_, seq)| *seq).max().unwrap_or(0)
    }

    /// Notes the first moment of each day; `false` where it is noted. Of those that have passed the last is enough.
    fn note(&mut self, today: u64, seq: u64) -> bool {
        if self.0.last().is_some_and(|(day, _)| *day >= today) {
            return false;
        }
        let passed = self
            .0
            .iter()
            .filter(|(day, _)| day + KV_TOMBSTONES_KEPT_DAYS <= today)
            .count();
        self.0.drain(..passed.saturating_sub(1));
        self.0.push((today, seq));
        true
    }
}

fn cursor(view: &View) -> Result<Cursor, KvError> {
    let cursor = view.get(&Key::Cursor.to_string())?;
    Ok(cursor.and_then(|bytes| body::decode(&bytes).ok()).unwrap_or_default())
}

fn days(view: &View) -> Result<Days, KvError> {
    let days = view.get(DAYS)?;
    Ok(days.and_then(|bytes| body::decode(&bytes).ok()).unwrap_or_default())
}

/// The record that says whether a finished page is of any use.
fn site_of(key: &str) -> Option<String> {
    match Key::parse(key) {
        Some(Key::Html(host, ..)) => Some(Key::Site(host).to_string()),
        _ => None,
    }
}

fn count(found: &mut BTreeMap<&'static str, (u64, u64)>, key: &str, value: &[u8]) {
    let kind = key.split('/').next().unwrap_or_default();
    if let Some(kind) = KINDS.iter().find(|known| **known == kind) {
        let (records, bytes) = found.entry(kind).or_default();
        *records += 1;
        *bytes += value.len() as u64;
    }
}

/// Only this host knows it, so no other reads it.
const DAYS: &str = "sweep/days";
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

#[cfg(test)]
mod tests;
