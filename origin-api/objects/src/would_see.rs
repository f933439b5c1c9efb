//! Who would see something else after a change.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{audiences::Audiences, schema};

/// What a change would do, which was tried and taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRun {
    /// Always true.
    pub dry_run: bool,
    /// The object as it would be; `null` where it would be gone.
    #[schema(schema_with = schema::any_object)]
    pub object: Option<serde_json::Value>,
    /// Who would see something else; nobody, where the list is empty.
    pub visible: Vec<WouldSee>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WouldSee {
    /// Strangers, where that is `public`; else those who are in these audiences and no others.
    #[schema(schema_with = schema::audiences_seen)]
    pub audiences: Audiences,
    pub appear: Objects,
    pub vanish: Objects,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Objects {
    pub count: usize,
    /// At most twenty of them.
    pub first: Vec<SeenObject>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SeenObject {
    /// Such as `component`.
    pub kind: String,
    pub id: String,
    pub name: String,
}
