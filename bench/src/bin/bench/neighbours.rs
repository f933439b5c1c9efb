//! What visitors of one page notice while the guest fails for every visit of another: when it traps, computes without end, or
//! eats memory. The guest is the one on which the edge host is tried, since ours cannot be made to fail from outside.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, anyhow, ensure};
use bench::{
    open_loop::OpenLoop,
    quantile::{median, quantile},
};
use reqwest::{Client, StatusCode};
use tempfile::TempDir;
use tests::{
    Platform, http,
    program::{Programs, find},
    region::{Place, Region},
};
use tokio::task::{JoinHandle, JoinSet};

use crate::{
    effort::{Effort, say_round},
    report::{Report, Target},
};

pub async fn measure(programs: &Programs, effort: &Effort, report: &mut Report) -> Result<()> {
    let dir = TempDir::with_prefix("pharos-neighbours-")?;
    let mut region = on_trial(programs, "neighbours-1", dir.path()).await?;
    let client = http::client()?;
    put(&client, region.visitor.addr()).await?;
    for failure in FAILURES {
        let outcome = measure_one(&region, &client, failure, effort, report).await;
        outcome.with_context(|| region.edge.log_end())?;
    }
    ensure!(region.edge.is_running(), "the edge ended: {}", region.edge.log_end());
    Ok(())
}

/// An edge with the guest on which the host is tried. The key of its puts lies in `put.key`.
pub async fn on_trial(programs: &Programs, name: &str, dir: &Path) -> Result<Region> {
    let programs = Programs {
        component: find(
            "PHAROS_TEST_GUEST",
            "target/wasm32-wasip2/release/test_guest.wasm",
            BUILD,
        )?,
        ..programs.clone()
    };
    let key = verify_key(&programs, dir)?;
    let place = Place {
        put_verify_key: &key,
        sign_in: None,
        dir,
    };
    let mut region = Region::new(&programs, Platform::OwnHost, name, place).await?;
    region.edge.start()?;
    region.edge.healthy().await?;
    Ok(region)
}

/// A key for an edge to which nobody puts; the other half goes to a file in `dir`.
fn verify_key(programs: &Programs, dir: &Path) -> Result<String> {
    let file = dir.join("put.key").display().to_string();
    let output = programs.command(&["keygen", &file]).output()?;
    let problem = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "pharos keygen failed: {problem}");
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Alone and beside the failing visits, in turn.
async fn measure_one(
    region: &Region,
    client: &Client,
    failure: Failure,
    effort: &Effort,
    report: &mut Report,
) -> Result<()> {
    let addr = region.visitor.addr();
    let (mut alone_ms, mut beside_ms, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=effort.neighbour_rounds {
        say_round(
            &format!("beside a page that {}", failure.does),
            round,
            effort.neighbour_rounds,
        );
        let alone = p99(neighbour(addr, effort)).await?;
        let noise = Noise::start(client.clone(), addr, failure.name);
        let beside = p99(neighbour(addr, effort)).await;
        noise.stop().await?;
        let beside = beside?;
        if round > 0 {
            alone_ms.push(alone);
            beside_ms.push(beside);
            ratios.push(beside / alone);
        }
    }
    let name = format!("beside a page that {}", failure.does);
    let mut add = |what: &str, values: &[f64], unit, target| -> Result<()> {
        let value = median(values).context("no rounds")?;
        report.add(format!("{name}: {what}"), value, unit, target);
        Ok(())
    };
    add("p99 alone", &alone_ms, "ms", Target::None)?;
    add("p99", &beside_ms, "ms", Target::None)?;
    add("p99 to p99 alone", &ratios, "×", Target::AtMost(GROWTH_MAX))
}

async fn put(client: &Client, addr: SocketAddr) -> Result<()> {
    let request = client.put(format!("http://{addr}/kv/{KEY}")).body("text");
    let reply = request.send().await?;
    ensure!(
        reply.status() == StatusCode::OK,
        "the guest answered {} to a put",
        reply.status()
    );
    Ok(())
}

/// Each visit goes through the guest.
fn neighbour(addr: SocketAddr, effort: &Effort) -> OpenLoop {
    OpenLoop {
        addr,
        path: format!("/private/{KEY}"),
        headers: vec![("host".into(), "quiet.localhost".into())],
        visits_per_s: NEIGHBOUR_VISITS_PER_S,
        lasting: Duration::from_secs(effort.open_loop_s),
        connections: CONNECTIONS,
    }
}

async fn p99(visits: OpenLoop) -> Result<f64> {
    quantile(&visits.run().await?, 0.99).context("no visits")
}

/// Visits that fail, until they are told to stop.
struct Noise {
    over: Arc<AtomicBool>,
    visits: JoinHandle<Result<usize>>,
}

impl Noise {
    fn start(client: Client, addr: SocketAddr, failure: &'static str) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let visits = tokio::spawn(fail_until(over.clone(), client, addr, failure));
        Self { over, visits }
    }

    /// Waits for the last one's answer, so that none disturbs what comes next.
    async fn stop(self) -> Result<()> {
        self.over.store(true, Ordering::Relaxed);
        let failed = self.visits.await.map_err(|error| anyhow!("{error}"))??;
        ensure!(failed > 0, "no visit failed meanwhile");
        Ok(())
    }
}

/// How many were answered 503, which all of them must be.
async fn fail_until(over: Arc<AtomicBool>, client: Client, addr: SocketAddr, failure: &str) -> Result<usize> {
    let mut turn = tokio::time::interval(Duration::from_secs(1) / FAILING_VISITS_PER_S);
    let mut visits = JoinSet::new();
    while !over.load(Ordering::Relaxed) {
        turn.tick().await;
        // An address of its own, or equal visits would wait for one answer.
        let url = format!("http://{addr}/do/{failure}?{}", visits.len());
        visits.spawn(client.get(url).header("host", "noisy.localhost").send());
    }
    let mut failed = 0;
    while let Some(visit) = visits.join_next().await {
        let status = visit??.status();
        ensure!(
            status == StatusCode::SERVICE_UNAVAILABLE,
            "a visit that should fail was answered {status}"
        );
        failed += 1;
    }
    Ok(failed)
}

#[derive(Clone, Copy)]
struct Failure {
    /// As the guest knows it.
    name: &'static str,
    does: &'static str,
}

const FAILURES: [Failure; 3] = [
    Failure {
        name: "trap",
        does: "traps",
    },
    Failure {
        name: "loop",
        does: "computes without end",
    },
    Failure {
        name: "bomb",
        does: "eats memory",
    },
];
const BUILD: &str = "cargo xtask bench --only neighbours";
const KEY: &str = "quiet";
const NEIGHBOUR_VISITS_PER_S: f64 = 500.0;
const FAILING_VISITS_PER_S: u32 = 20;
const GROWTH_MAX: f64 = 1.5;
const CONNECTIONS: usize = 32;
