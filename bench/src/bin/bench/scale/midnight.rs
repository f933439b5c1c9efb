//! The midnight of all pages at once, and incidents that are pushed meanwhile.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bench::quantile::quantile;
use tests::{System, clock::now_ms, program::Program};

use super::database;
use crate::lag;

pub struct Midnight {
    /// From the push of an incident's update until every region shows it.
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub pushes: usize,
    /// Until every page was looked at.
    pub lasted_s: f64,
}

/// The regions of the system have everything, `sync` carries to them, and the origin does not run.
pub async fn measure(system: &mut System, sync: &mut Program, within: Duration) -> Result<Midnight> {
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

    let (began, moment) = (Instant::now(), i64::try_from(now_ms())?);
    let mut lags_ms = Vec::new();
    let mut look = Instant::now();
    let mut lasted_s = None;
    // A few at least, where the midnight is over at once.
    while lasted_s.is_none() || lags_ms.len() < PUSHES_MIN {
        let turn = tokio::time::sleep(lag::TURN);
        let (page, incident) = &open[lags_ms.len() % lag::PAGES];
        lags_ms.push(lag::push_and_see(system, page, incident, lags_ms.len()).await?);
        turn.await;
        if lasted_s.is_none() && look.elapsed() >= LOOK {
            if database::due(&folder, moment).await? == 0 {
                lasted_s = Some(began.elapsed().as_secs_f64());
            }
            look = Instant::now();
        }
        ensure!(began.elapsed() < within, "midnight lasts longer than {within:?}");
        ensure!(sync.is_running(), "the sync ended: {}", sync.log_end());
    }
    let of = |share| quantile(&lags_ms, share).context("no pushes");
    Ok(Midnight {
        p50_ms: of(0.5)?,
        p99_ms: of(0.99)?,
        pushes: lags_ms.len(),
        lasted_s: lasted_s.unwrap_or_default(),
    })
}

const PUSHES_MIN: usize = 100;
const LOOK: Duration = Duration::from_secs(2);
