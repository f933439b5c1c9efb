//! A region loses everything that it had stored.

use anyhow::{Result, ensure};
use page_model::put::Outcome;
use tests::{Page, Platform, System, on_every_platform, push::NewIncident};

on_every_platform!(wiped_region_is_filled_within_seconds,);

async fn wiped_region_is_filled_within_seconds(system: &mut System) -> Result<()> {
    let mut pages = Vec::new();
    for name in ["red", "green", "blue"] {
        let page = Page::create(&system.push, name, 8).await?;
        let old = NewIncident {
            name: format!("Long ago at {name}"),
            body: "It was dark.".into(),
            status: Some("resolved".into()),
            at: Some("2023-05-06T07:08:09Z".into()),
            ..NewIncident::default()
        };
        system.push.incident(&page.id, &old).await?;
        pages.push(page);
    }
    let before = complete(system, &pages).await?;

    // A KV that may show writes late proves nothing to a sync that goes on: there the operator stops it.
    let is_late = system.regions[0].platform == Platform::Workerd;
    if is_late {
        system.sync.kill();
    }
    let region = &mut system.regions[0];
    region.edge.kill();
    region.wipe()?;
    region.edge.start()?;
    region.edge.healthy().await?;
    if is_late {
        system.sync.start()?;
    }

    ensure!(
        complete(system, &pages).await? == before,
        "the region is filled with something else"
    );
    Ok(())
}

/// Waits until the first region has every record of every page and serves it, and answers how many records that are.
async fn complete(system: &System, pages: &[Page]) -> Result<Vec<usize>> {
    let region = &system.regions[0];
    let put_client = system.put_client(region)?;
    let mut counts = Vec::new();
    for page in pages {
        let composed = system.until_settled(page).await?;
        ensure!(!composed.archives()?.is_empty(), "no archive tells of the old incident");
        let receipt = put_client.put(&composed.probes()).await?;
        let is_kept = |outcome| matches!(outcome, &Outcome::Kept { version } if version <= composed.seq);
        ensure!(
            receipt.outcomes.iter().all(is_kept),
            "the region lacked records: {:?}",
            receipt.outcomes
        );
        region.visitor.page(&page.host, "/").await?;
        counts.push(composed.records.len());
    }
    Ok(counts)
}
