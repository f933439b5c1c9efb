use page_model::{Id, status::Status};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::{
    Check, Object,
    fault::Fault,
    markdown::Description,
    moment::{Day, Moment},
    present, repeated, schema,
    text::Name,
    word,
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
    /// Place within its group, or on the page where it stands without one.
    pub position: i32,
    /// What was last said of it, by an incident, a maintenance or a change of this field.
    #[schema(schema_with = schema::status)]
    pub status: Status,
    pub show_uptime: bool,
    /// Whether the page leaves it out while it is operational.
    pub only_show_if_degraded: bool,
    /// The day from which its uptime counts, in the page's time zone; without one, the day of its creation.
    pub started_on: Option<Day>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComponent {
    #[schema(schema_with = schema::id)]
    pub id: Option<Id>,
    pub name: Name,
    #[serde(default)]
    pub description: Description,
    #[schema(schema_with = schema::id)]
    pub group_id: Option<Id>,
    /// Default: last.
    pub position: Option<i32>,
    #[serde(default, deserialize_with = "word::optional")]
    #[schema(schema_with = schema::status)]
    pub status: Option<Status>,
    #[serde(default = "shown")]
    #[schema(default = true)]
    pub show_uptime: bool,
    #[serde(default)]
    pub only_show_if_degraded: bool,
    /// Default: none, then uptime counts from the day of creation.
    pub started_on: Option<Day>,
    /// When it was created elsewhere. Default: now.
    pub created_at: Option<Moment>,
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
    #[serde(default, deserialize_with = "word::present")]
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
}

/// What an update says of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Told {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    #[serde(deserialize_with = "word::word")]
    #[schema(schema_with = schema::status)]
    pub status: Status,
}

impl Check for NewComponent {}
impl Check for ComponentPatch {}

/// What a request tells, as objects.
pub fn told<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Told>, D::Error> {
    let told = Vec::<Object<Told>>::deserialize(from)?;
    Ok(told.into_iter().map(|Object(told)| told).collect())
}

pub fn optional_told<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Told>>, D::Error> {
    let told = Option::<Vec<Object<Told>>>::deserialize(from)?;
    Ok(told.map(|told| told.into_iter().map(|Object(told)| told).collect()))
}

pub fn present_told<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Told>>, D::Error> {
    told(from).map(Some)
}

/// A component is told of once in an update.
pub fn check_told(told: &[Told]) -> Result<(), Fault> {
    let ids: Vec<&Id> = told.iter().map(|told| &told.id).collect();
    check_ids(&ids, |index| format!("components[{index}].id"))
}

pub fn check_ids<T: PartialEq + std::fmt::Display>(ids: &[T], field: fn(usize) -> String) -> Result<(), Fault> {
    if ids.len() > TOLD_MAX {
        let detail = format!("at most {TOLD_MAX} components at once");
        return Err(Fault::invalid("components", detail));
    }
    match repeated(ids) {
        Some(index) => Err(Fault::invalid(
            field(index),
            format!("component {} stands twice", ids[index]),
        )),
        None => Ok(()),
    }
}

fn shown() -> bool {
    true
}

/// Most components that one request names.
const TOLD_MAX: usize = 500;
