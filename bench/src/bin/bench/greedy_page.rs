//! One publisher who fills a page as far as every budget goes, and goes on: what others' pushes and visitors notice, and what the
//! origin and an edge hold.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use bench::{
    cpu::{self, Processes},
    open_loop::OpenLoop,
    quantile::quantile,
};
use futures_util::future::try_join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{
    Page, Push, System,
    push::{Answer, NewUpdate},
};
use tokio::{runtime, time::sleep};

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

/// What others waited for in one round, in milliseconds.
#[derive(Default)]
struct Waits {
    pushes: Vec<f64>,
    shown: Vec<f64>,
    visits: Vec<f64>,
}

/// How a publisher pushes more than anyone needs to.
struct Greed {
    name: &'static str,
    /// At once, each without a pause.
    publishers: usize,
    /// In an update.
    chars: usize,
}

/// What the greedy publishers have come to.
struct Pushed {
    greed: &'static Greed,
    is_over: AtomicBool,
    taken: AtomicU64,
    refused: AtomicU64,
    sent_away: AtomicU64,
}

/// The programs that hold something of the page: the origin and an edge.
struct Holders {
    processes: [Processes; 2],
    quiet_bytes: [u64; 2],
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
    let holders = Holders {
        quiet_bytes: [origin.held_bytes()?, edge.held_bytes()?],
        processes: [origin, edge],
    };
    let page = Page::create(&system.push, "greedy", 1).await?;
    let refused = fill(system, &page).await?;
    let name = "a page that is filled: pushes refused by field and size".to_owned();
    report.add(name, refused as f64, "", Target::AtLeast(1.0));
    for greed in &GREED {
        others.beside(greed, &page, &holders, report).await?;
    }
    Ok(())
}

impl Others<'_> {
    async fn beside(&self, greed: &'static Greed, page: &Page, holders: &Holders, report: &mut Report) -> Result<()> {
        let (mut rounds, mut held) = (Vec::new(), holders.quiet_bytes);
        let pushed = Arc::new(Pushed::new(greed));
        for round in 1..=self.effort.abuse_rounds {
            say_round(greed.name, round, self.effort.abuse_rounds);
            sleep(SETTLING).await;
            let alone = self.round("alone").await?;
            pushed.is_over.store(false, Relaxed);
            let greedy = pushed.start(&self.system.push, page, round)?;
            let measured = async {
                let measured = self.round("beside").await;
                pushed.is_over.store(true, Relaxed);
                measured
            };
            let watched = async {
                while !pushed.is_over.load(Relaxed) {
                    for (held, process) in held.iter_mut().zip(&holders.processes) {
                        *held = (*held).max(process.held_bytes()?);
                    }
                    sleep(LOOK).await;
                }
                anyhow::Ok(())
            };
            let (measured, watched) = tokio::join!(measured, watched);
            let greedy = greedy.join().map_err(|_| anyhow!("the greedy publishers panicked"))?;
            watched.and(greedy)?;
            rounds.push([alone, measured?]);
        }
        tell(greed, &rounds, report)?;
        for (name, at) in [("the origin", 0), ("an edge", 1)] {
            let above = held[at].saturating_sub(holders.quiet_bytes[at]);
            let name = format!("{}: memory of {name} above quiet", greed.name);
            report.add(name, mib(above), "MiB", Target::AtMost(MEMORY_MIB_MAX));
        }
        for (what, count, target) in [
            ("taken", &pushed.taken, Target::AtLeast(1.0)),
            ("refused by field and size", &pushed.refused, Target::None),
            ("that are to come again", &pushed.sent_away, Target::None),
        ] {
            let name = format!("{}: pushes {what}", greed.name);
            report.add(name, count.load(Relaxed) as f64, "", target);
        }
        Ok(())
    }

    /// Visits come all the while in which others push.
    async fn round(&self, what: &str) -> Result<Waits> {
        let visits = OpenLoop {
            addr: self.visited.region.visitor.addr(),
            path: "/".to_owned(),
            headers: self.visited.headers(BROTLI),
            visits_per_s: VISITS_PER_S,
            lasting: TURN * u32::try_from(self.effort.pushes)?,
            connections: CONNECTIONS,
        };
        let mut waits = Waits::default();
        let pushes = self.pushes(what, &mut waits.pushes, &mut waits.shown);
        let (visits, pushes) = tokio::join!(visits.run(), pushes);
        pushes?;
        waits.visits = visits?;
        Ok(waits)
    }

    /// Until each was answered, and until every region showed every other one.
    async fn pushes(&self, what: &str, pushes: &mut Vec<f64>, shown: &mut Vec<f64>) -> Result<()> {
        for number in 0..self.effort.pushes {
            let turn = sleep(TURN);
            let (page, incident) = &self.pages[number % PAGES];
            if number % 2 == 0 {
                let update = NewUpdate {
                    body: format!("Step {number}, {what}."),
                    ..NewUpdate::default()
                };
                let begun = Instant::now();
                self.system.push.update(&page.id, incident, &update).await?;
                pushes.push(begun.elapsed().as_secs_f64() * 1_000.0);
            } else {
                let times = lag::push_and_see(self.system, page, incident, number).await?;
                pushes.push(times.answered_ms);
                shown.push(times.shown_ms);
            }
            turn.await;
        }
        Ok(())
    }
}

fn tell(greed: &Greed, rounds: &[[Waits; 2]], report: &mut Report) -> Result<()> {
    type Of = fn(&Waits) -> &[f64];
    let measures: [(&str, Of, Target); 3] = [
        ("another's push", |waits| &waits.pushes, Target::AtMost(PUSH_GROWTH_MAX)),
        ("until another's push is visible", |waits| &waits.shown, Target::None),
        (
            "another's visit",
            |waits| &waits.visits,
            Target::AtMost(VISIT_GROWTH_MAX),
        ),
    ];
    for (name, of, target) in measures {
        let mut add = |what: &str, value, unit, target| {
            report.add(format!("{}: {name}, {what}", greed.name), value, unit, target)
        };
        for (percentile, share, target) in [("p50", 0.5, Target::None), ("p99", 0.99, target)] {
            let waited = rounds.iter().map(|round| {
                let [quiet, beside] = round.each_ref().map(|waits| quantile(of(waits), share));
                Some((quiet?, beside?))
            });
            let waited: Option<Vec<(f64, f64)>> = waited.collect();
            let waited = waited.context("nothing was measured")?;
            let quiet = median_of(&waited, |(quiet, _)| *quiet)?;
            let beside = median_of(&waited, |(_, beside)| *beside)?;
            let growth = median_of(&waited, |(quiet, beside)| beside / quiet)?;
            add(&format!("{percentile} quiet"), quiet, "ms", Target::None);
            add(&format!("{percentile} beside it"), beside, "ms", Target::None);
            add(&format!("{percentile} to {percentile} quiet"), growth, "×", target);
        }
    }
    Ok(())
}

/// Whatever has a count or a budget beside the texts of events. Gives how many pushes were refused for it.
async fn fill(system: &System, page: &Page) -> Result<usize> {
    let description = LONG.repeat(2_000);
    let name = |number: usize| format!("{number:05}{}", "n".repeat(195));
    let lanes = (0..LANES).map(|lane| {
        let description = &description;
        async move {
            let mut refused = 0;
            for number in (lane..COMPONENTS).step_by(LANES) {
                let component = json!({"name": name(number), "description": description});
                let path = page.path("/components");
                let answer = system
                    .push
                    .send(system.push.request(Method::POST, &path).json(&component))
                    .await?;
                if is_refusal(answer.status, &answer.body)? {
                    refused += 1;
                    system.push.create(&path, &json!({"name": name(number)})).await?;
                }
            }
            anyhow::Ok(refused)
        }
    });
    let refused = try_join_all(lanes).await?.into_iter().sum();
    for number in 0..METRICS {
        let metric = json!({"name": name(number), "suffix": "ms"});
        system.push.create(&page.path("/metrics"), &metric).await?;
    }
    Ok(refused)
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
    fn new(greed: &'static Greed) -> Self {
        Self {
            greed,
            is_over: AtomicBool::new(true),
            taken: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            sent_away: AtomicU64::new(0),
        }
    }

    /// Publishers who go on until they are told. As they are on machines of their own, what they compute themselves comes after all
    /// others.
    fn start(self: &Arc<Self>, push: &Push, page: &Page, round: usize) -> Result<JoinHandle<Result<()>>> {
        let (pushed, page, push) = (Arc::clone(self), page.clone(), Push::new(push.url(), push.token())?);
        Ok(thread::Builder::new().name("greedy".into()).spawn(move || {
            cpu::this_thread_after_all_others()?;
            let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
            let names = (0..pushed.greed.publishers).map(|lane| format!("{round}-{lane}"));
            let publishers = names.map(|name| pushed.push(&push, &page, name));
            runtime.block_on(try_join_all(publishers)).map(drop)
        })?)
    }

    /// Updates, until an incident has no room for more, and then those of the next one.
    async fn push(&self, push: &Push, page: &Page, name: String) -> Result<()> {
        let body = LONG.repeat(self.greed.chars);
        for number in 0.. {
            let incident = json!({"name": format!("Outage {name} {number}"), "body": body});
            let Some(incident) = self.send(push, &page.path("/incidents"), &incident).await? else {
                return Ok(());
            };
            let updates = page.path(&format!("/incidents/{}/updates", incident.id()?));
            loop {
                let Some(answer) = self.send(push, &updates, &json!({"body": body})).await? else {
                    return Ok(());
                };
                if is_refusal(answer.status, &answer.body)? {
                    self.refused.fetch_add(1, Relaxed);
                    break;
                }
                self.taken.fetch_add(1, Relaxed);
            }
        }
        Ok(())
    }

    /// Again where the origin is busy; `None` once it is over.
    async fn send(&self, push: &Push, path: &str, body: &Value) -> Result<Option<Answer>> {
        while !self.is_over.load(Relaxed) {
            let answer = push.send(push.request(Method::POST, path).json(body)).await?;
            if answer.status != StatusCode::SERVICE_UNAVAILABLE {
                return Ok(Some(answer));
            }
            self.sent_away.fetch_add(1, Relaxed);
            sleep(LOOK).await;
        }
        Ok(None)
    }
}

/// Five times as long in HTML.
const LONG: &str = "&";
const COMPONENTS: usize = 5_000 - 1;
const METRICS: usize = 20;
const LANES: usize = 16;
/// The longest updates, and short ones on many connections.
const GREED: [Greed; 2] = [
    Greed {
        name: "one greedy page",
        publishers: 2,
        chars: 25_000,
    },
    Greed {
        name: "one page pushed without pause",
        publishers: 256,
        chars: 200,
    },
];
const VISITS_PER_S: f64 = 500.0;
const CONNECTIONS: usize = 32;
/// As beside a flood of sign-ins: both cores are everybody's.
const PUSH_GROWTH_MAX: f64 = 2.0;
const VISIT_GROWTH_MAX: f64 = 1.5;
const MEMORY_MIB_MAX: f64 = 256.0;
const SETTLING: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(250);
