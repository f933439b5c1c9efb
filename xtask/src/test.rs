//! `cargo xtask test`: everything that must hold before a change lands, with the time of each stage.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::Path;
use std::thread::available_parallelism;

use anyhow::{Result, bail};

use crate::check::{self, Tally as Checks, linting};
use crate::debian::{is_root, need};
use crate::run::{Run, cargo, say};
use crate::stages::Stages;
use crate::subcommand::NEXTEST;
use crate::wasm::Guests;
use crate::{bindgen, checkers, paths, promtool, wasm, workers};

pub fn run(args: &[OsString]) -> Result<()> {
    if !args.is_empty() {
        return chosen(args);
    }
    let mut stages = Stages::begin();
    let outcome = everything(&mut stages);
    println!("\n{}", stages.overview());
    println!("{}", outcome?.closing_line());
    Ok(())
}

/// Only the tests that the arguments choose; a choice that matches none is a mistake. Nobody lints what is being tried.
fn chosen(args: &[OsString]) -> Result<()> {
    NEXTEST.need()?;
    let bindgen = bindgen::build()?;
    let guests = wasm::build_all(&bindgen)?;
    workers::build(&bindgen)?;
    // The journeys start these, which the tests that were chosen may not build.
    cargo(&["build", "--workspace", "--bin", "pharos", "--bin", "spin-host"]).run()?;
    tests(NEXTEST.run(&RUN)?, &guests)?.args(args).run()
}

fn everything(stages: &mut Stages) -> Result<Ran> {
    stages.run("machine", machine)?;
    let mut checks = Checks::default();
    // Cheap checks first, so that a slip is told at once.
    stages.run("source", || check::source(&mut checks))?;
    let bindgen = stages.run("bindgen", || bindgen::build_by(linting(cargo(&bindgen::BUILD))?))?;
    let wasm = || for_wasm(&bindgen, &mut checks);
    let (guests, ()) = stages.side_by_side(("wasm", wasm), ("build", build))?;
    checks.passed("lints");
    say(&checks.closing_line());
    let run = linting(NEXTEST.run(&RUN)?)?;
    let mut ran = Ran::default();
    stages.run("test", || {
        tests(run, &guests)?.run_reading_progress(|line| ran.read(line))?;
        ran.or_none_ran()
    })?;
    // What nobody looked at must not look like a pass.
    ran.skipped += checks.skipped;
    Ok(ran)
}

fn machine() -> Result<()> {
    checkers::install()?;
    if is_root() {
        // Tests that need a disk of their own are for root alone; elsewhere others go without what root alone installs.
        need(&[
            ("mkfs.ext4", "e2fsprogs"),
            ("xfs_io", "xfsprogs"),
            ("h2load", "nghttp2-client"),
        ])?;
    }
    NEXTEST.need()
}

/// All of it lies in folders of its own, and often keeps only one core busy.
fn for_wasm(bindgen: &Path, checks: &mut Checks) -> Result<Guests> {
    let guests = wasm::build_all(bindgen)?;
    workers::build(bindgen)?;
    check::components(&guests.components, checks)?;
    Ok(guests)
}

/// The lints look at what is compiled anyway.
fn build() -> Result<()> {
    linting(cargo(&["build", "--workspace", "--all-targets"]))?.run_counting()
}

fn tests(run: Run, guests: &Guests) -> Result<Run> {
    // Most tests wait for programs that they started, more than they compute.
    let threads = 2 * available_parallelism().map_or(1, NonZeroUsize::get);
    let run = run
        .args(&["--test-threads".into(), threads.to_string().into()])
        .env("PHAROS_BIN", paths::target().join("debug/pharos"))
        .env("PHAROS_COMPONENT", &guests.components.host)
        .env("PHAROS_SPIN_COMPONENT", &guests.components.spin)
        .env("PHAROS_COMPILED", paths::target().join("compiled"))
        .env("PHAROS_TEST_GUEST", &guests.on_trial)
        .env("PHAROS_WORKERS_BUNDLE", workers::bundle())
        .env("PHAROS_WORKERD", workers::workerd())
        .env("PHAROS_PROMTOOL", promtool::here()?)
        .or_else_say("What is wrong stands above.");
    Ok(run)
}

const RUN: [&str; 3] = ["run", "--workspace", "--all-targets"];

#[derive(Debug, Default, PartialEq)]
struct Ran {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Ran {
    /// Takes the counts from nextest's last line, such as `Summary [ 1.2s] 6 tests run: 5 passed, 1 failed, 2 skipped`.
    fn read(&mut self, line: &str) {
        let Some((_, counts)) = line
            .trim_start()
            .strip_prefix("Summary [")
            .and_then(|rest| rest.split_once("run: "))
        else {
            return;
        };
        for (count, word) in counts.split(", ").filter_map(|part| part.trim().split_once(' ')) {
            let count = count.parse().unwrap_or(0);
            match word.split(' ').next() {
                Some("passed") => self.passed = count,
                Some("failed") => self.failed = count,
                Some("skipped") => self.skipped = count,
                _ => {}
            }
        }
    }

    /// A summary that nobody understood must not look like a pass either.
    fn or_none_ran(&self) -> Result<()> {
        if self.passed + self.failed == 0 {
            bail!("no test ran, or this nextest sums up in words that xtask does not know");
        }
        Ok(())
    }

    fn closing_line(&self) -> String {
        format!(
            "tests: {} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Ran;

    #[test]
    fn counts_are_those_of_the_summary() {
        let mut ran = Ran::default();
        for line in [
            "        PASS [   0.014s] (1/8) xtask stages::tests::overview\n",
            "     Summary [   1.205s] 8 tests run: 5 passed (1 slow), 3 failed, 2 skipped\n",
            "        FAIL [   0.010s] (8/8) xtask run::tests::a_run\n",
        ] {
            ran.read(line);
        }
        assert_eq!(ran.closing_line(), "tests: 5 passed, 3 failed, 2 skipped");
    }

    #[test]
    fn a_run_without_tests_is_an_error() {
        assert!(Ran::default().or_none_ran().is_err());
    }
}
