//! Field by field, what a document keeps on its way through Pharos.

use anyhow::{Context, Result, bail, ensure};
use jiff::{Timestamp, tz::Offset};
use page_model::{
    Stamp,
    snapshot::{Affected, Incident, Maintenance, Touched, Update},
};
use serde_json::{Map, Value, json};

/// What of a page's documents is kept. What is not, and why, stands in docs/import.md.
pub struct Expected<'a> {
    page: &'a Value,
    host: &'a str,
}

impl<'a> Expected<'a> {
    pub fn of(page: &'a Value, host: &'a str) -> Self {
        Self { page, host }
    }

    pub fn page(&self, found: &Value) -> Result<()> {
        let keys = ["id", "name", "time_zone"];
        same("page", &only(self.page, &keys), &only(found, &keys))?;
        ensure!(
            found["url"] == format!("https://{}", self.host),
            "the page's url is {}",
            found["url"]
        );
        Ok(())
    }

    pub fn components(&self, place: &str, expected: &[Value], found: &Value) -> Result<()> {
        let found = found.as_array().context("components")?;
        let by_id = |components: &[Value]| -> Vec<Value> {
            let mut kept: Vec<Value> = components.iter().map(component).collect();
            kept.sort_by_key(id);
            kept
        };
        // A group without components is not shown.
        let shown =
            |one: &&Value| one["group"] != true || one["components"].as_array().is_some_and(|ids| !ids.is_empty());
        let expected: Vec<Value> = expected.iter().filter(shown).cloned().collect();
        all_same(&format!("{place}: component"), &by_id(&expected), &by_id(found))
    }

    /// Newest first; those of one moment in any order.
    pub fn events(&self, place: &str, expected: &[Value], found: &Value) -> Result<()> {
        let found = found.as_array().with_context(|| format!("{place} lists no events"))?;
        let sorts: Vec<Timestamp> = found.iter().map(sort).collect::<Result<_>>()?;
        ensure!(
            sorts.is_sorted_by(|one, other| one >= other),
            "{place} is not newest first"
        );
        let by_id = |events: &[Value]| -> Vec<Value> {
            let mut kept: Vec<Value> = events.iter().map(event).collect();
            kept.sort_by_key(id);
            kept
        };
        all_same(place, &by_id(expected), &by_id(found))
    }
}

fn component(component: &Value) -> Value {
    let keys = [
        "id",
        "name",
        "status",
        "created_at",
        "position",
        "description",
        "start_date",
        "group_id",
        "page_id",
        "group",
        "only_show_if_degraded",
        "components",
    ];
    let mut kept = only(component, &keys);
    if kept["description"] == "" {
        kept["description"] = Value::Null;
    }
    if kept["group"] == true {
        // A group's state follows from its components here; elsewhere it is stored.
        kept["status"] = Value::Null;
    }
    sort_ids(&mut kept["components"]);
    kept
}

fn event(event: &Value) -> Value {
    let keys = [
        "id",
        "name",
        "status",
        "created_at",
        "started_at",
        "monitoring_at",
        "resolved_at",
        "impact",
        "page_id",
        "scheduled_for",
        "scheduled_until",
    ];
    let mut kept = only(event, &keys);
    kept["updates"] = each(&event["incident_updates"], update);
    if event["status"] == "scheduled" {
        // How components are before the work is not brought: here it would be how they are during it.
        for update in kept["updates"].as_array_mut().into_iter().flatten() {
            let affected = update["affected"].as_array_mut();
            affected
                .into_iter()
                .for_each(|all| all.retain(|one| one["new_status"] != "operational"));
            if update["affected"] == json!([]) {
                update["affected"] = Value::Null;
            }
        }
    }
    kept["components"] = each(&event["components"], |component| component["id"].clone());
    sort_ids(&mut kept["components"]);
    kept
}

fn update(update: &Value) -> Value {
    let keys = ["id", "status", "body", "incident_id", "created_at", "display_at"];
    let mut kept = only(update, &keys);
    // Updates that show one moment are told a millisecond apart.
    let moment = |at: &Value| at.as_str()?.parse::<Timestamp>().ok();
    if let (Some(told), Some(shown)) = (moment(&kept["created_at"]), moment(&kept["display_at"]))
        && told.duration_since(shown).as_millis().abs() < 50
    {
        kept["created_at"] = kept["display_at"].clone();
    }
    let affected = |one: &Value| only(one, &["code", "name", "old_status", "new_status"]);
    kept["affected"] = match &update["affected_components"] {
        Value::Null => Value::Null,
        some => each(some, affected),
    };
    if let Value::Array(affected) = &mut kept["affected"] {
        affected.sort_by_key(|one| one["code"].to_string());
    }
    kept
}

/// An incident of an archive, as a document would show it.
pub fn incident(page: &str, incident: &Incident) -> Value {
    json!({
        "id": incident.id, "name": incident.name, "status": incident.status, "page_id": page,
        "created_at": iso(incident.started_at), "started_at": iso(incident.started_at),
        "monitoring_at": incident.monitoring_at.map(iso), "resolved_at": incident.resolved_at.map(iso),
        "impact": incident.impact, "components": touched(&incident.components),
        "incident_updates": updates(incident.id.as_str(), &incident.updates),
    })
}

/// A maintenance of an archive, as a document would show it.
pub fn maintenance(page: &str, maintenance: &Maintenance) -> Value {
    json!({
        "id": maintenance.id, "name": maintenance.name, "status": maintenance.status, "page_id": page,
        "created_at": iso(maintenance.created_at), "started_at": iso(maintenance.created_at),
        "monitoring_at": null, "resolved_at": maintenance.completed_at.map(iso),
        "impact": "maintenance", "components": touched(&maintenance.components),
        "incident_updates": updates(maintenance.id.as_str(), &maintenance.updates),
        "scheduled_for": iso(maintenance.starts_at), "scheduled_until": iso(maintenance.ends_at),
    })
}

fn touched(touched: &[Touched]) -> Value {
    touched.iter().map(|one| json!({ "id": one.id })).collect()
}

fn updates<S: serde::Serialize>(event: &str, updates: &[Update<S>]) -> Value {
    let affected = |one: &Affected| {
        json!({
            "code": one.id, "name": one.name, "old_status": one.old_status, "new_status": one.new_status,
        })
    };
    let update = |update: &Update<S>| {
        json!({
            "id": update.id, "status": update.status, "body": update.body, "incident_id": event,
            "created_at": iso(update.at), "display_at": iso(update.shown_at()),
            "affected_components": update.affected.as_ref().map(|some| some.iter().map(affected).collect::<Value>()),
        })
    };
    updates.iter().map(update).collect()
}

/// ISO 8601 with milliseconds and the offset of the page's zone.
pub fn iso(stamp: Stamp) -> String {
    let offset = Offset::from_seconds(i32::from(stamp.offset_minutes) * 60).unwrap_or(Offset::UTC);
    let local = Timestamp::from_millisecond(stamp.at_ms).map(|at| offset.to_datetime(at));
    let zone = match stamp.offset_minutes {
        0 => "Z".to_owned(),
        minutes => format!(
            "{}{:02}:{:02}",
            if minutes < 0 { '-' } else { '+' },
            minutes.abs() / 60,
            minutes.abs() % 60
        ),
    };
    local.map_or_else(|error| error.to_string(), |local| format!("{local:.3}{zone}"))
}

fn sort(event: &Value) -> Result<Timestamp> {
    let key = ["scheduled_for", "started_at"]
        .into_iter()
        .find(|key| !event[*key].is_null());
    let text = key
        .and_then(|key| event[key].as_str())
        .context("an event without a time")?;
    Ok(text.parse()?)
}

fn id(object: &Value) -> String {
    object["id"].to_string()
}

fn only(object: &Value, keys: &[&str]) -> Value {
    let kept: Map<String, Value> = keys
        .iter()
        .map(|key| ((*key).to_owned(), object[key].clone()))
        .collect();
    kept.into()
}

fn each(list: &Value, kept: impl Fn(&Value) -> Value) -> Value {
    list.as_array().into_iter().flatten().map(kept).collect()
}

fn sort_ids(ids: &mut Value) {
    if let Value::Array(ids) = ids {
        ids.sort_by_key(Value::to_string);
    }
}

fn all_same(place: &str, expected: &[Value], found: &[Value]) -> Result<()> {
    let ids = |objects: &[Value]| objects.iter().map(id).collect::<Vec<_>>();
    let missing: Vec<_> = ids(expected)
        .into_iter()
        .filter(|id| !ids(found).contains(id))
        .collect();
    let extra: Vec<_> = ids(found)
        .into_iter()
        .filter(|id| !ids(expected).contains(id))
        .collect();
    ensure!(
        missing.is_empty() && extra.is_empty(),
        "{place}: lacks {missing:?}, has too {extra:?}"
    );
    for (expected, found) in expected.iter().zip(found) {
        same(&format!("{place} {}", id(expected)), expected, found)?;
    }
    Ok(())
}

/// The first field that differs is named.
fn same(place: &str, expected: &Value, found: &Value) -> Result<()> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, expected) in expected {
                same(
                    &format!("{place}.{key}"),
                    expected,
                    found.get(key).unwrap_or(&Value::Null),
                )?;
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                same(&format!("{place}[{index}]"), expected, found)?;
            }
        }
        _ if expected == found => {}
        _ => bail!("{place} was {expected} and came back as {found}"),
    }
    Ok(())
}
