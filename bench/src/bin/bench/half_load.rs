//! A warm page at half of what the slower of us and nginx can do, with visits that come at their own time.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use bench::{
    cpu::Processes,
    open_loop::OpenLoop,
    quantile::{median, quantile},
};
use tests::System;

use crate::{
    effort::{Effort, say_round},
    nginx::Nginx,
    report::{Report, Target, median_of},
    warm::{self, BROTLI, Warm},
    wrk::Load,
};

/// Latencies of one round at the quantiles of `SHARES`, in milliseconds.
type Tail = [f64; 3];

struct Server {
    name: &'static str,
    addr: SocketAddr,
    path: String,
    processes: Processes,
}

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    let warm = Warm::prepare(system, "half").await?;
    let nginx = Nginx::of_files(&warm.replies).await?;
    let servers = [
        Server {
            name: "Pharos",
            addr: warm.region.visitor.addr(),
            path: "/".to_owned(),
            processes: warm::edge(warm.region)?,
        },
        Server {
            name: "nginx",
            addr: nginx.addr(),
            path: Nginx::path(BROTLI),
            processes: nginx.processes(),
        },
    ];
    let visits_per_s = SHARE_OF_LOAD * slower_rate(&servers, &warm, effort).await?;
    report.add("half load: visits", visits_per_s, "1/s", Target::None);

    let mut tails: [Vec<Tail>; 2] = Default::default();
    for round in 0..=effort.rounds {
        say_round("half load", round, effort.rounds);
        for (server, tails) in servers.iter().zip(&mut tails) {
            let latencies = server.visits(&warm, visits_per_s, effort).run().await?;
            if round > 0 {
                tails.push(tail(&latencies)?);
            }
        }
    }
    for (server, tails) in servers.iter().zip(&tails) {
        for (at, (share, _)) in SHARES.iter().enumerate() {
            let ms = median_of(tails, |tail| tail[at])?;
            report.add(format!("half load: {}, {share}", server.name), ms, "ms", Target::None);
        }
    }
    let [own, other] = &tails;
    let beyond: Vec<f64> = own
        .iter()
        .zip(other)
        .map(|(own, other)| own[P99] - other[P99])
        .collect();
    report.add(
        "half load: p99 beyond nginx's",
        median(&beyond).context("no rounds")?,
        "ms",
        Target::AtMost(BEYOND_NGINX_MS_MAX),
    );
    Ok(())
}

/// Replies per second of the slower one when each visitor asks again as soon as it is answered.
async fn slower_rate(servers: &[Server; 2], warm: &Warm<'_>, effort: &Effort) -> Result<f64> {
    let mut rates: [Vec<f64>; 2] = Default::default();
    for _ in 0..effort.rounds {
        for (server, rates) in servers.iter().zip(&mut rates) {
            let load = Load {
                url: format!("http://{}{}", server.addr, server.path),
                headers: warm.headers(BROTLI),
            };
            rates.push(load.run(effort.round_s, &server.processes).await?.replies_per_s);
        }
    }
    let medians = rates.iter().filter_map(|rates| median(rates));
    medians.reduce(f64::min).context("no rounds")
}

impl Server {
    fn visits(&self, warm: &Warm<'_>, visits_per_s: f64, effort: &Effort) -> OpenLoop {
        OpenLoop {
            addr: self.addr,
            path: self.path.clone(),
            headers: warm.headers(BROTLI),
            visits_per_s,
            lasting: Duration::from_secs(effort.open_loop_s),
            connections: CONNECTIONS,
        }
    }
}

fn tail(latencies: &[f64]) -> Result<Tail> {
    let mut tail = Tail::default();
    for (at, (_, share)) in tail.iter_mut().zip(SHARES) {
        *at = quantile(latencies, share).context("no visits")?;
    }
    Ok(tail)
}

const SHARE_OF_LOAD: f64 = 0.5;
const SHARES: [(&str, f64); 3] = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)];
/// Index into `SHARES`.
const P99: usize = 1;
const BEYOND_NGINX_MS_MAX: f64 = 1.0;
const CONNECTIONS: usize = 64;
