//! An older state of the origin's database is put back, while the regions have seen more.

use anyhow::{Result, ensure};
use serde_json::json;
use tests::{Page, System, eventually::eventually, push::NewIncident, system::ARRIVAL_MAX};

#[tokio::test(flavor = "multi_thread")]
async fn older_database_that_is_put_back_reaches_every_region() -> Result<()> {
    System::journey(async |system| {
        let kept = Page::create(&system.push, "kept", 2).await?;
        open(system, &kept, "Before the copy").await?;
        system.until_settled(&kept).await?;
        system.origin.kill();
        let copy = system.copy_database()?;
        system.origin.start()?;
        system.origin.healthy().await?;

        let forgotten = Page::create(&system.push, "later", 1).await?;
        open(system, &kept, "After the copy").await?;
        system
            .push
            .change(&kept.path(""), &json!({ "name": "Renamed" }))
            .await?;
        system.until_shown(&forgotten, &["Component 0"]).await?;
        system.until_shown(&kept, &["After the copy", "Renamed"]).await?;
        system.until_settled(&kept).await?;

        system.origin.kill();
        system.put_database_back(&copy)?;
        system.origin.start()?;
        system.origin.healthy().await?;
        for region in &system.regions {
            let what = format!("{} has the older state", region.name);
            eventually(&what, ARRIVAL_MAX, async || {
                region.visitor.shows(&kept.host, &["Before the copy"]).await?;
                let page = region.visitor.page(&kept.host, "/").await?;
                let is_old = !page.contains("After the copy") && !page.contains("Renamed");
                ensure!(is_old, "it shows what was changed after the copy");
                let status = region.visitor.visit(&forgotten.host, "/").await?.status;
                ensure!(status == 404, "{} answers {status}", forgotten.host);
                Ok(())
            })
            .await?;
        }

        // A change arrives although regions had seen higher sequence numbers than the copy.
        open(system, &kept, "Since it was put back").await?;
        system
            .until_shown(&kept, &["Before the copy", "Since it was put back"])
            .await
    })
    .await
}

async fn open(system: &System, page: &Page, name: &str) -> Result<()> {
    let incident = NewIncident {
        name: name.to_owned(),
        body: "It is looked into.".into(),
        ..NewIncident::default()
    };
    system.push.incident(&page.id, &incident).await.map(drop)
}
