//! `replay DIR`: a real status history pushed update by update through the assembled system, as fast as it is accepted.

mod comparison;
mod lag;
mod plan;
mod report;

use std::{path::PathBuf, time::Instant};

use anyhow::{Result, ensure};
use clap::Parser;
use futures_util::future::try_join_all;
use indicatif::{ProgressBar, ProgressStyle};
use tests::{
    Push, System,
    metrics::{Metrics, region_label},
    program::Programs,
    system::REGIONS,
};

use lag::{Acknowledged, Deliveries};
use plan::{Plan, Step};
use report::{RegionReport, Report};

/// Replays Statuspage v2 documents through the push API and checks that every region ends equal to the database.
#[derive(Parser)]
struct Args {
    /// A folder with summary.json, incidents.json and scheduled-maintenances.json
    dir: PathBuf,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let plan = Plan::read(&args.dir)?;
    let mut system = System::boot(Programs::release()?, &REGIONS).await?;
    let outcome = replay(&system, &plan)
        .await
        .and_then(|report| system.check().map(|()| report));
    if outcome.is_err() {
        system.show_logs();
    }
    let report = outcome?;
    println!(
        "{}",
        if args.json {
            report.json().to_string()
        } else {
            report.table()
        }
    );
    ensure!(report.is_equal(), "a region did not end equal to the database");
    Ok(())
}

async fn replay(system: &System, plan: &Plan) -> Result<Report> {
    let page = plan.create_page(&system.push).await?;
    system.until_settled(&page).await?;
    let costs_before = costs(system).await?;

    let deliveries = Deliveries::watch(system.push.clone(), &page);
    let begin = Instant::now();
    let acknowledged = push_all(&system.push, &plan.steps).await?;
    let pushed_s = begin.elapsed().as_secs_f64();
    let records = system.until_settled(&page).await?;
    let deliveries = deliveries.until(&system.region_names(), records.seq).await?;

    let comparisons = comparison::compare(system, &page, plan, &records).await?;
    let costs = costs(system)
        .await?
        .into_iter()
        .zip(costs_before)
        .map(|(after, before)| after.since(before));
    let regions = system
        .region_names()
        .into_iter()
        .zip(costs)
        .zip(comparisons)
        .map(|((name, cost), comparison)| {
            let lags_ms = deliveries.lags_ms(&name, &acknowledged);
            RegionReport {
                name,
                cost,
                lags_ms,
                comparison,
            }
        });
    Ok(Report {
        incidents: plan.incidents,
        maintenances: plan.maintenances,
        updates: acknowledged.len(),
        pushed_s,
        regions: regions.collect(),
    })
}

/// Lanes push side by side; the steps of one incident are in one lane, in order.
async fn push_all(push: &Push, steps: &[Step]) -> Result<Vec<Acknowledged>> {
    let bar = ProgressBar::new(steps.len() as u64).with_style(ProgressStyle::with_template(BAR)?);
    let lanes = (0..LANES).map(|lane| {
        let own = steps.iter().filter(move |step| step.event % LANES == lane);
        push_lane(push, own, &bar)
    });
    let acknowledged = try_join_all(lanes).await?;
    bar.finish_and_clear();
    Ok(acknowledged.concat())
}

async fn push_lane<'a>(
    push: &Push,
    steps: impl Iterator<Item = &'a Step>,
    bar: &ProgressBar,
) -> Result<Vec<Acknowledged>> {
    let mut acknowledged = Vec::new();
    for step in steps {
        let answer = push.create(&step.path, &step.body).await?;
        acknowledged.push(Acknowledged::now(answer.change_seq()?));
        bar.inc(1);
    }
    Ok(acknowledged)
}

/// What the regions have cost so far.
async fn costs(system: &System) -> Result<Vec<report::Cost>> {
    let sync = Metrics::scrape(system.sync.admin()?).await?;
    let mut costs = Vec::new();
    for region in &system.regions {
        let edge = Metrics::scrape(region.edge.admin()?).await?;
        let label = region_label(&region.name);
        costs.push(report::Cost {
            puts: sync.sum("pharos_sync_puts_total", &[&label]),
            records: sync.sum("pharos_sync_records_total", &[&label]),
            kv_writes: edge.sum("pharos_edge_kv_writes_total", &[&label]),
        });
    }
    Ok(costs)
}

const LANES: usize = 16;
const BAR: &str = "{bar:40} {pos}/{len} updates  {per_sec}  {elapsed}";
