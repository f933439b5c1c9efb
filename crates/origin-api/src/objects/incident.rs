use page_model::{
    Id,
    status::{Impact, IncidentStatus, Status},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Check,
    component::{Told, check_told, told},
    markdown::Body,
    moment::Moment,
    present, schema,
    text::Name,
    word,
};
use crate::problem::Problem;

/// An incident. Its status and its times follow from its updates.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Incident {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    #[schema(schema_with = schema::incident_status)]
    pub status: IncidentStatus,
    #[schema(schema_with = schema::impact)]
    pub impact: Impact,
    pub started_at: Moment,
    pub resolved_at: Option<Moment>,
    /// The components that it touches and what it last said of each.
    pub components: Vec<Told>,
}

/// An incident and its first update.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncident {
    #[schema(schema_with = schema::id)]
    pub id: Option<Id>,
    pub name: Name,
    #[serde(default = "investigating", deserialize_with = "word::word")]
    #[schema(schema_with = schema::incident_status)]
    pub status: IncidentStatus,
    /// Default: follows from the worst that the updates say of a component.
    #[serde(default, deserialize_with = "word::optional")]
    #[schema(schema_with = schema::impact)]
    pub impact: Option<Impact>,
    pub body: Body,
    /// Default: now.
    pub at: Option<Moment>,
    /// The id of the first update.
    #[schema(schema_with = schema::id)]
    pub update_id: Option<Id>,
    #[serde(default, deserialize_with = "told")]
    pub components: Vec<Told>,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    #[serde(default, deserialize_with = "word::present")]
    #[schema(schema_with = schema::impact)]
    pub impact: Option<Impact>,
}

impl Check for NewIncident {
    fn check(&self) -> Result<(), Problem> {
        check_told(&self.components)
    }
}

impl Check for IncidentPatch {}

/// The impact that follows from what is said of components.
pub fn impact_of(told: &[Told]) -> Impact {
    match told.iter().map(|told| told.status).max() {
        Some(Status::MajorOutage) => Impact::Critical,
        Some(Status::PartialOutage) => Impact::Major,
        Some(Status::DegradedPerformance) => Impact::Minor,
        _ => Impact::None,
    }
}

fn investigating() -> IncidentStatus {
    IncidentStatus::Investigating
}
