//! A month of past incidents: immutable unless its history is edited.

use serde::{Deserialize, Serialize};

use crate::snapshot::{Incident, Maintenance, Page};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Archive {
    pub page: Page,
    /// `yyyy-mm` in the page's zone.
    pub month: String,
    /// Incidents that touched the month, newest first; unresolved ones included.
    pub incidents: Vec<Incident>,
    /// Maintenances that ran in the month, newest first.
    pub maintenances: Vec<Maintenance>,
    /// Neighbouring months that have an archive, as `yyyy-mm`.
    pub older: Option<String>,
    pub newer: Option<String>,
}
