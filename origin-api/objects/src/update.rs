use page_model::{
    Id,
    status::{IncidentStatus, MaintenanceStatus},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audiences::{self, Audiences},
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
    /// Who sees it, of those who see the incident.
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
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
    /// Who sees it, of those who see the incident. One that is not for all of them leaves the status and the components as they are.
    #[serde(default, deserialize_with = "audiences::present")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Option<Audiences>,
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
    /// Who sees it, of those who see the maintenance.
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
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
    /// Who sees it, of those who see the maintenance. One that is not for all of them leaves the status and the components as they are.
    #[serde(default, deserialize_with = "audiences::present")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Option<Audiences>,
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
    #[serde(default, deserialize_with = "audiences::present")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Option<Audiences>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub at: Option<Moment>,
    #[serde(default, deserialize_with = "present")]
    pub displayed_at: Option<Option<Moment>>,
}

impl UpdatePatch {
    /// What it changes of an update that says this already; `None` for nothing.
    pub fn changing(self, body: &str, audiences: &Audiences, at: Moment, displayed_at: Option<Moment>) -> Option<Self> {
        let changing = Self {
            audiences: self.audiences.filter(|new| new != audiences),
            body: self.body.filter(|new| new.text != body),
            at: self.at.filter(|new| *new != at),
            displayed_at: self.displayed_at.filter(|new| *new != displayed_at),
        };
        let tells = changing.body.is_some() || changing.audiences.is_some();
        let moves = changing.at.is_some() || changing.displayed_at.is_some();
        (tells || moves).then_some(changing)
    }
}

/// What holds of an event holds for all who see it, so that an update that some do not see cannot say it.
pub fn not_for_some() -> Fault {
    let detail = "an update that is not for all who see its event leaves status and components to another update";
    Fault::invalid("audiences", detail)
}

fn check_for_some(audiences: Option<&Audiences>, says_something: bool) -> Result<(), Fault> {
    match audiences {
        Some(audiences) if says_something && !audiences.is_public() => Err(not_for_some()),
        _ => Ok(()),
    }
}

impl Check for NewIncidentUpdate {
    fn check(&self) -> Result<(), Fault> {
        check_for_some(
            self.audiences.as_ref(),
            self.status.is_some() || self.components.is_some(),
        )?;
        check_status_changes(self.components.as_deref().unwrap_or_default())
    }
}

impl Check for NewMaintenanceUpdate {
    fn check(&self) -> Result<(), Fault> {
        check_for_some(
            self.audiences.as_ref(),
            self.status.is_some() || self.components.is_some(),
        )?;
        check_status_changes(self.components.as_deref().unwrap_or_default())
    }
}

impl Check for UpdatePatch {}
