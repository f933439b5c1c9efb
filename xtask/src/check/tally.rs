//! Which checks passed, and which could not run here.

use crate::run::say;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub skipped: u64,
}

impl Tally {
    pub fn passed(&mut self, what: &str) {
        say(&format!("ok: {what}"));
        self.passed += 1;
    }

    pub fn skipped(&mut self, what: &str, why: &str) {
        say(&format!("skipped: {what}: {why}"));
        self.skipped += 1;
    }

    /// The first check that fails ends the run, so a tally that is told has no failure in it.
    pub fn closing_line(&self) -> String {
        format!("checks: {} passed, 0 failed, {} skipped", self.passed, self.skipped)
    }
}
