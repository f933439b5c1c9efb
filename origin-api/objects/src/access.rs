//! How much of what a page may have for its visitors it has.

use page_model::site::Visibility;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{moment::Moment, schema, string_enum};

#[derive(Debug, Serialize, ToSchema)]
pub struct PageAccess {
    #[serde(serialize_with = "string_enum::serialize")]
    #[schema(schema_with = schema::visibility)]
    pub visibility: Visibility,
    /// Sets of audiences for which the regions have content: of strangers, of those in one audience, and of those in several. Who
    /// comes in one more sees what is for one of their audiences.
    pub sets: Room,
    /// When somebody last saw less than they may for want of room, told once a day; `null` for not in the log.
    pub sets_were_full_at: Option<Moment>,
    pub audiences: Room,
    pub passwords: Room,
    pub ranges: Room,
    pub links: Room,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Room {
    pub used: i64,
    pub max: usize,
}
