use page_model::{
    Id,
    status::{Impact, Status},
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::{component::check_component_ids, fault::Fault, object::Object, schema, string_enum};

/// The status that an update gives to a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusChange {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    #[serde(deserialize_with = "string_enum::required")]
    #[schema(schema_with = schema::status)]
    pub status: Status,
}

/// What an update says of a component, by the name that the component had then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportedStatus {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    #[schema(schema_with = schema::status)]
    pub status: Status,
}

/// An update names a component once.
pub fn check_status_changes(changes: &[StatusChange]) -> Result<(), Fault> {
    let ids: Vec<&Id> = changes.iter().map(|change| &change.id).collect();
    check_component_ids(&ids, |index| format!("components[{index}].id"))
}

/// The impact that follows from the worst status of components.
pub fn impact_of(statuses: impl Iterator<Item = Status>) -> Impact {
    match statuses.max() {
        Some(Status::MajorOutage) => Impact::Critical,
        Some(Status::PartialOutage) => Impact::Major,
        Some(Status::DegradedPerformance) => Impact::Minor,
        _ => Impact::None,
    }
}

pub(crate) fn optional_status_changes<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Vec<StatusChange>>, D::Error> {
    let changes = Option::<Vec<Object<StatusChange>>>::deserialize(from)?;
    Ok(changes.map(|changes| changes.into_iter().map(|Object(change)| change).collect()))
}
