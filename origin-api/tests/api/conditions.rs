//! ETags: a change of what the sender has not seen is refused.

use reqwest::Method;
use serde_json::json;

use crate::harness::{ADMIN, COMPONENT, INCIDENT, PAGE, TestOrigin, at};

#[tokio::test]
async fn if_match_refuses_outdated_change() {
    let origin = TestOrigin::with_sample_page().await;
    let path = at(&format!("components/{COMPONENT}"));
    let etag = origin.get(&path).await.header("etag").to_owned();
    let patch = |etag: String, name: &str| {
        let body = Some(json!({"name": name}).to_string());
        let (origin, path) = (&origin, &path);
        async move {
            origin
                .send(Method::PATCH, path, ADMIN, &[("if-match", &etag)], body)
                .await
        }
    };
    let changed = patch(etag.clone(), "First").await;
    let newer = changed.header("etag").to_owned();
    changed.expect(200);
    assert_ne!(newer, etag);
    let before = origin.stored().await;
    let refused = patch(etag, "Second").await;
    assert_eq!(refused.body["field"], "if-match");
    refused.expect(412);
    patch("\"0\"".into(), "Second").await.expect(412);
    patch(format!("W/{newer}"), "Second").await.expect(412);
    assert_eq!(origin.stored().await, before);
    assert_eq!(origin.get(&path).await.header("etag"), newer);
    patch(format!("\"0\", {newer}"), "Third").await.expect(200);
    patch("*".into(), "Fourth").await.expect(200);
}

#[tokio::test]
async fn if_match_refuses_outdated_deletion() {
    let origin = TestOrigin::with_sample_page().await;
    for path in [at(&format!("components/{COMPONENT}")), format!("/v1/pages/{PAGE}")] {
        let etag = origin.get(&path).await.header("etag").to_owned();
        origin
            .send(Method::DELETE, &path, ADMIN, &[("if-match", "\"0\"")], None)
            .await
            .expect(412);
        origin
            .send(Method::DELETE, &path, ADMIN, &[("if-match", &etag)], None)
            .await
            .expect(204);
    }
}

#[tokio::test]
async fn created_objects_name_their_location() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    for (path, id, body) in [
        (at("groups"), "group0000002", json!({"name": "Asia"})),
        (updates, "update000009", json!({"body": "We found it."})),
        ("/v1/tokens".to_owned(), "token0000001", json!({"name": "Monitor"})),
    ] {
        let mut body = body;
        body["id"] = json!(id);
        let created = origin.post(&path, body).await;
        assert_eq!(created.header("location"), format!("{path}/{id}"));
        let read = origin.get(created.header("location")).await;
        assert_eq!(created.header("etag"), read.header("etag"), "{path}");
        created.expect(201);
    }
}
