//! What the programs tell of themselves: metrics that Prometheus takes, and whether they are ready.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tests::{
    Page, Platform, System, eventually, http,
    metrics::Metrics,
    program::{Program, find},
    system::ARRIVAL_MAX,
};

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_what_prometheus_asks_for_and_are_all_there() -> Result<()> {
    System::journey_through(&[("eu-1", Platform::OwnHost)], async |system| {
        let mut told = BTreeSet::new();
        for program in [&system.origin, &system.sync, &system.regions[0].edge] {
            let metrics = Metrics::scrape(program.admin()?).await?;
            for (counter, label) in AT_ZERO.into_iter().filter(|(counter, _)| metrics.has(counter)) {
                // It has not happened yet, and who watches must see that it did not.
                ensure!(metrics.sum(counter, &[label]) == 0.0, "{counter} does not begin at 0");
                ensure!(
                    metrics.has_labelled(counter, label),
                    "{counter} has no {label} before it happens"
                );
                told.insert(counter);
            }
        }
        for (counter, _) in AT_ZERO {
            ensure!(
                told.contains(counter),
                "{counter} is not there before something happens"
            );
        }

        let page = Page::create(&system.push, "watched", 1).await?;
        system.until_settled(&page).await?;
        system.until_shown(&page, &[]).await?;
        let mut names = BTreeSet::new();
        for program in [&system.origin, &system.sync, &system.regions[0].edge] {
            let text = scraped(program).await?;
            promtool(&["check", "metrics"], &text).with_context(|| program.name().to_owned())?;
            let mut samples = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
            let foreign = samples.find(|line| !line.starts_with("pharos_"));
            ensure!(foreign.is_none(), "{}: {foreign:?} has another prefix", program.name());
            names.extend(described(&text));
            ensure!(
                text.contains("pharos_build_info{version="),
                "{}: no build information",
                program.name()
            );
        }
        for name in in_sources()? {
            ensure!(
                names.contains(&name),
                "{name} is counted, but nobody sees it or says what it is"
            );
        }
        rules_and_dashboard_ask_for_what_is_there(&names)?;
        let edge = Metrics::scrape(system.regions[0].edge.admin()?).await?;
        ensure!(
            edge.sum("pharos_edge_replies_total", &["way=\"guest\"", "status=\"2xx\""]) >= 1.0,
            "a page that was drawn is not counted"
        );
        let sync = Metrics::scrape(system.sync.admin()?).await?;
        ensure!(
            sync.sum("pharos_sync_deliveries_total", &["region=\"eu-1\""]) >= 1.0,
            "no delivery is counted"
        );
        for gauge in ["lag_seconds", "pages_behind", "parked_pages"] {
            ensure!(sync.has(&format!("pharos_sync_{gauge}")), "no {gauge}");
        }
        readiness(system).await
    })
    .await
}

fn rules_and_dashboard_ask_for_what_is_there(names: &BTreeSet<String>) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let rules = root.join("operations/prometheus/rules.yml");
    let tests = root.join("operations/prometheus/rules_test.yml");
    promtool(&["check", "rules", &rules.display().to_string()], "")?;
    promtool(&["test", "rules", &tests.display().to_string()], "")?;
    let (rules, alerts) = (
        fs::read_to_string(rules)?,
        fs::read_to_string(root.join("docs/operations/alerts.md"))?,
    );
    for alert in rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        ensure!(
            alerts.contains(&format!("## {alert}\n")),
            "nobody says what to do for {alert}"
        );
    }
    scrape_configuration_is_one(&root)?;
    let dashboard = fs::read_to_string(root.join("operations/grafana/pharos.json"))?;
    serde_json::from_str::<serde_json::Value>(&dashboard)?;
    for text in [&rules, &dashboard, &alerts] {
        let asked = text.split("pharos_").skip(1).map(|rest| {
            let end = rest
                .find(|c: char| !(c.is_ascii_lowercase() || c == '_'))
                .unwrap_or(rest.len());
            format!("pharos_{}", &rest[..end])
        });
        let asked: BTreeSet<String> = asked.collect();
        ensure!(asked.len() >= 3, "only {asked:?} were found");
        for name in asked {
            let summed = ["_count", "_sum"].iter().filter_map(|end| name.strip_suffix(end));
            let is_there = summed.chain([name.as_str()]).any(|name| names.contains(name));
            ensure!(is_there, "no program has {name}");
        }
    }
    Ok(())
}

/// As the documentation says it, beside the rules.
fn scrape_configuration_is_one(root: &Path) -> Result<()> {
    let page = fs::read_to_string(root.join("docs/operations/watching.md"))?;
    let block = page
        .split_once("```yaml\n")
        .and_then(|(_, rest)| rest.split_once("```"));
    let (block, _) = block.context("no configuration for Prometheus")?;
    let dir = TempDir::with_prefix("pharos-prometheus-")?;
    let file = dir.path().join("prometheus.yml");
    fs::write(&file, block)?;
    fs::copy(
        root.join("operations/prometheus/rules.yml"),
        dir.path().join("rules.yml"),
    )?;
    promtool(&["check", "config", &file.display().to_string()], "")
}

async fn readiness(system: &mut System) -> Result<()> {
    for program in [&system.origin, &system.sync, &system.regions[0].edge] {
        let (healthy, ready) = (asked(program, "healthz").await?, asked(program, "readyz").await?);
        ensure!(healthy == (200, "ok\n".to_owned()), "{}: {healthy:?}", program.name());
        ensure!(ready == (200, "ok\n".to_owned()), "{}: {ready:?}", program.name());
    }
    let mut lone = system.start_lone_region("us-9").await?;
    let (healthy, ready) = (asked(&lone.edge, "healthz").await?, asked(&lone.edge, "readyz").await?);
    ensure!(healthy.0 == 200, "{healthy:?}");
    ensure!(ready.0 == 503 && ready.1.contains("nothing to serve yet"), "{ready:?}");
    lone.edge.kill();

    system.regions[0].edge.kill();
    eventually("a sync that reaches no region says so", ARRIVAL_MAX, async || {
        let ready = asked(&system.sync, "readyz").await?;
        ensure!(
            ready.0 == 503 && ready.1.contains("eu-1: the region cannot be reached"),
            "{ready:?}"
        );
        Ok(())
    })
    .await
}

async fn asked(program: &Program, what: &str) -> Result<(u16, String)> {
    let url = format!("http://{}/{what}", program.admin()?);
    let reply = http::client()?.get(url).send().await?;
    Ok((reply.status().as_u16(), reply.text().await?))
}

async fn scraped(program: &Program) -> Result<String> {
    let url = format!("http://{}/metrics", program.admin()?);
    Ok(http::client()?
        .get(url)
        .send()
        .await?
        .error_for_status()?
        .text()
        .await?)
}

/// Names that are there with words about them.
fn described(text: &str) -> impl Iterator<Item = String> {
    let names = text.lines().filter_map(|line| line.strip_prefix("# HELP "));
    names
        .filter_map(|line| line.split_once(' '))
        .map(|(name, _)| name.to_owned())
}

/// Names of metrics as they stand in what ships.
fn in_sources() -> Result<BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut names = BTreeSet::new();
    for folder in ["origin-api", "kv-sync", "edge-host", "pharos"] {
        collect(&root.join(folder), &mut names)?;
    }
    ensure!(names.len() > 40, "only {names:?} were found");
    Ok(names)
}

fn collect(folder: &Path, names: &mut BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && path.file_name() != Some("tests".as_ref()) {
            collect(&path, names)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            let literals = text.split("\"pharos_").skip(1).filter_map(|rest| rest.split_once('"'));
            let is_name = |rest: &&str| rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            let literals = literals.map(|(rest, _)| rest).filter(is_name);
            names.extend(
                literals
                    .filter(|rest| rest.contains('_'))
                    .map(|rest| format!("pharos_{rest}")),
            );
        }
    }
    Ok(())
}

/// Prometheus' own checker, which reads this.
pub fn promtool(args: &[&str], input: &str) -> Result<()> {
    let mut child = Command::new(promtool_path()?)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child.stdin.take().context("no stdin")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    let said = [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .concat();
    ensure!(output.status.success(), "promtool {args:?} says:\n{said}");
    Ok(())
}

fn promtool_path() -> Result<PathBuf> {
    match std::env::var_os("PHAROS_PROMTOOL") {
        // On the PATH, where it has no folder.
        Some(path) => Ok(path.into()),
        None => find(
            "PHAROS_PROMTOOL",
            "target/promtool/usr/bin/promtool",
            "cargo xtask test",
        ),
    }
}

const AT_ZERO: [(&str, &str); 8] = [
    ("pharos_sync_failures_total", "about=\"page\""),
    ("pharos_sync_deliveries_total", "region=\"eu-1\""),
    ("pharos_origin_batches_failed_total", "about=\"full\""),
    ("pharos_origin_database_errors_total", "about=\"row\""),
    ("pharos_origin_clock_errors_total", "looks_at=\"series\""),
    ("pharos_edge_guest_failures_total", "kind=\"trap\""),
    ("pharos_edge_kv_failures_total", "region=\"eu-1\""),
    ("pharos_edge_replies_total", "way=\"skeleton\""),
];
