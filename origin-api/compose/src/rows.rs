//! A page as it was loaded, before it is composed: everything of one moment, nothing decided yet.

use std::collections::HashMap;

use jiff::civil::Date;
use origin_objects::audiences::Audiences;
use page_model::{
    AudienceId, Host, Id, Language, PageId,
    access::Access,
    asset::AssetName,
    key::IdInitial,
    site::Visibility,
    snapshot::{Announcement, Branding, GroupDisplay, Touched},
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};

use serde::Serialize;

use crate::affected::Affected;

/// All of a page from which its records are composed.
#[derive(Debug, Clone)]
pub struct PageRows {
    pub page: PageId,
    /// The page's last change and its moment: the version of all records, and the moment at which they are true.
    pub seq: u64,
    pub as_of_ms: i64,
    /// `None` once the page is deleted.
    pub live: Option<LivePage>,
    /// Sets of audiences that saw something of it and see nothing any longer: what the regions have for them is taken back.
    pub former_sets: Vec<AudienceId>,
    /// Hosts that the page had, and that lead to its first one now.
    pub hosts_moved: Vec<HostClaim>,
    /// Hosts that the page had, and that no page has now.
    pub hosts_gone: Vec<HostClaim>,
    /// Months whose archive the regions do not have yet; those without content are taken back.
    pub months: Vec<Month>,
    /// Events whose permanent links the regions do not have yet, by the first character of their ids; where there is none, the
    /// links are taken back.
    pub permalinks: Vec<(IdInitial, Vec<LinkedEvent>)>,
    /// Pictures that the regions do not have yet; those without bytes are taken back.
    pub assets: Vec<(AssetName, Option<Vec<u8>>)>,
}

/// A host that a page has, or had last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostClaim {
    pub host: Host,
    /// The change that took it from another page, or from nobody: what that page wrote of it is outdated since.
    pub since_seq: u64,
}

#[derive(Debug, Clone)]
pub struct LivePage {
    pub visibility: Visibility,
    /// The sets of audiences that see something of it; that of the public first, if it is one of them.
    pub sets: Vec<AudienceSet>,
    /// Of a page that is not public.
    pub access: Option<Access>,
    pub name: String,
    pub description: String,
    pub description_html: String,
    pub language: Language,
    pub branding: Branding,
    pub announcement: Option<Announcement>,
    pub announcement_audiences: Audiences,
    pub website: Option<String>,
    pub time_zone: String,
    pub hosts: Vec<HostClaim>,
    pub first_host: Option<Host>,
    pub groups: Vec<Group>,
    pub components: Vec<Component>,
    /// Those that are gone and were not for everybody.
    pub gone_components: Vec<GoneComponent>,
    /// Status changes of the last ninety days for each component, oldest first.
    pub changes: HashMap<Id, Vec<(i64, Status)>>,
    /// Unresolved incidents, those resolved in the last days, the most recent and the last told ones, newest first.
    pub incidents: Vec<Incident>,
    /// Maintenances that are not over, those completed in the last days and the most recent ones, newest start first.
    pub maintenances: Vec<Maintenance>,
    /// Newest start first.
    pub cancelled: Vec<CancelledMaintenance>,
    /// In the order of the page.
    pub metrics: Vec<Metric>,
    /// Months that have an archive, oldest first.
    pub archive_months: Vec<String>,
    /// By which kinds of events each of these months was touched; `None` where everything is for everybody.
    pub traces: Option<Vec<MonthTrace>>,
}

/// A component that is gone, which events name still.
#[derive(Debug, Clone)]
pub struct GoneComponent {
    pub id: Id,
    /// For whom it was last, its group's audiences counted in.
    pub audiences: Audiences,
}

/// A month that an event touched, and all that says who sees the event.
#[derive(Debug, Clone)]
pub struct MonthTrace {
    pub month: String,
    pub audiences: Audiences,
    pub components: Vec<Id>,
}

/// An event that has a permanent link.
#[derive(Debug, Clone)]
pub struct LinkedEvent {
    pub id: Id,
    pub month: String,
    pub audiences: Audiences,
    pub components: Vec<Id>,
}

/// Who sees the same of a page: those who are in these audiences, and in no other that anything is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceSet {
    pub id: AudienceId,
    pub audiences: Vec<AudienceId>,
}

#[derive(Debug, Clone)]
pub struct Group {
    pub id: Id,
    pub audiences: Audiences,
    pub name: String,
    pub description: String,
    pub description_html: String,
    pub display: GroupDisplay,
    pub position: i32,
    pub ordinal: i64,
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
}

#[derive(Debug, Clone)]
pub struct Component {
    pub id: Id,
    pub audiences: Audiences,
    pub group_id: Option<Id>,
    pub name: String,
    pub description: String,
    pub description_html: String,
    pub position: i32,
    pub ordinal: i64,
    pub status: Status,
    pub show_uptime: bool,
    pub only_show_if_degraded: bool,
    /// The day from which uptime counts, where the publisher gave one.
    pub started_on: Option<Date>,
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
    /// The status before the ninety days.
    pub before: Status,
}

#[derive(Debug, Clone)]
pub struct Incident {
    pub id: Id,
    pub audiences: Audiences,
    pub ordinal: i64,
    pub name: String,
    pub status: IncidentStatus,
    pub impact: Impact,
    /// Whether somebody gave the impact; otherwise it follows from what is said of components.
    pub impact_is_given: bool,
    pub started_at_ms: i64,
    pub monitoring_at_ms: Option<i64>,
    pub resolved_at_ms: Option<i64>,
    /// When its words or its name were changed last, where that is not its newest update's moment.
    pub updated_at_ms: Option<i64>,
    /// By the names that they were told with.
    pub components: Vec<Touched>,
    /// Newest first.
    pub updates: Vec<Update<IncidentStatus>>,
}

#[derive(Debug, Clone)]
pub struct Maintenance {
    pub id: Id,
    pub audiences: Audiences,
    pub ordinal: i64,
    pub name: String,
    pub status: MaintenanceStatus,
    /// When it was announced.
    pub announced_at_ms: i64,
    pub starts_at_ms: i64,
    pub ends_at_ms: i64,
    /// When it began in fact.
    pub began_at_ms: Option<i64>,
    pub completed_at_ms: Option<i64>,
    /// When its words, its name or its times were changed last, where that is not its newest update's moment.
    pub updated_at_ms: Option<i64>,
    pub revision: u32,
    pub series: Option<Id>,
    pub reminder_minutes: Vec<u32>,
    /// By the names that they were told with.
    pub components: Vec<Touched>,
    /// Newest first.
    pub updates: Vec<Update<MaintenanceStatus>>,
}

#[derive(Debug, Clone)]
pub struct Metric {
    pub id: Id,
    pub audiences: Audiences,
    pub name: String,
    pub suffix: String,
    pub decimals: u8,
    /// The newest point and its moment.
    pub latest: Option<(i64, f64)>,
    /// What was measured in each step of the three sparklines, oldest first.
    pub day: Vec<MeasuredStep>,
    pub week: Vec<MeasuredStep>,
    pub month: Vec<MeasuredStep>,
}

/// What was measured in one step of a sparkline.
#[derive(Debug, Clone, Copy)]
pub struct MeasuredStep {
    /// Counted from 1970 in steps of that width.
    pub step: i64,
    pub count: i64,
    pub sum: f64,
}

#[derive(Debug, Clone)]
pub struct Update<S> {
    pub id: Id,
    pub status: S,
    /// Who sees it, of those who see the event.
    pub audiences: Audiences,
    pub at_ms: i64,
    /// Shown in place of `at_ms`.
    pub displayed_at_ms: Option<i64>,
    /// When it was corrected.
    pub updated_at_ms: Option<i64>,
    pub body: String,
    pub body_html: String,
    /// `None` where it names no components.
    pub affected: Option<Vec<Affected>>,
}

/// A maintenance that was cancelled.
#[derive(Debug, Clone)]
pub struct CancelledMaintenance {
    pub id: Id,
    pub audiences: Audiences,
    pub name: String,
    pub starts_at_ms: i64,
    pub ends_at_ms: i64,
    pub cancelled_at_ms: i64,
    pub revision: u32,
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
