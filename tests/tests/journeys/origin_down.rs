//! The origin, kv-sync or both are gone: no reader notices, and after two minutes every page says so.

use std::time::Duration;

use anyhow::{Result, ensure};
use page_model::{
    limits::REGION_DELAYED_AFTER_MS,
    put::{Batch, Cursor},
};
use serde_bytes::ByteBuf;
use tests::{
    Page, Region, System, eventually, on_every_platform,
    push::NewIncident,
    records::PageRecords,
    surfaces::{self, Surfaces},
    system::ARRIVAL_MAX,
};

on_every_platform!(
    pages_are_served_without_origin_and_sync,
    pages_say_after_two_minutes_that_updates_are_delayed,
    region_that_is_down_does_not_delay_the_others,
);

async fn pages_are_served_without_origin_and_sync(system: &mut System) -> Result<()> {
    let pages = [
        Page::create(&system.push, "one", 5).await?,
        Page::create(&system.push, "two", 30).await?,
        Page::create(&system.push, "never", 2).await?,
    ];
    let mut incidents = Vec::new();
    for page in &pages {
        incidents.push(post_incident(system, page, "Before the outage").await?);
    }
    until_all_shown(system, &pages, "Before the outage").await?;
    for page in &pages {
        system.until_settled(page).await?;
    }
    let before = everything(system, &pages, &incidents).await?;

    system.origin.kill();
    eventually("kv-sync misses the origin", ARRIVAL_MAX, async || {
        ensure!(system.sync.log().contains("the origin cannot be read"));
        Ok(())
    })
    .await?;
    stays_the_same(system, &pages, &incidents, &before).await?;
    system.sync.kill();
    stays_the_same(system, &pages, &incidents, &before).await?;

    system.origin.start()?;
    system.origin.healthy().await?;
    for page in &pages {
        post_incident(system, page, "While sync was down").await?;
    }
    stays_the_same(system, &pages, &incidents, &before).await?;
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

/// Regions that have heard nothing for as long as each of them says: nobody need wait for the two minutes.
async fn pages_say_after_two_minutes_that_updates_are_delayed(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "silent", 3).await?;
    let incident = post_incident(system, &page, "Before the silence").await?;
    let records = system.until_settled(&page).await?;
    let addresses = surfaces::addresses(&page, &incident, &this_month());
    let region = async |name: &str, heard_ms_ago: u64| -> Result<Region> {
        let region = system.start_lone_region_on(system.regions[0].platform, name).await?;
        fill(system, &region, &records, heard_ms_ago).await?;
        Ok(region)
    };
    let fresh = region("fresh", 0).await?;
    let silent = region("silent", REGION_DELAYED_AFTER_MS + 60_000).await?;
    let fresh = surfaces::look(&fresh.visitor, &page.host, &addresses).await?;
    let silent = surfaces::look(&silent.visitor, &page.host, &addresses).await?;
    for address in &addresses {
        let ((status, before), (now, body)) = (&fresh[address], &silent[address]);
        ensure!(status == now, "{address} answers {status}, and after two minutes {now}");
        ensure!(
            !before.contains(DELAYED),
            "{address} says too early that updates are delayed"
        );
        if is_for_people(address) && *status == 200 {
            ensure!(
                body.contains(DELAYED),
                "{address} does not say that updates are delayed"
            );
            for text in ["Before the silence", "Component 2"] {
                let both = before.contains(text) == body.contains(text);
                ensure!(both, "{address} has or lacks {text:?} only when updates are delayed");
            }
        } else if is_frame(address) && *status == 200 {
            let says = |text: &String| text.contains(LAST_KNOWN);
            ensure!(
                !says(before) && says(body),
                "{address} must say only now that it is the last known state"
            );
        } else {
            ensure!(before == body, "{address} is another one when updates are delayed");
        }
    }

    // What is cached ends with the two minutes.
    let turning = region("turning", REGION_DELAYED_AFTER_MS - 3_000).await?;
    for address in ["/", "/status.txt"] {
        turning.visitor.page(&page.host, address).await?;
        eventually("the time has come", DELAYED_WITHIN, async || {
            let body = turning.visitor.page(&page.host, address).await?;
            ensure!(
                body.contains(DELAYED),
                "{address} does not say that updates are delayed"
            );
            Ok(())
        })
        .await?;
    }
    Ok(())
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

async fn post_incident(system: &System, page: &Page, name: &str) -> Result<String> {
    let incident = NewIncident {
        name: name.into(),
        body: "We are looking.".into(),
        ..NewIncident::default()
    };
    let answer = system.push.incident(&page.id, &incident).await?;
    Ok(answer.id()?.to_owned())
}

async fn until_all_shown(system: &System, pages: &[Page], text: &str) -> Result<()> {
    for page in pages {
        system.until_shown(page, &[text]).await?;
    }
    Ok(())
}

/// Puts a page into a lone region that has last heard of the origin so long ago.
async fn fill(system: &System, region: &Region, records: &PageRecords, heard_ms_ago: u64) -> Result<()> {
    let bytes = records.records.iter().map(|record| ByteBuf::from(record.to_bytes()));
    let batch = Batch {
        records: bytes.collect(),
        cursor: Some(Cursor {
            seq: records.seq,
            at_ms: tests::clock::now_ms() - heard_ms_ago,
            ..Cursor::default()
        }),
        ..Batch::default()
    };
    system.put_client(region)?.put_batch(&batch).await.map(drop)
}

/// What each region serves under every address of each page.
async fn everything(system: &System, pages: &[Page], incidents: &[String]) -> Result<Vec<Surfaces>> {
    let mut looks = Vec::new();
    for region in &system.regions {
        for (page, incident) in pages.iter().zip(incidents) {
            let addresses = surfaces::addresses(page, incident, &this_month());
            let look = surfaces::look(&region.visitor, &page.host, &addresses).await?;
            let (status, html) = &look["/"];
            ensure!(
                *status == 200 && html.contains("Before the outage"),
                "{} has no page",
                page.host
            );
            looks.push(look);
        }
    }
    Ok(looks)
}

/// Every address answers as before, also past the response cache.
async fn stays_the_same(system: &System, pages: &[Page], incidents: &[String], before: &[Surfaces]) -> Result<()> {
    for (before, now) in before.iter().zip(everything(system, pages, incidents).await?) {
        surfaces::ensure_same(before, &now)?;
    }
    for region in &system.regions {
        for page in pages {
            let html = region.visitor.page(&page.host, "/?past-the-cache").await?;
            ensure!(html.contains("Before the outage"), "{} past the cache", page.host);
        }
    }
    Ok(())
}

/// Pages and their texts say that updates are delayed; what machines read has no place for it.
fn is_frame(address: &str) -> bool {
    address.split('?').next() == Some("/embed")
}

fn is_for_people(address: &str) -> bool {
    let path = address.split('?').next().unwrap_or_default();
    !path.starts_with("/.pharos/") && !is_frame(address) && (!path.contains('.') || path.starts_with("/status."))
}

fn this_month() -> String {
    jiff::Timestamp::now().strftime("%Y-%m").to_string()
}

const DELAYED: &str = "Updates to this page are delayed";
const LAST_KNOWN: &str = "Last known state";
const DELAYED_WITHIN: Duration = Duration::from_secs(60);
