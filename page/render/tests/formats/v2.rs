//! The v2 documents against the rules that strict clients rely on.

use page_model::{
    Snapshot,
    status::{Impact, MaintenanceStatus, Status},
};
use page_render::formats::v2;
use serde_json::Value;

use crate::page::{elsewhere, full, requested_host, with_maintenance, with_statuses};

const PAGE: &str = "id name url time_zone updated_at";
const COMPONENT: &str = "id name status created_at updated_at position description showcase start_date group_id page_id \
                         group only_show_if_degraded";
const INCIDENT: &str = "id name status created_at updated_at monitoring_at resolved_at impact shortlink started_at page_id \
                        incident_updates components reminder_intervals";
const UPDATE: &str = "id status body incident_id created_at updated_at display_at affected_components \
                      deliver_notifications custom_tweet tweet_id";
const AFFECTED: &str = "code name old_status new_status";
const NULLABLE: &str = "description start_date group_id monitoring_at resolved_at affected_components custom_tweet \
                        tweet_id reminder_intervals";
const MOMENTS: &str =
    "created_at updated_at monitoring_at resolved_at started_at display_at scheduled_for scheduled_until";

#[test]
fn every_document_has_its_keys_in_order() {
    for snapshot in [full(), elsewhere(), with_statuses(&[], &[])] {
        let snapshot = &snapshot;
        for (document, keys) in [
            (
                v2::summary as fn(&Snapshot, &_) -> _,
                "page components incidents scheduled_maintenances status",
            ),
            (v2::status, "page status"),
            (v2::components, "page components"),
            (v2::incidents, "page incidents"),
            (v2::unresolved_incidents, "page incidents"),
            (v2::scheduled_maintenances, "page scheduled_maintenances"),
            (v2::upcoming_maintenances, "page scheduled_maintenances"),
            (v2::active_maintenances, "page scheduled_maintenances"),
        ] {
            let text = document(snapshot, &requested_host());
            assert_eq!(keys_in_order(&text, ""), keys);
            let document = parse(&text);
            check(&document, snapshot);
        }
    }
}

fn check(document: &Value, snapshot: &Snapshot) {
    has_keys(&document["page"], PAGE);
    if let Some(status) = document.get("status") {
        has_keys(status, "indicator description");
    }
    for component in array_or_none(document, "components") {
        check_component(component);
    }
    for incident in array_or_none(document, "incidents") {
        check_event(incident, INCIDENT);
        assert!(["none", "minor", "major", "critical"].contains(&text(&incident["impact"])));
    }
    for maintenance in array_or_none(document, "scheduled_maintenances") {
        check_event(maintenance, &format!("{INCIDENT} scheduled_for scheduled_until"));
        assert_eq!(maintenance["impact"], "maintenance");
    }
    check_values(
        document,
        if snapshot.as_of.offset_minutes == 0 {
            "Z"
        } else {
            "+05:30"
        },
    );
}

fn check_component(component: &Value) {
    let keys = if component["group"] == true {
        format!("{COMPONENT} components")
    } else {
        COMPONENT.to_owned()
    };
    has_keys(component, &keys);
}

fn check_event(event: &Value, keys: &str) {
    has_keys(event, keys);
    for component in event["components"].as_array().expect("an array") {
        check_component(component);
    }
    let updates = event["incident_updates"].as_array().expect("an array");
    assert!(updates.is_sorted_by_key(|update| std::cmp::Reverse(text(&update["created_at"]).to_owned())));
    for update in updates {
        has_keys(update, UPDATE);
        assert_eq!(update["incident_id"], event["id"]);
        for affected in update["affected_components"].as_array().into_iter().flatten() {
            has_keys(affected, AFFECTED);
        }
    }
}

/// Only what may be null is null, and every moment has milliseconds and the zone's offset.
fn check_values(value: &Value, zone: &str) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| check_values(value, zone)),
        Value::Object(pairs) => {
            for (key, value) in pairs {
                let may_be_null = NULLABLE.split_whitespace().any(|name| name == key);
                assert!(may_be_null || !value.is_null(), "{key} is null");
                if MOMENTS.split_whitespace().any(|name| name == key) && !value.is_null() {
                    let moment = text(value);
                    assert!(moment.ends_with(zone), "{moment}");
                    assert_eq!(moment.as_bytes()[19], b'.', "{moment}");
                    assert_eq!(moment.len(), 23 + zone.len());
                }
                check_values(value, zone);
            }
        }
        _ => {}
    }
}

#[test]
fn each_document_has_the_events_that_it_is_for() {
    let ids = |text: String, key: &str| -> Vec<String> {
        let document = parse(&text);
        let events = document[key].as_array().expect("an array").clone();
        events.iter().map(|event| text_of(&event["status"])).collect()
    };
    let (snapshot, host) = (full(), requested_host());
    assert_eq!(
        ids(v2::unresolved_incidents(&snapshot, &host), "incidents"),
        ["investigating", "identified"]
    );
    assert_eq!(
        ids(v2::incidents(&snapshot, &host), "incidents").len(),
        snapshot.incidents.len()
    );
    for (status, upcoming, active) in [
        (MaintenanceStatus::Scheduled, 1, 0),
        (MaintenanceStatus::InProgress, 0, 1),
        (MaintenanceStatus::Verifying, 0, 1),
        (MaintenanceStatus::Completed, 0, 0),
    ] {
        let snapshot = with_maintenance(status);
        let key = "scheduled_maintenances";
        assert_eq!(
            ids(v2::upcoming_maintenances(&snapshot, &host), key).len(),
            upcoming,
            "{status:?}"
        );
        assert_eq!(
            ids(v2::active_maintenances(&snapshot, &host), key).len(),
            active,
            "{status:?}"
        );
        assert_eq!(
            ids(v2::summary(&snapshot, &host), key).len(),
            upcoming + active,
            "{status:?}"
        );
        assert_eq!(
            ids(v2::scheduled_maintenances(&snapshot, &host), key).len(),
            1,
            "{status:?}"
        );
    }
}

#[test]
fn groups_name_their_components_and_come_before_them() {
    let document = parse(&v2::components(&full(), &requested_host()));
    let components = document["components"].as_array().expect("an array");
    let group = &components[0];
    assert_eq!(group["group"], true);
    assert_eq!(group["components"][0], components[1]["id"]);
    assert_eq!(components[1]["group_id"], group["id"]);
    let text = v2::components(&full(), &requested_host());
    assert_eq!(
        keys_in_order(&text, "\"components\":[").split(' ').next_back(),
        Some("components")
    );
}

#[test]
fn an_affected_component_has_its_whole_name() {
    let document = parse(&v2::incidents(&full(), &requested_host()));
    let update = &document["incidents"][1]["incident_updates"][0];
    assert_eq!(update["affected_components"][0]["name"], "Platform - Webhooks");
    assert_eq!(
        document["incidents"][1]["incident_updates"][1]["affected_components"],
        Value::Null
    );
}

/// Statuspage's clients know an open incident from the list of incidents.
#[test]
fn the_indicator_follows_the_components_alone() {
    use Status::{MajorOutage as M, Operational as O};
    for (statuses, impacts, indicator, description) in [
        (&[O, O][..], &[Impact::Critical][..], "none", "All Systems Operational"),
        (&[O, M], &[], "major", "Partial System Outage"),
    ] {
        let snapshot = with_statuses(statuses, impacts);
        for document in [
            v2::status(&snapshot, &requested_host()),
            v2::summary(&snapshot, &requested_host()),
        ] {
            let status = &parse(&document)["status"];
            assert_eq!(status["indicator"], indicator, "{statuses:?} {impacts:?}");
            assert_eq!(status["description"], description, "{statuses:?} {impacts:?}");
        }
    }
}

#[test]
fn a_page_without_a_host_is_at_the_one_that_is_asked() {
    let mut snapshot = full();
    let url = |snapshot: &Snapshot| text_of(&parse(&v2::status(snapshot, &requested_host()))["page"]["url"]);
    assert_eq!(url(&snapshot), "https://status.northwind.example");
    snapshot.page.host = None;
    assert_eq!(url(&snapshot), "https://edge.example");
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn text_of(value: &Value) -> String {
    text(value).to_owned()
}

fn array_or_none<'a>(document: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    let found = document
        .get(key)
        .map(|value| value.as_array().expect("an array, never null"));
    found.into_iter().flatten()
}

/// Exactly these; their order is checked where the text is.
fn has_keys(value: &Value, keys: &str) {
    let mut found: Vec<&str> = value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    let mut wanted: Vec<&str> = keys.split_whitespace().collect();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

/// The keys of the first object after `at`, in the order in which they are written.
fn keys_in_order(text: &str, at: &str) -> String {
    let begin = text.find(at).expect("it is there") + at.len();
    let mut keys = Vec::new();
    let (mut depth, mut is_key) = (0, false);
    let mut chars = text[begin..].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        match c {
            '{' | '[' => {
                depth += 1;
                is_key = c == '{';
            }
            '}' | ']' => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            ',' => is_key = depth == 1,
            ':' => is_key = false,
            '"' => {
                let from = begin + offset + 1;
                let mut to = from;
                while let Some((offset, c)) = chars.next() {
                    match c {
                        '\\' => drop(chars.next()),
                        '"' => {
                            to = begin + offset;
                            break;
                        }
                        _ => {}
                    }
                }
                if is_key && depth == 1 {
                    keys.push(&text[from..to]);
                }
            }
            _ => {}
        }
    }
    keys.join(" ")
}

#[test]
fn nested_objects_have_their_keys_in_order() {
    let text = v2::summary(&full(), &requested_host());
    assert_eq!(keys_in_order(&text, "\"page\":"), PAGE);
    assert_eq!(keys_in_order(&text, "\"incidents\":["), INCIDENT);
    assert_eq!(keys_in_order(&text, "\"incident_updates\":["), UPDATE);
    assert_eq!(keys_in_order(&text, "\"affected_components\":["), AFFECTED);
    let maintenance = format!("{INCIDENT} scheduled_for scheduled_until");
    assert_eq!(keys_in_order(&text, "\"scheduled_maintenances\":["), maintenance);
    assert_eq!(
        keys_in_order(&text, "\"components\":["),
        format!("{COMPONENT} components")
    );
}
