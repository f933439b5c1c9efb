//! The v2 documents as they are found: whatever a field holds, or lacks, nothing of the rest is lost.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

#[derive(Debug, Default)]
pub struct Documents {
    pub page: Page,
    pub components: Vec<Component>,
    /// Newest first, as published.
    pub incidents: Vec<Event>,
    pub maintenances: Vec<Event>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Page {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub time_zone: Option<String>,
}

/// A component or a group.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Component {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "text")]
    pub created_at: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub position: Option<i32>,
    #[serde(deserialize_with = "text")]
    pub description: Option<String>,
    #[serde(deserialize_with = "text")]
    pub start_date: Option<String>,
    #[serde(deserialize_with = "text")]
    pub group_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub group: bool,
    #[serde(deserialize_with = "lenient")]
    pub only_show_if_degraded: bool,
}

/// An incident or a maintenance.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Event {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "text")]
    pub impact: Option<String>,
    #[serde(deserialize_with = "text")]
    pub created_at: Option<String>,
    #[serde(deserialize_with = "text")]
    pub monitoring_at: Option<String>,
    #[serde(deserialize_with = "text")]
    pub resolved_at: Option<String>,
    #[serde(deserialize_with = "text")]
    pub scheduled_for: Option<String>,
    #[serde(deserialize_with = "text")]
    pub scheduled_until: Option<String>,
    #[serde(deserialize_with = "list")]
    pub components: Vec<Component>,
    /// Newest first.
    #[serde(rename = "incident_updates", deserialize_with = "list")]
    pub updates: Vec<Update>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Update {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "text")]
    pub body: Option<String>,
    #[serde(deserialize_with = "text")]
    pub created_at: Option<String>,
    #[serde(deserialize_with = "text")]
    pub display_at: Option<String>,
    #[serde(rename = "affected_components", deserialize_with = "list")]
    pub affected: Vec<Affected>,
}

/// Without a code it says that no component was affected.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Affected {
    #[serde(deserialize_with = "text")]
    pub code: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub new_status: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document {
    #[serde(deserialize_with = "lenient")]
    page: Page,
    #[serde(deserialize_with = "list")]
    components: Vec<Component>,
    #[serde(deserialize_with = "list")]
    incidents: Vec<Event>,
    #[serde(deserialize_with = "list")]
    scheduled_maintenances: Vec<Event>,
}

impl Documents {
    /// The union of all documents, each event once: the first that tells of it is right, and what has a window is a
    /// maintenance wherever it stands. The page and its components are the summary's.
    pub fn of(summary: Value, others: Vec<Value>) -> Self {
        let summary: Document = serde_json::from_value(summary).unwrap_or_default();
        let mut united = Self {
            page: summary.page,
            components: summary.components,
            ..Self::default()
        };
        let mut seen = BTreeSet::new();
        let mut add = |events: Vec<Event>, are_maintenances: bool| {
            for event in events {
                let is_new = event.id.clone().is_none_or(|id| seen.insert(id));
                if is_new && (are_maintenances || event.scheduled_for.is_some()) {
                    united.maintenances.push(event);
                } else if is_new {
                    united.incidents.push(event);
                }
            }
        };
        for document in others {
            let document: Document = serde_json::from_value(document).unwrap_or_default();
            add(document.incidents, false);
            add(document.scheduled_maintenances, true);
        }
        add(summary.incidents, false);
        add(summary.scheduled_maintenances, true);
        united
    }
}

fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(from: D) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).unwrap_or_default())
}

fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    let Value::Array(items) = Value::deserialize(from)? else {
        return Ok(Vec::new());
    };
    let items = items.into_iter();
    Ok(items.filter_map(|item| serde_json::from_value(item).ok()).collect())
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(events: &[Event]) -> Vec<&str> {
        events.iter().filter_map(|event| event.id.as_deref()).collect()
    }

    #[test]
    fn what_only_the_summary_holds_is_there() {
        let summary = json!({
            "incidents": [{ "id": "open" }, { "id": "both" }],
            "scheduled_maintenances": [{ "id": "running", "scheduled_for": "2026-11-25T20:00:00Z" }],
        });
        let documents = Documents::of(
            summary,
            vec![json!({ "incidents": [{ "id": "both", "name": "Listed" }] })],
        );
        assert_eq!(ids(&documents.incidents), ["both", "open"]);
        assert_eq!(documents.incidents[0].name.as_deref(), Some("Listed"));
        assert_eq!(ids(&documents.maintenances), ["running"]);
    }

    #[test]
    fn a_window_makes_a_maintenance_wherever_it_stands_and_once() {
        let work = json!({ "id": "work", "scheduled_for": "2016-04-23T15:00:00.000-04:00" });
        let documents = Documents::of(
            json!({}),
            vec![
                json!({ "incidents": [work, { "id": "outage" }] }),
                json!({ "scheduled_maintenances": [work] }),
            ],
        );
        assert_eq!(
            (ids(&documents.incidents), ids(&documents.maintenances)),
            (vec!["outage"], vec!["work"])
        );
    }

    #[test]
    fn a_field_of_another_type_costs_nothing_but_itself() {
        let summary = json!({
            "page": { "id": "pppppppppppp", "name": null, "time_zone": {} },
            "components": [{ "id": 7, "position": null, "group": null, "name": "Seven" }, "not a component"],
            "incidents": [{ "id": "odd", "incident_updates": [{ "body": 3, "affected_components": "none" }], "components": null }],
        });
        let documents = Documents::of(summary, Vec::new());
        assert_eq!(documents.page.id.as_deref(), Some("pppppppppppp"));
        assert_eq!(documents.components.len(), 1);
        assert_eq!(documents.components[0].id.as_deref(), Some("7"));
        assert_eq!(documents.components[0].position, None);
        let update = &documents.incidents[0].updates[0];
        assert_eq!(update.body.as_deref(), Some("3"));
        assert!(update.affected.is_empty());
    }
}
