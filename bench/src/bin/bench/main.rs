//! `bench`: the assembled system against nginx and against its own targets, side by side in one run.

mod cold;
mod effort;
mod lag;
mod nginx;
mod report;
mod throughput;
mod weights;
mod workers;
mod wrk;

use anyhow::Result;
use clap::Parser;
use tests::{System, program::Programs, system::REGIONS};

use effort::{Effort, FULL, QUICK};
use report::Report;

/// Measures warm and cold pages and the way of a change to the regions. Run it on a quiet machine.
#[derive(Parser)]
struct Args {
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// Fewer and shorter rounds: a look, not a measurement
    #[arg(long)]
    quick: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let effort = if args.quick { QUICK } else { FULL };
    let mut system = System::boot(Programs::release()?, &REGIONS).await?;
    let outcome = measure(&system, &effort)
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
    Ok(())
}

async fn measure(system: &System, effort: &Effort) -> Result<Report> {
    let mut report = Report::default();
    throughput::measure(system, effort, &mut report).await?;
    cold::measure(system, effort, &mut report).await?;
    lag::measure(system, effort, &mut report).await?;
    weights::measure(system, &mut report).await?;
    workers::measure(system.programs.clone(), effort, &mut report).await?;
    Ok(report)
}
