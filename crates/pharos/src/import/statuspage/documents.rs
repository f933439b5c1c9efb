//! The v2 documents, as much of them as Pharos keeps, and the push bodies that they become.

use std::path::Path;

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
    pub url: String,
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
        Ok(Self {
            page: summary.page,
            components: summary.components,
            incidents: incidents.incidents,
            maintenances: maintenances.scheduled_maintenances,
        })
    }
}

impl Component {
    pub fn group_body(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "position": self.position,
            "description": self.description.as_deref().unwrap_or_default(),
        })
    }

    pub fn body(&self) -> Value {
        let created_on = self.created_at.get(..10).map(str::to_owned);
        json!({
            "id": self.id, "name": self.name, "position": self.position, "group_id": self.group_id,
            "description": self.description.as_deref().unwrap_or_default(),
            "started_on": self.start_date.clone().or(created_on),
        })
    }
}

impl Event {
    /// A further update of the event.
    pub fn update_body(&self, update: &Update) -> Value {
        match self.scheduled_for {
            Some(_) => update.body(),
            None => update.body_with_components(),
        }
    }

    /// The event with the first of its updates.
    pub fn body(&self, first: &Update) -> Value {
        let mut body = self.update_body(first);
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
                let mut components: Vec<&str> = affected.map(|affected| affected.code.as_str()).collect();
                components.sort_unstable();
                components.dedup();
                body["components"] = json!(components);
            }
            _ => body["impact"] = json!(self.impact),
        }
        body
    }
}

impl Update {
    /// What an update says; a maintenance's updates say no more, its components follow from its state.
    fn body(&self) -> Value {
        json!({ "id": self.id, "status": self.status, "body": self.body, "at": self.display_at })
    }

    fn body_with_components(&self) -> Value {
        let mut body = self.body();
        if let Some(affected) = &self.affected_components {
            let component = |affected: &Affected| json!({ "id": affected.code, "status": affected.new_status });
            body["components"] = affected.iter().map(component).collect();
        }
        body
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
