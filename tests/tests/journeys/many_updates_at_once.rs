//! Many changes at once cost a region few puts, and it ends in the exact final state.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use tests::{
    Page, Push, System, eventually,
    metrics::{Metrics, region_label},
    on_every_platform,
    push::{NewIncident, NewUpdate, Touched},
};

on_every_platform!(many_updates_are_coalesced_into_few_puts,);

async fn many_updates_are_coalesced_into_few_puts(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "burst", LANES).await?;
    system.until_settled(&page).await?;
    let before = puts(system).await?;
    let begin = Instant::now();
    let pushed = try_join_all((0..LANES).map(|lane| push_for(&system.push, &page, lane, begin + BURST))).await?;
    system.until_settled(&page).await?;
    let puts_max = begin.elapsed().as_secs_f64() + PUTS_SLACK;

    let updates: usize = pushed.iter().sum();
    ensure!(updates > 200, "{updates} updates are no burst");
    for (region, (before, after)) in system.region_names().iter().zip(before.iter().zip(puts(system).await?)) {
        let cost = after - before;
        ensure!(
            cost >= 1.0,
            "{region} got no put, or pharos_sync_puts_total has another name"
        );
        ensure!(
            cost <= puts_max,
            "{updates} updates cost {region} {cost} puts, more than {puts_max:.0}"
        );
    }
    // A page of some thousand updates is more than a visit renders: the outdated one comes first, then this.
    let end = async || shows_the_last_updates(system, &page, &pushed).await;
    eventually("every region shows the end", RENDERED_WITHIN, end).await
}

/// One incident and its updates, as fast as they are accepted; answers how many there were.
async fn push_for(push: &Push, page: &Page, lane: usize, end: Instant) -> Result<usize> {
    let incident = NewIncident {
        name: format!("Lane {lane}"),
        body: "Begin.".into(),
        ..NewIncident::default()
    };
    let incident = push.incident(&page.id, &incident).await?.id()?.to_owned();
    let mut pushed = 0;
    while Instant::now() < end {
        pushed += 1;
        let status = ["partial_outage", "degraded_performance", "major_outage"][pushed % 3];
        let update = NewUpdate {
            body: format!("Lane {lane} step {pushed}."),
            components: vec![Touched::new(&page.component(lane), status)],
            ..NewUpdate::default()
        };
        push.update(&page.id, &incident, &update).await?;
    }
    Ok(pushed)
}

async fn puts(system: &System) -> Result<Vec<f64>> {
    let metrics = Metrics::scrape(system.sync.admin()?).await?;
    let names = system.region_names();
    Ok(names
        .iter()
        .map(|region| metrics.sum("pharos_sync_puts_total", &[&region_label(region)]))
        .collect())
}

async fn shows_the_last_updates(system: &System, page: &Page, pushed: &[usize]) -> Result<()> {
    let truth = system.records(&page.id).await?.snapshot()?;
    ensure!(
        truth.incidents.len() == LANES,
        "the snapshot has {} incidents",
        truth.incidents.len()
    );
    for region in &system.regions {
        let html = region.visitor.page(&page.host, "/").await?;
        for (lane, last) in pushed.iter().enumerate() {
            let text = format!("Lane {lane} step {last}.");
            ensure!(html.contains(&text), "{} does not show {text:?}", region.name);
        }
    }
    let [first, second] = &system.regions[..] else {
        anyhow::bail!("this journey needs two regions")
    };
    let same = first.visitor.page(&page.host, "/").await? == second.visitor.page(&page.host, "/").await?;
    ensure!(same, "the regions ended differently");
    Ok(())
}

const LANES: usize = 8;
const BURST: Duration = Duration::from_secs(10);
const RENDERED_WITHIN: Duration = Duration::from_secs(60);
/// The put before the first second is over, and the one that carries the rest.
const PUTS_SLACK: f64 = 2.0;
