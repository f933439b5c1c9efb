//! One publisher who fills a page as far as every budget goes, and goes on: what others' pushes and visitors notice, and what the
//! origin and an edge hold.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use bench::{cpu::Processes, open_loop::OpenLoop, quantile::quantile};
use futures_util::future::try_join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Page, System, push::NewUpdate};
use tokio::time::sleep;

use crate::{
    effort::{Effort, say_round},
    lag::{self, PAGES, TURN},
    report::{Report, Target, median_of, mib},
    warm::{self, BROTLI, Warm},
};

/// The pages of others, in the same origin and the same regions.
struct Others<'a> {
    system: &'a System,
    pages: Vec<(Page, String)>,
    visited: Warm<'a>,
    effort: &'a Effort,
}

/// p99 in milliseconds.
struct Round {
    push: f64,
    shown: f64,
    visit: f64,
}

/// What the greedy publisher has come to.
#[derive(Default)]
struct Pushed {
    is_over: AtomicBool,
    taken: AtomicU64,
    refused: AtomicU64,
}

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    let mut pages = Vec::new();
    for number in 0..PAGES {
        pages.push(lag::open(system, "other", number).await?);
    }
    let others = Others {
        system,
        pages,
        visited: Warm::prepare(system, "visited").await?,
        effort,
    };
    let origin = Processes::child_with(&format!("--admin-listen {}", system.origin.admin()?))?;
    let edge = warm::edge(others.visited.region)?;
    others.round("quiet").await?;
    let quiet_bytes = [origin.held_bytes()?, edge.held_bytes()?];
    let page = Page::create(&system.push, "greedy", 1).await?;
    fill(system, &page).await?;
    let (mut quiet, mut beside, mut held) = (Vec::new(), Vec::new(), [0_u64; 2]);
    let pushed = Pushed::default();
    for round in 0..=effort.abuse_rounds {
        say_round("one greedy page", round, effort.abuse_rounds);
        sleep(SETTLING).await;
        let alone = others.round("alone").await?;
        pushed.is_over.store(false, Relaxed);
        let measured = async {
            let measured = others.round("beside").await;
            pushed.is_over.store(true, Relaxed);
            measured
        };
        let watched = async {
            while !pushed.is_over.load(Relaxed) {
                held[0] = held[0].max(origin.held_bytes()?);
                held[1] = held[1].max(edge.held_bytes()?);
                sleep(LOOK).await;
            }
            anyhow::Ok(())
        };
        let greedy = try_join_all((0..PUBLISHERS).map(|lane| pushed.push(system, &page, format!("{round}-{lane}"))));
        let (measured, watched, greedy) = tokio::join!(measured, watched, greedy);
        watched?;
        greedy?;
        let measured = measured?;
        if round > 0 {
            quiet.push(alone);
            beside.push(measured);
        }
    }
    tell(&quiet, &beside, report)?;
    for (name, at) in [("the origin", 0), ("an edge", 1)] {
        let above = held[at].saturating_sub(quiet_bytes[at]);
        let name = format!("one greedy page: memory of {name} above quiet");
        report.add(name, mib(above), "MiB", Target::AtMost(MEMORY_MIB_MAX));
    }
    for (name, count) in [("taken", &pushed.taken), ("refused by field and size", &pushed.refused)] {
        let count = count.load(Relaxed) as f64;
        report.add(
            format!("one greedy page: pushes {name}"),
            count,
            "",
            Target::AtLeast(1.0),
        );
    }
    Ok(())
}

fn tell(quiet: &[Round], beside: &[Round], report: &mut Report) -> Result<()> {
    type Of = fn(&Round) -> f64;
    let measures: [(&str, Of, Target); 3] = [
        ("another's push", |round| round.push, Target::AtMost(PUSH_GROWTH_MAX)),
        ("until another's push is visible", |round| round.shown, Target::None),
        ("another's visit", |round| round.visit, Target::AtMost(VISIT_GROWTH_MAX)),
    ];
    for (name, value, target) in measures {
        let ratios: Vec<f64> = quiet
            .iter()
            .zip(beside)
            .map(|(quiet, beside)| value(beside) / value(quiet))
            .collect();
        let mut add = |what: &str, value, unit, target| {
            report.add(format!("one greedy page: {name}, {what}"), value, unit, target)
        };
        add("p99 quiet", median_of(quiet, value)?, "ms", Target::None);
        add("p99 beside it", median_of(beside, value)?, "ms", Target::None);
        add("p99 to p99 quiet", median_of(&ratios, |ratio| *ratio)?, "×", target);
    }
    Ok(())
}

impl Others<'_> {
    /// Visits come all the while in which others push.
    async fn round(&self, what: &str) -> Result<Round> {
        let visits = OpenLoop {
            addr: self.visited.region.visitor.addr(),
            path: "/".to_owned(),
            headers: self.visited.headers(BROTLI),
            visits_per_s: VISITS_PER_S,
            lasting: Duration::from_secs(self.effort.open_loop_s),
            connections: CONNECTIONS,
        };
        let (visits, pushes) = tokio::join!(visits.run(), self.pushes(what));
        let (pushes_ms, shown_ms) = pushes?;
        let p99 = |values: &[f64]| quantile(values, 0.99).context("nothing was measured");
        Ok(Round {
            push: p99(&pushes_ms)?,
            shown: p99(&shown_ms)?,
            visit: p99(&visits?)?,
        })
    }

    /// Until each was answered, and until every region showed every other one.
    async fn pushes(&self, what: &str) -> Result<(Vec<f64>, Vec<f64>)> {
        let (mut pushes_ms, mut shown_ms) = (Vec::new(), Vec::new());
        for number in 0..self.effort.pushes / 2 {
            let turn = sleep(TURN);
            let (page, incident) = &self.pages[number % PAGES];
            if number % 2 == 0 {
                let update = NewUpdate {
                    body: format!("Step {number}, {what}."),
                    ..NewUpdate::default()
                };
                let begun = Instant::now();
                self.system.push.update(&page.id, incident, &update).await?;
                pushes_ms.push(begun.elapsed().as_secs_f64() * 1_000.0);
            } else {
                shown_ms.push(lag::push_and_see(self.system, page, incident, number).await?);
            }
            turn.await;
        }
        Ok((pushes_ms, shown_ms))
    }
}

/// Whatever has a count or a budget beside the texts of events.
async fn fill(system: &System, page: &Page) -> Result<()> {
    let description = LONG.repeat(2_000);
    let name = |number: usize| format!("{number:05}{}", "n".repeat(195));
    let lanes = (0..LANES).map(|lane| {
        let description = &description;
        async move {
            for number in (lane..COMPONENTS).step_by(LANES) {
                let component = json!({"name": name(number), "description": description});
                let path = page.path("/components");
                let answer = system
                    .push
                    .send(system.push.request(Method::POST, &path).json(&component))
                    .await?;
                if is_refusal(answer.status, &answer.body)? {
                    system.push.create(&path, &json!({"name": name(number)})).await?;
                }
            }
            anyhow::Ok(())
        }
    });
    try_join_all(lanes).await?;
    for number in 0..METRICS {
        let metric = json!({"name": name(number), "suffix": "ms"});
        system.push.create(&page.path("/metrics"), &metric).await?;
    }
    Ok(())
}

/// Whether it was refused; a refusal says the field.
fn is_refusal(status: StatusCode, body: &Value) -> Result<bool> {
    if status.is_success() {
        return Ok(false);
    }
    ensure!(
        status == StatusCode::UNPROCESSABLE_ENTITY && body["field"].is_string(),
        "a push beyond a budget was answered {status}: {body}"
    );
    Ok(true)
}

impl Pushed {
    /// The longest updates, until an incident has no room for more, and then those of the next one.
    async fn push(&self, system: &System, page: &Page, name: String) -> Result<()> {
        let body = LONG.repeat(25_000);
        for number in 0.. {
            let incident = json!({"name": format!("Outage {name} {number}"), "body": body});
            let incident = system.push.create(&page.path("/incidents"), &incident).await?;
            let updates = page.path(&format!("/incidents/{}/updates", incident.id()?));
            loop {
                if self.is_over.load(Relaxed) {
                    return Ok(());
                }
                let update = system.push.request(Method::POST, &updates).json(&json!({"body": body}));
                let answer = system.push.send(update).await?;
                if answer.status == StatusCode::SERVICE_UNAVAILABLE {
                    sleep(LOOK).await;
                    continue;
                }
                if is_refusal(answer.status, &answer.body)? {
                    self.refused.fetch_add(1, Relaxed);
                    break;
                }
                self.taken.fetch_add(1, Relaxed);
            }
        }
        Ok(())
    }
}

/// Five times as long in HTML.
const LONG: &str = "&";
const COMPONENTS: usize = 5_000 - 1;
const METRICS: usize = 20;
const LANES: usize = 16;
const PUBLISHERS: usize = 2;
const VISITS_PER_S: f64 = 500.0;
const CONNECTIONS: usize = 32;
/// As beside a flood of sign-ins: both cores are everybody's.
const PUSH_GROWTH_MAX: f64 = 2.0;
const VISIT_GROWTH_MAX: f64 = 1.5;
const MEMORY_MIB_MAX: f64 = 256.0;
const SETTLING: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(250);
