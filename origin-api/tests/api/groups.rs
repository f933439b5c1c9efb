use page_model::snapshot::GroupDisplay;
use serde_json::json;

use crate::harness::{COMPONENT, GROUP, PAGE, TestOrigin, at};

#[tokio::test]
async fn renames_and_deletes_group_and_keeps_its_components() {
    let origin = TestOrigin::with_sample_page().await;
    let group = at(&format!("groups/{GROUP}"));
    assert_eq!(origin.get(&group).await.expect(200)["name"], "Europe");
    origin
        .patch(&group, json!({"name": "EU", "description": "West *and* east"}))
        .await
        .expect(200);
    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(
        snapshot.groups[0].named.as_ref().map(|named| named.name.as_str()),
        Some("EU")
    );
    assert_eq!(
        snapshot.groups[0]
            .named
            .as_ref()
            .map(|named| named.description_html.as_str()),
        Some("<p>West <em>and</em> east</p>")
    );
    origin.delete(&group).await.expect(204);
    origin.get(&group).await.expect(404);
    assert_eq!(
        origin.get(&at(&format!("components/{COMPONENT}"))).await.expect(200)["group_id"],
        json!(null)
    );
    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(snapshot.groups.len(), 1, "both components stand without a group");
    assert_eq!(snapshot.groups[0].components.len(), 2);
}

#[tokio::test]
async fn groups_and_ungrouped_components_share_one_order() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .patch(&at(&format!("groups/{GROUP}")), json!({"position": 9}))
        .await
        .expect(200);
    let names = |snapshot: page_model::Snapshot| {
        snapshot
            .groups
            .into_iter()
            .map(|group| group.named.map(|named| named.name).unwrap_or_default())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(origin.snapshot(PAGE).await), ["", "Europe"]);
    origin
        .patch(&at(&format!("groups/{GROUP}")), json!({"position": -9}))
        .await
        .expect(200);
    assert_eq!(names(origin.snapshot(PAGE).await), ["Europe", ""]);
}

#[tokio::test]
async fn group_display_is_stored_and_shown() {
    let origin = TestOrigin::with_sample_page().await;
    let group = at(&format!("groups/{GROUP}"));
    assert_eq!(origin.get(&group).await.expect(200)["display"], "open");
    let folded = json!({"display": "collapsed", "description": "In *Europe*."});
    let changed = origin.patch(&group, folded).await.expect(200);
    assert_eq!(changed["display"], "collapsed");
    let named = origin.snapshot(PAGE).await.groups[0].named.clone().expect("a name");
    assert_eq!(
        (named.display, named.description.as_str()),
        (GroupDisplay::Collapsed, "In *Europe*.")
    );
    assert!(named.updated_at.at_ms >= named.created_at.at_ms && named.created_at.at_ms > 0);
    let old = json!({"name": "Old", "created_at": "2022-01-01T00:00:00Z", "display": "only_when_degraded"});
    let created = origin.post(&at("groups"), old).await.expect(201);
    assert_eq!(created["created_at"], "2022-01-01T00:00:00.000Z");
    assert_eq!(created["display"], "only_when_degraded");
}
