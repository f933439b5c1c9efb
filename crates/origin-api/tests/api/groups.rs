use serde_json::json;

use crate::harness::{COMPONENT, GROUP, PAGE, TestOrigin, at};

#[tokio::test]
async fn a_group_is_renamed_and_deleted_and_its_components_stay() {
    let origin = TestOrigin::furnished().await;
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
async fn groups_and_lone_components_share_one_order() {
    let origin = TestOrigin::furnished().await;
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
