use reqwest::Method;
use serde_json::json;

use crate::harness::{COMPONENT, INCIDENT, PAGE, TestOrigin, UPDATE, at};

#[tokio::test]
async fn lists_updates_newest_first_and_keeps_status() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    origin
        .post(&updates, json!({"body": "Found.", "status": "identified"}))
        .await
        .expect(201);
    let kept = origin.post(&updates, json!({"body": "Still there."})).await.expect(201);
    assert_eq!(kept["status"], "identified");
    let list = origin.get(&format!("{updates}?limit=2")).await.expect(200);
    assert_eq!(
        (&list["items"][0]["body"], &list["items"][1]["body"]),
        (&json!("Still there."), &json!("Found."))
    );
    let next = list["next"].as_str().expect("a cursor");
    let rest = origin.get(&format!("{updates}?limit=2&after={next}")).await.expect(200);
    assert_eq!(rest["items"][0]["id"], UPDATE);
}

/// An incident that began on the first of October, with its first update.
async fn old_incident(origin: &TestOrigin) -> String {
    let old = json!({
        "id": "incident0002", "update_id": "update000008", "name": "Old", "body": "b", "at": "2026-10-01T00:00:00Z"
    });
    origin.post(&at("incidents"), old).await.expect(201);
    at("incidents/incident0002")
}

#[tokio::test]
async fn backdated_update_keeps_current_status() {
    let origin = TestOrigin::with_sample_page().await;
    let incident = old_incident(&origin).await;
    let updates = format!("{incident}/updates");
    origin
        .post(&updates, json!({"body": "Over.", "status": "resolved"}))
        .await
        .expect(201);
    let early = json!({
        "body": "It is bad.", "at": "2026-10-01T12:00:00Z", "status": "identified",
        "components": [{"id": COMPONENT, "status": "major_outage"}]
    });
    let early = origin.post(&updates, early).await.expect(201);
    assert_eq!(
        (&early["status"], &early["event_status"]),
        (&json!("identified"), &json!("resolved"))
    );
    let silent = origin
        .post(&updates, json!({"body": "And then.", "at": "2026-10-02T00:00:00Z"}))
        .await
        .expect(201);
    assert_eq!(silent["status"], "identified", "the status of its own moment");
    let read = origin.get(&incident).await.expect(200);
    assert_eq!(
        (&read["status"], &read["impact"]),
        (&json!("resolved"), &json!("critical"))
    );
}

#[tokio::test]
async fn refuses_an_update_before_the_first() {
    let origin = TestOrigin::with_sample_page().await;
    let incident = old_incident(&origin).await;
    let updates = format!("{incident}/updates");
    let later = json!({"id": "update000009", "body": "b", "status": "monitoring", "at": "2026-10-02T00:00:00Z"});
    origin.post(&updates, later).await.expect(201);
    let early = json!({"body": "Over.", "status": "resolved", "at": "2026-09-30T23:57:00Z"});
    let move_to = |at: &str| json!({"at": at});
    origin
        .refuses(vec![
            (Method::POST, updates.clone(), early, 422, "at"),
            (
                Method::PATCH,
                format!("{updates}/update000009"),
                move_to("2026-09-30T00:00:00Z"),
                422,
                "at",
            ),
            (
                Method::PATCH,
                format!("{updates}/update000008"),
                move_to("2026-10-02T00:00:01Z"),
                422,
                "at",
            ),
        ])
        .await;
    let moved = origin
        .patch(&format!("{updates}/update000008"), move_to("2026-09-30T00:00:00Z"))
        .await
        .expect(200);
    assert_eq!(moved["event_status"], "monitoring");
    let read = origin.get(&incident).await.expect(200);
    assert_eq!(
        read["started_at"], "2026-09-30T00:00:00.000Z",
        "the start moves with the first"
    );
}

#[tokio::test]
async fn correcting_an_update_moves_its_status_changes() {
    let origin = TestOrigin::with_sample_page().await;
    let incident = old_incident(&origin).await;
    let worse = json!({
        "id": "update000009", "body": "b", "at": "2026-11-01T10:00:00Z",
        "components": [{"id": COMPONENT, "status": "major_outage"}]
    });
    origin.post(&format!("{incident}/updates"), worse).await.expect(201);
    let update = format!("{incident}/updates/update000009");
    let patch = json!({"at": "2026-11-01T08:00:00Z", "body": "earlier", "displayed_at": "2026-11-01T07:00:00Z"});
    let moved = origin.patch(&update, patch).await.expect(200);
    assert_eq!(
        (&moved["at"], &moved["body"], &moved["displayed_at"]),
        (
            &json!("2026-11-01T08:00:00.000Z"),
            &json!("earlier"),
            &json!("2026-11-01T07:00:00.000Z")
        )
    );
    let shown = origin.snapshot(PAGE).await;
    let shown = shown
        .incidents
        .iter()
        .find(|one| one.id.as_str() == "incident0002")
        .expect("it is there");
    assert!(
        shown.updated_at > Some(shown.updates[0].at),
        "a correction changes the incident"
    );
    assert!(shown.updates[0].updated_at.is_some() && shown.updates[1].updated_at.is_none());
    assert_eq!(
        shown.updates[0].displayed_at.map(|at| at.at_ms),
        Some(1_793_516_400_000)
    );
    origin.delete(&update).await.expect(204);
    let read = origin.get(&incident).await.expect(200);
    assert_eq!(read["components"], json!([]));
    assert_eq!(
        origin.get(&at(&format!("components/{COMPONENT}"))).await.expect(200)["status"],
        "operational"
    );
}
