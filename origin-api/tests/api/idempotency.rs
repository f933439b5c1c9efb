use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::harness::{ADMIN, COMPONENT, INCIDENT, Read, TestOrigin, at};

async fn post(origin: &TestOrigin, path: &str, key: &str, body: serde_json::Value) -> Read {
    origin
        .send(
            Method::POST,
            path,
            ADMIN,
            &[("idempotency-key", key)],
            Some(body.to_string()),
        )
        .await
}

#[tokio::test]
async fn repeated_request_is_applied_once() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    let first = post(&origin, &updates, "k1", json!({"body": "Once."})).await;
    let again = post(&origin, &updates, "k1", json!({"body": "Once."})).await;
    assert!(first.headers.get("idempotency-replayed").is_none());
    assert_eq!(again.header("idempotency-replayed"), "true");
    for header in ["etag", "location", "pharos-seq"] {
        assert_eq!(first.header(header), again.header(header));
    }
    assert_eq!(first.expect(201), again.expect(201));
    assert_eq!(
        origin.get(&updates).await.expect(200)["items"].as_array().map(Vec::len),
        Some(2)
    );
}

#[tokio::test]
async fn refuses_key_of_another_request() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    post(&origin, &updates, "k1", json!({"body": "One."})).await.expect(201);
    let before = origin.stored().await;
    for (path, body) in [
        (&updates, json!({"body": "Two."})),
        (&at("components"), json!({"name": "A"})),
    ] {
        let refused = post(&origin, path, "k1", body).await;
        assert_eq!(refused.body["field"], "idempotency-key");
        refused.expect(422);
    }
    for key in ["", "two words", &"k".repeat(201), "ключ"] {
        let refused = post(&origin, &updates, key, json!({"body": "Three."})).await;
        assert_eq!(refused.body["field"], "idempotency-key", "{key:?}");
    }
    assert_eq!(origin.stored().await, before);
}

#[tokio::test]
async fn refused_request_may_be_corrected_under_its_key() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    let changes = json!({"body": "B", "components": [{"id": "comp00000009", "status": "operational"}]});
    post(&origin, &updates, "k1", changes).await.expect(422);
    post(&origin, &updates, "k1", json!({"body": "B"})).await.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_requests_with_one_key_make_one_change() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    let sent = (0..50).map(|_| post(&origin, &updates, "k1", json!({"body": "Once."})));
    let answers = join_all(sent).await;
    let fresh = answers
        .iter()
        .filter(|read| read.headers.get("idempotency-replayed").is_none())
        .count();
    assert_eq!(fresh, 1);
    assert!(
        answers
            .iter()
            .all(|read| read.status == 201 && read.body == answers[0].body)
    );
    assert_eq!(
        origin.get(&updates).await.expect(200)["items"].as_array().map(Vec::len),
        Some(2)
    );
}

#[tokio::test]
async fn unreadable_stored_reply_is_a_conflict() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    post(&origin, &updates, "k1", json!({"body": "Once."}))
        .await
        .expect(201);
    // What another build may have left: CBOR of another shape.
    origin.execute("UPDATE idempotency SET answer = X'A0'").await;
    let (again, neighbour) = tokio::join!(
        post(&origin, &updates, "k1", json!({"body": "Once."})),
        post(&origin, &updates, "k2", json!({"body": "Beside it."})),
    );
    assert_eq!(again.body["field"], "idempotency-key");
    again.expect(409);
    neighbour.expect(201);
}

#[tokio::test]
async fn two_keys_are_refused() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    for keys in [["k1", "k2"], ["k1", "k1"]] {
        let keys = keys.map(|key| ("idempotency-key", key));
        let body = Some(json!({"body": "Once."}).to_string());
        let refused = origin.send(Method::POST, &updates, ADMIN, &keys, body).await;
        assert_eq!(refused.body["field"], "idempotency-key");
        refused.expect(422);
    }
}

/// What would be refused today was done under this key, and is told as it was.
#[tokio::test]
async fn repeated_request_is_answered_before_any_check() {
    let origin = TestOrigin::with_sample_page().await;
    let path = at("maintenance-series/series000001");
    let series = json!({
        "id": "series000001", "name": "S", "body": "B", "starts_at": "2090-01-01T00:00:00Z",
        "duration_minutes": 60, "recurrence": {"rule": "FREQ=WEEKLY", "time_zone": "Etc/UTC"}
    });
    origin.post(&at("maintenance-series"), series).await.expect(201);
    let component = at(&format!("components/{COMPONENT}"));
    let incident = at(&format!("incidents/{INCIDENT}"));
    let until = json!({"recurrence": {"rule": "FREQ=WEEKLY;UNTIL=20900301T000000Z", "time_zone": "Etc/UTC"}});
    let repeated = [
        (Method::PATCH, path.clone(), until),
        (Method::PATCH, component.clone(), json!({"group_id": "group0000001"})),
        (
            Method::POST,
            format!("{incident}/updates"),
            json!({"body": "B", "components": [{"id": COMPONENT, "status": "operational"}]}),
        ),
    ];
    let send = async |n: usize| {
        let (method, path, body) = repeated[n].clone();
        let key = format!("k{n}");
        let headers = [("idempotency-key", key.as_str())];
        origin
            .send(method, &path, ADMIN, &headers, Some(body.to_string()))
            .await
    };
    let mut first = Vec::new();
    for n in 0..repeated.len() {
        let answer = send(n).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        first.push(answer);
    }
    // By its end the rule never starts any more; component, group and incident are gone.
    let later =
        json!({"starts_at": "2091-01-01T00:00:00Z", "recurrence": {"rule": "FREQ=WEEKLY", "time_zone": "Etc/UTC"}});
    origin.patch(&path, later).await.expect(200);
    for gone in [&component, &at("groups/group0000001"), &incident] {
        assert!(origin.delete(gone).await.status.is_success());
    }
    for (n, first) in first.into_iter().enumerate() {
        let again = send(n).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.header("etag"), first.header("etag"));
    }
}
