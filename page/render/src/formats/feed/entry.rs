//! One entry of a feed: an incident or a maintenance.

use page_model::{
    Stamp,
    snapshot::Update,
    status::{IncidentStatus, MaintenanceStatus},
};

pub use crate::order::Event as Entry;

/// One update: `Resolved - All is well.`
pub struct EntryUpdate<'a> {
    pub at: Stamp,
    /// The state, or `Update` where it stays what it was.
    pub heading: &'static str,
    pub html: &'a str,
}

impl<'a> Entry<'a> {
    /// The event's number; one from before events were counted has its id.
    pub fn permanent_name(&self) -> String {
        let number = match self {
            Self::Incident(incident) => incident.number,
            Self::Maintenance(maintenance) => maintenance.number,
        };
        match number {
            0 => self.id().to_string(),
            number => number.to_string(),
        }
    }

    /// When it was announced.
    pub fn published(&self) -> Stamp {
        match self {
            Self::Incident(incident) => incident.started_at,
            Self::Maintenance(maintenance) => maintenance.created_at,
        }
    }

    /// The window of a maintenance.
    pub fn window(&self) -> Option<(Stamp, Stamp)> {
        match self {
            Self::Incident(_) => None,
            Self::Maintenance(maintenance) => Some((maintenance.starts_at, maintenance.ends_at)),
        }
    }

    /// Newest first.
    pub fn updates(&self) -> Vec<EntryUpdate<'a>> {
        match self {
            Self::Incident(incident) => entry_updates(&incident.updates, incident_heading),
            Self::Maintenance(maintenance) => entry_updates(&maintenance.updates, maintenance_heading),
        }
    }
}

fn entry_updates<S: Copy + PartialEq>(updates: &[Update<S>], word: fn(S) -> &'static str) -> Vec<EntryUpdate<'_>> {
    let before = updates.iter().skip(1).map(|update| Some(update.status));
    let with_before = updates.iter().zip(before.chain(std::iter::once(None)));
    let updates = with_before.map(|(update, before)| EntryUpdate {
        at: update.shown_at(),
        heading: if before == Some(update.status) {
            "Update"
        } else {
            word(update.status)
        },
        html: &update.body_html,
    });
    updates.collect()
}

fn incident_heading(status: IncidentStatus) -> &'static str {
    match status {
        IncidentStatus::Investigating => "Investigating",
        IncidentStatus::Identified => "Identified",
        IncidentStatus::Monitoring => "Monitoring",
        IncidentStatus::Resolved => "Resolved",
        IncidentStatus::Postmortem => "Postmortem",
    }
}

fn maintenance_heading(status: MaintenanceStatus) -> &'static str {
    match status {
        MaintenanceStatus::Scheduled => "Scheduled",
        MaintenanceStatus::InProgress => "In progress",
        MaintenanceStatus::Verifying => "Verifying",
        MaintenanceStatus::Completed => "Completed",
    }
}
