//! `cargo xtask histories`: random histories against the plain reference, many more than a run of the tests has time for.

use std::fs;

use anyhow::{Context, Result};

use crate::paths;
use crate::run::{cargo, say};

/// Goes on behind the last history that was told, unless a seed is named.
pub fn run(from: Option<u64>, count: u64) -> Result<()> {
    let reached = paths::target().join("histories-reached");
    let kept = || fs::read_to_string(&reached).ok()?.trim().parse().ok();
    let from = from.or_else(kept).unwrap_or(1);
    let end = from.saturating_add(count);
    for begin in (from..end).step_by(PORTION) {
        let portion = (end - begin).min(PORTION as u64);
        cargo(&["test", "-p", "origin-api", "--test", "histories", "--"])
            .args(&["--exact", "page_is_what_was_told", "--nocapture"].map(Into::into))
            .env("HISTORIES_FROM", begin.to_string())
            .env("HISTORIES_COUNT", portion.to_string())
            .or_else_say("The shortest history that shows the difference stands above, with its seed.")
            .run()?;
        fs::write(&reached, (begin + portion).to_string())
            .with_context(|| format!("{} cannot be written", reached.display()))?;
    }
    say(&format!(
        "Told the histories {from} to {}; the next run goes on there.",
        end - 1
    ));
    Ok(())
}

/// Histories between two notes of how far it came.
const PORTION: usize = 2_000;
