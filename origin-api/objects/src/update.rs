use page_model::{
    Id,
    status::{IncidentStatus, MaintenanceStatus},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    fault::Fault,
    markdown::Body,
    moment::Moment,
    object::{Check, present},
    schema,
    status_change::{ReportedStatus, StatusChange, check_status_changes, optional_status_changes},
    string_enum,
};

/// An update of an incident.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentUpdate {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    #[schema(schema_with = schema::incident_status)]
    pub status: IncidentStatus,
    pub body: String,
    /// Its place among the updates.
    pub at: Moment,
    /// Shown in place of `at`.
    pub displayed_at: Option<Moment>,
    /// When it was corrected; `null` for never.
    pub updated_at: Option<Moment>,
    /// What it says of components, by the names that they had then.
    pub components: Vec<ReportedStatus>,
    /// The status of the incident as the change leaves it; only in the answer to a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::incident_status)]
    pub event_status: Option<IncidentStatus>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncidentUpdate {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    /// Default: the incident stays as the update before leaves it.
    #[serde(default, deserialize_with = "string_enum::optional")]
    #[schema(schema_with = schema::optional_incident_status)]
    pub status: Option<IncidentStatus>,
    pub body: Body,
    /// Where it stands among the updates, not before the first of them. Default: now, behind all others.
    pub at: Option<Moment>,
    /// A moment that is shown in place of `at`, and orders nothing.
    pub displayed_at: Option<Moment>,
    /// What the incident says of components while it is open, until a later update says otherwise. When it is over it holds
    /// none of them, whatever its last update says.
    #[serde(default, deserialize_with = "optional_status_changes")]
    pub components: Option<Vec<StatusChange>>,
}

/// An update of a maintenance.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MaintenanceUpdate {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    #[schema(schema_with = schema::maintenance_status)]
    pub status: MaintenanceStatus,
    pub body: String,
    /// Its place among the updates.
    pub at: Moment,
    /// Shown in place of `at`.
    pub displayed_at: Option<Moment>,
    /// When it was corrected; `null` for never.
    pub updated_at: Option<Moment>,
    /// What it says of components, by the names that they had then.
    pub components: Vec<ReportedStatus>,
    /// The status of the maintenance as the change leaves it; only in the answer to a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maintenance_status)]
    pub event_status: Option<MaintenanceStatus>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMaintenanceUpdate {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    /// Default: the maintenance stays as the update before leaves it.
    #[serde(default, deserialize_with = "string_enum::optional")]
    #[schema(schema_with = schema::optional_maintenance_status)]
    pub status: Option<MaintenanceStatus>,
    pub body: Body,
    /// Where it stands among the updates, not before the first of them. Default: now, behind all others.
    pub at: Option<Moment>,
    /// A moment that is shown in place of `at`, and orders nothing.
    pub displayed_at: Option<Moment>,
    /// What the maintenance says of components while it is under way, until a later update says otherwise; one of which
    /// nothing is said is under maintenance then.
    #[serde(default, deserialize_with = "optional_status_changes")]
    pub components: Option<Vec<StatusChange>>,
}

/// A correction of the text of an update, or of its time.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub body: Option<Body>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub at: Option<Moment>,
    #[serde(default, deserialize_with = "present")]
    pub displayed_at: Option<Option<Moment>>,
}

impl UpdatePatch {
    /// What it changes of an update that says this already; `None` for nothing.
    pub fn changing(self, body: &str, at: Moment, displayed_at: Option<Moment>) -> Option<Self> {
        let changing = Self {
            body: self.body.filter(|new| new.text != body),
            at: self.at.filter(|new| *new != at),
            displayed_at: self.displayed_at.filter(|new| *new != displayed_at),
        };
        let changes = changing.body.is_some() || changing.at.is_some() || changing.displayed_at.is_some();
        changes.then_some(changing)
    }
}

impl Check for NewIncidentUpdate {
    fn check(&self) -> Result<(), Fault> {
        check_status_changes(self.components.as_deref().unwrap_or_default())
    }
}

impl Check for NewMaintenanceUpdate {
    fn check(&self) -> Result<(), Fault> {
        check_status_changes(self.components.as_deref().unwrap_or_default())
    }
}

impl Check for UpdatePatch {}
