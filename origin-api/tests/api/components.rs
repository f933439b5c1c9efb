use page_model::{snapshot::DayLevel, status::Status};
use serde_json::json;

use crate::harness::{COMPONENT, MAINTENANCE, OTHER_COMPONENT, PAGE, TestOrigin, at};

#[tokio::test]
async fn sets_and_shows_component_status() {
    let origin = TestOrigin::with_sample_page().await;
    let component = at(&format!("components/{COMPONENT}"));
    let changed = origin
        .patch(&component, json!({"status": "major_outage"}))
        .await
        .expect(200);
    assert_eq!(changed["status"], "major_outage");
    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(snapshot.status.level, Status::MajorOutage);
    assert_eq!(snapshot.groups[0].status, Status::MajorOutage);
    let uptime = snapshot.groups[0].components[0].uptime.as_ref().expect("uptime");
    assert_eq!(
        uptime.days[0].level,
        DayLevel::MajorOutage,
        "trouble marks its day at once"
    );
}

#[tokio::test]
async fn lists_components_in_page_order() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .patch(&at(&format!("components/{OTHER_COMPONENT}")), json!({"position": -1}))
        .await
        .expect(200);
    let list = origin.get(&at("components?limit=1")).await.expect(200);
    assert_eq!(list["items"][0]["id"], OTHER_COMPONENT);
    let next = list["next"].as_str().expect("a cursor");
    let rest = origin
        .get(&at(&format!("components?limit=1&after={next}")))
        .await
        .expect(200);
    assert_eq!(rest["items"][0]["id"], COMPONENT);
    assert_eq!(rest["next"], json!(null));
}

#[tokio::test]
async fn hides_uptime_and_deletes_component() {
    let origin = TestOrigin::with_sample_page().await;
    let component = at(&format!("components/{COMPONENT}"));
    origin
        .patch(&component, json!({"show_uptime": false, "group_id": null}))
        .await
        .expect(200);
    let snapshot = origin.snapshot(PAGE).await;
    let shown: Vec<bool> = snapshot.groups[0]
        .components
        .iter()
        .map(|component| component.uptime.is_some())
        .collect();
    assert_eq!(shown, [false, true]);
    let deleted = origin.delete(&component).await.expect(200);
    assert_eq!(deleted["maintenances"], json!([MAINTENANCE]));
    origin.get(&component).await.expect(404);
    assert_eq!(origin.snapshot(PAGE).await.status.components_total, 1);
}

#[tokio::test]
async fn imported_objects_keep_their_creation_date() {
    let origin = TestOrigin::with_sample_page().await;
    let old = json!({
        "id": "comp00000003", "name": "Old", "created_at": "2022-01-01T00:00:00Z", "only_show_if_degraded": true
    });
    let created = origin.post(&at("components"), old).await.expect(201);
    assert_eq!(
        (&created["created_at"], &created["started_on"]),
        (&json!("2022-01-01T00:00:00.000Z"), &json!(null))
    );
    let shown = async || {
        let snapshot = origin.snapshot(PAGE).await;
        let mut components = snapshot.groups.into_iter().flat_map(|group| group.components);
        components
            .find(|component| component.id.as_str() == "comp00000003")
            .expect("it is there")
    };
    let component = shown().await;
    assert_eq!((component.start_date, component.only_show_if_degraded), (None, true));
    assert_eq!(
        component.uptime.expect("uptime").runs.len(),
        1,
        "uptime counts since its creation"
    );
    assert!(component.updated_at.at_ms > component.created_at.at_ms);

    let path = at("components/comp00000003");
    let patch = json!({"started_on": "2026-01-01", "only_show_if_degraded": false});
    origin.patch(&path, patch).await.expect(200);
    let component = shown().await;
    assert_eq!(component.start_date.as_deref(), Some("2026-01-01"));
    assert!(!component.only_show_if_degraded);
    let cleared = origin.patch(&path, json!({"started_on": null})).await.expect(200);
    assert_eq!(cleared["started_on"], json!(null));
}

/// As keyboards write it, so that a search finds it.
#[tokio::test]
async fn names_are_kept_composed() {
    let origin = TestOrigin::with_sample_page().await;
    let name = json!({"name": "Cafe\u{301} \u{304b}\u{3099}"});
    let named = origin
        .patch(&at(&format!("components/{COMPONENT}")), name)
        .await
        .expect(200);
    assert_eq!(named["name"], "Caf\u{e9} \u{304c}");
}
