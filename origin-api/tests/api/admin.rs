use crate::harness::TestOrigin;

#[tokio::test]
async fn admin_port_serves_health_and_metrics() {
    let origin = TestOrigin::start().await;
    for (path, begins) in [
        ("healthz", "ok"),
        ("readyz", "ok"),
        ("status", "{\"program\":\"origin\""),
        ("metrics", ""),
    ] {
        let response = reqwest::get(format!("{}/{path}", origin.admin))
            .await
            .expect("an answer");
        assert_eq!(response.status(), 200);
        assert!(response.text().await.expect("text").starts_with(begins));
    }
}

#[tokio::test]
async fn stored_changes_survive_restart() {
    let origin = TestOrigin::with_sample_page().await;
    let before = origin.get(&crate::harness::at("incidents")).await.expect(200);
    let folder = origin.stop().await;
    let origin = TestOrigin::start_in(folder).await;
    assert_eq!(origin.get(&crate::harness::at("incidents")).await.expect(200), before);
}
