use serde_json::json;

use crate::harness::{COMPONENT, INCIDENT, TestOrigin, UPDATE, at};

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

#[tokio::test]
async fn backdated_update_keeps_current_status() {
    let origin = TestOrigin::with_sample_page().await;
    let incident = at(&format!("incidents/{INCIDENT}"));
    let updates = format!("{incident}/updates");
    let early = json!({
        "body": "It began here.", "at": "2026-10-01T00:00:00Z", "status": "investigating",
        "components": [{"id": COMPONENT, "status": "major_outage"}]
    });
    origin
        .post(&updates, json!({"body": "Over.", "status": "resolved"}))
        .await
        .expect(201);
    origin.post(&updates, early).await.expect(201);
    let read = origin.get(&incident).await.expect(200);
    assert_eq!(
        (&read["status"], &read["started_at"]),
        (&json!("resolved"), &json!("2026-10-01T00:00:00.000Z"))
    );
    let silent = origin
        .post(&updates, json!({"body": "And then.", "at": "2026-10-02T00:00:00Z"}))
        .await
        .expect(201);
    assert_eq!(silent["status"], "investigating", "the status of its own moment");
}

#[tokio::test]
async fn correcting_an_update_moves_its_status_changes() {
    let origin = TestOrigin::with_sample_page().await;
    let incident = at(&format!("incidents/{INCIDENT}"));
    let worse = json!({
        "id": "update000009", "body": "b", "at": "2026-11-01T10:00:00Z",
        "components": [{"id": COMPONENT, "status": "major_outage"}]
    });
    origin.post(&format!("{incident}/updates"), worse).await.expect(201);
    let update = format!("{incident}/updates/update000009");
    let moved = origin
        .patch(&update, json!({"at": "2026-11-01T08:00:00Z", "body": "earlier"}))
        .await
        .expect(200);
    assert_eq!(
        (&moved["at"], &moved["body"]),
        (&json!("2026-11-01T08:00:00.000Z"), &json!("earlier"))
    );
    assert_eq!(origin.get(&incident).await.expect(200)["started_at"], moved["at"]);
    origin.delete(&update).await.expect(204);
    let read = origin.get(&incident).await.expect(200);
    assert_eq!(read["components"], json!([]));
    assert_eq!(
        origin.get(&at(&format!("components/{COMPONENT}"))).await.expect(200)["status"],
        "operational"
    );
}
