//! What one audience sees of a page now. The origin composes it whole; the edge draws it and computes nothing.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{Host, Id, PageId},
    stamp::Stamp,
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub page: Page,
    /// The moment at which all of this was true.
    pub as_of: Stamp,
    pub headline: Headline,
    /// Unresolved incidents, newest first.
    pub incidents: Vec<Incident>,
    /// Maintenances under way, then upcoming ones by their start.
    pub maintenances: Vec<Maintenance>,
    /// Groups in the order of the page; components without a group stand in groups without a name.
    pub groups: Vec<Group>,
    /// The last days, newest first, quiet ones included.
    pub past: Vec<PastDay>,
    /// Months that have an archive, newest first, as `yyyy-mm`.
    pub archive_months: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    pub id: PageId,
    pub name: String,
    /// Sanitised HTML.
    #[serde(default)]
    pub description_html: String,
    /// The host that permanent links name.
    pub host: Option<Host>,
    /// The product's own site, an `https` or `http` URL.
    pub website: Option<String>,
    /// IANA name, for readers; every stamp carries its offset.
    pub time_zone: String,
}

/// One sentence for somebody who is worried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Headline {
    /// The worst component's status.
    pub status: Status,
    /// The publisher's words where there is exactly one incident, else the roll-up.
    pub text: String,
    pub components_operational: u32,
    pub components_total: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// `None` for components that stand without a group.
    pub name: Option<String>,
    #[serde(default)]
    pub description_html: String,
    /// The worst of its components.
    pub status: Status,
    pub components: Vec<Component>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Component {
    pub id: Id,
    pub name: String,
    #[serde(default)]
    pub description_html: String,
    pub status: Status,
    /// `None` where the component shows no uptime or has no history yet.
    pub uptime: Option<Uptime>,
}

/// Ninety days of a component, oldest first, the last one being `as_of`'s day in the page's zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Uptime {
    /// Share of time that counts as up, in millionths: `1 − (major + 0.3 · partial) / time`.
    pub up_millionths: u32,
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

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub id: Id,
    pub name: String,
    pub status: IncidentStatus,
    pub impact: Impact,
    pub started_at: Stamp,
    pub resolved_at: Option<Stamp>,
    /// Names of the components that it touched, a grouped one as `Group - Component`.
    pub components: Vec<String>,
    /// Newest first.
    pub updates: Vec<Update<IncidentStatus>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Maintenance {
    pub id: Id,
    pub name: String,
    pub status: MaintenanceStatus,
    pub starts_at: Stamp,
    pub ends_at: Stamp,
    pub components: Vec<String>,
    /// Newest first.
    pub updates: Vec<Update<MaintenanceStatus>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Update<S> {
    pub id: Id,
    pub status: S,
    pub at: Stamp,
    /// Sanitised HTML.
    pub body_html: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastDay {
    /// `yyyy-mm-dd` in the page's zone.
    pub date: String,
    /// Incidents that are over and began on that day, newest first.
    pub incidents: Vec<Incident>,
    /// Maintenances that completed on that day.
    #[serde(default)]
    pub maintenances: Vec<Maintenance>,
}
