use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{COMPONENT, PAGE, SYNC, TestOrigin, at};

async fn feed(origin: &TestOrigin, after: u64, wait_ms: u64) -> Value {
    let path = format!("/sync/feed?after={after}&wait_ms={wait_ms}");
    origin.send(Method::GET, &path, SYNC, &[], None).await.expect(200)
}

#[tokio::test]
async fn feed_lists_each_page_with_its_last_change() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .post("/v1/pages", json!({"id": "page00000002", "name": "Other"}))
        .await
        .expect(201);
    let changed = origin.patch(&format!("/v1/pages/{PAGE}"), json!({"name": "B"})).await;
    let head: u64 = changed.header("pharos-seq").parse().expect("a number");
    let all = feed(&origin, 0, 0).await;
    let expected = json!([{"page": "page00000002", "seq": head - 1}, {"page": PAGE, "seq": head}]);
    assert_eq!((&all["head"], &all["changes"]), (&json!(head), &expected));
    assert_eq!(
        feed(&origin, head - 1, 0).await["changes"],
        json!([{"page": PAGE, "seq": head}])
    );
    assert_eq!(feed(&origin, head, 0).await, json!({"head": head, "changes": []}));
    origin.delete("/v1/pages/page00000002").await.expect(204);
    assert_eq!(
        feed(&origin, 0, 0).await["changes"][1],
        json!({"page": "page00000002", "seq": head + 1})
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_feed_answers_on_change() {
    let origin = std::sync::Arc::new(TestOrigin::with_sample_page().await);
    let head = feed(&origin, 0, 0).await["head"].as_u64().expect("a number");
    let waiting = tokio::spawn({
        let origin = origin.clone();
        async move { feed(&origin, head, 20_000).await }
    });
    // Who asks later and waits less is answered in between.
    feed(&origin, head, 100).await;
    origin
        .patch(&at(&format!("components/{COMPONENT}")), json!({"name": "B"}))
        .await
        .expect(200);
    // Whom no change wakes gets an empty list at the end of the wait.
    let fed = waiting.await.expect("an answer");
    assert_eq!(fed["changes"], json!([{"page": PAGE, "seq": head + 1}]));
}

#[tokio::test]
async fn waiting_feed_ends_after_its_wait_and_on_shutdown() {
    let origin = TestOrigin::with_sample_page().await;
    let head = feed(&origin, 0, 0).await["head"].as_u64().expect("a number");
    let began = Instant::now();
    assert_eq!(feed(&origin, head, 200).await["changes"], json!([]));
    assert!(began.elapsed() >= Duration::from_millis(200));
    let url = format!("{}/sync/feed?after={head}&wait_ms=60000", origin.api);
    let waiting = tokio::spawn(reqwest::Client::new().get(url).bearer_auth(SYNC).send());
    feed(&origin, head, 100).await;
    origin.stop().await;
    assert_eq!(waiting.await.expect("it ran").expect("an answer").status(), 200);
}
