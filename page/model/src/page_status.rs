//! The status of a page as its origin computes it, once: every surface maps it, none computes another.

use serde::{Deserialize, Serialize};

use crate::{
    ids::Id,
    status::{IncidentStatus, Indicator, Status},
};

/// The answer to the first question of somebody who is worried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire")]
pub struct PageStatus {
    /// How bad it is for people: the worst of the components that are shown, and of the open incidents that name none.
    #[serde(rename = "status")]
    pub level: Status,
    /// Nothing is wrong and nothing is going on: the only state in which a page may be green.
    pub calm: bool,
    /// The incident's name where there is exactly one, else a summary in English.
    #[serde(rename = "text")]
    pub headline: String,
    /// The incident whose name the headline is, and its state.
    pub incident: Option<Id>,
    pub incident_status: Option<IncidentStatus>,
    pub open_incidents: u32,
    pub components_operational: u32,
    pub components_total: u32,
    /// What the clients of Statuspage's API read, which follows from the components alone.
    pub indicator: Indicator,
    pub description: String,
}

/// As it travels: a record of an older origin has the fields of the headline only.
#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "status")]
    level: Status,
    #[serde(rename = "text")]
    headline: String,
    #[serde(default)]
    incident: Option<Id>,
    components_operational: u32,
    components_total: u32,
    calm: Option<bool>,
    #[serde(default)]
    incident_status: Option<IncidentStatus>,
    open_incidents: Option<u32>,
    indicator: Option<Indicator>,
    description: Option<String>,
}

impl From<Wire> for PageStatus {
    fn from(wire: Wire) -> Self {
        let is_named = wire.incident.is_some();
        let (indicator, description) = Indicator::of_components(wire.level, false);
        Self {
            level: wire.level,
            calm: wire.calm.unwrap_or(wire.level == Status::Operational && !is_named),
            headline: wire.headline,
            incident: wire.incident,
            incident_status: wire.incident_status,
            open_incidents: wire.open_incidents.unwrap_or(is_named.into()),
            components_operational: wire.components_operational,
            components_total: wire.components_total,
            indicator: wire.indicator.unwrap_or(indicator),
            description: wire.description.unwrap_or_else(|| description.to_owned()),
        }
    }
}

impl Indicator {
    /// By the worst component, and whether all are as bad as it. What Statuspage's own documents say for each.
    pub fn of_components(worst: Status, all: bool) -> (Self, &'static str) {
        match (worst, all) {
            (Status::Operational, _) => (Self::None, "All Systems Operational"),
            (Status::UnderMaintenance, _) => (Self::Maintenance, "Service Under Maintenance"),
            (Status::DegradedPerformance, _) => (Self::Minor, "Partially Degraded Service"),
            (Status::PartialOutage, false) => (Self::Minor, "Minor Service Outage"),
            (Status::PartialOutage, true) | (Status::MajorOutage, false) => (Self::Major, "Partial System Outage"),
            (Status::MajorOutage, true) => (Self::Critical, "Major System Outage"),
        }
    }
}
