//! How far an import has come: a bar on a terminal, else a line now and then.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

pub struct Progress {
    bar: ProgressBar,
    /// When the last line was written; only where there is no terminal.
    line: Option<Mutex<Instant>>,
}

impl Progress {
    pub fn of_updates(count: usize) -> anyhow::Result<Self> {
        let bar = ProgressBar::new(count as u64);
        bar.set_style(ProgressStyle::with_template(
            "{bar:30} {pos}/{len} updates, {per_sec}, {eta} left",
        )?);
        let line = bar.is_hidden().then(|| Mutex::new(Instant::now()));
        Ok(Self { bar, line })
    }

    pub fn add(&self, updates: usize) {
        self.bar.inc(updates as u64);
        let Some(mut last) = self.line.as_ref().and_then(|line| line.lock().ok()) else {
            return;
        };
        if last.elapsed() >= LINE_INTERVAL {
            *last = Instant::now();
            eprintln!(
                "{} of {} updates",
                self.bar.position(),
                self.bar.length().unwrap_or_default()
            );
        }
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

const LINE_INTERVAL: Duration = Duration::from_secs(5);
