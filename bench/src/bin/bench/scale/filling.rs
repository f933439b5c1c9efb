//! A refill: regions that have nothing are given everything, by lanes as they run everywhere.

use std::{
    net::SocketAddr,
    process,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow, ensure};
use bench::cpu::Processes;
use tests::{
    System,
    memory_region::{Alike, MemoryRegion, Visits},
    metrics::{Metrics, region_label},
    ports,
    program::Program,
    region::Region,
};
use tokio::{net::TcpListener, task::JoinSet};

/// Where a sync carries to, and what works there.
pub struct Regions {
    pub places: Vec<(String, SocketAddr)>,
    edges: Vec<Processes>,
    /// Regions of this process; they end with the value.
    _served: JoinSet<()>,
}

/// What a refill of one region took.
pub struct Filled {
    /// Of origin and sync, for each region.
    pub lane_cpu_s: f64,
    /// Of the edges, for each region.
    pub edge_cpu_s: f64,
    /// Until every region was filled.
    pub wall_s: f64,
    pub origin_bytes: u64,
    /// Of the sync, for each lane.
    pub lane_bytes: u64,
    /// Of the largest edge.
    pub edge_bytes: u64,
}

impl Filled {
    /// A large run takes its time.
    pub fn tell(&self, what: &str) {
        let [origin, lane, edge] =
            [self.origin_bytes, self.lane_bytes, self.edge_bytes].map(|bytes| bytes as f64 / 1e6);
        eprintln!(
            "scale: {what} are full after {:.0} s; CPU for each: origin and lane {:.1} s, edge {:.1} s; origin {origin:.0} MB, \
             lane {lane:.1} MB, edge {edge:.0} MB",
            self.wall_s, self.lane_cpu_s, self.edge_cpu_s
        );
    }
}

impl Regions {
    /// Regions of our own host, which are started.
    pub async fn start(regions: &mut [Region]) -> Result<Self> {
        for region in regions.iter_mut() {
            region.edge.start()?;
        }
        for region in regions.iter_mut() {
            region.edge.healthy().await?;
        }
        let place = |region: &Region| (region.name.clone(), region.visitor.addr());
        let edge = |region: &Region| Processes::child_with(&format!("--listen {}", region.visitor.addr()));
        Ok(Self {
            places: regions.iter().map(place).collect(),
            edges: regions.iter().map(edge).collect::<Result<_>>()?,
            _served: JoinSet::new(),
        })
    }

    /// Regions of this process, which keep what is put and draw nothing. What they have alike is in memory once: ten times a hundred
    /// thousand pages with their pictures are more than the machine has.
    pub async fn in_memory(system: &System, count: usize) -> Result<Self> {
        let (mut places, mut served, alike) = (Vec::new(), JoinSet::new(), Arc::new(Alike::default()));
        for number in 0..count {
            let (name, addr) = (format!("memory-{number}"), ports::free());
            let region = MemoryRegion::new(&name, system.put_verify_key(), Visits::Nothing)?.beside(&alike);
            let listener = TcpListener::bind(addr).await?;
            served.spawn(async move { drop(axum::serve(listener, region.routes()).await) });
            places.push((name, addr));
        }
        Ok(Self {
            places,
            edges: vec![Processes::of(process::id())],
            _served: served,
        })
    }

    fn cpu_s(&self) -> Result<f64> {
        self.edges.iter().map(|edge| Ok(edge.cpu_alone()?.together_s())).sum()
    }
}

/// Starts a sync to the regions, and ends when all of them have everything up to `head`. The sync goes on.
pub async fn fill(system: &System, regions: &Regions, head: u64, within: Duration) -> Result<(Filled, Program)> {
    let origin = Processes::child_with(&format!("--admin-listen {}", system.origin.admin()?))?;
    let (origin_before_s, edges_before_s) = (origin.cpu()?.together_s(), regions.cpu_s()?);
    let began = Instant::now();
    let mut sync = system.sync_to(&regions.places);
    sync.start()?;
    sync.healthy().await?;
    until_at(&mut sync, &regions.places, head, within).await?;
    let wall_s = began.elapsed().as_secs_f64();
    let lanes = Processes::child_with(&format!("--admin-listen {}", sync.admin()?))?;
    let count = regions.places.len() as f64;
    let peaks = regions
        .edges
        .iter()
        .map(Processes::peak_bytes)
        .collect::<Result<Vec<_>>>()?;
    let filled = Filled {
        lane_cpu_s: (origin.cpu()?.together_s() - origin_before_s + lanes.cpu()?.together_s()) / count,
        edge_cpu_s: (regions.cpu_s()? - edges_before_s) / count,
        wall_s,
        origin_bytes: origin.peak_bytes()?,
        lane_bytes: lanes.peak_bytes()? / regions.places.len() as u64,
        edge_bytes: peaks.into_iter().max().ok_or_else(|| anyhow!("no regions"))?,
    };
    Ok((filled, sync))
}

/// Waits until the sync knows that every region has everything up to `head`.
async fn until_at(sync: &mut Program, places: &[(String, SocketAddr)], head: u64, within: Duration) -> Result<()> {
    let began = Instant::now();
    loop {
        ensure!(sync.is_running(), "the sync ended: {}", sync.log_end());
        let metrics = Metrics::scrape(sync.admin()?).await?;
        let cursor = |(name, _): &(String, SocketAddr)| metrics.sum("pharos_sync_cursor", &[&region_label(name)]);
        let first = places.iter().map(cursor).fold(f64::INFINITY, f64::min);
        if first >= head as f64 {
            return Ok(());
        }
        ensure!(
            began.elapsed() < within,
            "the regions stand at {first} of {head} after {within:?}"
        );
        tokio::time::sleep(LOOK).await;
    }
}

const LOOK: Duration = Duration::from_millis(200);
