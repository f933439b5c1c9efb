//! What events that go on say of components now, and how that is brought to what the documents show.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    report::{NoteKind, Notes},
    shape::{Event, Kind, Shown},
};

/// Statuspage shows what was said last by anyone, Pharos the worst that anyone holds. Where an event that goes on holds
/// a component worse than the documents show it, the event's last update says the milder word too; where none holds it
/// so bad, the component says it itself.
pub fn settle(shown: &mut [Shown], incidents: &mut [Event], maintenances: &mut [Event], notes: &mut Notes) {
    let by_id: BTreeMap<String, String> = shown.iter().map(|one| (one.id.clone(), one.status.clone())).collect();
    let mut held: BTreeMap<String, String> = BTreeMap::new();
    for (kind, events) in [(Kind::Incident, incidents), (Kind::Maintenance, maintenances)] {
        for event in events {
            for (component, status) in words(event, kind) {
                let Some(documented) = by_id.get(&component) else {
                    continue;
                };
                let mut holds = status;
                if severity(&holds) > severity(documented) {
                    let what = format!(
                        "its last update says too that component {component} is {documented}, as the page shows it"
                    );
                    notes.add(NoteKind::Adapted, &event.item.label, what);
                    say(event, &component, documented);
                    holds.clone_from(documented);
                }
                let worst = held.entry(component).or_insert_with(|| OPERATIONAL.into());
                if severity(&holds) > severity(worst) {
                    *worst = holds;
                }
            }
        }
    }
    for one in shown {
        let is_held = held.get(&one.id) == Some(&one.status);
        one.own = if is_held {
            OPERATIONAL.into()
        } else {
            one.status.clone()
        };
    }
}

/// What the event holds of each component; nothing unless it goes on. An incident forgets what it said when it is over,
/// and the words of a maintenance count from then on, also those from before the work.
fn words(event: &Event, kind: Kind) -> BTreeMap<String, String> {
    let goes_on = |status: &str| match kind {
        Kind::Incident => !matches!(status, "resolved" | "postmortem"),
        Kind::Maintenance => matches!(status, "in_progress" | "verifying"),
    };
    let mut words = BTreeMap::new();
    if kind == Kind::Maintenance {
        let components = event.item.fields["components"].as_array().into_iter().flatten();
        let components = components.filter_map(Value::as_str);
        words.extend(components.map(|id| (id.to_owned(), "under_maintenance".to_owned())));
    }
    let mut is_going_on = false;
    for update in &event.updates {
        is_going_on = update.fields["status"].as_str().is_some_and(goes_on);
        if kind == Kind::Incident && !is_going_on {
            words.clear();
            continue;
        }
        let said = update.fields.get("components").or(update.once.get("components"));
        for word in said.and_then(Value::as_array).into_iter().flatten() {
            if let (Some(id), Some(status)) = (word["id"].as_str(), word["status"].as_str()) {
                words.insert(id.to_owned(), status.to_owned());
            }
        }
    }
    if is_going_on { words } else { BTreeMap::new() }
}

fn say(event: &mut Event, component: &str, status: &str) {
    let last = event
        .updates
        .last_mut()
        .and_then(|update| update.fields.get_mut("components"));
    if let Some(Value::Array(words)) = last {
        words.retain(|word| word["id"] != component);
        words.push(json!({ "id": component, "status": status }));
        words.sort_by_key(|word| word["id"].to_string());
    }
}

/// How bad a status is; `None` is no status of Pharos.
pub fn severity(status: &str) -> Option<usize> {
    STATUSES.iter().position(|known| *known == status)
}

const OPERATIONAL: &str = STATUSES[0];
const STATUSES: [&str; 5] = [
    "operational",
    "under_maintenance",
    "degraded_performance",
    "partial_outage",
    "major_outage",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{Fields, Item};

    fn item(id: &str, fields: Value) -> Item {
        let fields = fields.as_object().cloned().unwrap_or_default();
        Item {
            id: id.into(),
            label: id.into(),
            fields,
            once: Fields::new(),
        }
    }

    /// Each update is a status, and the word that it says of component `a`, if any.
    fn event(updates: &[(&str, &str)]) -> Event {
        let updates = updates.iter().enumerate().map(|(index, (status, word))| {
            let words = match *word {
                "" => json!([]),
                word => json!([{ "id": "a", "status": word }]),
            };
            item(&index.to_string(), json!({ "status": status, "components": words }))
        });
        Event {
            updates: updates.collect(),
            item: item("e", json!({ "components": ["a"] })),
        }
    }

    fn settled(documented: &str, incidents: &mut [Event], maintenances: &mut [Event]) -> (String, usize) {
        let mut shown = [Shown {
            id: "a".into(),
            label: "a".into(),
            status: documented.into(),
            own: String::new(),
        }];
        let mut notes = Notes::default();
        settle(&mut shown, incidents, maintenances, &mut notes);
        (shown[0].own.clone(), notes.count(NoteKind::Adapted))
    }

    #[test]
    fn what_an_open_event_says_needs_no_own_word() {
        let mut incident = [event(&[("investigating", "major_outage")])];
        assert_eq!(
            settled("major_outage", &mut incident, &mut []),
            ("operational".into(), 0)
        );
        let mut odd = [event(&[("identified", "under_maintenance")])];
        assert_eq!(
            settled("under_maintenance", &mut odd, &mut []),
            ("operational".into(), 0)
        );
        let mut work = [event(&[("scheduled", ""), ("in_progress", "")])];
        assert_eq!(
            settled("under_maintenance", &mut [], &mut work),
            ("operational".into(), 0)
        );
    }

    #[test]
    fn what_no_event_says_is_the_components_own() {
        let mut over = [event(&[("investigating", "major_outage"), ("resolved", "")])];
        assert_eq!(
            settled("partial_outage", &mut over, &mut []),
            ("partial_outage".into(), 0)
        );
        let mut milder = [event(&[("investigating", "degraded_performance")])];
        assert_eq!(
            settled("major_outage", &mut milder, &mut []),
            ("major_outage".into(), 0)
        );
        let mut planned = [event(&[("scheduled", "")])];
        assert_eq!(settled("operational", &mut [], &mut planned), ("operational".into(), 0));
    }

    #[test]
    fn an_event_that_is_worse_than_the_page_says_the_pages_word() {
        let mut incident = [event(&[("investigating", "major_outage"), ("monitoring", "")])];
        let mut work = [event(&[("in_progress", "")])];
        assert_eq!(
            settled("operational", &mut incident, &mut work),
            ("operational".into(), 1)
        );
        for event in [&incident[0], &work[0]] {
            let last = &event.updates.last().expect("an update").fields["components"];
            assert_eq!(*last, json!([{ "id": "a", "status": "operational" }]));
        }
    }

    #[test]
    fn what_a_maintenance_says_before_the_work_counts_during_it() {
        let mut work = [event(&[("scheduled", "operational"), ("in_progress", "")])];
        assert_eq!(
            settled("under_maintenance", &mut [], &mut work),
            ("under_maintenance".into(), 0)
        );
    }

    #[test]
    fn a_reopened_incident_says_nothing_of_before() {
        let mut reopened = [event(&[
            ("investigating", "major_outage"),
            ("resolved", "operational"),
            ("monitoring", ""),
        ])];
        assert_eq!(
            settled("operational", &mut reopened, &mut []),
            ("operational".into(), 0)
        );
    }
}
