//! What visitors, publishers and memory notice of strangers who hold, drip, reset or ask at random, and of moments in which many replies end
//! at once.

mod beside;
mod frames;
mod greedy;
mod lone;
mod moments;
mod numbers;

use anyhow::Result;
use tests::System;

use crate::{effort::Effort, report::Report};

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    beside::measure(system, effort, report).await?;
    moments::measure(system, effort, report).await?;
    numbers::measure(system, effort, report).await
}
