use page_model::{Id, status::MaintenanceStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audiences::{self, Audiences},
    component::check_component_ids,
    fault::Fault,
    markdown::Body,
    moment::Moment,
    object::{Check, present},
    reminder::ReminderMinutes,
    schema,
    status_change::{StatusChange, optional_status_changes},
    string_enum,
    text::Name,
};

/// A maintenance. It starts and ends by itself at its times.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Maintenance {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    #[schema(schema_with = schema::maintenance_status)]
    pub status: MaintenanceStatus,
    pub starts_at: Moment,
    pub ends_at: Moment,
    /// When it began in fact.
    pub began_at: Option<Moment>,
    pub completed_at: Option<Moment>,
    /// When its name, its times or components were changed, or one of its updates corrected; `null` for never.
    pub updated_at: Option<Moment>,
    /// The update that was posted last.
    #[schema(schema_with = schema::optional_id)]
    pub latest_update: Option<Id>,
    /// The series that planned it.
    #[schema(schema_with = schema::optional_id)]
    pub series: Option<Id>,
    pub reminder_minutes: Vec<u32>,
    #[schema(schema_with = schema::ids)]
    pub components: Vec<Id>,
    /// Whom it is for: audiences of the page, or `public`.
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

/// A maintenance and its first update.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMaintenance {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    pub name: Name,
    #[serde(default = "scheduled", deserialize_with = "string_enum::required")]
    #[schema(schema_with = schema::maintenance_status)]
    pub status: MaintenanceStatus,
    pub body: Body,
    /// The time of the first update. Default: now.
    pub at: Option<Moment>,
    /// A moment that is shown in place of `at`.
    pub displayed_at: Option<Moment>,
    /// The id of the first update.
    #[schema(schema_with = schema::optional_id)]
    pub update_id: Option<Id>,
    pub starts_at: Moment,
    pub ends_at: Moment,
    #[serde(default)]
    #[schema(schema_with = schema::ids)]
    pub components: Vec<Id>,
    /// What the first update says of components. It holds while the maintenance is under way, until a later update says
    /// otherwise; a component of which nothing is said is under maintenance then.
    #[serde(default, deserialize_with = "optional_status_changes")]
    pub update_components: Option<Vec<StatusChange>>,
    #[serde(default)]
    pub reminder_minutes: ReminderMinutes,
    /// Whom it is for: audiences of the page, or `public`. Default: `["public"]`.
    #[serde(default, deserialize_with = "audiences::given")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenancePatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// A maintenance that has begun cannot be moved into the future.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub starts_at: Option<Moment>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub ends_at: Option<Moment>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = schema::ids)]
    pub components: Option<Vec<Id>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub reminder_minutes: Option<ReminderMinutes>,
    #[serde(default, deserialize_with = "audiences::present")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Option<Audiences>,
}

impl Check for NewMaintenance {
    fn check(&self) -> Result<(), Fault> {
        check_times(self.starts_at, self.ends_at)?;
        let changed = self.update_components.iter().flatten().map(|change| &change.id);
        check_component_ids(&changed.collect::<Vec<_>>(), |index| {
            format!("update_components[{index}].id")
        })?;
        check_component_ids(&self.components, |index| format!("components[{index}]"))
    }
}

impl Check for MaintenancePatch {
    fn check(&self) -> Result<(), Fault> {
        let components = self.components.as_deref().unwrap_or_default();
        check_component_ids(components, |index| format!("components[{index}]"))
    }
}

pub fn check_times(starts_at: Moment, ends_at: Moment) -> Result<(), Fault> {
    if starts_at < ends_at {
        return Ok(());
    }
    Err(Fault::invalid("ends_at", "a maintenance ends after it starts"))
}

fn scheduled() -> MaintenanceStatus {
    MaintenanceStatus::Scheduled
}
