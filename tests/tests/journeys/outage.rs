//! The origin, kv-sync or both are gone: no reader notices.

use std::time::Duration;

use anyhow::Result;
use tests::{Page, System, eventually, on_every_platform, push::NewIncident, system::ARRIVAL_MAX};

on_every_platform!(
    every_known_page_outlives_origin_and_sync,
    a_region_that_is_down_delays_only_itself,
);

async fn every_known_page_outlives_origin_and_sync(system: &mut System) -> Result<()> {
    let pages = [
        Page::create(&system.push, "one", 5).await?,
        Page::create(&system.push, "two", 30).await?,
        Page::create(&system.push, "never", 2).await?,
    ];
    for page in &pages {
        tell(system, page, "Before the outage").await?;
    }
    arrive(system, &pages, "Before the outage").await?;

    system.origin.kill();
    stays(system, &pages).await?;
    system.sync.kill();
    stays(system, &pages).await?;

    system.origin.start()?;
    system.origin.healthy().await?;
    for page in &pages {
        tell(system, page, "While sync was down").await?;
    }
    stays(system, &pages).await?;
    system.sync.start()?;
    arrive(system, &pages, "While sync was down").await?;

    system.sync.kill();
    tell(system, &pages[0], "Said just before the crash").await?;
    system.origin.kill();
    for program in [&mut system.origin, &mut system.sync] {
        program.start()?;
    }
    system.until_shown(&pages[0], &["Said just before the crash"]).await
}

async fn a_region_that_is_down_delays_only_itself(system: &mut System) -> Result<()> {
    let pages = [Page::create(&system.push, "lame", 3).await?];
    arrive(system, &pages, "Component 1").await?;
    system.regions[0].edge.kill();
    tell(system, &pages[0], "One region is enough").await?;
    let other = &system.regions[1].visitor;
    let probe = async || other.shows(&pages[0].host, &["One region is enough"]).await;
    eventually("the other region has it", ARRIVAL_MAX, probe).await?;
    system.regions[0].edge.start()?;
    system.regions[0].edge.healthy().await?;
    arrive(system, &pages, "One region is enough").await
}

async fn tell(system: &System, page: &Page, name: &str) -> Result<()> {
    let incident = NewIncident {
        name: name.into(),
        body: "We are looking.".into(),
        ..NewIncident::default()
    };
    system.push.incident(&page.id, &incident).await.map(drop)
}

async fn arrive(system: &System, pages: &[Page], text: &str) -> Result<()> {
    for page in pages {
        system.until_shown(page, &[text]).await?;
    }
    Ok(())
}

/// For a while, every page is a 200 in both regions, also past the response cache.
async fn stays(system: &System, pages: &[Page]) -> Result<()> {
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
