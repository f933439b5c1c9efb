//! A layered page: objects of each kind, of everybody and of two audiences.

use page_model::AudienceId;
use serde_json::{Value, json};

use crate::harness::{PAGE, TestOrigin, at};

pub const GOLD: &str = "audiencegold";
pub const BLUE: &str = "audienceblue";
/// Whose objects there are: of everybody, and of two audiences. Every word of an object begins so, its ids too. What others must not
/// see is longer than what ids that are drawn hold by chance.
pub const OWNERS: [&str; 3] = ["open", "goldonly", "blueonly"];

/// An object of each kind for each owner, an incident about components of several, and an announcement for one.
pub async fn layered() -> TestOrigin {
    let origin = TestOrigin::start().await;
    let page = json!({"id": PAGE, "name": "Acme", "hosts": ["status.acme.com"], "visibility": "layered"});
    origin.post("/v1/pages", page).await.expect(201);
    for audience in [GOLD, BLUE] {
        origin.post(&at("audiences"), audience_of(audience)).await.expect(201);
    }
    for owner in OWNERS {
        add_objects(&origin, owner).await;
    }
    let mixed = json!({"id": "mixed0000001", "name": "Mixed", "body": "We look.", "components": [
        {"id": id("open", "comp"), "status": "degraded_performance"},
        {"id": id("goldonly", "comp"), "status": "major_outage"}
    ]});
    origin.post(&at("incidents"), mixed).await.expect(201);
    for (update, status, at_time) in [
        ("past00000001", "investigating", "2025-06-20T00:00:00Z"),
        ("past00000002", "resolved", "2025-06-20T01:00:00Z"),
    ] {
        let components = json!([
            {"id": id("open", "comp"), "status": "degraded_performance"},
            {"id": id("goldonly", "comp"), "status": "major_outage"}
        ]);
        let (path, body) = match status {
            "investigating" => (
                at("incidents"),
                json!({"id": "mixed0000002", "name": "Mixed", "body": "b", "at": at_time, "update_id": update,
                    "components": components}),
            ),
            _ => (
                at("incidents/mixed0000002/updates"),
                json!({"id": update, "body": "b", "at": at_time, "status": status}),
            ),
        };
        origin.post(&path, body).await.expect(201);
    }
    put_announcement(&origin, json!({"body": "goldonlyannouncement", "audiences": [GOLD]})).await;
    origin
}

/// What is said of incidents for everybody, to each of the owners.
pub async fn add_notes(origin: &TestOrigin) {
    for owner in OWNERS {
        for (incident, word, at_time) in [
            ("mixed0000001", "note", jiff::Timestamp::now().to_string()),
            ("mixed0000002", "pastnote", "2025-06-20T00:30:00Z".to_owned()),
        ] {
            let mut update = json!({"id": id(owner, word.get(..4).expect("letters")), "body": format!("{owner}{word}"),
                "at": at_time});
            if let Some(audience) = audience_with(owner) {
                update["audiences"] = json!([audience]);
            }
            origin
                .post(&at(&format!("incidents/{incident}/updates")), update)
                .await
                .expect(201);
        }
    }
}

async fn add_objects(origin: &TestOrigin, owner: &str) {
    let word = |word: &str| format!("{owner}{word}");
    let post = async |family: &str, kind: &str, mut body: Value| {
        body["id"] = json!(id(owner, kind));
        if let Some(audience) = audience_with(owner) {
            body["audiences"] = json!([audience]);
        }
        origin.post(&at(family), body).await.expect(201);
    };
    post(
        "groups",
        "group",
        json!({"name": word("group"), "description": word("groupabout")}),
    )
    .await;
    let component = json!({"name": word("component"), "description": word("componentabout"),
        "group_id": id(owner, "group"), "started_on": "2025-01-01"});
    post("components", "comp", component).await;
    post(
        "components",
        "alone",
        json!({"name": word("alone"), "started_on": "2025-01-01"}),
    )
    .await;
    let said = |status: &str| json!([{"id": id(owner, "comp"), "status": status}]);
    let open = json!({"name": word("incident"), "body": word("incidentbody"), "components": said("partial_outage"),
        "update_id": id(owner, "u1")});
    post("incidents", "open", open).await;
    let past = json!({"name": word("past"), "body": word("pastbody"), "components": said("major_outage"),
        "at": "2025-06-10T00:00:00Z", "update_id": id(owner, "u2")});
    post("incidents", "past", past).await;
    let resolved = json!({"id": id(owner, "u3"), "body": "b", "status": "resolved", "at": "2025-06-10T01:00:00Z"});
    let path = at(&format!("incidents/{}/updates", id(owner, "past")));
    origin.post(&path, resolved).await.expect(201);
    for (kind, starts, ends, status) in [
        ("next", "2090-01-01T00:00:00Z", "2090-01-01T01:00:00Z", "scheduled"),
        ("cancel", "2090-02-01T00:00:00Z", "2090-02-01T01:00:00Z", "scheduled"),
        ("done", "2025-07-01T00:00:00Z", "2025-07-01T01:00:00Z", "completed"),
    ] {
        let name = if kind == "cancel" {
            word("cancelled")
        } else {
            word(kind)
        };
        let mut planned = json!({"name": name, "body": word(&format!("{kind}body")), "starts_at": starts, "ends_at": ends,
            "status": status, "components": [id(owner, "comp")], "update_id": id(owner, &format!("m{kind}"))});
        if kind == "done" {
            planned["at"] = json!(ends);
        }
        post("maintenances", kind, planned).await;
    }
    origin
        .delete(&at(&format!("maintenances/{}", id(owner, "cancel"))))
        .await
        .expect(204);
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let series = json!({"name": word("series"), "body": "b", "duration_minutes": 60, "components": [id(owner, "alone")],
        "starts_at": soon.to_string(), "recurrence": {"rule": "FREQ=DAILY;COUNT=1", "time_zone": "UTC"}});
    post("maintenance-series", "series", series).await;
    post(
        "metrics",
        "metric",
        json!({"name": word("metric"), "suffix": word("suffix")}),
    )
    .await;
}

pub async fn put_announcement(origin: &TestOrigin, body: Value) {
    let path = at("announcement");
    let put = origin.send(
        reqwest::Method::PUT,
        &path,
        crate::harness::ADMIN,
        &[],
        Some(body.to_string()),
    );
    put.await.expect(200);
}

/// What of an owner's objects must be found where they are seen.
pub fn words(owner: &str) -> Vec<String> {
    let kinds = ["group", "comp", "alone", "open", "past", "next", "done", "metric"];
    let ids = kinds.map(|kind| id(owner, kind));
    let names = [
        "group",
        "groupabout",
        "component",
        "componentabout",
        "alone",
        "incident",
        "incidentbody",
        "past",
        "pastbody",
        "next",
        "nextbody",
        "done",
        "donebody",
        "series",
        "metric",
        "suffix",
        "cancelled",
    ];
    let names = names.map(|name| format!("{owner}{name}"));
    ids.into_iter().chain(names).collect()
}

/// Of whoever is in this audience and in no other.
pub fn set(audience: &str) -> AudienceId {
    AudienceId::of_set(&[AudienceId::parse(audience).expect("an audience")])
}

fn audience_with(owner: &str) -> Option<&'static str> {
    match owner {
        "goldonly" => Some(GOLD),
        "blueonly" => Some(BLUE),
        _ => None,
    }
}

pub fn id(owner: &str, kind: &str) -> String {
    format!("{owner}{kind:0<8}")[..12].to_owned()
}

pub fn audience_of(id: &str) -> Value {
    json!({"id": id, "name": "x"})
}
