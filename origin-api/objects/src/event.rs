use page_model::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{audiences::Audiences, moment::Moment, schema};

/// Something about a page that others may want to be notified of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Event {
    /// Its place; ask for later ones with it.
    pub seq: i64,
    pub at: Moment,
    #[serde(flatten)]
    pub what: EventKind,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// A maintenance starts soon.
    MaintenanceReminder {
        maintenance: UpcomingMaintenance,
        /// How long before the start the reminder was to come.
        minutes: u32,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UpcomingMaintenance {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    pub starts_at: Moment,
    pub ends_at: Moment,
    #[schema(schema_with = schema::optional_id)]
    pub series: Option<Id>,
    #[schema(schema_with = schema::ids)]
    pub components: Vec<Id>,
    /// Who sees it on the page; nobody, where the list is empty.
    #[serde(default)]
    #[schema(schema_with = schema::audiences_seen)]
    pub audiences: Audiences,
}
