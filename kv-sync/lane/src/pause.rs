//! Pauses that grow with each failure in a row.

use crate::limits::PAUSE_MS_MIN;

#[derive(Debug)]
pub struct Pause {
    ms_max: u64,
    failures: u32,
    until_ms: u64,
}

impl Pause {
    pub fn new(ms_max: u64) -> Self {
        Self {
            ms_max,
            failures: 0,
            until_ms: 0,
        }
    }

    /// Gives how long the pause is.
    pub fn failed(&mut self, now_ms: u64) -> u64 {
        let ms = length_ms(self.failures, self.ms_max);
        self.failures = self.failures.saturating_add(1);
        self.until_ms = self.until_ms.max(now_ms + ms);
        self.until_ms - now_ms
    }

    pub fn rest(&mut self, until_ms: u64) {
        self.until_ms = self.until_ms.max(until_ms);
    }

    pub fn succeeded(&mut self) {
        self.failures = 0;
        self.until_ms = 0;
    }

    pub fn until_ms(&self) -> u64 {
        self.until_ms
    }
}

pub fn length_ms(failures_before: u32, ms_max: u64) -> u64 {
    PAUSE_MS_MIN.saturating_mul(1 << failures_before.min(20)).min(ms_max)
}
