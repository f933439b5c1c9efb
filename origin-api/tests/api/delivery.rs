use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{PAGE, SYNC, TestOrigin, at};

pub async fn delivered(origin: &TestOrigin, region: &str, seq: u64) {
    let body = json!({"region": region, "delivered": [{"page": PAGE, "seq": seq, "at_ms": 1_795_348_800_000_u64}]});
    origin
        .send(Method::POST, "/sync/delivered", SYNC, &[], Some(body.to_string()))
        .await
        .expect(204);
}

#[tokio::test]
async fn delivery_names_the_regions_that_have_a_change() {
    let origin = TestOrigin::with_sample_page().await;
    let regions = async |seq: u64| origin.get(&at(&format!("delivery?seq={seq}"))).await.expect(200)["regions"].clone();
    assert_eq!(regions(1).await, json!([]));
    delivered(&origin, "us-1", 3).await;
    delivered(&origin, "eu-1", 5).await;
    delivered(&origin, "eu-1", 4).await;
    let at: Value = "2026-11-22T12:00:00.000Z".into();
    assert_eq!(
        regions(5).await,
        json!([
            {"region": "eu-1", "delivered_seq": 5, "delivered_at": at},
            {"region": "us-1", "delivered_seq": 3, "delivered_at": null},
        ])
    );
    assert_eq!(regions(3).await[1]["delivered_at"], at);
}

#[tokio::test]
async fn change_that_never_was_is_named() {
    let origin = TestOrigin::with_sample_page().await;
    let refused = origin.get(&at("delivery?seq=999999")).await;
    assert_eq!(refused.body["field"], "seq", "{}", refused.body);
    let detail = refused.body["detail"].as_str().unwrap_or_default();
    assert!(
        detail.starts_with("the page has no change 999999; its last one is "),
        "{detail}"
    );
    refused.expect(422);
}

/// A platform that serves for a moment what was there before has not closed a page yet.
#[tokio::test]
async fn change_is_delivered_once_nobody_is_served_what_was_before() {
    let origin = TestOrigin::with_sample_page().await;
    let report = async |seq: u64, served_ms: u64| {
        let page = json!({"page": PAGE, "seq": seq, "at_ms": 1_795_348_800_000_u64, "served_ms": served_ms});
        let body = json!({"region": "eu-1", "delivered": [page]});
        let sent = origin.send(Method::POST, "/sync/delivered", SYNC, &[], Some(body.to_string()));
        sent.await.expect(204);
    };
    let region = async |seq: u64| {
        let delivery = origin.get(&at(&format!("delivery?seq={seq}"))).await.expect(200);
        delivery["regions"][0].clone()
    };
    report(3, 1_000).await;
    // What comes after it closes nothing, and does not shorten the wait of what closed.
    report(4, 0).await;
    let waiting = region(3).await;
    assert_eq!(
        (&waiting["delivered_seq"], &waiting["delivered_at"]),
        (&json!(4), &Value::Null)
    );
    while region(3).await["delivered_at"].is_null() {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    report(5, 4_000_000_000).await;
    assert_eq!(region(5).await["delivered_at"], Value::Null);
}
