//! Stages of a long task with the time each took, told also when one fails.

use std::panic::resume_unwind;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::run::say;

pub struct Stages {
    begun: Instant,
    done: Vec<(&'static str, Duration)>,
}

impl Stages {
    pub fn begin() -> Stages {
        Stages {
            begun: Instant::now(),
            done: Vec::new(),
        }
    }

    pub fn run<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        say(&format!("\n== {name}"));
        let begun = Instant::now();
        let outcome = work();
        self.done.push((name, begun.elapsed()));
        outcome
    }

    /// Two at once, for stages that often keep only one core busy. When one fails, the other is still waited for.
    pub fn side_by_side<A: Send, B>(
        &mut self,
        (first, first_work): (&'static str, impl FnOnce() -> Result<A> + Send),
        (second, second_work): (&'static str, impl FnOnce() -> Result<B>),
    ) -> Result<(A, B)> {
        say(&format!("\n== {first}, and beside it {second}"));
        let begun = Instant::now();
        let ((first_outcome, first_time), (second_outcome, second_time)) = thread::scope(|scope| {
            let first = scope.spawn(move || (first_work(), begun.elapsed()));
            let second = (second_work(), begun.elapsed());
            (first.join().unwrap_or_else(|panic| resume_unwind(panic)), second)
        });
        self.done.extend([(first, first_time), (second, second_time)]);
        Ok((first_outcome?, second_outcome?))
    }

    pub fn overview(&self) -> String {
        let rows = self.done.iter().copied();
        let rows = rows.chain([("together", self.begun.elapsed())]);
        rows.map(|(name, time)| format!("{name:<10}{:>8.1} s\n", time.as_secs_f64()))
            .collect()
    }
}
