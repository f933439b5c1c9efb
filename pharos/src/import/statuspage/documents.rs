//! The v2 documents, as much of them as Pharos keeps, and the push bodies that they become.

use std::{collections::BTreeSet, path::Path};

use anyhow::Context;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Documents {
    pub page: Page,
    pub components: Vec<Component>,
    /// Newest first, as published.
    pub incidents: Vec<Event>,
    pub maintenances: Vec<Event>,
}

#[derive(Clone, Deserialize)]
pub struct Page {
    pub id: String,
    pub name: String,
    pub time_zone: String,
}

#[derive(Clone, Deserialize)]
pub struct Component {
    pub id: String,
    pub name: String,
    pub status: String,
    pub created_at: String,
    pub position: u32,
    pub description: Option<String>,
    pub start_date: Option<String>,
    pub group_id: Option<String>,
    pub group: bool,
    #[serde(default)]
    pub only_show_if_degraded: bool,
}

/// An incident or a maintenance.
#[derive(Clone, Deserialize)]
pub struct Event {
    pub id: String,
    pub name: String,
    pub impact: String,
    /// Newest first.
    #[serde(rename = "incident_updates")]
    pub updates: Vec<Update>,
    pub scheduled_for: Option<String>,
    pub scheduled_until: Option<String>,
}

#[derive(Clone, Deserialize)]
pub struct Update {
    pub id: String,
    pub status: String,
    pub body: String,
    pub display_at: String,
    pub affected_components: Option<Vec<Affected>>,
}

#[derive(Clone, Deserialize)]
pub struct Affected {
    pub code: String,
    pub new_status: String,
}

impl Documents {
    /// From a folder, or from the address of a page.
    pub async fn read(source: &str) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Summary {
            page: Page,
            components: Vec<Component>,
        }
        #[derive(Deserialize)]
        struct Incidents {
            incidents: Vec<Event>,
        }
        #[derive(Deserialize)]
        struct Maintenances {
            scheduled_maintenances: Vec<Event>,
        }
        let summary: Summary = document(source, "summary.json").await?;
        let incidents: Incidents = document(source, "incidents.json").await?;
        let maintenances: Maintenances = document(source, "scheduled-maintenances.json").await?;
        let mut documents = Self {
            page: summary.page,
            components: summary.components,
            incidents: incidents.incidents,
            maintenances: maintenances.scheduled_maintenances,
        };
        documents.forget_former_components();
        Ok(documents)
    }

    /// Updates go on naming components that the page no longer has.
    fn forget_former_components(&mut self) {
        let components: BTreeSet<&str> = self.components.iter().map(|component| component.id.as_str()).collect();
        let events = self.incidents.iter_mut().chain(&mut self.maintenances);
        let updates = events.flat_map(|event| &mut event.updates);
        for affected in updates.filter_map(|update| update.affected_components.as_mut()) {
            affected.retain(|affected| components.contains(affected.code.as_str()));
        }
    }
}

impl Component {
    pub fn group_body(&self) -> Value {
        let display = if self.only_show_if_degraded {
            "only_when_degraded"
        } else {
            "open"
        };
        json!({
            "id": self.id, "name": self.name, "position": self.position, "created_at": self.created_at,
            "description": self.description.as_deref().unwrap_or_default(), "display": display,
        })
    }

    pub fn body(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "position": self.position, "group_id": self.group_id,
            "description": self.description.as_deref().unwrap_or_default(), "created_at": self.created_at,
            "started_on": self.start_date, "only_show_if_degraded": self.only_show_if_degraded,
        })
    }
}

impl Event {
    /// The event with the first of its updates.
    pub fn body(&self, first: &Update) -> Value {
        let mut body = first.body();
        body["id"] = json!(self.id);
        body["name"] = json!(self.name);
        body["update_id"] = json!(first.id);
        match (&self.scheduled_for, &self.scheduled_until) {
            (Some(starts_at), Some(ends_at)) => {
                body["starts_at"] = json!(starts_at);
                body["ends_at"] = json!(ends_at);
                let affected = self
                    .updates
                    .iter()
                    .flat_map(|update| update.affected_components.iter().flatten());
                let components: BTreeSet<&str> = affected.map(|affected| affected.code.as_str()).collect();
                body["update_components"] = body["components"].take();
                body["components"] = json!(components);
            }
            _ => body["impact"] = json!(self.impact),
        }
        body
    }
}

impl Update {
    /// What an update says, and no more: components are named even where there are none, so that none follow by themselves.
    pub fn body(&self) -> Value {
        let affected = self.affected_components.iter().flatten();
        let components: Vec<Value> = affected
            .map(|affected| json!({ "id": affected.code, "status": affected.new_status }))
            .collect();
        json!({
            "id": self.id, "status": self.status, "body": self.body, "at": self.display_at, "components": components,
        })
    }
}

async fn document<T: DeserializeOwned>(source: &str, name: &str) -> anyhow::Result<T> {
    let (place, bytes) = match source.starts_with("http://") || source.starts_with("https://") {
        true => {
            let url = format!("{}/api/v2/{name}", source.trim_end_matches('/'));
            let response = reqwest::get(&url).await.and_then(reqwest::Response::error_for_status);
            let response = response.with_context(|| format!("cannot read {url}"))?;
            (url, response.bytes().await?.to_vec())
        }
        false => {
            let path = Path::new(source).join(name);
            let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            (path.display().to_string(), bytes)
        }
    };
    serde_json::from_slice(&bytes).with_context(|| format!("{place} is not a Statuspage v2 document"))
}
