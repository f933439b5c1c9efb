//! Statuspage v2 documents: from a folder, or made with everything odd that real ones hold: updates of one minute,
//! updates that say nothing of components or that they stay as they are, angle brackets, groups, zones, every state.

use std::{cmp::Reverse, collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use page_model::{Stamp, limits::RECENT_EVENTS_MAX};
use serde_json::{Value, json};

use super::compare::iso;

pub struct Documents {
    summary: Value,
    incidents: Value,
    maintenances: Value,
}

impl Documents {
    pub fn read(folder: &Path) -> Result<Self> {
        let document = |name: &str| -> Result<Value> {
            let path = folder.join(name);
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(serde_json::from_slice(&bytes)?)
        };
        Ok(Self {
            summary: document(SUMMARY)?,
            incidents: document(INCIDENTS)?,
            maintenances: document(MAINTENANCES)?,
        })
    }

    pub fn write(&self, folder: &Path) -> Result<()> {
        for (name, document) in [
            (SUMMARY, &self.summary),
            (INCIDENTS, &self.incidents),
            (MAINTENANCES, &self.maintenances),
        ] {
            fs::write(folder.join(name), document.to_string())?;
        }
        Ok(())
    }

    pub fn page(&self) -> &Value {
        &self.summary["page"]
    }

    pub fn page_id(&self) -> Result<&str> {
        self.page()["id"].as_str().context("the page has an id")
    }

    pub fn components(&self) -> &[Value] {
        list(&self.summary["components"])
    }

    pub fn incidents(&self) -> &[Value] {
        list(&self.incidents["incidents"])
    }

    pub fn maintenances(&self) -> &[Value] {
        list(&self.maintenances["scheduled_maintenances"])
    }

    /// More incidents than a document lists, over three years, in a zone that is not UTC.
    pub fn with_every_feature() -> Self {
        let now_ms = jiff::Timestamp::now().as_millisecond() / MINUTE_MS * MINUTE_MS;
        let mut maker = Maker { now_ms, made: 0 };
        let mut incidents: Vec<Value> = (0..70).map(|n| maker.incident(n)).collect();
        incidents.sort_by_key(|one| Reverse(one["started_at"].to_string()));
        let mut maintenances: Vec<Value> = (0..4).map(|n| maker.maintenance(n)).collect();
        maintenances.sort_by_key(|one| Reverse(one["scheduled_for"].to_string()));
        let page = json!({
            "id": PAGE, "name": "Lighthouse & Söhne <Ltd>", "url": "https://status.lighthouse.example",
            "time_zone": "Asia/Kolkata", "updated_at": iso(stamp(now_ms)),
        });
        let components = components(&incidents, &maintenances);
        Self {
            summary: json!({ "page": page, "components": components }),
            incidents: json!({ "page": page, "incidents": incidents }),
            maintenances: json!({ "page": page, "scheduled_maintenances": maintenances }),
        }
    }
}

/// Those in one of these states.
pub fn of_status(events: &[Value], statuses: &[&str]) -> Vec<Value> {
    let wanted = |event: &&Value| {
        event["status"]
            .as_str()
            .is_some_and(|status| statuses.contains(&status))
    };
    events.iter().filter(wanted).cloned().collect()
}

/// As many as a document lists.
pub fn newest(events: &[Value]) -> Vec<Value> {
    events.iter().take(RECENT_EVENTS_MAX).cloned().collect()
}

struct Maker {
    now_ms: i64,
    made: u32,
}

/// What an update says: minutes after the start, state, text, and of each component its new status.
type UpdateSpec<'a> = (i64, &'a str, &'a str, Option<&'a [(usize, &'a str)]>);

impl Maker {
    fn incident(&mut self, n: i64) -> Value {
        const BAD: [&str; 4] = [
            "degraded_performance",
            "partial_outage",
            "major_outage",
            "under_maintenance",
        ];
        let (one, other, bad) = (n as usize % 5, (n as usize + 2) % 5, BAD[n as usize % 4]);
        let open: &[UpdateSpec] = &[
            (
                0,
                "investigating",
                BODIES[n as usize % BODIES.len()],
                Some(&[(one, bad), (other, "operational")]),
            ),
            (0, "investigating", "UpdateSpec in the same minute.", None),
            (
                7,
                "identified",
                "As bad as before, for <1% of users.",
                Some(&[(one, bad), (other, bad)]),
            ),
        ];
        let over: &[UpdateSpec] = &[
            (9, "monitoring", "A fix is out.", Some(&[(one, "degraded_performance")])),
            (9, "monitoring", "It holds.", None),
            (
                31,
                "resolved",
                "Over.",
                Some(&[(one, "operational"), (other, "operational")]),
            ),
        ];
        let silent: &[UpdateSpec] = &[
            (0, "investigating", "False alarm?", None),
            (3, "resolved", "Yes.", None),
        ];
        let again: &[UpdateSpec] = &[(2_000, "postmortem", "# Why\n\n* A cable.\n* A *ship*.", None)];
        let updates = match n {
            0 => open.to_vec(),
            n if n % 7 == 3 => silent.to_vec(),
            n if n % 5 == 4 => [open, over, again].concat(),
            _ => [open, over].concat(),
        };
        // Two begin in one minute now and then.
        let started_ms = self.now_ms - (n / 2 * 2 * 11 + 1) * DAY_MS + 1_440_000 * (n % 2) * (n % 3);
        let impact = ["none", "minor", "major", "critical"][n as usize % 4];
        self.event(
            &format!("Trouble number {n} <b>&amp;</b>"),
            started_ms,
            impact,
            &updates,
        )
    }

    /// To come, under way, and two that are over.
    fn maintenance(&mut self, n: i64) -> Value {
        let starts_ms = self.now_ms + [3 * DAY_MS, -60 * MINUTE_MS, -40 * DAY_MS, -400 * DAY_MS][n as usize];
        let created_ms = if n == 0 {
            self.now_ms - DAY_MS
        } else {
            starts_ms - DAY_MS
        };
        let begin = (starts_ms - created_ms) / MINUTE_MS;
        let planned: UpdateSpec = (0, "scheduled", "We will move.", Some(&[(3, "operational")]));
        let begun: UpdateSpec = (begin, "in_progress", "We move.", Some(&[(3, "under_maintenance")]));
        let updates = match n {
            0 => vec![planned],
            1 => vec![planned, begun],
            2 => vec![
                planned,
                begun,
                (begin + 40, "verifying", "Nearly.", None),
                (begin + 55, "completed", "Done.", Some(&[(3, "operational")])),
            ],
            _ => vec![
                (0, "scheduled", "Nobody will notice.", None),
                (begin, "in_progress", "Now.", None),
                (begin + 5, "completed", "Done.", None),
            ],
        };
        let mut event = self.event("A move", created_ms, "maintenance", &updates);
        event["scheduled_for"] = json!(iso(stamp(starts_ms)));
        event["scheduled_until"] = json!(iso(stamp(starts_ms + 2 * 60 * MINUTE_MS)));
        event
    }

    fn event(&mut self, name: &str, started_ms: i64, impact: &str, specs: &[UpdateSpec]) -> Value {
        let event = self.id();
        let mut last: BTreeMap<usize, &str> = BTreeMap::new();
        let mut updates = Vec::new();
        for (minutes, status, body, statuses) in specs {
            let at = iso(stamp(started_ms + minutes * MINUTE_MS));
            let affected = statuses.map(|statuses| {
                let affected = statuses.iter().map(|(component, status)| {
                    let old = last.insert(*component, status).unwrap_or("operational");
                    json!({
                        "code": COMPONENTS[*component].0, "name": full_name(*component), "old_status": old, "new_status": status,
                    })
                });
                affected.collect::<Vec<_>>()
            });
            updates.push(json!({
                "id": self.id(), "status": status, "body": body, "incident_id": event, "created_at": at, "updated_at": at,
                "display_at": at, "affected_components": affected, "deliver_notifications": true, "custom_tweet": null,
                "tweet_id": null,
            }));
        }
        updates.reverse();
        let first_at = |wanted: &[&str]| {
            let mut all = updates.iter().rev();
            let first = all.find(|update| wanted.contains(&update["status"].as_str().unwrap_or_default()));
            first.map(|update| update["display_at"].clone())
        };
        json!({
            "id": event, "name": name, "status": updates[0]["status"], "created_at": iso(stamp(started_ms)),
            "updated_at": updates[0]["display_at"], "monitoring_at": first_at(&["monitoring"]),
            "resolved_at": first_at(&["resolved", "completed"]), "impact": impact,
            "shortlink": format!("https://status.lighthouse.example/incidents/{event}"), "started_at": iso(stamp(started_ms)),
            "page_id": PAGE, "incident_updates": updates,
            "components": last.keys().map(|one| json!({ "id": COMPONENTS[*one].0 })).collect::<Value>(),
            "reminder_intervals": null,
        })
    }

    /// Ids that begin with every letter and digit.
    fn id(&mut self) -> String {
        self.made += 1;
        let initial = char::from_digit(self.made % 36, 36).unwrap_or('0');
        format!("{initial}lighthse{:03}", self.made)
    }
}

/// As they stand now: the newest event that touched one says how it is.
fn components(incidents: &[Value], maintenances: &[Value]) -> Vec<Value> {
    let mut statuses: BTreeMap<&str, &str> = BTreeMap::new();
    let mut texts: Vec<&Value> = incidents
        .iter()
        .chain(maintenances)
        .flat_map(|event| list(&event["incident_updates"]))
        .collect();
    texts.sort_by_key(|update| update["display_at"].to_string());
    for affected in texts.iter().flat_map(|update| list(&update["affected_components"])) {
        let word = affected["code"].as_str().zip(affected["new_status"].as_str());
        statuses.extend(word);
    }
    let created_at = iso(stamp(1_640_975_400_123));
    let component = |(id, name, group_id): &(&str, &str, Option<&str>), position: usize| {
        json!({
            "id": id, "name": name, "status": statuses.get(id).unwrap_or(&"operational"), "created_at": created_at,
            "updated_at": created_at, "position": position, "description": position.is_multiple_of(2).then_some("Shines *far* <here>."),
            "showcase": true, "start_date": (position == 2).then_some("2025-03-01"), "group_id": group_id, "page_id": PAGE,
            "group": false, "only_show_if_degraded": position == 4,
        })
    };
    let mut all: Vec<Value> = COMPONENTS
        .iter()
        .zip(1..)
        .map(|(one, position)| component(one, position))
        .collect();
    let group = |id: &str, name: &str, position: usize, hidden: bool| {
        let children = COMPONENTS
            .iter()
            .filter(|(_, _, group)| *group == Some(id))
            .map(|(id, ..)| *id);
        json!({
            "id": id, "name": name, "status": "operational", "created_at": created_at, "updated_at": created_at,
            "position": position, "description": hidden.then_some("Of the coast."), "showcase": false, "start_date": null,
            "group_id": null, "page_id": PAGE, "group": true, "only_show_if_degraded": hidden,
            "components": children.collect::<Vec<_>>(),
        })
    };
    all.push(group(COAST, "Coast", 6, true));
    all.push(group(HARBOUR, "Harbour", 7, false));
    all
}

fn full_name(component: usize) -> String {
    let (_, name, group) = COMPONENTS[component];
    match group {
        Some(COAST) => format!("Coast - {name}"),
        Some(_) => format!("Harbour - {name}"),
        None => name.to_owned(),
    }
}

fn stamp(at_ms: i64) -> Stamp {
    Stamp {
        at_ms,
        offset_minutes: 330,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

const SUMMARY: &str = "summary.json";
const INCIDENTS: &str = "incidents.json";
const MAINTENANCES: &str = "scheduled-maintenances.json";
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
const PAGE: &str = "lighthouse01";
const COAST: &str = "coast0000001";
const HARBOUR: &str = "harbour00001";
const COMPONENTS: [(&str, &str, Option<&str>); 5] = [
    ("lamp00000001", "Lamp", None),
    ("foghorn00001", "Fog horn", Some(COAST)),
    ("radio0000001", "Radio <VHF>", Some(COAST)),
    ("pier00000001", "Pier", Some(HARBOUR)),
    ("website00001", "Website", None),
];
const BODIES: [&str; 5] = [
    "Errors for <0.1% of users; GET /repos/<owner>/{name} fails & returns \"500\".",
    "Two\nlines, and\n\nanother paragraph.",
    "* We are *actively* working on `/agents/swe/*`. <script>alert(1)</script>",
    "Ünïcödé 🚨 – see https://lighthouse.example/a?b=1&c=2.",
    "    Four spaces first, and <b>HTML</b>.",
];
