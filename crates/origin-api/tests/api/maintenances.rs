use page_model::status::MaintenanceStatus;
use serde_json::json;

use crate::harness::{COMPONENT, MAINTENANCE, OTHER_COMPONENT, PAGE, TestOrigin, at};

#[tokio::test]
async fn a_maintenance_told_by_hand_takes_its_components_along() {
    let origin = TestOrigin::furnished().await;
    let maintenance = at(&format!("maintenances/{MAINTENANCE}"));
    let updates = format!("{maintenance}/updates");
    let status = async || origin.get(&at(&format!("components/{COMPONENT}"))).await.expect(200)["status"].clone();
    origin
        .post(&updates, json!({"body": "Now.", "status": "in_progress"}))
        .await
        .expect(201);
    assert_eq!(status().await, "under_maintenance");
    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(snapshot.maintenances[0].status, MaintenanceStatus::InProgress);
    origin
        .post(&updates, json!({"body": "Looks good.", "status": "verifying"}))
        .await
        .expect(201);
    origin
        .post(&updates, json!({"body": "Done.", "status": "completed"}))
        .await
        .expect(201);
    assert_eq!(status().await, "operational");
    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(snapshot.past[0].maintenances, [snapshot.maintenances[0].id.clone()]);
    assert_eq!(snapshot.maintenances[0].updates.len(), 4);
    assert!(snapshot.maintenances[0].status.is_over());
}

#[tokio::test]
async fn an_outage_shows_through_a_maintenance() {
    let origin = TestOrigin::furnished().await;
    let component = at(&format!("components/{COMPONENT}"));
    let updates = at(&format!("maintenances/{MAINTENANCE}/updates"));
    origin
        .patch(&component, json!({"status": "major_outage"}))
        .await
        .expect(200);
    for status in ["in_progress", "completed"] {
        origin
            .post(&updates, json!({"body": "b", "status": status}))
            .await
            .expect(201);
        assert_eq!(origin.get(&component).await.expect(200)["status"], "major_outage");
    }
}

#[tokio::test]
async fn plans_change_even_while_they_are_carried_out() {
    let origin = TestOrigin::furnished().await;
    let maintenance = at(&format!("maintenances/{MAINTENANCE}"));
    origin
        .post(
            &format!("{maintenance}/updates"),
            json!({"body": "b", "status": "in_progress"}),
        )
        .await
        .expect(201);
    let patch = json!({"name": "Other", "components": [OTHER_COMPONENT], "ends_at": "2090-02-01T00:00:00Z"});
    let changed = origin.patch(&maintenance, patch).await.expect(200);
    assert_eq!(changed["components"], json!([OTHER_COMPONENT]));
    let list = origin.get(&at("components")).await.expect(200);
    let statuses: Vec<_> = list["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|one| one["status"].clone())
        .collect();
    assert_eq!(statuses, ["operational", "under_maintenance"]);
    origin.delete(&maintenance).await.expect(204);
    let list = origin.get(&at("components")).await.expect(200);
    assert_eq!(list["items"][1]["status"], "operational");
}

#[tokio::test]
async fn history_is_told_without_the_clock() {
    let origin = TestOrigin::furnished().await;
    let past = json!({
        "id": "maint0000002", "name": "Old", "body": "Planned.", "at": "2026-02-01T00:00:00Z",
        "starts_at": "2026-02-02T00:00:00Z", "ends_at": "2026-02-02T02:00:00Z", "components": [COMPONENT]
    });
    origin.post(&at("maintenances"), past).await.expect(201);
    let updates = at("maintenances/maint0000002/updates");
    for (status, time) in [
        ("in_progress", "2026-02-02T00:10:00Z"),
        ("completed", "2026-02-02T01:50:00Z"),
    ] {
        origin
            .post(&updates, json!({"body": status, "status": status, "at": time}))
            .await
            .expect(201);
    }
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    let list = origin.get(&updates).await.expect(200);
    assert_eq!(
        list["items"].as_array().map(Vec::len),
        Some(3),
        "the clock added nothing"
    );
    let read = origin.get(&at("maintenances/maint0000002")).await.expect(200);
    assert_eq!(read["completed_at"], "2026-02-02T01:50:00.000Z");
    assert!(origin.snapshot(PAGE).await.archive_months.contains(&"2026-02".into()));
}
