use std::collections::{BTreeMap, BTreeSet};

use origin_content::template::{NAME_RULE, Template, is_name};
use page_model::{
    Id,
    limits::{NAME_CHARS_MAX, UPDATE_CHARS_MAX},
    status::{Impact, IncidentStatus},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{
    fault::Fault,
    markdown::Body,
    object::{Check, objects, present, present_objects, repeated},
    schema,
    status_change::{StatusChange, check_status_changes, impact_of},
    string_enum,
    text::{Name, not_blank, printable, within},
};

/// The text for a kind of incident that happens again, with variables for what differs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentTemplate {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    /// For those who choose it; nobody else sees it.
    pub name: String,
    /// The name of the incident.
    pub title: String,
    /// The text of its first update.
    pub body: String,
    #[schema(schema_with = schema::incident_status)]
    pub status: IncidentStatus,
    /// `null` for the impact that follows from the components.
    #[schema(schema_with = schema::optional_impact)]
    pub impact: Option<Impact>,
    pub components: Vec<StatusChange>,
    pub variables: Vec<Variable>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncidentTemplate {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    pub name: Name,
    pub title: TemplateText,
    pub body: TemplateText,
    #[serde(default = "investigating", deserialize_with = "string_enum::required")]
    #[schema(schema_with = schema::incident_status)]
    pub status: IncidentStatus,
    #[serde(default, deserialize_with = "string_enum::optional")]
    #[schema(schema_with = schema::optional_impact)]
    pub impact: Option<Impact>,
    #[serde(default, deserialize_with = "objects")]
    pub components: Vec<StatusChange>,
    #[serde(default, deserialize_with = "objects")]
    #[schema(max_items = 20)]
    pub variables: Vec<Variable>,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentTemplatePatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub title: Option<TemplateText>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub body: Option<TemplateText>,
    #[serde(default, deserialize_with = "string_enum::present")]
    #[schema(schema_with = schema::incident_status)]
    pub status: Option<IncidentStatus>,
    #[serde(default, deserialize_with = "impact")]
    #[schema(schema_with = schema::optional_impact)]
    pub impact: Option<Option<Impact>>,
    #[serde(default, deserialize_with = "present_objects")]
    #[schema(nullable = false)]
    pub components: Option<Vec<StatusChange>>,
    #[serde(default, deserialize_with = "present_objects")]
    #[schema(nullable = false, max_items = 20)]
    pub variables: Option<Vec<Variable>>,
}

/// A place in the text that is filled in when the template is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    #[schema(pattern = "^[a-z][a-z0-9_]{0,39}$")]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 200)]
    pub description: String,
    /// Its value where none is given; without one it is empty.
    #[schema(max_length = 2000)]
    pub default: Option<String>,
    /// Whether the template can only be used with a value for it.
    #[serde(default)]
    pub required: bool,
}

/// The values of variables, by their names.
pub type Values = BTreeMap<String, Value>;

/// Text, or a number as it is written.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a value is text or a number")]
pub enum Value {
    Text(String),
    #[schema(value_type = f64)]
    Number(serde_json::Number),
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPreview {
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Value>)]
    pub variables: Values,
}

/// An incident as it would be created.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Preview {
    pub title: String,
    pub body: String,
    /// As the page would show it.
    pub body_html: String,
    #[schema(schema_with = schema::incident_status)]
    pub status: IncidentStatus,
    #[schema(schema_with = schema::impact)]
    pub impact: Impact,
    pub components: Vec<StatusChange>,
}

/// The template of a new incident.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FromTemplate {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Value>)]
    pub variables: Values,
}

/// Text with variables that parses.
#[derive(Debug, Clone)]
pub struct TemplateText {
    pub text: String,
}

impl<'de> Deserialize<'de> for TemplateText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        within("the text", &text, 1, UPDATE_CHARS_MAX).map_err(D::Error::custom)?;
        not_blank(&text).map_err(D::Error::custom)?;
        Template::parse(&text).map_err(D::Error::custom)?;
        Ok(Self { text })
    }
}

impl PartialSchema for TemplateText {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
        text.max_length(Some(UPDATE_CHARS_MAX))
            .description(Some("Text with variables such as {{ region }}."))
            .into()
    }
}

impl ToSchema for TemplateText {}

impl Check for NewIncidentTemplate {
    fn check(&self) -> Result<(), Fault> {
        check_status_changes(&self.components)?;
        check_variables(&self.variables)?;
        check_names(&self.title.text, &self.body.text, &self.variables)
    }
}

impl Check for IncidentTemplatePatch {
    fn check(&self) -> Result<(), Fault> {
        check_status_changes(self.components.as_deref().unwrap_or_default())?;
        check_variables(self.variables.as_deref().unwrap_or_default())
    }
}

impl Check for NewPreview {}

impl IncidentTemplatePatch {
    /// The template as it becomes; its text is checked with its variables.
    pub fn apply(self, before: IncidentTemplate) -> Result<IncidentTemplate, Fault> {
        let patched = IncidentTemplate {
            name: self.name.map_or(before.name, |name| name.into_string()),
            title: self.title.map_or(before.title, |title| title.text),
            body: self.body.map_or(before.body, |body| body.text),
            status: self.status.unwrap_or(before.status),
            impact: self.impact.unwrap_or(before.impact),
            components: self.components.unwrap_or(before.components),
            variables: self.variables.unwrap_or(before.variables),
            id: before.id,
        };
        check_names(&patched.title, &patched.body, &patched.variables)?;
        Ok(patched)
    }
}

impl IncidentTemplate {
    pub fn preview(&self, values: &Values) -> Result<Preview, Fault> {
        let filled = self.fill(values, "variables")?;
        Ok(Preview {
            title: filled.title.into_string(),
            body: filled.body.text,
            body_html: filled.body.html,
            status: self.status,
            impact: self
                .impact
                .unwrap_or_else(|| impact_of(self.components.iter().map(|change| change.status))),
            components: self.components.clone(),
        })
    }

    /// Title and text with the values of their variables; `field` is where those are in the request.
    pub fn fill(&self, values: &Values, field: &str) -> Result<FilledTemplate, Fault> {
        let values = self.values(values, field)?;
        let title = filled("title", &self.title, &values, 4 * NAME_CHARS_MAX);
        let title = title
            .and_then(Name::try_from)
            .map_err(|detail| format!("the title: {detail}"));
        let body = filled("body", &self.body, &values, 4 * UPDATE_CHARS_MAX);
        let body = body
            .and_then(Body::try_from)
            .map_err(|detail| format!("the body: {detail}"));
        let wrong = |detail| Fault::invalid(field, detail);
        Ok(FilledTemplate {
            title: title.map_err(wrong)?,
            body: body.map_err(wrong)?,
        })
    }

    /// A value for each variable, or which one is wrong.
    fn values(&self, given: &Values, field: &str) -> Result<BTreeMap<String, String>, Fault> {
        let wrong = |name: &str, detail: String| Fault::invalid(format!("{field}.{name}"), detail);
        let known = |name: &str| self.variables.iter().any(|variable| variable.name == name);
        if let Some(name) = given.keys().find(|name| !known(name)) {
            let shown: String = name.chars().take(40).collect();
            return Err(wrong(&shown, "the template has no such variable".into()));
        }
        let mut values = BTreeMap::new();
        for variable in &self.variables {
            let value = match (given.get(&variable.name), &variable.default) {
                (Some(Value::Text(text)), _) => text.clone(),
                (Some(Value::Number(number)), _) => number.to_string(),
                (None, Some(default)) => default.clone(),
                (None, None) => String::new(),
            };
            if variable.required && value.trim().is_empty() {
                let detail = format!("the template needs a value for it{}", described(&variable.description));
                return Err(wrong(&variable.name, detail));
            }
            within("a value", &value, 0, VALUE_CHARS_MAX).map_err(|detail| wrong(&variable.name, detail))?;
            printable(&value).map_err(|detail| wrong(&variable.name, detail))?;
            values.insert(variable.name.clone(), value);
        }
        Ok(values)
    }
}

/// A template with the values of its variables.
#[derive(Debug)]
pub struct FilledTemplate {
    pub title: Name,
    pub body: Body,
}

fn filled(what: &str, text: &str, values: &BTreeMap<String, String>, bytes_max: usize) -> Result<String, String> {
    let template = Template::parse(text).map_err(|fault| fault.to_string())?;
    let filled = template.fill(values, bytes_max);
    filled.ok_or_else(|| format!("with these values the {what} is too long"))
}

fn described(description: &str) -> String {
    if description.is_empty() {
        String::new()
    } else {
        format!(" ({description})")
    }
}

/// The texts name no variable that the template does not have.
fn check_names(title: &str, body: &str, variables: &[Variable]) -> Result<(), Fault> {
    let known: BTreeSet<&str> = variables.iter().map(|variable| variable.name.as_str()).collect();
    for (field, text) in [("title", title), ("body", body)] {
        Template::parse(text)
            .and_then(|template| template.expect_only(text, &known))
            .map_err(|fault| Fault::invalid(field, fault.to_string()))?;
    }
    Ok(())
}

fn check_variables(variables: &[Variable]) -> Result<(), Fault> {
    if variables.len() > VARIABLES_MAX {
        let detail = format!("a template has at most {VARIABLES_MAX} variables");
        return Err(Fault::invalid("variables", detail));
    }
    for (index, variable) in variables.iter().enumerate() {
        let wrong = |field: &str, detail: String| Err(Fault::invalid(format!("variables[{index}].{field}"), detail));
        if !is_name(&variable.name) {
            return wrong("name", format!("the name of a variable has {NAME_RULE}"));
        }
        if variable.required && variable.default.is_some() {
            return wrong("default", "a variable that is required has no default".into());
        }
        let texts = [
            ("description", Some(&variable.description), 200),
            ("default", variable.default.as_ref(), VALUE_CHARS_MAX),
        ];
        for (field, text, chars_max) in texts {
            if let Some(Err(detail)) = text.map(|text| within("it", text, 0, chars_max)) {
                return wrong(field, detail);
            }
        }
    }
    let names: Vec<&str> = variables.iter().map(|variable| variable.name.as_str()).collect();
    match repeated(&names) {
        Some(index) => Err(Fault::invalid(
            format!("variables[{index}].name"),
            format!("{} is listed twice", names[index]),
        )),
        None => Ok(()),
    }
}

fn impact<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Impact>>, D::Error> {
    string_enum::optional(from).map(Some)
}

fn investigating() -> IncidentStatus {
    IncidentStatus::Investigating
}

const VARIABLES_MAX: usize = 20;
/// Longest value of a variable.
const VALUE_CHARS_MAX: usize = 2_000;
