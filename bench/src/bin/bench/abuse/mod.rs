//! What visitors, puts and the memory of an edge notice of clients that hold, drip or ask for more than they read, beside nginx
//! with the same page and the same clients. The guest is the one on which the edge host is tried: it costs next to nothing, so what
//! is measured is the host.

mod greedy;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use bench::{
    cpu::Processes,
    open_loop::OpenLoop,
    quantile::{median, quantile},
};
use reqwest::StatusCode;
use tempfile::TempDir;
use tests::{
    Platform, Visitor,
    program::{Programs, find},
    put_client::{PutClient, read_key},
    region::{Place, Region},
    visitor::Reply,
};
use tokio::time::sleep;

use crate::{
    effort::{Effort, say_round},
    neighbours::{BUILD, verify_key},
    nginx::Nginx,
    report::{Report, Target},
    warm::edge,
};
use greedy::{Greedy, Kind};

/// One server and what is asked of it.
struct Asked<'a> {
    name: &'static str,
    addr: SocketAddr,
    page: &'a str,
    large: &'a str,
}

/// How a round went: p99 in milliseconds, alone and beside the greedy.
struct Round {
    alone: f64,
    beside: f64,
}

pub async fn measure(programs: &Programs, effort: &Effort, report: &mut Report) -> Result<()> {
    let dir = TempDir::with_prefix("pharos-abuse-")?;
    let programs = Programs {
        component: find(
            "PHAROS_TEST_GUEST",
            "target/wasm32-wasip2/release/test_guest.wasm",
            BUILD,
        )?,
        ..programs.clone()
    };
    let key = verify_key(&programs, dir.path())?;
    let place = Place {
        put_verify_key: &key,
        sign_in: None,
        dir: dir.path(),
    };
    let mut region = Region::new(&programs, Platform::OwnHost, REGION, place).await?;
    region.edge.start()?;
    region.edge.healthy().await?;
    let addr = region.visitor.addr();
    let client = PutClient::new(addr, REGION, read_key(&dir.path().join("put.key"))?)?;
    put(&client, "fill quiet 20000").await?;
    put(&client, "fill large 1000000").await?;
    let visitor = Visitor::new(addr)?;
    let pages: [Reply; 2] = [
        visitor.visit("quiet.localhost", "/page/quiet").await?,
        visitor.visit("quiet.localhost", "/page/large").await?,
    ];
    let nginx = Nginx::of_files(&pages).await?;
    for kind in Kind::ALL {
        let outcome = measure_one(&region, &nginx, &client, kind, effort, report).await;
        outcome.with_context(|| region.edge.log_end())?;
    }
    ensure!(region.edge.is_running(), "the edge ended: {}", region.edge.log_end());
    Ok(())
}

async fn measure_one(
    region: &Region,
    nginx: &Nginx,
    client: &PutClient,
    kind: Kind,
    effort: &Effort,
    report: &mut Report,
) -> Result<()> {
    let pharos = Asked {
        name: "Pharos",
        addr: region.visitor.addr(),
        page: "/page/quiet",
        large: "/private/large",
    };
    let (of_page, of_large) = (Nginx::path(0), Nginx::path(1));
    let files = Asked {
        name: "nginx",
        addr: nginx.addr(),
        page: &of_page,
        large: &of_large,
    };
    let edge = edge(region)?;
    let quiet_bytes = edge.held_bytes()?;
    let (mut rounds, mut beside_nginx, mut puts_ms, mut held) = (Vec::new(), Vec::new(), Vec::new(), 0_u64);
    for round in 0..=effort.abuse_rounds {
        say_round(&format!("beside {}", kind.name()), round, effort.abuse_rounds);
        let pharos = measure_round(&pharos, kind, effort, Some((client, &edge, &mut puts_ms, &mut held))).await?;
        let nginx = match kind.is_for_files() {
            // One that turns visitors away meanwhile has no latency to compare.
            true => measure_round(&files, kind, effort, None).await.ok(),
            false => None,
        };
        if round > 0 {
            rounds.push(pharos);
            beside_nginx.extend(nginx);
        }
    }
    sleep(RECOVERY).await;
    let left = edge.held_bytes()?.saturating_sub(quiet_bytes);
    tell(kind, &rounds, &pharos, Target::AtMost(GROWTH_MAX), report)?;
    if !beside_nginx.is_empty() {
        tell(kind, &beside_nginx, &files, Target::None, report)?;
    }
    let name = |what: &str| format!("beside {}: {what}", kind.name());
    let slowest = puts_ms.iter().copied().fold(0.0, f64::max);
    report.add(name("slowest put"), slowest, "ms", Target::AtMost(PUT_MS_MAX));
    let mib = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
    let above = held.saturating_sub(quiet_bytes);
    report.add(
        name("memory above quiet"),
        mib(above),
        "MiB",
        Target::AtMost(MEMORY_MIB_MAX),
    );
    report.add(name("memory left afterwards"), mib(left), "MiB", Target::None);
    Ok(())
}

fn tell(kind: Kind, rounds: &[Round], asked: &Asked<'_>, target: Target, report: &mut Report) -> Result<()> {
    let name = |what: &str| format!("beside {}: {}, {what}", kind.name(), asked.name);
    let of = |value: fn(&Round) -> f64| median(&rounds.iter().map(value).collect::<Vec<_>>()).context("no rounds");
    report.add(name("p99 alone"), of(|round| round.alone)?, "ms", Target::None);
    report.add(name("p99"), of(|round| round.beside)?, "ms", Target::None);
    report.add(
        name("p99 to p99 alone"),
        of(|round| round.beside / round.alone)?,
        "×",
        target,
    );
    Ok(())
}

/// Puts and memory are looked at while the visits go on.
async fn measure_round(
    asked: &Asked<'_>,
    kind: Kind,
    effort: &Effort,
    watched: Option<(&PutClient, &Processes, &mut Vec<f64>, &mut u64)>,
) -> Result<Round> {
    let alone = p99(neighbour(asked, effort)).await?;
    let greedy = Greedy::start(kind, asked.addr, effort.greedy_clients, asked.large).await;
    sleep(SETTLING).await;
    let visits = p99(neighbour(asked, effort));
    let beside = match watched {
        None => visits.await,
        Some((client, edge, puts_ms, held)) => {
            let mut visits = std::pin::pin!(visits);
            loop {
                tokio::select! {
                    beside = &mut visits => break beside,
                    () = sleep(Duration::from_millis(500)) => {
                        let began = Instant::now();
                        put(client, "site/count").await?;
                        puts_ms.push(began.elapsed().as_secs_f64() * 1_000.0);
                        *held = (*held).max(edge.held_bytes()?);
                    }
                }
            }
        }
    };
    drop(greedy);
    Ok(Round { alone, beside: beside? })
}

/// A put as the guest on trial takes it.
async fn put(client: &PutClient, body: &str) -> Result<()> {
    let (status, _) = client.send_with_digest(&client.sign(body.into())).await?;
    ensure!(status == StatusCode::OK, "a put was answered {status}");
    Ok(())
}

fn neighbour(asked: &Asked<'_>, effort: &Effort) -> OpenLoop {
    OpenLoop {
        addr: asked.addr,
        path: asked.page.to_owned(),
        headers: vec![("host".into(), "quiet.localhost".into())],
        visits_per_s: NEIGHBOUR_VISITS_PER_S,
        lasting: Duration::from_secs(effort.open_loop_s),
        connections: CONNECTIONS,
    }
}

async fn p99(visits: OpenLoop) -> Result<f64> {
    quantile(&visits.run().await?, 0.99).context("no visits")
}

const REGION: &str = "abuse-1";
const NEIGHBOUR_VISITS_PER_S: f64 = 500.0;
const CONNECTIONS: usize = 32;
const GROWTH_MAX: f64 = 1.5;
const PUT_MS_MAX: f64 = 1_000.0;
const MEMORY_MIB_MAX: f64 = 256.0;
/// Until all of the greedy are there, and until nothing of them is left.
const SETTLING: Duration = Duration::from_secs(2);
const RECOVERY: Duration = Duration::from_secs(15);
