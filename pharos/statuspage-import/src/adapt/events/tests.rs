use serde_json::{Value, json};

use super::*;

const NOW: &str = "2026-11-25T20:00:00Z";
const UPDATE: &str = "u00000000001";

/// The one event of a document, as it is told, and the report's lines without what they are about.
fn told(kind: Kind, event: Value) -> (Option<shape::Event>, Vec<String>) {
    let event: Event = serde_json::from_value(event).expect("an event");
    let mut notes = Notes::default();
    let mut adapter = Adapter {
        now_ms: text::moment(Some(NOW)).expect("a moment"),
        components: BTreeSet::from(["aaaaaaaaaaaa", "bbbbbbbbbbbb"]),
        groups: BTreeSet::from(["gggggggggggg"]),
        update_ids: BTreeSet::new(),
        notes: &mut notes,
    };
    let told = adapter.all(&[event], kind).pop();
    let lines = notes.to_string();
    let lines = lines
        .lines()
        .map(|line| line.split_once("\": ").map_or(line, |(_, what)| what).to_owned());
    (told, lines.collect())
}

fn incident(event: Value) -> (shape::Event, Vec<String>) {
    let (told, lines) = told(Kind::Incident, event);
    (told.expect("an incident"), lines)
}

fn maintenance(event: Value) -> (shape::Event, Vec<String>) {
    let (told, lines) = told(Kind::Maintenance, event);
    (told.expect("a maintenance"), lines)
}

fn update(id: u32, status: &str, display_at: &str) -> Value {
    json!({ "id": format!("u{id:011}"), "status": status, "body": "Text.", "display_at": format!("2026-11-20T{display_at}Z") })
}

fn event(status: &str, updates: &[Value]) -> Value {
    let newest_first: Vec<&Value> = updates.iter().rev().collect();
    json!({
        "id": "e00000000001", "name": "Event", "status": status, "impact": "major",
        "created_at": "2026-11-20T10:00:00Z", "incident_updates": newest_first,
    })
}

fn with(mut event: Value, field: &str, value: Value) -> Value {
    event[field] = value;
    event
}

/// Status, moment and shown moment of each update, without the day.
fn course(event: &shape::Event) -> Vec<String> {
    let time = |at: &Value| at.as_str().map(|at| at.replace("2026-11-20T", "")).unwrap_or_default();
    let one = |update: &Item| {
        let (at, shown) = (time(&update.fields["at"]), time(&update.fields["displayed_at"]));
        format!("{} {at} {shown}", update.fields["status"].as_str().unwrap_or_default())
            .trim_end()
            .to_owned()
    };
    event.updates.iter().map(one).collect()
}

#[test]
fn an_ordinary_incident_is_told_as_it_is() {
    let mut first = update(1, "investigating", "10:00:00");
    first["affected_components"] = json!([{ "code": "aaaaaaaaaaaa", "name": "Alpha", "new_status": "major_outage" }]);
    let (told, lines) = incident(event("resolved", &[first, update(2, "resolved", "10:09:00.5")]));
    assert_eq!(lines, [""; 0]);
    assert_eq!(
        told.body(Kind::Incident),
        json!({
            "id": "e00000000001", "name": "Event", "impact": "major", "update_id": UPDATE, "status": "investigating",
            "body": "Text.", "at": "2026-11-20T10:00:00.000Z",
            "components": [{ "id": "aaaaaaaaaaaa", "status": "major_outage" }],
        })
    );
    assert_eq!(course(&told), ["investigating 10:00:00.000Z", "resolved 10:09:00.500Z"]);
}

#[test]
fn the_events_own_status_is_true() {
    let first = || [update(1, "investigating", "10:00:00")];
    let resolved = with(
        event("resolved", &first()),
        "resolved_at",
        json!("2026-11-20T10:30:00Z"),
    );
    assert_eq!(course(&incident(resolved).0)[1..], ["resolved 10:30:00.000Z"]);
    let backfilled = with(
        event("resolved", &first()),
        "resolved_at",
        json!("2026-11-20T10:00:00Z"),
    );
    let (told, lines) = incident(backfilled);
    assert_eq!(course(&told)[1..], ["resolved 10:00:00.001Z 10:00:00.000Z"]);
    assert_eq!(told.updates[1].fields["body"], "Resolved");
    assert_eq!(
        lines,
        ["no update says that it is resolved, and one does at 2026-11-20T10:00:00.000Z"]
    );
    let undated = event("resolved", &first());
    assert_eq!(
        course(&incident(undated).0)[1..],
        ["resolved 10:00:00.001Z 10:00:00.000Z"]
    );
    let monitored = with(
        event("monitoring", &first()),
        "monitoring_at",
        json!("2026-11-20T10:05:00Z"),
    );
    assert_eq!(course(&incident(monitored).0)[1..], ["monitoring 10:05:00.000Z"]);
    let (analysed, lines) = incident(event("postmortem", &[update(1, "resolved", "10:00:00")]));
    assert_eq!((analysed.updates.len(), lines.len()), (1, 0));
}

#[test]
fn the_listing_is_the_order_and_each_update_keeps_what_it_shows() {
    let (told, _) = incident(event(
        "resolved",
        &[
            update(1, "investigating", "10:52:00"),
            update(2, "identified", "10:45:00"),
            update(3, "resolved", "10:53:00"),
        ],
    ));
    assert_eq!(
        course(&told),
        [
            "investigating 10:52:00.000Z",
            "identified 10:52:00.001Z 10:45:00.000Z",
            "resolved 10:53:00.000Z",
        ]
    );
    let (told, _) = incident(event(
        "resolved",
        &[
            update(1, "investigating", "10:30:00"),
            update(2, "monitoring", "10:45:00"),
            update(3, "resolved", "10:40:00"),
        ],
    ));
    assert_eq!(
        course(&told),
        [
            "investigating 10:30:00.000Z",
            "monitoring 10:39:59.999Z 10:45:00.000Z",
            "resolved 10:40:00.000Z",
        ]
    );
}

#[test]
fn an_event_without_updates_is_told_by_its_name() {
    let (told, lines) = incident(event("investigating", &[]));
    assert_eq!(course(&told), ["investigating 10:00:00.000Z"]);
    assert_eq!(told.updates[0].fields["body"], "Event");
    assert_eq!(
        lines,
        ["it has no update, and is told with its name at the moment of its creation"]
    );
    let resolved = with(event("resolved", &[]), "resolved_at", json!("2026-11-20T11:00:00Z"));
    assert_eq!(
        course(&incident(resolved).0),
        ["investigating 10:00:00.000Z", "resolved 11:00:00.000Z"]
    );
    assert_eq!(course(&incident(event("resolved", &[])).0), ["resolved 10:00:00.000Z"]);
    let (none, lines) = told_without_moments();
    assert!(none.is_none());
    assert_eq!(lines, ["it has no update, and nobody can read when it was created"]);
}

fn told_without_moments() -> (Option<shape::Event>, Vec<String>) {
    told(Kind::Incident, with(event("resolved", &[]), "created_at", Value::Null))
}

#[test]
fn what_the_push_api_refuses_is_adapted() {
    let odd = |field: &str, value: Value| with(update(1, "investigating", "10:00:00"), field, value);
    for (field, value, expected_field, expected, line) in [
        (
            "body",
            json!(null),
            "body",
            json!("Investigating"),
            "an update without text is told by the word of its status",
        ),
        (
            "body",
            json!(" "),
            "body",
            json!("Investigating"),
            "an update without text is told by the word of its status",
        ),
        (
            "body",
            json!("A\u{1}B"),
            "body",
            json!("AB"),
            "the text of an update is told without control characters",
        ),
        (
            "status",
            json!("in_progress"),
            "status",
            json!("identified"),
            r#"an update of status "in_progress" is told as identified"#,
        ),
        (
            "status",
            json!("fixed"),
            "status",
            json!("investigating"),
            r#"an update of status "fixed" is told as investigating"#,
        ),
        (
            "display_at",
            json!(null),
            "at",
            json!("2026-11-20T10:00:00.000Z"),
            "an update without a moment shows 2026-11-20T10:00:00.000Z",
        ),
        (
            "affected_components",
            json!([{ "code": "aaaaaaaaaaaa", "new_status": "major_outage" }, { "code": "aaaaaaaaaaaa", "new_status": "partial_outage" }]),
            "components",
            json!([{ "id": "aaaaaaaaaaaa", "status": "partial_outage" }]),
            "component aaaaaaaaaaaa is affected twice by an update, and told once",
        ),
        (
            "affected_components",
            json!([{ "code": "gggggggggggg", "name": "Group", "new_status": "major_outage" }]),
            "components",
            json!([]),
            "group gggggggggggg has no status of its own, and is left out of the affected",
        ),
        (
            "affected_components",
            json!([{ "code": "cccccccccccc", "new_status": "major_outage" }]),
            "components",
            json!([]),
            "component cccccccccccc, which the page does not list, is left out of the affected",
        ),
    ] {
        let (told, lines) = incident(with(event("", &[odd(field, value)]), "status", Value::Null));
        assert_eq!(told.updates[0].fields[expected_field], expected, "{line}");
        assert_eq!(lines, [line]);
    }
    let none_affected = odd("affected_components", json!([{ "name": "No one." }]));
    let (told, lines) = incident(event("investigating", &[none_affected]));
    assert_eq!((&told.updates[0].fields["components"], lines.len()), (&json!([]), 0));
}

#[test]
fn an_impact_of_maintenance_is_none_and_an_unknown_one_follows_from_components() {
    let planned = with(
        event("investigating", &[update(1, "investigating", "10:00:00")]),
        "impact",
        json!("maintenance"),
    );
    let (told, lines) = incident(planned);
    assert_eq!(told.item.fields["impact"], "none");
    assert_eq!(lines, ["its impact maintenance is told as none"]);
    let unknown = with(
        event("investigating", &[update(1, "investigating", "10:00:00")]),
        "impact",
        Value::Null,
    );
    assert_eq!(incident(unknown).0.item.fields.get("impact"), None);
}

#[test]
fn an_update_that_is_dated_ahead_is_told_when_it_was_written() {
    let ahead = |created_at: Value| {
        let mut update = update(1, "investigating", "10:00:00");
        update["display_at"] = json!("2026-11-26T10:00:00Z");
        update["created_at"] = created_at;
        incident(event("investigating", &[update])).0.updates.remove(0)
    };
    let written = ahead(json!("2026-11-20T09:59:00Z"));
    assert_eq!(written.fields["at"], "2026-11-20T09:59:00.000Z");
    assert_eq!(written.fields["displayed_at"], Value::Null);
    let undated = ahead(Value::Null);
    assert_eq!(
        (undated.fields.get("at"), &undated.once["at"]),
        (None, &json!("2026-11-25T20:00:00.000Z"))
    );
}

#[test]
fn ids_are_made_where_there_are_none_or_two() {
    let mut twice = [
        update(1, "investigating", "10:00:00"),
        update(1, "resolved", "10:09:00"),
    ];
    let (told, _) = incident(event("resolved", &twice));
    assert_ne!(told.updates[0].id, told.updates[1].id);
    twice[0]["id"] = Value::Null;
    assert_eq!(incident(event("resolved", &twice)).0.updates[0].id.len(), 12);
    let (none, lines) = super::tests::told(Kind::Incident, with(event("resolved", &twice), "id", Value::Null));
    assert!(none.is_none());
    assert_eq!(lines, ["it has no id"]);
    let legacy = incident(with(
        event("resolved", &[update(2, "resolved", "10:00:00")]),
        "id",
        json!("4711"),
    ));
    assert_eq!(legacy.0.item.id, text::id("4711"));
    assert!(legacy.1[0].starts_with("its id \"4711\" is told as "), "{:?}", legacy.1);
}

#[test]
fn a_maintenance_has_a_window_and_its_present_components() {
    let mut planned = event("scheduled", &[update(1, "scheduled", "10:00:00")]);
    planned["scheduled_for"] = json!("2016-04-23T15:00:00.000-04:00");
    planned["scheduled_until"] = json!("2016-04-23T15:00:00.000-04:00");
    planned["components"] = json!([{ "id": "bbbbbbbbbbbb" }, { "id": "gone00000000" }]);
    let (told, lines) = maintenance(planned.clone());
    assert_eq!(
        Value::Object(told.item.fields),
        json!({
            "name": "Event", "starts_at": "2016-04-23T19:00:00.000Z", "ends_at": "2016-04-23T19:01:00.000Z",
            "components": ["bbbbbbbbbbbb"],
        })
    );
    assert_eq!(
        lines,
        ["it does not end after it starts, and is told to end a minute later"]
    );
    let unreadable = with(planned, "scheduled_for", json!("soon"));
    let (none, lines) = super::tests::told(Kind::Maintenance, unreadable);
    assert!(none.is_none());
    assert_eq!(lines, ["nobody can read when it starts"]);
}

#[test]
fn a_maintenance_without_components_has_those_of_its_updates() {
    let mut begun = update(1, "in_progress", "10:00:00");
    begun["affected_components"] = json!([{ "code": "aaaaaaaaaaaa", "new_status": "under_maintenance" }]);
    let mut running = event("in_progress", &[begun]);
    running["scheduled_for"] = json!("2026-11-20T10:00:00Z");
    running["scheduled_until"] = json!("2026-11-28T10:00:00Z");
    let (told, lines) = maintenance(running);
    assert_eq!(told.item.fields["components"], json!(["aaaaaaaaaaaa"]));
    assert_eq!(lines, [""; 0]);
}

#[test]
fn a_planned_maintenance_leaves_open_how_its_components_are_during_the_work() {
    let mut scheduled = update(1, "scheduled", "10:00:00");
    scheduled["affected_components"] = json!([{ "code": "aaaaaaaaaaaa", "new_status": "operational" }]);
    let window = |mut event: Value| {
        event["scheduled_for"] = json!("2026-11-20T11:00:00Z");
        event["scheduled_until"] = json!("2026-11-28T10:00:00Z");
        event
    };
    let (planned, lines) = maintenance(window(event("scheduled", std::slice::from_ref(&scheduled))));
    assert_eq!(planned.item.fields["components"], json!(["aaaaaaaaaaaa"]));
    assert_eq!(planned.updates[0].once["components"], json!([]));
    assert_eq!(lines.len(), 1);
    let begun = [scheduled, update(2, "in_progress", "11:00:00")];
    let (begun, lines) = maintenance(window(event("in_progress", &begun)));
    assert_eq!(
        begun.updates[0].once["components"],
        json!([{ "id": "aaaaaaaaaaaa", "status": "operational" }])
    );
    assert_eq!(lines, [""; 0]);
}
