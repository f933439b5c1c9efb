//! The midnight of all pages at once, and incidents that are pushed meanwhile.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bench::quantile::quantile;
use tests::{
    System,
    clock::now_ms,
    metrics::{Metrics, region_label},
    program::Program,
    region::Region,
};

use super::database;
use crate::lag;

pub struct Midnight {
    /// From the push of an incident's update until every region shows it.
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub pushes: usize,
    /// Pages that were looked at in a second.
    pub pace: f64,
    /// Until every page was looked at, if it was seen to its end.
    pub lasted_s: Option<f64>,
    /// Pages that the region farthest behind is owed at the end.
    pub behind: f64,
}

/// The regions of the system have everything, `sync` carries to them, and the origin does not run.
pub async fn measure(system: &mut System, sync: &mut Program) -> Result<Midnight> {
    system.origin.start()?;
    system.origin.healthy().await?;
    let mut open = Vec::new();
    for number in 0..lag::PAGES {
        open.push(lag::open(system, "lag", number).await?);
    }
    system.origin.kill();
    let folder = system.origin_folder();
    database::let_a_day_pass(&folder).await?;
    system.origin.start()?;
    system.origin.healthy().await?;

    // The sync rests for a moment after the origin was away.
    let (page, incident) = open.last().context("no pages")?;
    lag::push_and_see(system, page, incident, usize::MAX).await?;

    let (began, moment) = (Instant::now(), i64::try_from(now_ms())?);
    let due_at_first = database::due(&folder, moment).await?;
    let (mut lags_ms, mut look) = (Vec::new(), Instant::now());
    let (mut pace, mut lasted_s) = (0.0, None);
    // A few at least, where the midnight is over at once.
    while lasted_s.is_none() && began.elapsed() < MEASURED || lags_ms.len() < PUSHES_MIN {
        let turn = tokio::time::sleep(lag::TURN);
        let (page, incident) = &open[lags_ms.len() % lag::PAGES];
        lags_ms.push(lag::push_and_see(system, page, incident, lags_ms.len()).await?.shown_ms);
        turn.await;
        if lasted_s.is_none() && look.elapsed() >= LOOK {
            let (due, elapsed_s) = (database::due(&folder, moment).await?, began.elapsed().as_secs_f64());
            pace = (due_at_first - due) as f64 / elapsed_s;
            lasted_s = (due == 0).then_some(elapsed_s);
            look = Instant::now();
        }
        ensure!(sync.is_running(), "the sync ended: {}", sync.log_end());
    }
    let metrics = Metrics::scrape(sync.admin()?).await?;
    let behind = |region: &Region| metrics.sum("pharos_sync_pages_behind", &[&region_label(&region.name)]);
    let of = |share| quantile(&lags_ms, share).context("no pushes");
    Ok(Midnight {
        p50_ms: of(0.5)?,
        p99_ms: of(0.99)?,
        pushes: lags_ms.len(),
        pace,
        lasted_s,
        behind: system.regions.iter().map(behind).fold(0.0, f64::max),
    })
}

/// So much of it, as all of it is alike: that of 100,000 pages takes minutes.
const MEASURED: Duration = Duration::from_secs(120);
const PUSHES_MIN: usize = 100;
const LOOK: Duration = Duration::from_secs(2);
