use page_model::status::MaintenanceStatus;
use serde_json::json;

use crate::harness::{COMPONENT, MAINTENANCE, OTHER_COMPONENT, PAGE, TestOrigin, at};

#[tokio::test]
async fn components_follow_maintenance_updates() {
    let origin = TestOrigin::with_sample_page().await;
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
async fn outage_is_shown_during_maintenance() {
    let origin = TestOrigin::with_sample_page().await;
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
async fn changes_maintenance_in_progress() {
    let origin = TestOrigin::with_sample_page().await;
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
async fn imports_past_maintenance() {
    let origin = TestOrigin::with_sample_page().await;
    let past = json!({
        "id": "maint0000002", "name": "Old", "body": "Planned.", "at": "2026-02-01T00:00:00Z",
        "starts_at": "2026-02-02T00:00:00Z", "ends_at": "2026-02-02T02:00:00Z", "components": [COMPONENT]
    });
    origin.post(&at("maintenances"), past).await.expect(201);
    // It is long over, and the clock leaves it to who tells of it.
    origin.until_clock_looked("maint0000003").await;
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
    origin.until_clock_looked("maint0000004").await;
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

#[tokio::test]
async fn cancelled_maintenance_is_in_the_snapshot() {
    let origin = TestOrigin::with_sample_page().await;
    let maintenance = at(&format!("maintenances/{MAINTENANCE}"));
    let later = json!({"ends_at": "2090-01-01T02:00:00Z"});
    origin.patch(&maintenance, later).await.expect(200);
    origin.delete(&maintenance).await.expect(204);
    let cancelled = origin.snapshot(PAGE).await.cancelled;
    let revisions: Vec<_> = cancelled.iter().map(|one| (one.id.as_str(), one.revision)).collect();
    assert_eq!(revisions, [(MAINTENANCE, 2)]);
    assert_eq!(cancelled[0].ends_at.at_ms - cancelled[0].starts_at.at_ms, 2 * 3_600_000);

    let again = json!({
        "id": MAINTENANCE, "name": "Move", "body": "After all.", "starts_at": START, "ends_at": "2090-01-01T01:00:00Z"
    });
    origin.post(&at("maintenances"), again).await.expect(201);
    let begun = json!({"body": "Now.", "status": "in_progress"});
    origin.post(&format!("{maintenance}/updates"), begun).await.expect(201);
    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(snapshot.cancelled, [], "it is planned again");
    assert_eq!(snapshot.maintenances[0].revision, 4, "calendars see revisions grow");
    origin.delete(&maintenance).await.expect(204);
    assert_eq!(
        origin.snapshot(PAGE).await.cancelled,
        [],
        "what has begun was not called off"
    );
}

#[tokio::test]
async fn keeps_the_last_fifty_cancelled_maintenances() {
    let origin = TestOrigin::with_sample_page().await;
    for n in 0..52 {
        let plan = json!({
            "id": format!("plan{n:08}"), "name": "P", "body": "b", "starts_at": START, "ends_at": "2090-01-01T01:00:00Z"
        });
        origin.post(&at("maintenances"), plan).await.expect(201);
        origin
            .delete(&at(&format!("maintenances/plan{n:08}")))
            .await
            .expect(204);
    }
    assert_eq!(origin.snapshot(PAGE).await.cancelled.len(), 50);
}

#[tokio::test]
async fn update_may_set_component_statuses_itself() {
    let origin = TestOrigin::with_sample_page().await;
    let changes = |id: &str, status: &str| json!([{"id": id, "status": status}]);
    let past = json!({
        "id": "maint0000002", "name": "Old", "body": "Planned.", "at": "2026-02-01T00:00:00Z",
        "starts_at": "2026-02-02T00:00:00Z", "ends_at": "2026-02-02T02:00:00Z", "components": [COMPONENT],
        "update_components": changes(COMPONENT, "operational")
    });
    origin.post(&at("maintenances"), past).await.expect(201);
    let updates = at("maintenances/maint0000002/updates");
    for (status, time, components) in [
        (
            "in_progress",
            "2026-02-02T00:10:00Z",
            changes(OTHER_COMPONENT, "under_maintenance"),
        ),
        ("verifying", "2026-02-02T01:00:00Z", json!([])),
        (
            "completed",
            "2026-02-02T01:50:00Z",
            changes(OTHER_COMPONENT, "operational"),
        ),
    ] {
        let update = json!({"body": status, "status": status, "at": time, "components": components});
        let posted = origin.post(&updates, update).await.expect(201);
        let said = |list: &serde_json::Value| -> Vec<(serde_json::Value, serde_json::Value)> {
            let list = list.as_array().expect("a list");
            list.iter()
                .map(|one| (one["id"].clone(), one["status"].clone()))
                .collect()
        };
        assert_eq!(said(&posted["components"]), said(&components));
    }
    let read = origin.get(&at("maintenances/maint0000002")).await.expect(200);
    assert_eq!(read["components"], json!([COMPONENT, OTHER_COMPONENT]));
    let snapshot = origin.snapshot(PAGE).await;
    let past = snapshot
        .maintenances
        .iter()
        .find(|one| one.id.as_str() == "maint0000002");
    let past = past.expect("it is one of the most recent");
    assert_eq!((past.created_at.at_ms, past.revision), (1_769_904_000_000, 3));
    let affected_by_update: Vec<_> = past
        .updates
        .iter()
        .map(|update| {
            let affected = update.affected.as_deref()?.iter();
            Some(
                affected
                    .map(|one| (one.name.as_str(), one.old_status, one.new_status))
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    use page_model::status::Status::{Operational, UnderMaintenance};
    assert_eq!(
        affected_by_update,
        [
            Some(vec![("Webhooks", UnderMaintenance, Operational)]),
            None,
            Some(vec![("Webhooks", Operational, UnderMaintenance)]),
            Some(vec![("Europe - API", Operational, Operational)]),
        ]
    );
}

const START: &str = "2090-01-01T00:00:00Z";
