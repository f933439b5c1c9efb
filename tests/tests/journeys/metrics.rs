//! A metric that a monitor sends points to.

use anyhow::Result;
use serde_json::json;
use tests::{Page, System};

#[tokio::test(flavor = "multi_thread")]
async fn page_shows_the_latest_point_of_a_metric() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "monitor", 1).await?;
        let metric = json!({ "name": "Response time", "suffix": "ms", "decimals": 1 });
        let metric = system.push.create(&page.path("/metrics"), &metric).await?;
        let points = page.path(&format!("/metrics/{}/points", metric.id()?));
        system
            .push
            .create(&points, &json!({ "points": [{ "value": 131.3 }] }))
            .await?;
        system.until_shown(&page, &["Response time", "131.3\u{a0}ms"]).await
    })
    .await
}
