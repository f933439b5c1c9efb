use page_model::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Check, markdown::Description, present, schema, text::Name};

/// A component group.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Group {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    pub description: String,
    /// Place on the page, among groups and components that stand without one.
    pub position: i32,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    #[schema(schema_with = schema::id)]
    pub id: Option<Id>,
    pub name: Name,
    #[serde(default)]
    pub description: Description,
    /// Default: last.
    pub position: Option<i32>,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub description: Option<Description>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub position: Option<i32>,
}

impl Check for NewGroup {}
impl Check for GroupPatch {}
