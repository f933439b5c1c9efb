//! From Statuspage v2 documents to the requests that make the same history.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tests::{Page, Push};

pub struct Plan {
    page: Value,
    components: Vec<Value>,
    pub incidents: usize,
    pub maintenances: usize,
    /// One for each update, in the order of time.
    pub steps: Vec<Step>,
    /// What the database must hold in the end, event by event.
    pub expected: Vec<ExpectedEvent>,
}

pub struct Step {
    at: String,
    /// Which incident or maintenance it belongs to.
    pub event: usize,
    pub path: String,
    pub body: Value,
}

/// An event as the documents describe it.
pub struct ExpectedEvent {
    pub id: String,
    pub family: &'static str,
    pub updates: BTreeSet<ExpectedUpdate>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpectedUpdate {
    id: String,
    status: String,
    body: String,
    at: Option<Timestamp>,
}

impl ExpectedUpdate {
    /// As the push API answers it.
    pub fn of(stored: &Value) -> Self {
        let text = |field: &str| stored[field].as_str().unwrap_or_default().to_owned();
        Self {
            id: text("id"),
            status: text("status"),
            body: text("body"),
            at: text("at").parse().ok(),
        }
    }
}

#[derive(Deserialize)]
struct Event {
    id: String,
    name: String,
    impact: String,
    scheduled_for: Option<String>,
    scheduled_until: Option<String>,
    /// Newest first.
    incident_updates: Vec<Update>,
}

#[derive(Deserialize)]
struct Update {
    id: String,
    status: String,
    body: String,
    display_at: String,
    affected_components: Option<Vec<Affected>>,
}

#[derive(Deserialize)]
struct Affected {
    code: String,
    new_status: String,
}

impl Plan {
    pub fn read(dir: &Path) -> Result<Self> {
        let summary = document(dir, "summary.json")?;
        let incidents: Vec<Event> = events(dir, "incidents.json", "incidents")?;
        let maintenances: Vec<Event> = events(dir, "scheduled-maintenances.json", "scheduled_maintenances")?;
        let mut plan = Self {
            page: summary["page"].clone(),
            components: summary["components"].as_array().cloned().unwrap_or_default(),
            incidents: incidents.len(),
            maintenances: maintenances.len(),
            steps: Vec::new(),
            expected: Vec::new(),
        };
        let page = plan.page["id"]
            .as_str()
            .context("summary.json names no page")?
            .to_owned();
        for (family, event) in incidents
            .iter()
            .map(|event| ("incidents", event))
            .chain(maintenances.iter().map(|event| ("maintenances", event)))
        {
            plan.add(&format!("/pages/{page}/{family}"), family, event);
        }
        // Stable: updates of one moment stay in the order in which they were written.
        plan.steps.sort_by(|a, b| a.at.cmp(&b.at));
        Ok(plan)
    }

    /// The page and its components, before anything has happened to them.
    pub async fn create_page(&self, push: &Push) -> Result<Page> {
        let text = |field: &str| self.page[field].as_str().unwrap_or_default().to_owned();
        let page = Page {
            id: text("id"),
            name: text("name"),
            host: "replay.localhost".into(),
        };
        push.create(
            "/pages",
            &json!({
                "id": page.id, "name": page.name, "hosts": [page.host], "time_zone": text("time_zone"),
            }),
        )
        .await?;
        for component in &self.components {
            push.create(&page.path("/components"), &component_body(component))
                .await?;
        }
        Ok(page)
    }

    fn add(&mut self, path: &str, family: &'static str, event: &Event) {
        let number = self.expected.len();
        for (index, update) in event.incident_updates.iter().rev().enumerate() {
            let (path, body) = match index {
                0 => (path.to_owned(), event.creation(family, update)),
                _ => (format!("{path}/{}/updates", event.id), update.body(family)),
            };
            self.steps.push(Step {
                at: update.display_at.clone(),
                event: number,
                path,
                body,
            });
        }
        let updates = event.incident_updates.iter().map(Update::expected).collect();
        self.expected.push(ExpectedEvent {
            id: event.id.clone(),
            family,
            updates,
        });
    }
}

impl Event {
    fn creation(&self, family: &str, first: &Update) -> Value {
        let mut body = first.body(family);
        body["id"] = json!(self.id);
        body["update_id"] = json!(first.id);
        body["name"] = json!(self.name);
        match family {
            "maintenances" => {
                body["starts_at"] = json!(self.scheduled_for);
                body["ends_at"] = json!(self.scheduled_until);
                body["components"] = self.touched();
            }
            _ => body["impact"] = json!(self.impact),
        }
        body
    }

    /// Every component that a maintenance touches at some time.
    fn touched(&self) -> Value {
        let updates = self
            .incident_updates
            .iter()
            .flat_map(|update| update.affected_components.iter().flatten());
        let mut ids: Vec<&str> = updates.map(|affected| affected.code.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        json!(ids)
    }
}

impl Update {
    fn expected(&self) -> ExpectedUpdate {
        ExpectedUpdate {
            id: self.id.clone(),
            status: self.status.clone(),
            body: self.body.clone(),
            at: self.display_at.parse().ok(),
        }
    }

    fn body(&self, family: &str) -> Value {
        let mut body = json!({ "id": self.id, "status": self.status, "body": self.body, "at": self.display_at });
        let affected = self.affected_components.iter().flatten();
        if family == "incidents" {
            let components = affected.map(|component| json!({ "id": component.code, "status": component.new_status }));
            body["components"] = components.collect();
        }
        body
    }
}

fn component_body(component: &Value) -> Value {
    let created_on = component["created_at"].as_str().unwrap_or_default().get(..10);
    json!({
        "id": component["id"],
        "name": component["name"],
        "description": component["description"].as_str().unwrap_or_default(),
        "position": component["position"],
        "started_on": created_on,
    })
}

fn events(dir: &Path, name: &str, field: &str) -> Result<Vec<Event>> {
    let mut document = document(dir, name)?;
    serde_json::from_value(document[field].take()).with_context(|| format!("{name} is no list of {field}"))
}

fn document(dir: &Path, name: &str) -> Result<Value> {
    let file = dir.join(name);
    let bytes = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is no JSON", file.display()))
}
