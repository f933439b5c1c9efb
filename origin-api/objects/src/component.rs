use page_model::{Id, status::Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audiences::{self, Audiences},
    fault::Fault,
    markdown::Description,
    moment::{Day, Moment},
    object::{Check, present, repeated},
    schema, string_enum,
    text::Name,
};

/// A thing whose status is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Component {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    pub description: String,
    #[schema(schema_with = schema::optional_id)]
    pub group_id: Option<Id>,
    /// Place within its group, or on the page where it has none.
    pub position: i32,
    /// What the page shows: the worst of `own_status` and of what open incidents and running maintenances say of it.
    #[schema(schema_with = schema::status)]
    pub status: Status,
    /// What changes of `status` said last. It holds until the next one, whatever incidents and maintenances say.
    #[schema(schema_with = schema::status)]
    pub own_status: Status,
    /// The open incidents and the running maintenances that say it is not operational.
    #[schema(schema_with = schema::ids)]
    pub held_by: Vec<Id>,
    pub show_uptime: bool,
    /// Whether the page leaves it out while it is operational.
    pub only_show_if_degraded: bool,
    /// The day from which its uptime counts, in the page's time zone; without one, the day of its creation.
    pub started_on: Option<Day>,
    pub created_at: Moment,
    pub updated_at: Moment,
    /// Whom it is for: audiences of the page, or `public`.
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComponent {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    pub name: Name,
    #[serde(default)]
    pub description: Description,
    #[schema(schema_with = schema::optional_id)]
    pub group_id: Option<Id>,
    /// Default: last.
    pub position: Option<i32>,
    #[serde(default, deserialize_with = "string_enum::optional")]
    #[schema(schema_with = schema::optional_status)]
    pub status: Option<Status>,
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub show_uptime: bool,
    #[serde(default)]
    pub only_show_if_degraded: bool,
    /// Default: none, then uptime counts from the day of creation.
    pub started_on: Option<Day>,
    /// When it was created elsewhere. Default: now.
    pub created_at: Option<Moment>,
    /// Whom it is for: audiences of the page, or `public`. Default: `["public"]`.
    #[serde(default, deserialize_with = "audiences::given")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComponentPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub description: Option<Description>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = schema::optional_id)]
    pub group_id: Option<Option<Id>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub position: Option<i32>,
    /// Sets `own_status`. What incidents and maintenances hold goes on; the answer says what is shown, and by whom it is held.
    #[serde(default, deserialize_with = "string_enum::present")]
    #[schema(schema_with = schema::status)]
    pub status: Option<Status>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub show_uptime: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub only_show_if_degraded: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    pub started_on: Option<Option<Day>>,
    #[serde(default, deserialize_with = "audiences::present")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Option<Audiences>,
}

/// What deleting a component took it out of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeletedComponent {
    /// The planned maintenances that name it no longer.
    #[schema(schema_with = schema::ids)]
    pub maintenances: Vec<Id>,
}

impl Check for NewComponent {}
impl Check for ComponentPatch {}

/// A request names a component once; `field` is where the one at this index is in the request.
pub fn check_component_ids<T: PartialEq + std::fmt::Display>(
    ids: &[T],
    field: fn(usize) -> String,
) -> Result<(), Fault> {
    if ids.len() > COMPONENTS_MAX {
        let detail = format!("at most {COMPONENTS_MAX} components at once");
        return Err(Fault::invalid("components", detail));
    }
    match repeated(ids) {
        Some(index) => Err(Fault::invalid(
            field(index),
            format!("component {} is listed twice", ids[index]),
        )),
        None => Ok(()),
    }
}

fn yes() -> bool {
    true
}

/// Most components that one request names.
const COMPONENTS_MAX: usize = 500;
