//! Who changed what of a page.

use page_model::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{moment::Moment, schema};

/// An entry of the audit log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its place in the page's log.
    pub number: i64,
    pub at: Moment,
    pub by: AuditBy,
    /// `created`, `changed`, `deleted`, `set`, `ended`, `minted` or `noticed`.
    pub action: String,
    /// What it was done to, such as `page`, `audience`, `member`, `incident update` or `session`.
    pub kind: String,
    /// The id of that, where it has one.
    pub object: Option<String>,
    /// Each field that differs: `before` and `after`. Long values are cut; of a secret it only says `changed`. `null` where nothing
    /// is to be told, or where it named people and is older than 90 days.
    #[schema(schema_with = schema::any_object)]
    pub changed: Option<serde_json::Value>,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuditBy {
    /// Somebody with a token of the push API, as it was called then.
    Token {
        #[schema(schema_with = schema::id)]
        id: Id,
        name: String,
    },
    /// Somebody with the token of the origin's configuration, or at its machine.
    Operator,
    /// Strangers at the door, all together.
    Visitors,
}
