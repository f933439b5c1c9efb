//! The first visit to a page that was never rendered, and the first one after a start.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bench::quantile::median;
use tests::{Page, System, metrics::Metrics, region::Region};

use crate::{
    effort::Effort,
    report::{Report, Target},
};

/// One cold visit.
struct Visit {
    /// Until the first reply was there, page or skeleton.
    first_ms: f64,
    /// Until the page itself was there, not a skeleton.
    complete_ms: f64,
    /// What the guest took for the first reply.
    guest_ms: f64,
    skeleton: bool,
}

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    let mut region = system.start_lone_region("cold-1").await?;
    let mut known = Vec::new();
    for size in SIZES {
        let page = Page::create(&system.push, &format!("c{size}"), size).await?;
        let hosts = put_cold(system, &region, &page, effort.cold_visits).await?;
        let mut visits = Vec::new();
        for host in &hosts {
            visits.push(visit(&region, host, &last_text(size)).await?);
        }
        report_size(size, &visits, report)?;
        known.extend(hosts.into_iter().next());
    }
    let host = known.first().context("no page was visited")?;
    let started_ms = starts(&mut region, host, effort.cold_starts).await?;
    report.add(
        "start of an edge, until its first page",
        median(&started_ms).context("no starts")?,
        "ms",
        Target::AtMost(START_MS_MAX),
    );
    Ok(())
}

/// From the start of a process that was killed before, with its component compiled, to a page that it has.
async fn starts(region: &mut Region, host: &str, times: usize) -> Result<Vec<f64>> {
    let mut started_ms = Vec::new();
    for _ in 0..times {
        region.edge.kill();
        let begin = Instant::now();
        region.edge.start()?;
        while !matches!(region.visitor.visit(host, "/").await, Ok(page) if page.status == 200) {
            ensure!(begin.elapsed() < COMPLETE_MAX, "the edge does not start");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        started_ms.push(ms(begin));
    }
    Ok(started_ms)
}

/// Puts the page into the region under hosts that nobody has visited.
async fn put_cold(system: &System, region: &Region, page: &Page, hosts: usize) -> Result<Vec<String>> {
    let mut records = system.records(&page.id).await?;
    let hosts: Vec<String> = (0..hosts)
        .map(|number| format!("{}-{number}.localhost", page.name))
        .collect();
    for host in &hosts {
        records.records.push(records.site_for(host)?);
    }
    system.put_client(region)?.put(&records.records).await?;
    // Writes and the connections of the put are over before the first visit.
    tokio::time::sleep(Duration::from_millis(200)).await;
    Ok(hosts)
}

/// A large page names its groups of ten.
fn last_text(components: usize) -> String {
    match components {
        ..=300 => format!("Component {}", components - 1),
        _ => format!("Region {}", components / 10 - 1),
    }
}

async fn visit(region: &Region, host: &str, last_text: &str) -> Result<Visit> {
    region.visitor.visit("nobody.localhost", "/").await?;
    let before = guest_s(region).await?;
    let begin = Instant::now();
    let first = region.visitor.visit(host, "/").await?;
    let first_ms = ms(begin);
    let skeleton = first.header("pharos-skeleton").is_some();
    let mut reply = first;
    while reply.header("pharos-skeleton").is_some() {
        ensure!(begin.elapsed() < COMPLETE_MAX, "{host} stays a skeleton");
        tokio::time::sleep(POLL).await;
        reply = region.visitor.visit(host, "/").await?;
    }
    let complete_ms = ms(begin);
    ensure!(
        reply.status == 200 && reply.text()?.contains(last_text),
        "{host} answered {}",
        reply.status
    );
    let guest_ms = (guest_s(region).await? - before) * 1_000.0;
    Ok(Visit {
        first_ms,
        complete_ms,
        guest_ms,
        skeleton,
    })
}

async fn guest_s(region: &Region) -> Result<f64> {
    Ok(Metrics::scrape(region.edge.admin()?)
        .await?
        .sum("pharos_edge_guest_seconds_sum", &[]))
}

fn report_size(size: usize, visits: &[Visit], report: &mut Report) -> Result<()> {
    let median_of =
        |value: fn(&Visit) -> f64| median(&visits.iter().map(value).collect::<Vec<_>>()).context("no visits");
    let first_ms = median_of(|visit| visit.first_ms)?;
    let complete_ms = median_of(|visit| visit.complete_ms)?;
    if visits.iter().all(|visit| visit.skeleton) {
        report.add(
            format!("cold, {size} components: skeleton"),
            first_ms,
            "ms",
            Target::AtMost(SKELETON_MS_MAX),
        );
        // More than the guest's time to render: the skeleton, the compression and the wait for both are in it.
        let target = if size == 5_000 {
            Target::AtMost(100.0)
        } else {
            Target::None
        };
        report.add(format!("cold, {size} components: page"), complete_ms, "ms", target);
    } else {
        let target = match size {
            10 => Target::AtMost(1.0),
            100 => Target::AtMost(2.0),
            _ => Target::None,
        };
        report.add(
            format!("cold, {size} components: page"),
            complete_ms,
            "ms",
            Target::None,
        );
        report.add(
            format!("cold, {size} components: guest time"),
            median_of(|visit| visit.guest_ms)?,
            "ms",
            target,
        );
    }
    Ok(())
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

const SIZES: [usize; 4] = [10, 100, 1_000, 5_000];
const SKELETON_MS_MAX: f64 = 10.0;
const START_MS_MAX: f64 = 300.0;
const POLL: Duration = Duration::from_millis(2);
const COMPLETE_MAX: Duration = Duration::from_secs(30);
