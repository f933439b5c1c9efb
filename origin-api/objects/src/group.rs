use page_model::{Id, snapshot::GroupDisplay};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audiences::{self, Audiences},
    markdown::Description,
    moment::Moment,
    object::{Check, present},
    schema, string_enum,
    text::Name,
};

/// A component group.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Group {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    pub description: String,
    /// Place on the page, among groups and components without a group.
    pub position: i32,
    /// How the page shows it: `only_when_degraded` hides it while all is operational.
    #[serde(serialize_with = "string_enum::serialize")]
    #[schema(schema_with = schema::group_display)]
    pub display: GroupDisplay,
    pub created_at: Moment,
    pub updated_at: Moment,
    /// Whom it is for: audiences of the page, or `public`.
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    pub name: Name,
    #[serde(default)]
    pub description: Description,
    /// Default: last.
    pub position: Option<i32>,
    #[serde(default, deserialize_with = "string_enum::required")]
    #[schema(schema_with = schema::group_display)]
    pub display: GroupDisplay,
    /// When it was created elsewhere. Default: now.
    pub created_at: Option<Moment>,
    /// Whom it is for: audiences of the page, or `public`. Default: `["public"]`.
    #[serde(default, deserialize_with = "audiences::given")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
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
    #[serde(default, deserialize_with = "string_enum::present")]
    #[schema(schema_with = schema::group_display)]
    pub display: Option<GroupDisplay>,
    #[serde(default, deserialize_with = "audiences::present")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Option<Audiences>,
}

impl Check for NewGroup {}
impl Check for GroupPatch {}
