//! What the programs said of themselves, and what of it needs the operator: each problem once, in one line.

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value;

#[derive(Serialize)]
pub struct Report {
    pub now_ms: u64,
    pub origin: Asked,
    pub sync: Asked,
    pub edges: Vec<Asked>,
    pub problems: Vec<String>,
}

/// A program that was asked.
pub enum Asked {
    Answered { url: String, said: Value },
    Away { url: String, error: String },
}

impl Report {
    pub fn new(origin: Asked, sync: Asked, edges: Vec<Asked>, now_ms: u64) -> Self {
        let mut report = Self {
            now_ms,
            origin,
            sync,
            edges,
            problems: Vec::new(),
        };
        report.problems = report.found();
        report
    }

    pub fn regions(&self) -> impl Iterator<Item = &Value> {
        self.sync.said()["regions"].as_array().into_iter().flatten()
    }

    fn found(&self) -> Vec<String> {
        let mut problems = Vec::new();
        self.of_program("origin", &self.origin, &mut problems);
        self.of_program("sync", &self.sync, &mut problems);
        for edge in &self.edges {
            let name = match edge.said()["region"].as_str() {
                Some(region) => format!("edge {region}"),
                None => "edge".to_owned(),
            };
            self.of_program(&name, edge, &mut problems);
            self.of_edge(&name, edge, &mut problems);
        }
        self.of_regions(&mut problems);
        problems
    }

    fn of_program(&self, name: &str, asked: &Asked, problems: &mut Vec<String>) {
        match asked {
            Asked::Away { url, error } => {
                problems.push(format!(
                    "{name}: nobody answers at {url} ({error}): is it running, with this --admin-listen?"
                ));
            }
            Asked::Answered { said, .. } => {
                if let Some(error) = said["storage_error"].as_str() {
                    problems.push(format!("{name}: it cannot store anything: {error}"));
                }
                let clock_ms = said["now_ms"].as_u64().unwrap_or(self.now_ms);
                let seconds = clock_ms.abs_diff(self.now_ms) / 1_000;
                if seconds >= CLOCK_SECONDS_MAX {
                    let direction = if clock_ms < self.now_ms { "behind" } else { "ahead of" };
                    problems.push(format!(
                        "{name}: its clock is {seconds} s {direction} this machine's: let NTP set both"
                    ));
                }
            }
        }
    }

    fn of_edge(&self, name: &str, edge: &Asked, problems: &mut Vec<String>) {
        let said = edge.said();
        if said["ready"] == false && said["storage_error"].is_null() {
            problems.push(format!(
                "{name}: it has nothing to serve yet; does the sync fill this region?"
            ));
        }
        let is_known = |region: &Value| region["region"] == said["region"];
        if said.is_object() && self.sync.said().is_object() && !self.regions().any(is_known) {
            problems.push(format!(
                "{name}: the sync does not fill this region (--region NAME=URL)"
            ));
        }
    }

    /// What several regions say in the same words is said once.
    fn of_regions(&self, problems: &mut Vec<String>) {
        let mut said = BTreeMap::<(String, String), (Vec<&str>, u64, u64)>::new();
        for region in self.regions() {
            let name = region["region"].as_str().unwrap_or_default();
            for trouble in region["troubles"].as_array().into_iter().flatten() {
                let text = |field: &str| trouble[field].as_str().unwrap_or_default().to_owned();
                let what = match (text("about").as_str(), text("page")) {
                    ("parked", page) => format!("page {page} is parked"),
                    ("page", page) => format!("page {page}"),
                    ("another_sync", _) => "two syncs".to_owned(),
                    (about, _) => about.to_owned(),
                };
                let number = |field: &str| trouble[field].as_u64().unwrap_or_default();
                let entry = said.entry((what, text("cause")));
                let (regions, since_ms, times) = entry.or_insert((Vec::new(), number("since_ms"), 0));
                regions.push(name);
                *since_ms = number("since_ms").min(*since_ms);
                *times += number("times");
            }
        }
        for ((what, cause), (regions, since_ms, times)) in said {
            let since = age((self.now_ms.saturating_sub(since_ms)) as f64 / 1_000.0);
            let regions = regions.join(", ");
            problems.push(format!("{regions}: {what}: {cause} (for {since}, {times} times)"));
        }
    }
}

impl Asked {
    /// `null` of one that did not answer.
    pub fn said(&self) -> &Value {
        match self {
            Self::Answered { said, .. } => said,
            Self::Away { .. } => &Value::Null,
        }
    }
}

impl Serialize for Asked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        match self {
            Self::Answered { url, said } => {
                map.serialize_entry("url", url)?;
                map.serialize_entry("status", said)?;
            }
            Self::Away { url, error } => {
                map.serialize_entry("url", url)?;
                map.serialize_entry("error", error)?;
            }
        }
        map.end()
    }
}

/// In one unit, as people say it.
pub fn age(seconds: f64) -> String {
    let seconds = seconds.max(0.0);
    match seconds {
        ..0.05 => "0 s".to_owned(),
        ..10.0 => format!("{seconds:.1} s"),
        ..120.0 => format!("{seconds:.0} s"),
        ..7_200.0 => format!("{:.0} min", seconds / 60.0),
        ..172_800.0 => format!("{:.0} h", seconds / 3_600.0),
        _ => format!("{:.0} d", seconds / 86_400.0),
    }
}

pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// A put is refused where two clocks differ by a minute.
const CLOCK_SECONDS_MAX: u64 = 30;
