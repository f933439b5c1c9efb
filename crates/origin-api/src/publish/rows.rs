//! A page as it was loaded, before it is composed: everything of one moment, nothing decided yet.

use std::collections::HashMap;

use jiff::civil::Date;
use page_model::{
    Host, Id, PageId,
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};

/// What the regions must come to know of a page.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub page: PageId,
    /// The page's last change and its moment: the version of all records, and the moment at which they are true.
    pub seq: u64,
    pub as_of_ms: i64,
    /// `None` once the page is deleted.
    pub live: Option<Live>,
    /// Hosts that the page had, and that no page has now.
    pub hosts_gone: Vec<Host>,
    /// Months whose archive the regions do not have yet; those without content are taken back.
    pub months: Vec<Month>,
}

#[derive(Debug, Clone)]
pub struct Live {
    pub name: String,
    pub description_html: String,
    pub website: Option<String>,
    pub time_zone: String,
    pub hosts: Vec<Host>,
    pub groups: Vec<Group>,
    pub components: Vec<Component>,
    /// Status changes of the last ninety days for each component, oldest first.
    pub changes: HashMap<Id, Vec<(i64, Status)>>,
    /// Unresolved incidents and those that began in the last days, newest first.
    pub incidents: Vec<Incident>,
    /// Maintenances that are not over, and those that were completed in the last days; by their start.
    pub maintenances: Vec<Maintenance>,
    /// Months that have an archive, oldest first.
    pub archive_months: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Group {
    pub id: Id,
    pub name: String,
    pub description_html: String,
    pub position: i32,
    pub ordinal: i64,
}

#[derive(Debug, Clone)]
pub struct Component {
    pub id: Id,
    pub group_id: Option<Id>,
    pub name: String,
    pub description_html: String,
    pub position: i32,
    pub ordinal: i64,
    pub status: Status,
    pub show_uptime: bool,
    pub started_on: Date,
    /// The status before the ninety days.
    pub before: Status,
}

#[derive(Debug, Clone)]
pub struct Incident {
    pub id: Id,
    pub name: String,
    pub status: IncidentStatus,
    pub impact: Impact,
    pub started_at_ms: i64,
    pub resolved_at_ms: Option<i64>,
    pub components: Vec<Id>,
    /// Newest first.
    pub updates: Vec<Update<IncidentStatus>>,
}

#[derive(Debug, Clone)]
pub struct Maintenance {
    pub id: Id,
    pub name: String,
    pub status: MaintenanceStatus,
    pub starts_at_ms: i64,
    pub ends_at_ms: i64,
    pub completed_at_ms: Option<i64>,
    pub components: Vec<Id>,
    /// Newest first.
    pub updates: Vec<Update<MaintenanceStatus>>,
}

#[derive(Debug, Clone)]
pub struct Update<S> {
    pub id: Id,
    pub status: S,
    pub at_ms: i64,
    pub body_html: String,
}

#[derive(Debug, Clone)]
pub struct Month {
    /// `yyyy-mm`.
    pub month: String,
    pub filled: bool,
    /// Newest first.
    pub incidents: Vec<Incident>,
    /// Newest first.
    pub maintenances: Vec<Maintenance>,
}
