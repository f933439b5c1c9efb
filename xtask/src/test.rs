//! `cargo xtask test`: everything that must hold before a change lands, with the time of each stage.

use std::ffi::OsString;

use anyhow::{Result, bail};

use crate::run::{Run, cargo, say};
use crate::stages::Stages;
use crate::wasm::Guests;
use crate::{check, checkers, paths, wasm, workers};

pub fn run(args: &[OsString]) -> Result<()> {
    if !args.is_empty() {
        return chosen(args);
    }
    let mut stages = Stages::default();
    let outcome = everything(&mut stages);
    println!("\n{}", stages.overview());
    println!("{}", outcome?.closing_line());
    Ok(())
}

/// Only the tests that the arguments choose; a choice that matches none is a mistake.
fn chosen(args: &[OsString]) -> Result<()> {
    let guests = wasm::build_all()?;
    workers::build()?;
    // The journeys start the program, which the tests that were chosen may not build.
    workspace("build", &["--bin", "pharos"]).run()?;
    tests(&guests, args)?.or_none_ran()?;
    Ok(())
}

fn everything(stages: &mut Stages) -> Result<Tally> {
    stages.run("machine", checkers::install)?;
    let guests = stages.run("guests", wasm::build_all)?;
    stages.run("workers", workers::build)?;
    let checks = stages.run("check", || check::all(&guests.component))?;
    say(&checks.closing_line());
    stages.run("build", || workspace("build", &["--all-targets"]).run())?;
    let mut tally = stages.run("test", || tests(&guests, &[])?.or_none_ran())?;
    // What nobody looked at must not look like a pass.
    tally.skipped += checks.skipped;
    Ok(tally)
}

fn tests(guests: &Guests, args: &[OsString]) -> Result<Tally> {
    let mut tally = Tally::default();
    workspace("test", &["--no-fail-fast"])
        .args(args)
        .env("PHAROS_BIN", paths::target().join("debug/pharos"))
        .env("PHAROS_COMPONENT", &guests.component)
        .env("PHAROS_COMPILED", paths::target().join("compiled"))
        .env("PHAROS_TEST_GUEST", &guests.on_trial)
        .env("PHAROS_WORKERS_BUNDLE", workers::bundle())
        .env("PHAROS_WORKERD", workers::workerd())
        .run_reading(|line| tally.add(line))?;
    Ok(tally)
}

fn workspace(verb: &str, args: &[&str]) -> Run {
    cargo(&[&[verb, "--workspace"], args].concat()).or_else_say("What is wrong stands above.")
}

#[derive(Debug, Default, PartialEq)]
struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    /// Adds up lines such as `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for (count, word) in counts.split("; ").filter_map(|part| part.split_once(' ')) {
            let count = count.parse().unwrap_or(0);
            match word {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.skipped += count,
                _ => {}
            }
        }
    }

    fn or_none_ran(self) -> Result<Tally> {
        if self.passed + self.failed == 0 {
            bail!("no test ran: is the name right? `cargo xtask test -- --list` names them all");
        }
        Ok(self)
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
    use super::Tally;

    #[test]
    fn a_tally_adds_up_the_results_of_all_suites() {
        let mut tally = Tally::default();
        for line in [
            "running 6 tests\n",
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s\n",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s\n",
        ] {
            tally.add(line);
        }
        assert_eq!(tally.closing_line(), "tests: 7 passed, 3 failed, 1 skipped");
    }

    #[test]
    fn a_run_without_tests_is_an_error() {
        assert!(Tally::default().or_none_ran().is_err());
    }
}
