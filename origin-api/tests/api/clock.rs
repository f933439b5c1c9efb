use jiff::{Timestamp, ToSpan};
use serde_json::json;

use crate::harness::{COMPONENT, TestOrigin, at};

#[tokio::test]
async fn maintenance_starts_and_ends_by_itself() {
    let origin = TestOrigin::with_sample_page().await;
    let starts_at = Timestamp::now() + 1.seconds();
    let soon = json!({
        "id": "maint0000002", "name": "Soon", "body": "Planned.", "components": [COMPONENT],
        "starts_at": starts_at.to_string(), "ends_at": (starts_at + 2.seconds()).to_string()
    });
    origin.post(&at("maintenances"), soon).await.expect(201);
    let component = at(&format!("components/{COMPONENT}"));
    origin.until(&component, "status", "under_maintenance").await;
    let maintenance = at("maintenances/maint0000002");
    assert_eq!(origin.get(&maintenance).await.expect(200)["status"], "in_progress");
    origin.until(&maintenance, "status", "completed").await;
    assert_eq!(origin.get(&component).await.expect(200)["status"], "operational");
    let updates = origin.get(&format!("{maintenance}/updates")).await.expect(200);
    assert_eq!(updates["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        updates["items"][1]["at"],
        origin.get(&maintenance).await.expect(200)["starts_at"]
    );
}
