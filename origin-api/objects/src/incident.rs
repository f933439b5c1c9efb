use page_model::{
    Id,
    status::{Impact, IncidentStatus},
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::{
    audiences::{self, Audiences},
    fault::Fault,
    incident_template::{FromTemplate, IncidentTemplate},
    markdown::Body,
    moment::Moment,
    object::{Check, Object, present, present_objects},
    schema,
    status_change::{ReportedStatus, StatusChange, check_status_changes},
    string_enum,
    text::Name,
};

/// An incident. Its status and its times follow from its updates.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Incident {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    #[schema(schema_with = schema::incident_status)]
    pub status: IncidentStatus,
    #[schema(schema_with = schema::impact)]
    pub impact: Impact,
    pub started_at: Moment,
    pub resolved_at: Option<Moment>,
    /// When its name or impact was changed, or one of its updates corrected; `null` for never.
    pub updated_at: Option<Moment>,
    /// The update that was posted last.
    #[schema(schema_with = schema::optional_id)]
    pub latest_update: Option<Id>,
    /// The components that it affects, and what it said of each last, by the names that it told them with.
    pub components: Vec<ReportedStatus>,
    /// Whom it is for: audiences of the page, or `public`.
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

/// An incident and its first update.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncident {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    /// Gives what is absent here.
    #[serde(default, deserialize_with = "from_template")]
    pub template: Option<FromTemplate>,
    /// Needed where there is no template.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// Default: `investigating`.
    #[serde(default, deserialize_with = "string_enum::present")]
    #[schema(schema_with = schema::incident_status)]
    pub status: Option<IncidentStatus>,
    /// Default: follows from the worst status that the updates give to a component, and falls when that is corrected.
    #[serde(default, deserialize_with = "string_enum::optional")]
    #[schema(schema_with = schema::optional_impact)]
    pub impact: Option<Impact>,
    /// Needed where there is no template.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub body: Option<Body>,
    /// Default: now.
    pub at: Option<Moment>,
    /// A moment that is shown in place of `at`.
    pub displayed_at: Option<Moment>,
    /// The id of the first update.
    #[schema(schema_with = schema::optional_id)]
    pub update_id: Option<Id>,
    #[serde(default, deserialize_with = "present_objects")]
    #[schema(nullable = false)]
    pub components: Option<Vec<StatusChange>>,
    /// Whom it is for: audiences of the page, or `public`. Default: `["public"]`.
    #[serde(default, deserialize_with = "audiences::given")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

/// What a new incident consists of, from the request and its template.
#[derive(Debug)]
pub struct IncidentContent {
    pub name: Name,
    pub status: IncidentStatus,
    pub impact: Option<Impact>,
    pub body: Body,
    pub components: Vec<StatusChange>,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    #[serde(default, deserialize_with = "string_enum::present")]
    #[schema(schema_with = schema::impact)]
    pub impact: Option<Impact>,
    #[serde(default, deserialize_with = "audiences::present")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Option<Audiences>,
}

impl Check for NewIncident {
    fn check(&self) -> Result<(), Fault> {
        let missing = [("name", self.name.is_none()), ("body", self.body.is_none())];
        if let Some((field, _)) = missing
            .into_iter()
            .find(|(_, missing)| *missing && self.template.is_none())
        {
            return Err(Fault::invalid(field, format!("missing field `{field}`")));
        }
        check_status_changes(self.components.as_deref().unwrap_or_default())
    }
}

impl Check for IncidentPatch {}

impl NewIncident {
    /// The fields of the request, and those of the template where the request has none.
    pub fn content(&self, template: Option<&IncidentTemplate>) -> Result<IncidentContent, Fault> {
        let filled = match (template, &self.template) {
            (Some(template), Some(from)) => Some(template.fill(&from.variables, "template.variables")?),
            _ => None,
        };
        let (title, body) = filled.map(|filled| (filled.title, filled.body)).unzip();
        let missing = |field: &str| Fault::invalid(field, format!("missing field `{field}`"));
        Ok(IncidentContent {
            name: self.name.clone().or(title).ok_or_else(|| missing("name"))?,
            body: self.body.clone().or(body).ok_or_else(|| missing("body"))?,
            status: self
                .status
                .or(template.map(|template| template.status))
                .unwrap_or(IncidentStatus::Investigating),
            impact: self.impact.or(template.and_then(|template| template.impact)),
            components: self
                .components
                .clone()
                .or_else(|| template.map(|template| template.components.clone()))
                .unwrap_or_default(),
        })
    }
}

fn from_template<'de, D: Deserializer<'de>>(from: D) -> Result<Option<FromTemplate>, D::Error> {
    let template = Option::<Object<FromTemplate>>::deserialize(from)?;
    Ok(template.map(|Object(template)| template))
}
