//! What one request costs, and one look of the clock.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bench::quantile::median;
use origin_store::{Store, agenda};
use reqwest::Response;
use serde_json::json;
use tests::{System, clock::now_ms, http};

/// Medians, in milliseconds.
pub struct Costs {
    /// From the push of a status until the page's records are composed with it.
    pub change_ms: f64,
    pub poll_ms: f64,
    /// A page, and how far its last change was delivered.
    pub lookup_ms: f64,
}

impl Costs {
    /// A large run takes its time.
    pub fn tell(&self, tick_ms: f64) {
        let Self {
            change_ms,
            poll_ms,
            lookup_ms,
        } = self;
        eprintln!(
            "scale: a change {change_ms:.2} ms, a poll {poll_ms:.2} ms, a lookup {lookup_ms:.2} ms, a look of the clock {tick_ms:.2} ms"
        );
    }
}

/// Asks an origin that has nothing else to do, of pages and one of the components of each.
pub async fn measure(system: &System, pages: &[(String, String)]) -> Result<Costs> {
    let client = http::client()?;
    let (mut changes, mut polls, mut lookups) = (Vec::new(), Vec::new(), Vec::new());
    let mut head = 0;
    for number in 0..SAMPLES + UNMEASURED {
        let (page, component) = &pages[number % pages.len()];
        let status = match (number / pages.len()) % 2 {
            0 => "degraded_performance",
            _ => "operational",
        };
        let began = Instant::now();
        let path = format!("/pages/{page}/components/{component}");
        let pushed = system.push.change(&path, &json!({ "status": status })).await?;
        let seq = pushed.change_seq()?;
        whole(
            system
                .as_sync(&client, &format!("/sync/pages/{page}/records?after={}", seq - 1))
                .send()
                .await?,
        )
        .await?;
        let changed = began.elapsed();

        let began = Instant::now();
        let feed = whole(
            system
                .as_sync(&client, &format!("/sync/feed?after={}", seq - 1))
                .send()
                .await?,
        )
        .await?;
        let polled = began.elapsed();
        ensure!(
            feed.windows(page.len()).any(|part| part == page.as_bytes()),
            "the feed lacks {page}"
        );

        let began = Instant::now();
        system.push.read(&format!("/pages/{page}")).await?;
        system.push.read(&format!("/pages/{page}/delivery")).await?;
        let looked_up = began.elapsed();
        ensure!(seq > head, "sequence numbers went back");
        head = seq;
        if number >= UNMEASURED {
            changes.push(ms(changed));
            polls.push(ms(polled));
            lookups.push(ms(looked_up));
        }
        tokio::time::sleep(REST).await;
    }
    Ok(Costs {
        change_ms: median(&changes).context("no changes")?,
        poll_ms: median(&polls).context("no polls")?,
        lookup_ms: median(&lookups).context("no lookups")?,
    })
}

/// One look at everything that the clock looks at, with nothing due; no origin has the database.
pub async fn measure_tick(system: &System) -> Result<f64> {
    let (store, _writer) = Store::open(&system.origin_folder()).await?;
    let now_ms = i64::try_from(now_ms())?;
    let mut looks = Vec::new();
    for number in 0..SAMPLES + UNMEASURED {
        let began = Instant::now();
        agenda::turns(&store, 0).await?;
        agenda::reminders(&store, 0).await?;
        agenda::series(&store, None, now_ms).await?;
        agenda::next_series(&store).await?;
        agenda::days(&store, now_ms - DAY_MS, 0).await?;
        agenda::next_day(&store, now_ms).await?;
        agenda::folds(&store).await?;
        if number >= UNMEASURED {
            looks.push(ms(began.elapsed()));
        }
    }
    median(&looks).context("no looks")
}

async fn whole(reply: Response) -> Result<Vec<u8>> {
    Ok(reply.error_for_status()?.bytes().await?.to_vec())
}

pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

const SAMPLES: usize = 200;
/// What is asked first fills caches and plans statements.
const UNMEASURED: usize = 20;
/// So that no request waits for the work that the one before has left.
const REST: Duration = Duration::from_millis(2);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
