//! The page's status in the API's few words.

use page_model::{
    Snapshot,
    status::{Impact, Status},
};
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Indicator {
    pub indicator: &'static str,
    pub description: &'static str,
}

/// In the order of badness.
const NONE: Indicator = named("none", "All Systems Operational");
const MAINTENANCE: Indicator = named("maintenance", "Service Under Maintenance");
const PARTLY_SLOW: Indicator = named("minor", "Partially Degraded Service");
const SLOW: Indicator = named("minor", "Degraded System Service");
const MINOR: Indicator = named("minor", "Minor Service Outage");
const MAJOR: Indicator = named("major", "Partial System Outage");
const CRITICAL: Indicator = named("critical", "Major System Outage");

const fn named(indicator: &'static str, description: &'static str) -> Indicator {
    Indicator { indicator, description }
}

/// Of the components and of what is going on, the worse: an incident may touch no component.
pub fn of(snapshot: &Snapshot) -> Indicator {
    let incidents = snapshot.incidents.iter().filter(|incident| !incident.status.is_over());
    let impact = incidents.map(|incident| incident.impact).max().unwrap_or(Impact::None);
    let (components, incidents) = (of_components(snapshot), of_impact(impact));
    if rank(incidents) > rank(components) {
        incidents
    } else {
        components
    }
}

fn of_components(snapshot: &Snapshot) -> Indicator {
    let worst = snapshot.headline.status;
    let mut components = snapshot.groups.iter().flat_map(|group| &group.components);
    // A page with one component of many down is not down.
    let all = components.all(|component| component.status == worst);
    match (worst, all) {
        (Status::Operational, _) => NONE,
        (Status::UnderMaintenance, _) => MAINTENANCE,
        (Status::DegradedPerformance, false) => PARTLY_SLOW,
        (Status::DegradedPerformance, true) => SLOW,
        (Status::PartialOutage, false) => MINOR,
        (Status::PartialOutage, true) | (Status::MajorOutage, false) => MAJOR,
        (Status::MajorOutage, true) => CRITICAL,
    }
}

fn of_impact(impact: Impact) -> Indicator {
    match impact {
        Impact::None => NONE,
        Impact::Minor => MINOR,
        Impact::Major => MAJOR,
        Impact::Critical => CRITICAL,
    }
}

fn rank(indicator: Indicator) -> u8 {
    match indicator.indicator {
        "none" => 0,
        "maintenance" => 1,
        "minor" => 2,
        "major" => 3,
        _ => 4,
    }
}
