//! A maintenance starts and ends by the clock.

use std::time::Duration;

use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::json;
use tests::{Page, System, eventually, on_every_platform, system::ARRIVAL_MAX};

on_every_platform!(a_maintenance_starts_and_ends_by_itself,);

async fn a_maintenance_starts_and_ends_by_itself(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "upkeep", 2).await?;
    let now = Timestamp::now();
    let maintenance = json!({
        "name": "New disks",
        "body": "Uploads will **pause**.",
        "starts_at": (now + Duration::from_secs(4)).to_string(),
        "ends_at": (now + Duration::from_secs(8)).to_string(),
        "components": [page.component(0)],
    });
    let created = system.push.create(&page.path("/maintenances"), &maintenance).await?;
    let path = page.path(&format!("/maintenances/{}", created.id()?));
    let component = page.path(&format!("/components/{}", page.component(0)));
    system.until_shown(&page, &["<strong>pause</strong>"]).await?;
    for (status, component_status, headline) in [
        ("in_progress", "under_maintenance", "New disks"),
        ("completed", "operational", "All systems operational"),
    ] {
        eventually(&format!("the maintenance is {status}"), ARRIVAL_MAX, async || {
            let maintenance = system.push.read(&path).await?;
            ensure!(maintenance["status"] == status, "{maintenance}");
            let component = system.push.read(&component).await?;
            ensure!(component["status"] == component_status, "{component}");
            Ok(())
        })
        .await?;
        system.until_shown(&page, &[headline]).await?;
    }
    Ok(())
}
