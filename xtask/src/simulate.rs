//! `cargo xtask simulate`: stories of the road by their seeds, many more than a run of the tests has time for.

use std::fs;

use anyhow::{Context, Result};

use crate::paths;
use crate::run::{cargo, say};

/// Goes on behind the last story that was told, unless a seed is named.
pub fn run(from: Option<u64>, count: u64) -> Result<()> {
    let reached = paths::target().join("simulate-reached");
    let kept = || fs::read_to_string(&reached).ok()?.trim().parse().ok();
    let from = from.or_else(kept).unwrap_or(1);
    let end = from.saturating_add(count);
    for begin in (from..end).step_by(PORTION) {
        let portion = (end - begin).min(PORTION as u64);
        cargo(&["test", "--release", "-p", "simulator", "--test", "seeds", "--"])
            .args(&["--exact", "every_story_ends_well", "--nocapture"].map(Into::into))
            .env("SIMULATE_FROM", begin.to_string())
            .env("SIMULATE_COUNT", portion.to_string())
            .or_else_say(
                "The first seed that breaks a rule stands above; SIMULATE_FROM=SEED SIMULATE_COUNT=1 tells it again.",
            )
            .run()?;
        fs::write(&reached, (begin + portion).to_string())
            .with_context(|| format!("{} cannot be written", reached.display()))?;
    }
    say(&format!(
        "Told the stories {from} to {}; the next run goes on there.",
        end - 1
    ));
    Ok(())
}

/// Stories between two notes of how far it came.
const PORTION: usize = 2_000;
