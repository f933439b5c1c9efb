//! The origin, kv-sync or both are gone: no reader notices.

use std::time::Duration;

use anyhow::Result;
use tests::{Page, System, eventually, on_every_platform, push::NewIncident, system::ARRIVAL_MAX};

on_every_platform!(
    pages_are_served_without_origin_and_sync,
    region_that_is_down_does_not_delay_the_others,
);

async fn pages_are_served_without_origin_and_sync(system: &mut System) -> Result<()> {
    let pages = [
        Page::create(&system.push, "one", 5).await?,
        Page::create(&system.push, "two", 30).await?,
        Page::create(&system.push, "never", 2).await?,
    ];
    for page in &pages {
        post_incident(system, page, "Before the outage").await?;
    }
    until_all_shown(system, &pages, "Before the outage").await?;

    system.origin.kill();
    all_stay_available(system, &pages).await?;
    system.sync.kill();
    all_stay_available(system, &pages).await?;

    system.origin.start()?;
    system.origin.healthy().await?;
    for page in &pages {
        post_incident(system, page, "While sync was down").await?;
    }
    all_stay_available(system, &pages).await?;
    system.sync.start()?;
    until_all_shown(system, &pages, "While sync was down").await?;

    system.sync.kill();
    post_incident(system, &pages[0], "Posted just before the crash").await?;
    system.origin.kill();
    for program in [&mut system.origin, &mut system.sync] {
        program.start()?;
    }
    system.until_shown(&pages[0], &["Posted just before the crash"]).await
}

async fn region_that_is_down_does_not_delay_the_others(system: &mut System) -> Result<()> {
    let pages = [Page::create(&system.push, "slow", 3).await?];
    until_all_shown(system, &pages, "Component 1").await?;
    system.regions[0].edge.kill();
    post_incident(system, &pages[0], "One region is enough").await?;
    let other = &system.regions[1].visitor;
    let probe = async || other.shows(&pages[0].host, &["One region is enough"]).await;
    eventually("the other region has it", ARRIVAL_MAX, probe).await?;
    system.regions[0].edge.start()?;
    system.regions[0].edge.healthy().await?;
    until_all_shown(system, &pages, "One region is enough").await
}

async fn post_incident(system: &System, page: &Page, name: &str) -> Result<()> {
    let incident = NewIncident {
        name: name.into(),
        body: "We are looking.".into(),
        ..NewIncident::default()
    };
    system.push.incident(&page.id, &incident).await.map(drop)
}

async fn until_all_shown(system: &System, pages: &[Page], text: &str) -> Result<()> {
    for page in pages {
        system.until_shown(page, &[text]).await?;
    }
    Ok(())
}

/// For a while, every page is a 200 in both regions, also past the response cache.
async fn all_stay_available(system: &System, pages: &[Page]) -> Result<()> {
    for _ in 0..STAY_ROUNDS {
        for region in &system.regions {
            for page in pages {
                region.visitor.page(&page.host, "/").await?;
                region.visitor.page(&page.host, "/?past-the-cache").await?;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

const STAY_ROUNDS: usize = 10;
