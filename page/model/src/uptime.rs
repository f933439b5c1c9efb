//! How a component did over ninety days. The origin computes it; the page draws it.

use serde::{Deserialize, Serialize};

/// Ninety days of a component, oldest first, the last one being `as_of`'s day in the page's zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Uptime {
    /// Share of time that counts as up, in millionths: `1 − (major + 0.3 · partial) / time`.
    pub up_millionths: u32,
    /// The same for the last 60 and 30 days.
    #[serde(default)]
    pub up_60_millionths: u32,
    #[serde(default)]
    pub up_30_millionths: u32,
    /// Runs of equal days; their lengths add up to `UPTIME_DAYS`.
    pub runs: Vec<Run>,
    /// The days that were not quiet, oldest first.
    pub days: Vec<BadDay>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub days: u16,
    pub level: DayLevel,
}

/// A run is the pair `[days, level]` on the wire: a page holds thousands of them.
impl Serialize for Run {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.days, self.level).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Run {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (days, level) = Deserialize::deserialize(deserializer)?;
        Ok(Self { days, level })
    }
}

/// The worst that a day has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayLevel {
    /// Before the component existed.
    NoHistory,
    Operational,
    UnderMaintenance,
    DegradedPerformance,
    PartialOutage,
    MajorOutage,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BadDay {
    /// Index into the ninety days, 0 being the oldest.
    pub day: u16,
    /// `yyyy-mm-dd` in the page's zone.
    pub date: String,
    pub level: DayLevel,
    /// Minutes in each state on that day; zero where there were none.
    #[serde(default)]
    pub major_minutes: u16,
    #[serde(default)]
    pub partial_minutes: u16,
    #[serde(default)]
    pub degraded_minutes: u16,
    #[serde(default)]
    pub maintenance_minutes: u16,
}
