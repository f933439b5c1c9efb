//! One command brings up everything.

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tests::{
    Visitor, eventually,
    program::{Program, Programs},
    system::ARRIVAL_MAX,
};

#[tokio::test(flavor = "multi_thread")]
async fn pharos_up_starts_takes_an_incident_and_stops_cleanly() -> Result<()> {
    let dir = TempDir::with_prefix("pharos-up-")?;
    let mut up = up(&dir)?;
    up.start()?;
    let outcome = walk(&mut up, dir.path()).await;
    if outcome.is_err() {
        eprintln!("{}\n{}", up.output(), up.log_end());
    }
    outcome
}

fn up(dir: &TempDir) -> Result<Program> {
    let programs = Programs::debug()?;
    let data = dir.path().join("data");
    let args = ["up", "--port", "0", "--data", &data.display().to_string()]
        .map(str::to_owned)
        .into_iter();
    let component = ["--component".to_owned(), programs.component.display().to_string()];
    Ok(Program::new(
        &programs,
        "up",
        args.chain(component).collect(),
        dir.path(),
    ))
}

async fn walk(up: &mut Program, dir: &Path) -> Result<()> {
    let curl = eventually("up says that it is ready", READY_MAX, async || {
        ensure!(up.is_running(), "it ended");
        let output = up.output();
        let line = |begin: &str| {
            output
                .lines()
                .find(|line| line.trim_start().starts_with(begin))
                .map(str::to_owned)
        };
        line("ready http://").context("no ready line yet")?;
        line("curl ").context("no curl line yet")
    })
    .await?;
    let ready: Value = serde_json::from_slice(&std::fs::read(dir.join("data/ready.json"))?)?;
    let host = ready["hosts"][0].as_str().context("ready.json names no host")?;
    let visitors = visitors(&ready)?;
    ensure!(visitors.len() == 2, "up has two regions: {ready}");
    for visitor in &visitors {
        visitor.page(host, "/").await?;
    }

    let posted = Command::new("sh").args(["-c", &curl]).output()?;
    let incident: Value = serde_json::from_slice(&posted.stdout).unwrap_or_default();
    let name = incident["name"]
        .as_str()
        .with_context(|| format!("{curl} failed: {posted:?}"))?;
    for visitor in &visitors {
        eventually("the page shows the incident", ARRIVAL_MAX, async || {
            visitor.shows(host, &[name]).await
        })
        .await?;
    }

    up.interrupt()?;
    let status = up.exit(DRAIN_MAX).await?;
    ensure!(status.success(), "after Ctrl-C it ended with {status}");
    ensure!(!up.log().contains("panicked"), "it panicked");
    Ok(())
}

fn visitors(ready: &Value) -> Result<Vec<Visitor>> {
    let regions = ready["regions"].as_array().context("ready.json names no regions")?;
    let urls = regions.iter().map(|region| region["url"].as_str().unwrap_or_default());
    urls.map(|url| Visitor::new(url.trim_start_matches("http://").trim_end_matches('/').parse()?))
        .collect()
}

const READY_MAX: Duration = Duration::from_secs(120);
const DRAIN_MAX: Duration = Duration::from_secs(60);
