use serde_json::json;

use crate::harness::TestOrigin;

#[tokio::test]
async fn an_incident_reaches_the_snapshot() {
    let origin = TestOrigin::start().await;
    let page = origin
        .post("/v1/pages", json!({"name": "Acme", "hosts": ["status.acme.com"]}))
        .await
        .expect(201);
    let page = page["id"].as_str().expect("an id").to_owned();
    let base = format!("/v1/pages/{page}");
    let component = origin
        .post(&format!("{base}/components"), json!({"name": "API"}))
        .await
        .expect(201);
    let incident = json!({
        "name": "Webhooks are delayed", "body": "We are *looking*.",
        "components": [{"id": component["id"], "status": "partial_outage"}]
    });
    let incident = origin.post(&format!("{base}/incidents"), incident).await.expect(201);
    assert_eq!(incident["impact"], "major");
    let updates = format!("{base}/incidents/{}/updates", incident["id"].as_str().expect("an id"));
    origin
        .post(&updates, json!({"body": "Found it.", "status": "identified"}))
        .await
        .expect(201);
    let snapshot = origin.snapshot(&page).await;
    assert_eq!(snapshot.headline.text, "Webhooks are delayed");
    assert_eq!(snapshot.incidents[0].updates[0].body_html, "<p>Found it.</p>");
    assert_eq!(
        snapshot.groups[0].components[0].status,
        page_model::status::Status::PartialOutage
    );
    let feed = origin
        .send(
            reqwest::Method::GET,
            "/sync/feed?after=0&wait_ms=1000",
            crate::harness::SYNC,
            &[],
            None,
        )
        .await
        .expect(200);
    println!("{feed}");
    for r in origin.records(&page, 0).await {
        println!("{} {} {}", r.key, r.version, r.body.len());
    }
    origin
        .post(&updates, json!({"body": "Done.", "status": "resolved"}))
        .await
        .expect(201);
    println!("{:#?}", origin.snapshot(&page).await);
    println!("{:#?}", origin.get(&updates).await);
    origin.stop().await;
}
