//! One command brings up everything.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;
use tests::{
    Visitor, eventually,
    program::{Program, Programs},
    sign_in,
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

/// A start that compiles takes seconds, which nobody should wait for twice.
#[tokio::test(flavor = "multi_thread")]
async fn component_is_compiled_once_and_again_only_where_that_was_damaged() -> Result<()> {
    let dir = TempDir::with_prefix("pharos-up-compiled-")?;
    let compiled = dir.path().join("own/compiled");
    ensure!(
        starts(&dir, &compiled).await? == ["true", "false"],
        "the first start compiles, for both regions"
    );
    ensure!(
        starts(&dir, &compiled).await? == ["false", "false"],
        "the second start compiles nothing"
    );
    let mut damaged = 0;
    for file in files(&compiled)? {
        std::fs::write(file, "damaged")?;
        damaged += 1;
    }
    ensure!(damaged > 0, "nothing compiled was kept in {}", compiled.display());
    ensure!(
        starts(&dir, &compiled).await? == ["true", "false"],
        "what is damaged is compiled again"
    );
    Ok(())
}

/// Starts and stops all; says for each region whether it compiled.
async fn starts(dir: &TempDir, compiled: &Path) -> Result<Vec<String>> {
    let run = TempDir::with_prefix_in("run-", dir)?;
    let mut up = up_with(&run, &["--compiled", &compiled.display().to_string()])?;
    up.start()?;
    eventually("up says that it is ready", READY_MAX, async || {
        ensure!(up.is_running(), "it ended: {}", up.log_end());
        ensure!(up.output().contains("ready http://"), "no ready line yet");
        Ok(())
    })
    .await?;
    up.interrupt()?;
    up.exit(DRAIN_MAX).await?;
    let log = up.log();
    let told = log.lines().filter_map(|line| line.split_once("compiled="));
    Ok(told.map(|(_, word)| word.trim().to_owned()).collect())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn up(dir: &TempDir) -> Result<Program> {
    up_with(dir, &[])
}

fn up_with(dir: &TempDir, more: &[&str]) -> Result<Program> {
    let programs = Programs::debug()?;
    let data = dir.path().join("data");
    let args = ["up", "--port", "0", "--data", &data.display().to_string()]
        .map(str::to_owned)
        .into_iter();
    let component = ["--component".to_owned(), programs.component.display().to_string()];
    Ok(Program::new(
        &programs,
        "up",
        args.chain(component)
            .chain(more.iter().map(|&arg| arg.to_owned()))
            .collect(),
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

    shows_partners_more(&ready, &visitors[0]).await?;
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

/// One address, and three things to see there.
async fn shows_partners_more(ready: &Value, visitor: &Visitor) -> Result<()> {
    let host = "partners.localhost";
    ensure!(
        ready["hosts"]
            .as_array()
            .is_some_and(|hosts| hosts.iter().any(|known| known == host)),
        "{ready}"
    );
    let all = ["Order API", "Reseller portal", "Stock feed"];
    for (password, shown) in [
        (None, [true, false, false]),
        (Some("resellers"), [true, true, false]),
        (Some("warehouses"), [true, false, true]),
    ] {
        eventually(
            &format!("with {password:?} one sees what is theirs"),
            ARRIVAL_MAX,
            async || {
                let cookie = match password {
                    Some(password) => Some(sign_in::by_password(visitor, host, password).await?),
                    None => None,
                };
                let headers: Vec<_> = cookie.iter().map(|cookie| ("cookie", cookie.as_str())).collect();
                let page = visitor.request(Method::GET, host, "/", &headers).await?.text()?;
                ensure!(all.map(|text| page.contains(text)) == shown, "{page}");
                Ok(())
            },
        )
        .await?;
    }
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
