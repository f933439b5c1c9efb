//! `bench`: the assembled system against its peers and against its own targets, side by side in one run.

mod abuse;
mod backups;
mod cold;
mod contenders;
mod effort;
mod greedy_page;
mod half_load;
mod lag;
mod neighbours;
mod nginx;
mod node;
mod private;
mod report;
mod scale;
mod sets;
mod sign_in;
mod throughput;
mod vigil;
mod warm;
mod weights;
mod withdrawn;
mod workers;
mod workers_lag;
mod wrk;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use tests::{System, program::Programs, system::REGIONS};

use effort::{Effort, FULL, QUICK};
use report::Report;

/// Measures pages and the way of a change to the regions. `cargo xtask bench` brings what it needs, and tells of the sections.
#[derive(Parser)]
struct Args {
    /// Run only these sections
    #[arg(long, value_enum, value_name = "SECTION", value_delimiter = ',')]
    only: Vec<Section>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
    /// Fewer and shorter rounds: a look, not a measurement
    #[arg(long)]
    quick: bool,
}

/// In the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Section {
    Throughput,
    Private,
    HalfLoad,
    Neighbours,
    Abuse,
    GreedyPage,
    Cold,
    Lag,
    SignIn,
    Sets,
    Weights,
    Workers,
    WorkersLag,
    Scale,
    Backups,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let effort = if args.quick { QUICK } else { FULL };
    let all = Section::value_variants().iter().copied();
    let sections: Vec<Section> = all
        .filter(|section| args.only.is_empty() || args.only.contains(section))
        .collect();
    let mut system = System::boot(Programs::release()?, &REGIONS).await?;
    let outcome = measure(&system, &sections, &effort)
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
            report.tables()
        }
    );
    Ok(())
}

async fn measure(system: &System, sections: &[Section], effort: &Effort) -> Result<Report> {
    let mut report = Report::default();
    for (number, section) in sections.iter().enumerate() {
        let name = section
            .to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned());
        eprintln!("\n== {name} ({} of {})", number + 1, sections.len());
        section.measure(system, effort, &mut report).await?;
    }
    Ok(report)
}

impl Section {
    async fn measure(self, system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
        match self {
            Self::Throughput => throughput::measure(system, effort, report).await,
            Self::Private => private::measure(system, effort, report).await,
            Self::HalfLoad => half_load::measure(system, effort, report).await,
            Self::Neighbours => neighbours::measure(&system.programs, effort, report).await,
            Self::Abuse => abuse::measure(system, effort, report).await,
            Self::GreedyPage => greedy_page::measure(system, effort, report).await,
            Self::Cold => cold::measure(system, effort, report).await,
            Self::Lag => lag::measure(system, effort, report).await,
            Self::SignIn => sign_in::measure(system, effort, report).await,
            Self::Sets => sets::measure(system, report).await,
            Self::Weights => weights::measure(system, report).await,
            Self::Workers => workers::measure(system, effort, report).await,
            Self::WorkersLag => workers_lag::measure(system.programs.clone(), effort, report).await,
            Self::Scale => scale::measure(&system.programs, effort, report).await,
            Self::Backups => backups::measure(&system.programs, effort, report).await,
        }
    }
}
