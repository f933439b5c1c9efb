//! What visitors, puts and the memory of an edge notice of greedy clients, beside nginx with the same page and the same clients.
//! Five kinds meet the guest on which the edge host is tried: it costs next to nothing, so what is measured is the host. Random ids
//! cost the component, so they meet ours.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bench::{
    cpu::Processes,
    open_loop::{OpenLoop, Undisturbed},
    quantile::quantile,
};
use page_model::{body, put::Batch};
use reqwest::StatusCode;
use tempfile::TempDir;
use tests::{
    Page, System, Visitor,
    metrics::Metrics,
    program::Programs,
    put_client::{PutClient, read_key},
    region::Region,
};
use tokio::time::sleep;

use super::greedy::{ARRIVING, Greedy, Kind, Prey};
use crate::{
    effort::{Effort, say_round},
    neighbours::on_trial,
    nginx::Nginx,
    report::{Report, Target, median_of, mib},
    warm::{self, BROTLI, Warm},
};

/// An edge and nginx with the same page.
struct Ground<'a> {
    region: &'a Region,
    put: PutClient,
    /// What is put, over and over.
    body: Vec<u8>,
    /// The page that others visit.
    path: &'a str,
    headers: Vec<(String, String)>,
    prey: Prey<'a>,
    nginx: Nginx,
}

/// One server and what is asked of it.
struct Asked<'a> {
    name: &'static str,
    path: &'a str,
    headers: &'a [(String, String)],
    prey: Prey<'a>,
    processes: Processes,
}

/// How a round went: p99 in milliseconds alone and then beside the greedy, what the server computed meanwhile, and which share of the
/// visits counts.
struct Round {
    alone: f64,
    beside: f64,
    cores: f64,
    counted: f64,
}

/// What is looked at while visits go on.
#[derive(Default)]
struct Watched {
    puts_ms: Vec<f64>,
    held_bytes: u64,
}

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    measure_host(&system.programs, effort, report).await?;
    let warm = Warm::prepare(system, "beside").await?;
    let many = Page::create(&system.push, "many", 1_000).await?;
    system.until_settled(&many).await?;
    let addr = warm.region.visitor.addr();
    let ground = Ground {
        region: warm.region,
        put: system.put_client(warm.region)?,
        body: body::encode(&Batch::default()),
        path: "/",
        headers: warm.headers(BROTLI),
        prey: Prey {
            addr,
            http2: addr,
            large: "/",
            host: &many.host,
        },
        nginx: Nginx::of_files(&warm.replies).await?,
    };
    ground.measure(&[Kind::RandomIds], effort, report).await
}

async fn measure_host(programs: &Programs, effort: &Effort, report: &mut Report) -> Result<()> {
    let dir = TempDir::with_prefix("pharos-abuse-")?;
    let mut region = on_trial(programs, REGION, dir.path()).await?;
    let addr = region.visitor.addr();
    let put = PutClient::new(addr, REGION, read_key(&dir.path().join("put.key"))?)?;
    for fill in ["fill quiet 20000", "fill large 1000000"] {
        send(&put, fill.as_bytes()).await?;
    }
    let visitor = Visitor::new(addr)?;
    let pages = [
        visitor.visit(QUIET, "/page/quiet").await?,
        visitor.visit(QUIET, "/page/large").await?,
    ];
    let ground = Ground {
        region: &region,
        put,
        body: b"site/count".to_vec(),
        path: "/page/quiet",
        headers: vec![("host".into(), QUIET.into())],
        prey: Prey {
            addr,
            http2: addr,
            large: "/private/large",
            host: QUIET,
        },
        nginx: Nginx::of_files(&pages).await?,
    };
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| *kind != Kind::RandomIds).collect();
    let outcome = ground.measure(&kinds, effort, report).await;
    drop(ground);
    outcome.with_context(|| region.edge.log_end())?;
    ensure!(region.edge.is_running(), "the edge ended: {}", region.edge.log_end());
    Ok(())
}

impl Ground<'_> {
    async fn measure(&self, kinds: &[Kind], effort: &Effort, report: &mut Report) -> Result<()> {
        let edge = warm::edge(self.region)?;
        let (page, large) = (Nginx::path(0), Nginx::path(1));
        let servers = [
            Asked {
                name: "Pharos",
                path: self.path,
                headers: &self.headers,
                prey: self.prey,
                processes: edge.clone(),
            },
            Asked {
                name: "nginx",
                path: &page,
                headers: &self.headers,
                prey: Prey {
                    addr: self.nginx.addr(),
                    http2: self.nginx.http2(),
                    large: &large,
                    ..self.prey
                },
                processes: self.nginx.processes(),
            },
        ];
        for server in &servers {
            visits(server, effort).await?;
        }
        // What visits alone make of it, once for all kinds: what one kind leaves behind, the next one does not hide.
        let quiet = [edge.held_bytes()?, self.beside_cache(&edge).await?];
        for kind in kinds {
            self.measure_kind(*kind, &servers, quiet, effort, report).await?;
        }
        Ok(())
    }

    async fn measure_kind(
        &self,
        kind: Kind,
        servers: &[Asked<'_>; 2],
        [quiet, quiet_beside_cache]: [u64; 2],
        effort: &Effort,
        report: &mut Report,
    ) -> Result<()> {
        let [pharos, nginx] = servers;
        let (mut own, mut others, mut watched) = (Vec::new(), Vec::new(), Watched::default());
        for round in 0..=effort.abuse_rounds {
            say_round(&format!("beside {}", kind.name()), round, effort.abuse_rounds);
            let of_pharos = self.round(pharos, kind, effort, Some(&mut watched)).await?;
            // One that turns visitors away meanwhile has no latency to compare.
            let of_nginx = self.round(nginx, kind, effort, None).await.ok();
            if round > 0 {
                own.push(of_pharos);
                others.extend(of_nginx);
            }
        }
        sleep(RECOVERY).await;
        // What was freed on one thread goes back with the next work of another.
        visits(pharos, effort).await?;
        let left = self
            .beside_cache(&pharos.processes)
            .await?
            .saturating_sub(quiet_beside_cache);
        tell(kind, pharos, &own, Target::AtMost(GROWTH_MAX), report)?;
        if !others.is_empty() {
            tell(kind, nginx, &others, Target::None, report)?;
        }
        let mut add = |what: &str, value, unit, most| {
            report.add(
                format!("beside {}: {what}", kind.name()),
                value,
                unit,
                Target::AtMost(most),
            );
        };
        let slowest = quantile(&watched.puts_ms, 1.0).context("nothing was put")?;
        add("slowest put", slowest, "ms", PUT_MS_MAX);
        let above = watched.held_bytes.saturating_sub(quiet);
        add("memory above quiet", mib(above), "MiB", MEMORY_MIB_MAX);
        add(
            "memory left afterwards, beside the response cache",
            mib(left),
            "MiB",
            LEFT_MIB_MAX,
        );
        Ok(())
    }

    /// Puts and memory are looked at while the visits go on.
    async fn round(
        &self,
        asked: &Asked<'_>,
        kind: Kind,
        effort: &Effort,
        watched: Option<&mut Watched>,
    ) -> Result<Round> {
        sleep(SETTLING).await;
        let alone = visits(asked, effort).await?;
        let greedy = Greedy::start(kind, asked.prey, effort.greedy_clients)?;
        sleep(ARRIVING + SETTLING).await;
        let (before, begun) = (asked.processes.cpu()?, Instant::now());
        let mut visits = std::pin::pin!(visits(asked, effort));
        let beside = match watched {
            None => visits.await,
            Some(watched) => loop {
                tokio::select! {
                    beside = &mut visits => break beside,
                    () = sleep(LOOK) => self.look(&asked.processes, watched).await?,
                }
            },
        };
        let computed = asked.processes.cpu()? - before;
        drop(greedy);
        let beside = beside?;
        Ok(Round {
            alone: p99(&alone)?,
            beside: p99(&beside)?,
            cores: computed.together_s() / begun.elapsed().as_secs_f64(),
            counted: (alone.share() + beside.share()) / 2.0,
        })
    }

    /// What an edge holds besides its response cache, which is full once enough was asked for.
    async fn beside_cache(&self, edge: &Processes) -> Result<u64> {
        let metrics = Metrics::scrape(self.region.edge.admin()?).await?;
        let cached = metrics.sum("pharos_edge_cache_bytes", &[]);
        Ok(edge.held_bytes()?.saturating_sub(cached as u64))
    }

    async fn look(&self, edge: &Processes, watched: &mut Watched) -> Result<()> {
        let begun = Instant::now();
        send(&self.put, &self.body).await?;
        watched.puts_ms.push(begun.elapsed().as_secs_f64() * 1_000.0);
        watched.held_bytes = watched.held_bytes.max(edge.held_bytes()?);
        Ok(())
    }
}

fn tell(kind: Kind, server: &Asked<'_>, rounds: &[Round], target: Target, report: &mut Report) -> Result<()> {
    let name = |what: &str| format!("beside {}: {}, {what}", kind.name(), server.name);
    let of = |value: fn(&Round) -> f64| median_of(rounds, value);
    report.add(name("p99 alone"), of(|round| round.alone)?, "ms", Target::None);
    report.add(name("p99"), of(|round| round.beside)?, "ms", Target::None);
    // Each round by itself: a machine that is shared is slower in one minute than in the next.
    report.add(
        name("p99 to p99 alone"),
        of(|round| round.beside / round.alone)?,
        "×",
        target,
    );
    report.add(name("computes"), of(|round| round.cores)?, "cores", Target::None);
    let counted = of(|round| round.counted * 100.0)?;
    report.add(name("visits that count"), counted, "%", Target::None);
    Ok(())
}

async fn send(client: &PutClient, body: &[u8]) -> Result<()> {
    let (status, _) = client.send_with_digest(&client.sign(body.to_vec())).await?;
    ensure!(status == StatusCode::OK, "a put was answered {status}");
    Ok(())
}

fn p99(visits: &Undisturbed) -> Result<f64> {
    quantile(&visits.latencies, 0.99).context("no visits")
}

/// They go on until half as many count as are made at a time.
async fn visits(asked: &Asked<'_>, effort: &Effort) -> Result<Undisturbed> {
    let period = OpenLoop {
        addr: asked.prey.addr,
        path: asked.path.to_owned(),
        headers: asked.headers.to_vec(),
        visits_per_s: NEIGHBOUR_VISITS_PER_S,
        lasting: Duration::from_secs(effort.open_loop_s),
        connections: CONNECTIONS,
    };
    let mut visits = Undisturbed::default();
    for _ in 0..PERIODS_MAX {
        let further = period.clone().run_undisturbed().await?;
        let enough = further.of_visits / 2;
        visits.add(further);
        if visits.latencies.len() >= enough {
            return Ok(visits);
        }
    }
    bail!("others had this machine nearly all the time (steal in /proc/stat): measure it another time");
}

const REGION: &str = "abuse-1";
const QUIET: &str = "quiet.localhost";
const NEIGHBOUR_VISITS_PER_S: f64 = 500.0;
const CONNECTIONS: usize = 32;
/// Two minutes in the full run.
const PERIODS_MAX: usize = 24;
const GROWTH_MAX: f64 = 1.5;
const PUT_MS_MAX: f64 = 1_000.0;
const MEMORY_MIB_MAX: f64 = 256.0;
/// What the allocator keeps for the next visit stays.
const LEFT_MIB_MAX: f64 = 64.0;
/// Until what the greedy began is under way, and until what they left in the sockets is over.
const SETTLING: Duration = Duration::from_secs(2);
/// Until nothing of them is left: instances that nobody needs any more end after 30 s.
const RECOVERY: Duration = Duration::from_secs(35);
const LOOK: Duration = Duration::from_millis(500);
