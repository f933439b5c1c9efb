//! Visits and pushes that go on while something is done to the system.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use reqwest::Client;
use serde_json::json;
use tokio::task::JoinSet;

use crate::{Page, Push, System, http};

/// Ends when it is told to, not when it is dropped: a journey that failed has an error of its own.
pub struct Load {
    over: Arc<AtomicBool>,
    lanes: JoinSet<Lane>,
    page: Page,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Carried {
    pub visits: usize,
    pub pushes: usize,
    /// The text that the last push gave the page.
    pub last: String,
    pub slowest_visit: Duration,
}

/// What one of those did that visit or push.
#[derive(Default)]
struct Lane {
    visits: usize,
    pushes: usize,
    last: String,
    slowest: Duration,
    failed: Vec<String>,
}

impl Load {
    /// Visits the page in every region and changes it, until the end.
    pub fn begin(system: &System, page: &Page) -> Result<Self> {
        let over = Arc::new(AtomicBool::new(false));
        let mut lanes = JoinSet::new();
        for region in &system.regions {
            let url = format!("http://{}/", region.visitor.addr());
            // A connection of its own for each, as of somebody who was not here before.
            let client = http::fresh_client()?;
            lanes.spawn(visit(client, url, page.host.clone(), Arc::clone(&over)));
        }
        lanes.spawn(push(system.push.clone(), page.clone(), Arc::clone(&over)));
        Ok(Self {
            over,
            lanes,
            page: page.clone(),
        })
    }

    /// Ends it, and looks whether every visit got the page, every push was taken, and the last of them is shown everywhere.
    pub async fn end(mut self, system: &System) -> Result<Carried> {
        self.over.store(true, Ordering::Relaxed);
        let (mut carried, mut failed) = (Carried::default(), Vec::new());
        while let Some(lane) = self.lanes.join_next().await {
            let lane = lane?;
            carried.visits += lane.visits;
            carried.pushes += lane.pushes;
            carried.last.push_str(&lane.last);
            carried.slowest_visit = carried.slowest_visit.max(lane.slowest);
            failed.extend(lane.failed);
        }
        ensure!(
            failed.is_empty(),
            "{} of {} visits and {} pushes failed: {:#?}",
            failed.len(),
            carried.visits,
            carried.pushes,
            &failed[..failed.len().min(FAILURES_SHOWN)]
        );
        ensure!(
            carried.visits > 0 && carried.pushes > 0,
            "there was no load: {carried:?}"
        );
        system.until_shown(&self.page, &[&carried.last]).await?;
        Ok(carried)
    }
}

async fn visit(client: Client, url: String, host: String, over: Arc<AtomicBool>) -> Lane {
    let mut lane = Lane::default();
    while !over.load(Ordering::Relaxed) {
        let began = Instant::now();
        let visited = async {
            client
                .get(&url)
                .header("host", &host)
                .send()
                .await?
                .error_for_status()?
                .bytes()
                .await
        };
        if let Err(error) = visited.await {
            let chain = anyhow::Error::from(error);
            lane.failed.push(format!("{url}: {chain:#}"));
        }
        lane.visits += 1;
        lane.slowest = lane.slowest.max(began.elapsed());
        tokio::time::sleep(VISIT_PAUSE).await;
    }
    lane
}

async fn push(push: Push, page: Page, over: Arc<AtomicBool>) -> Lane {
    let mut lane = Lane::default();
    while !over.load(Ordering::Relaxed) {
        lane.pushes += 1;
        let text = format!("Said for time {} since", lane.pushes);
        let path = page.path(&format!("/components/{}", page.component(0)));
        let body = json!({ "description": text });
        let mut pushed = push.change(&path, &body).await;
        // A connection that was kept may end with the process behind it, as every tool knows; an answer is an answer.
        if pushed.as_ref().is_err_and(|error| error.is::<reqwest::Error>()) {
            pushed = push.change(&path, &body).await;
        }
        match pushed {
            Ok(_) => lane.last = text,
            Err(error) => lane.failed.push(format!("push {}: {error:#}", lane.pushes)),
        }
        tokio::time::sleep(PUSH_PAUSE).await;
    }
    lane
}

const VISIT_PAUSE: Duration = Duration::from_millis(10);
const PUSH_PAUSE: Duration = Duration::from_millis(100);
const FAILURES_SHOWN: usize = 10;
