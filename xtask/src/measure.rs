//! `cargo xtask replay` and `cargo xtask bench`: programs of the crate `bench`, built and run in release.

mod peers;

use std::ffi::OsString;

use anyhow::Result;
use clap::ValueEnum;

use crate::debian::{Needed, need};
use crate::run::{Run, cargo, program, say};
use crate::{bindgen, paths, wasm, workers};

/// What `cargo xtask bench` measures, in the order in which it runs.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Section {
    /// Replies/s and CPU of a visit: warm pages, through the guest, and the peers in the same rounds
    Throughput,
    /// A private page beside the same page public: shared in its audience set, through the guest, and a 304
    Private,
    /// Latency of a warm page at half load, with visits that come at their own time, beside nginx
    HalfLoad,
    /// What visitors notice while every visit of another page traps, loops or eats memory
    Neighbours,
    /// What others and memory notice of strangers who hold, drip or reset (beside nginx), and of a moment that ends 10,000 replies
    Abuse,
    /// What others and memory notice of one page that is filled beyond reason and pushed without pause
    GreedyPage,
    /// The first visit to a page that was never drawn, by its size
    Cold,
    /// From a push to the new bytes in every region
    Lag,
    /// A push beside a flood of sign-ins, and alone
    SignIn,
    /// A change of a page that 64 sets of audiences see: composed, and in every region
    Sets,
    /// Bytes and render time of each view
    Weights,
    /// The bundle for Workers on workerd: its size, the CPU of a warm visit and of a start
    Workers,
    /// How late Workers show a change; each round waits for half a minute
    WorkersLag,
    /// How costs grow with the number of pages and of components, and a midnight of all pages
    Scale,
    /// What pushes pay for a backup each ten seconds, whether each is one moment, and how soon regions have the oldest
    Backups,
}

pub fn replay(args: &[OsString]) -> Result<()> {
    release("replay")?.args(args).exec().map(drop)
}

/// Only these sections, or all; `args` go to the program.
pub fn bench(only: &[Section], args: &[&str]) -> Result<()> {
    let runs = |section: Section| only.is_empty() || only.contains(&section);
    let needed: Vec<Needed> = NEEDED
        .iter()
        .filter(|(sections, _)| sections.iter().any(|section| runs(*section)))
        .map(|(_, needed)| *needed)
        .collect();
    need(&needed)?;
    if runs(Section::Throughput) {
        peers::install()?;
    }
    if runs(Section::Workers) || runs(Section::WorkersLag) {
        workers::build(&bindgen::build()?)?;
    }
    let mut bench = release("bench")?
        .env("PHAROS_PEERS", peers::folder())
        .env("PHAROS_WORKERS_BUNDLE", workers::bundle())
        .env("PHAROS_WORKERD", workers::workerd());
    if runs(Section::Neighbours) || runs(Section::Abuse) {
        bench = bench.env("PHAROS_TEST_GUEST", wasm::build_on_trial()?);
    }
    let only = only.iter().flat_map(|section| ["--only".into(), section.name().into()]);
    let args: Vec<OsString> = only.chain(args.iter().map(OsString::from)).collect();
    bench.args(&args).exec().map(drop)
}

/// Numbers of a dev build would say nothing, so everything that is measured is built in release.
fn release(name: &str) -> Result<Run> {
    let component = wasm::build()?;
    say("Building pharos in release (some ten minutes the first time on two cores).");
    cargo(&[
        "build",
        "--release",
        "-p",
        "pharos",
        "-p",
        "bench",
        "-p",
        "tests",
        "--bins",
    ])
    .or_else_say("The compiler says above what is wrong.")
    .run()?;

    let release = paths::target().join("release");
    Ok(program(release.join(name), &[])
        .env("PHAROS_BIN", release.join("pharos"))
        .env("PHAROS_COMPONENT", component))
}

impl Section {
    fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// What sections need of the machine.
const NEEDED: [(&[Section], Needed); 5] = [
    (
        &[Section::Throughput, Section::HalfLoad, Section::Abuse],
        ("nginx", "nginx-light"),
    ),
    (
        &[
            Section::Throughput,
            Section::Private,
            Section::HalfLoad,
            Section::Workers,
        ],
        ("wrk", "wrk"),
    ),
    (&[Section::Throughput], ("redis-server", "redis-server")),
    (&[Section::Throughput], ("node", "nodejs")),
    (&[Section::Throughput], ("npm", "npm")),
];
