//! Stages of a long task with the time each took, told also when one fails.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::run::say;

#[derive(Default)]
pub struct Stages {
    done: Vec<(&'static str, Duration)>,
}

impl Stages {
    pub fn run<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        say(&format!("\n== {name}"));
        let begun = Instant::now();
        let outcome = work();
        self.done.push((name, begun.elapsed()));
        outcome
    }

    pub fn overview(&self) -> String {
        let total = self.done.iter().map(|(_, time)| *time).sum();
        let rows = self.done.iter().copied().chain([("together", total)]);
        rows.map(|(name, time)| format!("{name:<10}{:>8.1} s\n", time.as_secs_f64()))
            .collect()
    }
}
