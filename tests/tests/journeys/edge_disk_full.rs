//! The disk of a region is full, and has room again.

use std::{fs, time::Duration};

use anyhow::{Result, ensure};
use reqwest::StatusCode;
use serde_json::Value;
use tests::{
    Page, Platform, System, disk::Disk, eventually, http, metrics::Metrics, program::Programs, push::NewIncident,
    system::ARRIVAL_MAX,
};

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(may_mount), ignore = "needs root, which mounts a disk")]
async fn region_with_a_full_disk_serves_what_it_has_and_goes_on_by_itself() -> Result<()> {
    let disk = Disk::mount(256)?;
    let regions = ["eu-1", "us-1"].map(|name| (name, Platform::OwnHost));
    let system = System::prepare(Programs::debug()?, &regions).await?;
    system.lay_region_on(disk.path())?;
    system.walked(async |system| walk(system, &disk).await).await
}

async fn walk(system: &mut System, disk: &Disk) -> Result<()> {
    let page = Page::create(&system.push, "full", 3).await?;
    push(system, &page, "Before").await?;
    system.until_shown(&page, &["Before"]).await?;
    eventually("the region is filled", ARRIVAL_MAX, async || {
        let (status, reason) = ready(system).await?;
        ensure!(status == StatusCode::OK, "{reason}");
        Ok(())
    })
    .await?;

    let filler = disk.fill()?;
    // Room that the file had within itself is soon taken.
    let mut number = 0;
    eventually("the disk of the region is full", ARRIVAL_MAX, async || {
        number += 1;
        push(system, &page, &format!("Lost {number} {}", "x".repeat(15_000))).await?;
        ensure!(storage_error(system).await?.is_some(), "it says that it is well");
        Ok(())
    })
    .await?;
    push(system, &page, "Meanwhile").await?;
    let [full, other] = &system.regions[..] else {
        anyhow::bail!("two regions");
    };
    eventually("the other region goes on", ARRIVAL_MAX, async || {
        other.visitor.shows(&page.host, &["Meanwhile"]).await
    })
    .await?;
    for _ in 0..20 {
        full.visitor.shows(&page.host, &["Before"]).await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (status, reason) = ready(system).await?;
    ensure!(
        status == StatusCode::OK,
        "it has pages to serve, and says that it has not: {reason}"
    );
    let failures = Metrics::scrape(full.edge.admin()?).await?;
    ensure!(
        failures.sum("pharos_edge_kv_failures_total", &[]) > 0.0,
        "it counts no failure"
    );

    fs::remove_file(filler)?;
    system.until_shown(&page, &["Meanwhile"]).await?;
    system.until_settled(&page).await?;
    system.ensure_every_key(&system.regions[0], &page.id).await?;
    let error = storage_error(system).await?;
    ensure!(error.is_none(), "it says that it is not well: {error:?}");
    Ok(())
}

async fn push(system: &System, page: &Page, text: &str) -> Result<()> {
    let incident = NewIncident {
        name: "Slow".into(),
        body: text.into(),
        ..NewIncident::default()
    };
    system.push.incident(&page.id, &incident).await.map(drop)
}

async fn storage_error(system: &System) -> Result<Option<String>> {
    let url = format!("http://{}/status", system.regions[0].edge.admin()?);
    let status: Value = http::client()?.get(url).send().await?.json().await?;
    Ok(status["storage_error"].as_str().map(str::to_owned))
}

async fn ready(system: &System) -> Result<(StatusCode, String)> {
    let url = format!("http://{}/readyz", system.regions[0].edge.admin()?);
    let answer = http::client()?.get(url).send().await?;
    Ok((answer.status(), answer.text().await?))
}
