//! Great numbers of visits for which nobody waits, or at places that are not there: nothing grows, nothing ends.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use bench::cpu::Processes;
use futures_util::future::try_join_all;
use http_body_util::{BodyExt, Empty};
use hyper::{Request, StatusCode, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tests::{Page, Region, System, eventually, metrics::Metrics};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use super::{frames, greedy::random_request, lone};
use crate::{
    effort::Effort,
    report::{Report, Target, mib},
    warm,
};

/// One edge, and how much it holds where nothing happens.
struct Edge<'a> {
    region: &'a Region,
    host: &'a str,
    processes: Processes,
    quiet: u64,
}

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    let page = Page::create(&system.push, "numbers", 100).await?;
    let mut region = system.start_lone_host("numbers-1", &[]).await?;
    lone::fill(system, &region, &page, Duration::ZERO).await?;
    let outcome = measure_at(&region, &page, effort, report).await;
    outcome.with_context(|| region.edge.log_end())?;
    ensure!(region.edge.is_running(), "the edge ended: {}", region.edge.log_end());
    Ok(())
}

async fn measure_at(region: &Region, page: &Page, effort: &Effort, report: &mut Report) -> Result<()> {
    let processes = warm::edge(region)?;
    region.visitor.page(&page.host, "/").await?;
    let mut edge = Edge {
        region,
        host: &page.host,
        quiet: 0,
        processes,
    };
    // What the first thousands of visits need stays: instances, pages of the store, the threads' own memory.
    edge.ask_at_random(0, WARMING).await?;
    sleep(RECOVERY).await;
    edge.quiet = edge.processes.held_bytes()?;
    let stored = edge.stored_bytes()?;

    let count = effort.strangers;
    edge.cancel(count / 10).await?;
    edge.tell(&format!("{} visits that are given up", count / 10), report)
        .await?;
    let taken = edge.reset(count / 100).await?;
    let name = format!("{} streams that are reset at once", count / 100);
    report.add(format!("{name}: on connections"), taken, "", Target::None);
    edge.tell(&name, report).await?;
    let other = edge.ask_at_random(WARMING, count).await?;
    let name = format!("{count} random hosts and ids");
    report.add(
        format!("{name}: answered otherwise than 404"),
        other,
        "",
        Target::AtMost(0.0),
    );
    edge.tell(&name, report).await?;
    let grown = edge.stored_bytes()?.saturating_sub(stored);
    report.add(
        format!("{name}: the store grows by"),
        mib(grown),
        "MiB",
        Target::AtMost(STORED_MIB_MAX),
    );
    Ok(())
}

impl Edge<'_> {
    fn addr(&self) -> SocketAddr {
        self.region.visitor.addr()
    }

    /// Half of them go away at once, half when the reply begins.
    async fn cancel(&self, count: u64) -> Result<()> {
        let next = AtomicU64::new(0);
        try_join_all((0..LANES).map(|_| async {
            loop {
                let at = next.fetch_add(1, Relaxed);
                if at >= count {
                    return anyhow::Ok(());
                }
                let mut stream = TcpStream::connect(self.addr()).await?;
                stream.write_all(random_request(at, self.host, "").as_bytes()).await?;
                if at % 4 < 2 {
                    timeout(REPLY_MAX, stream.read_u8()).await??;
                }
                // A reset: what is closed in order leaves its port in use for a minute.
                stream.set_zero_linger()?;
            }
        }))
        .await
        .map(drop)
    }

    /// How many connections that took.
    async fn reset(&self, count: u64) -> Result<f64> {
        let (mut left, mut connections) = (count, 0.0);
        while left > 0 {
            connections += 1.0;
            let mut stream = TcpStream::connect(self.addr()).await?;
            stream.set_zero_linger()?;
            stream.write_all(&frames::preface(&[])).await?;
            for at in 0..left.min(RESETS_OF_ONE) {
                let stream_id = 2 * u32::try_from(at)? + 1;
                let both = [frames::get(stream_id, "/", self.host), frames::reset(stream_id)].concat();
                if stream.write_all(&both).await.is_err() {
                    break;
                }
                left -= 1;
            }
        }
        Ok(connections)
    }

    /// How many were answered otherwise than that nothing is there.
    async fn ask_at_random(&self, from: u64, count: u64) -> Result<f64> {
        let (next, other) = (AtomicU64::new(0), AtomicU64::new(0));
        try_join_all((0..LANES).map(|_| async {
            let stream = TcpStream::connect(self.addr()).await?;
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            loop {
                let at = next.fetch_add(1, Relaxed);
                if at >= count {
                    return anyhow::Ok(());
                }
                sender.ready().await?;
                let reply = sender.send_request(request(from + at, self.host)?).await?;
                if reply.status() != StatusCode::NOT_FOUND {
                    eprintln!("random visit {at}: {}\n{}", reply.status(), self.region.edge.log_end());
                    other.fetch_add(1, Relaxed);
                }
                reply.into_body().collect().await?;
            }
        }))
        .await?;
        Ok(other.into_inner() as f64)
    }

    fn stored_bytes(&self) -> Result<u64> {
        Ok(self.region.folder()?.join("kv.redb").metadata()?.len())
    }

    async fn tell(&self, name: &str, report: &mut Report) -> Result<()> {
        let open = eventually("connections are closed", CLOSED_MAX, async || {
            let metrics = Metrics::scrape(self.region.edge.admin()?).await?;
            let open = metrics.sum("pharos_edge_connections", &[]);
            ensure!(open <= CONNECTIONS_LEFT_MAX, "{open} are open");
            Ok(open)
        })
        .await?;
        sleep(RECOVERY).await;
        let left = self.processes.held_bytes()?.saturating_sub(self.quiet);
        report.add(
            format!("{name}: connections left"),
            open,
            "",
            Target::AtMost(CONNECTIONS_LEFT_MAX),
        );
        report.add(
            format!("{name}: memory left"),
            mib(left),
            "MiB",
            Target::AtMost(LEFT_MIB_MAX),
        );
        self.region.visitor.page(self.host, "/").await.map(drop)
    }
}

fn request(at: u64, host: &str) -> Result<Request<Empty<Bytes>>> {
    let text = random_request(at, host, "");
    let mut words = text.split_ascii_whitespace().skip(1);
    let (path, host) = (words.next().unwrap_or_default(), words.nth(2).unwrap_or_default());
    Ok(Request::get(path).header("host", host).body(Empty::new())?)
}

const LANES: usize = 32;
const WARMING: u64 = 20_000;
const RESETS_OF_ONE: u64 = 1_000;
const REPLY_MAX: Duration = Duration::from_secs(10);
const CLOSED_MAX: Duration = Duration::from_secs(60);
const RECOVERY: Duration = Duration::from_secs(5);
/// The one of a visitor of this program, and that of its check.
const CONNECTIONS_LEFT_MAX: f64 = 4.0;
/// The response cache may fill meanwhile.
const LEFT_MIB_MAX: f64 = 80.0;
const STORED_MIB_MAX: f64 = 8.0;
