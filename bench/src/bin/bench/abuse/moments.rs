//! The moments in which many replies end at once: that in which a page begins to say that updates are delayed, and a put to a page of
//! which ten thousand views are cached.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use bench::{open_loop::OpenLoop, quantile::quantile};
use futures_util::future::try_join_all;
use serde_json::json;
use tests::{Page, Region, System, metrics::Metrics};
use tokio::time::{sleep, sleep_until};

use super::lone;
use crate::{
    effort::{Effort, say_round},
    report::{Report, Target, median_of},
};

/// A page in a region, and every view of it that is asked for: each as host and path.
struct Views<'a> {
    system: &'a System,
    region: &'a Region,
    page: &'a Page,
    addresses: Vec<(String, String)>,
    effort: &'a Effort,
}

/// p99 in milliseconds, of a quiet time and of the seconds around a moment, and what answered meanwhile.
struct Round {
    quiet: f64,
    around: f64,
    stale: f64,
    last_good: f64,
    made: f64,
}

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    let page = Page::create(&system.push, "moments", COMPONENTS).await?;
    let hosts: Vec<String> = (0..HOSTS).map(|at| format!("moments{at}.localhost")).collect();
    system.push.change(&page.path(""), &json!({"hosts": hosts})).await?;
    let region = system.start_lone_host("moments-1", &[]).await?;
    let mut addresses = Vec::new();
    // In this order one visit after the other is at another host, as those of many visitors are.
    for number in 0..effort.cached_views / (HOSTS * TEXTS.len()) {
        for text in TEXTS {
            // What a client asks for is part of the address, whether or not we speak it.
            let path = format!("{text}?lang={number}");
            addresses.extend(hosts.iter().map(|host| (host.clone(), path.clone())));
        }
    }
    let views = Views {
        system,
        region: &region,
        page: &page,
        addresses,
        effort,
    };
    let outcome = views.measure(report).await;
    outcome.with_context(|| region.edge.log_end())
}

impl Views<'_> {
    async fn measure(&self, report: &mut Report) -> Result<()> {
        let (mut delayed, mut put) = (Vec::new(), Vec::new());
        for round in 0..=self.effort.abuse_rounds {
            say_round("moments", round, self.effort.abuse_rounds);
            let rounds = (self.delayed().await?, self.put().await?);
            if round > 0 {
                delayed.push(rounds.0);
                put.push(rounds.1);
            }
        }
        let count = self.addresses.len();
        tell(
            &format!("the moment of \"delayed\", {count} cached views"),
            &delayed,
            report,
        )?;
        tell(&format!("a put to a page with {count} cached views"), &put, report)
    }

    /// All replies were made for a region that heard of the origin at the same time, so all of them end in the same second.
    async fn delayed(&self) -> Result<Round> {
        self.change("degraded_performance").await?;
        lone::fill(self.system, self.region, self.page, DELAYED_AFTER - AHEAD).await?;
        let moment = tokio::time::Instant::now() + AHEAD;
        self.fill_cache().await?;
        let quiet = self.p99().await?;
        let begins = moment - BEFORE;
        ensure!(tokio::time::Instant::now() < begins, "the views were not there in time");
        sleep_until(begins).await;
        let round = self.around(quiet, async { anyhow::Ok(()) }).await?;
        // The region hears of the origin again, and what says that it did not ends.
        let seq = self.system.records(&self.page.id).await?.seq;
        lone::hear(self.system, self.region, seq, Duration::ZERO).await?;
        // What still says so in the place of a reply that was not made anew ends too.
        sleep(STALE).await;
        Ok(round)
    }

    async fn put(&self) -> Result<Round> {
        self.fill_cache().await?;
        let quiet = self.p99().await?;
        self.change("operational").await?;
        self.around(quiet, async {
            sleep(BEFORE).await;
            lone::fill(self.system, self.region, self.page, Duration::ZERO).await
        })
        .await
    }

    /// At the origin; the region has it once it is put there.
    async fn change(&self, status: &str) -> Result<()> {
        let path = self.page.path(&format!("/components/{}", self.page.component(0)));
        self.system
            .push
            .change(&path, &json!({ "status": status }))
            .await
            .map(drop)
    }

    /// Visits go on while `happens` does.
    async fn around(&self, quiet: f64, happens: impl Future<Output = Result<()>>) -> Result<Round> {
        let before = self.metrics().await?;
        let (around, happened) = tokio::join!(self.p99(), happens);
        happened?;
        let after = self.metrics().await?;
        let more = |name: &str, labels: &[&str]| after.sum(name, labels) - before.sum(name, labels);
        let by = |outcome: &str| more("pharos_edge_visits_total", &[&format!("outcome=\"{outcome}\"")]);
        let made = more("pharos_edge_guest_calls_total", &[]);
        ensure!(made > 0.0, "no reply ended meanwhile");
        Ok(Round {
            quiet,
            around: around?,
            stale: by("stale"),
            last_good: by("last_good"),
            made,
        })
    }

    async fn metrics(&self) -> Result<Metrics> {
        Metrics::scrape(self.region.edge.admin()?).await
    }

    async fn p99(&self) -> Result<f64> {
        let visits = OpenLoop {
            addr: self.region.visitor.addr(),
            path: String::new(),
            headers: Vec::new(),
            visits_per_s: VISITS_PER_S,
            lasting: LASTING,
            connections: CONNECTIONS,
        };
        quantile(&visits.run_over(&self.addresses).await?, 0.99).context("no visits")
    }

    /// Every view is asked for until it comes from the cache.
    async fn fill_cache(&self) -> Result<()> {
        let next = AtomicUsize::new(0);
        try_join_all((0..LANES).map(|_| async {
            while let Some((host, path)) = self.addresses.get(next.fetch_add(1, Relaxed)) {
                let begun = Instant::now();
                let mut reply = self.region.visitor.visit(host, path).await?;
                // Behind a crowd there is the last good one, which is no proof that there is a new one.
                while reply.status == 503 || reply.header("pharos-served").is_some() {
                    ensure!(begun.elapsed() < FILLED_MAX, "{host}{path} is not made anew");
                    sleep(Duration::from_millis(20)).await;
                    reply = self.region.visitor.visit(host, path).await?;
                }
                ensure!(reply.status == 200, "{host}{path} answered {}", reply.status);
            }
            anyhow::Ok(())
        }))
        .await?;
        let (entries, views) = (
            self.metrics().await?.sum("pharos_edge_cache_entries", &[]),
            self.addresses.len(),
        );
        ensure!(
            entries >= 0.9 * views as f64,
            "only {entries} of {views} views are in the response cache"
        );
        Ok(())
    }
}

fn tell(name: &str, rounds: &[Round], report: &mut Report) -> Result<()> {
    let of = |value: fn(&Round) -> f64| median_of(rounds, value);
    let growth = of(|round| round.around / round.quiet)?;
    report.add(
        format!("{name}: p99 quiet"),
        of(|round| round.quiet)?,
        "ms",
        Target::None,
    );
    report.add(
        format!("{name}: p99 around it"),
        of(|round| round.around)?,
        "ms",
        Target::None,
    );
    report.add(
        format!("{name}: p99 to p99 quiet"),
        growth,
        "×",
        Target::AtMost(GROWTH_MAX),
    );
    for (what, count) in [
        ("replies whose time had just ended", of(|round| round.stale)?),
        ("last good replies", of(|round| round.last_good)?),
        ("replies made", of(|round| round.made)?),
    ] {
        report.add(format!("{name}: {what}"), count, "", Target::None);
    }
    Ok(())
}

/// As many as a page may have.
const HOSTS: usize = 20;
/// They say that updates are delayed, and ten thousand of them fit into the response cache.
const TEXTS: [&str; 2] = ["/status.txt", "/status.md"];
const COMPONENTS: usize = 10;
const DELAYED_AFTER: Duration = Duration::from_millis(page_model::limits::REGION_DELAYED_AFTER_MS);
/// So long before the moment the first view is asked for.
const AHEAD: Duration = Duration::from_secs(60);
/// Visits begin so long before it happens, and go on for so long. Replies live for whole seconds, so theirs may end one later.
const BEFORE: Duration = Duration::from_secs(1);
const LASTING: Duration = Duration::from_secs(6);
/// An edge shows a reply for so long after its time, and rather more.
const STALE: Duration = Duration::from_secs(11);
const FILLED_MAX: Duration = Duration::from_secs(30);
const VISITS_PER_S: f64 = 500.0;
const CONNECTIONS: usize = 32;
const LANES: usize = 16;
const GROWTH_MAX: f64 = 5.0;
