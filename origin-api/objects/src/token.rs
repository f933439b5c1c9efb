use page_model::{Id, PageId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    moment::Moment,
    object::{Check, present},
    schema,
    text::Name,
};

/// A right to use the push API.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Token {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    /// The one page that it may change; `null` for all.
    #[schema(schema_with = schema::optional_id)]
    pub page: Option<PageId>,
    pub created_at: Moment,
    /// Shown once, in the answer that creates the token. A replayed answer does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    pub name: Name,
    #[schema(schema_with = schema::optional_id)]
    pub page: Option<PageId>,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
}

impl Check for NewToken {}
impl Check for TokenPatch {}
