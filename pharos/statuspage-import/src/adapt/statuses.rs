//! What the documents call the status of an event, and when it came to it.

use super::text;
use crate::{documents::Event, shape::Kind};

/// When the event itself says that it came to this.
pub fn dated(event: &Event, status: &str) -> Option<i64> {
    let at = match status {
        "resolved" | "postmortem" | "completed" => &event.resolved_at,
        "monitoring" | "verifying" => &event.monitoring_at,
        "in_progress" => &event.scheduled_for,
        _ => return None,
    };
    text::moment(at.as_deref())
}

/// Maintenances among incidents, and the other way round, have been seen to use each other's words.
pub fn status(found: &str, kind: Kind) -> Option<&'static str> {
    let (incident, maintenance) = match found {
        "scheduled" => ("investigating", "scheduled"),
        "investigating" => ("investigating", "in_progress"),
        "identified" | "in_progress" => ("identified", "in_progress"),
        "monitoring" | "verifying" => ("monitoring", "verifying"),
        "resolved" | "completed" => ("resolved", "completed"),
        "postmortem" => ("postmortem", "completed"),
        _ => return None,
    };
    Some(match kind {
        Kind::Incident => incident,
        Kind::Maintenance => maintenance,
    })
}

pub fn first_status(kind: Kind) -> &'static str {
    match kind {
        Kind::Incident => "investigating",
        Kind::Maintenance => SCHEDULED,
    }
}

pub fn is_over(status: &str) -> bool {
    matches!(status, "resolved" | "postmortem" | "completed")
}

pub const SCHEDULED: &str = "scheduled";
