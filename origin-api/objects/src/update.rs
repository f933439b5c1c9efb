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
    status_change::{StatusChange, check_status_changes, optional_status_changes},
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
    pub at: Moment,
    pub components: Vec<StatusChange>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncidentUpdate {
    #[schema(schema_with = schema::id)]
    pub id: Option<Id>,
    /// Default: the incident keeps its status.
    #[serde(default, deserialize_with = "string_enum::optional")]
    #[schema(schema_with = schema::incident_status)]
    pub status: Option<IncidentStatus>,
    pub body: Body,
    /// Default: now.
    pub at: Option<Moment>,
    /// Where absent, resolving sets the incident's components back to operational.
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
    pub at: Moment,
    pub components: Vec<StatusChange>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMaintenanceUpdate {
    #[schema(schema_with = schema::id)]
    pub id: Option<Id>,
    /// Default: the maintenance keeps its status.
    #[serde(default, deserialize_with = "string_enum::optional")]
    #[schema(schema_with = schema::maintenance_status)]
    pub status: Option<MaintenanceStatus>,
    pub body: Body,
    /// Default: now.
    pub at: Option<Moment>,
    /// Where absent, the maintenance's components follow its course.
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
