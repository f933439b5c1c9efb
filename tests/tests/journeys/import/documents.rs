//! Documents of a small page, written as a Statuspage page publishes them.

use std::{fs, path::Path, sync::LazyLock};

use anyhow::Result;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

pub const PAGE: &str = "hbr000000001";
pub const ALPHA: &str = "cmpalpha0001";
pub const BETA: &str = "cmpbeta00001";

/// The three documents.
pub struct Documents {
    pub summary: Value,
    pub incidents: Vec<Value>,
    /// `None`: there is no such document.
    pub maintenances: Option<Vec<Value>>,
}

impl Documents {
    pub fn new() -> Self {
        Self {
            summary: json!({
                "page": { "id": PAGE, "name": "Harbour", "url": "https://harbour.example", "time_zone": "Etc/UTC" },
                "components": [component(ALPHA, "Alpha", "operational"), component(BETA, "Beta", "operational")],
                "incidents": [],
                "scheduled_maintenances": [],
            }),
            incidents: Vec::new(),
            maintenances: Some(Vec::new()),
        }
    }

    pub fn write(&self, folder: &Path) -> Result<()> {
        let write = |name: &str, document: &Value| fs::write(folder.join(name), document.to_string());
        write("summary.json", &self.summary)?;
        write("incidents.json", &json!({ "incidents": self.incidents }))?;
        if let Some(maintenances) = &self.maintenances {
            write(
                "scheduled-maintenances.json",
                &json!({ "scheduled_maintenances": maintenances }),
            )?;
        }
        Ok(())
    }
}

pub fn component(id: &str, name: &str, status: &str) -> Value {
    json!({
        "id": id, "name": name, "status": status, "created_at": "2024-02-03T00:00:00.000Z", "position": 1,
        "description": null, "showcase": true, "start_date": null, "group_id": null, "group": false,
        "only_show_if_degraded": false,
    })
}

/// An incident with its updates, the newest first.
pub fn incident(id: &str, status: &str, updates: &[Value]) -> Value {
    json!({
        "id": id, "name": format!("Incident {id}"), "status": status, "impact": "major",
        "created_at": hours_ago(30), "resolved_at": null, "monitoring_at": null, "components": [],
        "incident_updates": updates,
    })
}

/// The same with a window.
pub fn maintenance(id: &str, status: &str, (from, until): (String, String), updates: &[Value]) -> Value {
    let mut maintenance = incident(id, status, updates);
    maintenance["name"] = json!(format!("Maintenance {id}"));
    maintenance["impact"] = json!("maintenance");
    maintenance["scheduled_for"] = json!(from);
    maintenance["scheduled_until"] = json!(until);
    maintenance
}

pub fn update(id: &str, status: &str, at: String) -> Value {
    json!({
        "id": id, "status": status, "body": format!("Text of {id}."), "display_at": at, "created_at": at,
        "affected_components": null,
    })
}

/// An update that gives a component a status.
pub fn saying(id: &str, status: &str, at: String, component: &str, new_status: &str) -> Value {
    with(
        update(id, status, at),
        "affected_components",
        json!([{ "code": component, "name": "A name", "old_status": "operational", "new_status": new_status }]),
    )
}

pub fn with(mut object: Value, field: &str, value: Value) -> Value {
    object[field] = value;
    object
}

/// As documents write moments; one that lies ahead has negative hours.
pub fn hours_ago(hours: i64) -> String {
    format!("{:.3}", *STARTED - hours.hours())
}

static STARTED: LazyLock<Timestamp> = LazyLock::new(|| {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
});
