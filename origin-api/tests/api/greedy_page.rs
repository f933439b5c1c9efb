//! One publisher who fills a page beyond reason: refused in words, and composed within bounds.

use page_model::{limits::BODY_BYTES_MAX, snapshot::Incident};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, INCIDENT, PAGE, TestOrigin, UPDATE, at};

/// As long as a text may be, and five times as long in HTML.
fn longest() -> String {
    "&".repeat(25_000)
}

fn text_bytes(incident: &Incident) -> usize {
    incident.updates.iter().map(|update| update.body_html.len()).sum()
}

#[tokio::test]
async fn texts_of_an_event_have_a_budget() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    let update = || json!({"body": longest()});
    let mut taken = 0;
    let refused = loop {
        let reply = origin.post(&updates, update()).await;
        if reply.status != 201 {
            break reply;
        }
        taken += 1;
        assert!(taken < 100, "as many as one likes");
    };
    let problem = refused.expect(422);
    assert_eq!(problem["field"], "body");
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(detail.contains("4194304") && detail.contains("150007"), "{detail}");
    assert_eq!(taken, 27);
    let before = origin.stored().await;
    let corrected = origin.patch(&format!("{updates}/{UPDATE}"), update()).await.expect(422);
    assert_eq!(corrected["field"], "body");
    assert_eq!(origin.stored().await, before);
    origin.post(&updates, json!({"body": "It is over."})).await.expect(201);
    assert!(
        origin
            .snapshot(PAGE)
            .await
            .incidents
            .iter()
            .any(|incident| incident.updates.len() > 27)
    );
}

#[tokio::test]
async fn texts_of_a_page_are_read_within_a_budget() {
    let origin = TestOrigin::with_sample_page().await;
    for number in 0..6 {
        let body = json!({"name": format!("Outage {number}"), "body": longest()});
        let incident: Value = origin.post(&at("incidents"), body).await.expect(201);
        let updates = at(&format!(
            "incidents/{}/updates",
            incident["id"].as_str().expect("an id")
        ));
        for _ in 0..26 {
            let body = Some(json!({"body": longest()}).to_string());
            origin.send(Method::POST, &updates, ADMIN, &[], body).await.expect(201);
        }
    }
    // 24 MB are stored; another page is served meanwhile, and what is read has room in a record.
    let snapshot = origin.snapshot(PAGE).await;
    let outages: Vec<_> = snapshot
        .incidents
        .iter()
        .filter(|incident| incident.name.starts_with("Outage"))
        .collect();
    assert_eq!(outages.len(), 6);
    let all: usize = outages.iter().map(|incident| text_bytes(incident)).sum();
    assert!(all <= BODY_BYTES_MAX, "{all} bytes");
    assert!(outages.iter().all(|incident| !incident.updates.is_empty()));
}
