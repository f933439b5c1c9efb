//! A flood of sign-ins beside publishers' pushes: what a push costs while strangers guess at passwords from everywhere.

use std::{
    sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use bench::{
    cpu::{self, Processes},
    quantile::quantile,
};
use futures_util::future::try_join_all;
use serde_json::json;
use tests::{
    Page, Region, System, eventually,
    push::NewUpdate,
    sign_in::DOOR,
    system::{ARRIVAL_MAX, LONE_REGION},
};
use tokio::{
    runtime::{Builder, Handle},
    task::block_in_place,
    time::sleep_until,
};

use crate::{
    effort::{Effort, say_round},
    lag::{self, PAGES, TURN},
    report::{Report, Target},
};

/// What became of the guesses.
#[derive(Default)]
struct Flood {
    is_over: AtomicBool,
    /// From another address each time.
    next: AtomicU32,
    compared: AtomicU64,
    turned_away: AtomicU64,
}

/// When each guess is to be sent.
#[derive(Clone, Copy)]
struct Turns {
    begin: Instant,
    first: u32,
}

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    let mut pages = Vec::new();
    for number in 0..PAGES {
        pages.push(lag::open(system, "flood", number).await?);
    }
    let region = system
        .start_lone_host(LONE_REGION, &["--client-address", ADDRESSES])
        .await?;
    let door = door(system, &region).await?;
    let edge = Processes::child_with(&format!("--listen {}", region.visitor.addr()))?;
    let origin = Processes::child_with(&format!("--admin-listen {}", system.origin.admin()?))?;
    // Strangers and the edge are on machines of their own, which take nothing from the origin's.
    edge.after_all_others()?;
    let (flood, mut quiet, mut beside) = (Flood::default(), Vec::new(), Vec::new());
    let (mut seconds, mut at_edge_s, mut at_origin_s) = (0.0, 0.0, 0.0);
    for round in 1..=effort.sign_in_rounds {
        say_round("pushes, and a flood of sign-ins", round, effort.sign_in_rounds);
        quiet.extend(pushes(system, &pages, effort.pushes, "quiet").await?);
        let before = (edge.cpu()?, origin.cpu()?);
        let begin = Instant::now();
        beside.extend(flood.beside(&region, &door, || {
            let pushes = pushes(system, &pages, effort.pushes, "beside a flood");
            Handle::current().block_on(pushes)
        })?);
        seconds += begin.elapsed().as_secs_f64();
        at_edge_s += (edge.cpu()? - before.0).together_s();
        at_origin_s += (origin.cpu()? - before.1).together_s();
    }
    tell(report, &quiet, &beside)?;
    #[expect(clippy::cast_precision_loss, reason = "a count of seconds' work")]
    let guesses = (flood.compared.load(Relaxed) + flood.turned_away.load(Relaxed)) as f64;
    report.add(
        "the edge's CPU for a guess",
        at_edge_s * 1_000.0 / guesses,
        "ms",
        Target::None,
    );
    report.add(
        "cores that the origin works on meanwhile",
        at_origin_s / seconds,
        "",
        Target::None,
    );
    for (name, count) in [("compared", &flood.compared), ("turned away", &flood.turned_away)] {
        #[expect(clippy::cast_precision_loss, reason = "a count of seconds' work")]
        let per_s = count.load(Relaxed) as f64 / seconds;
        report.add(format!("guesses at a password, {name}"), per_s, "/s", Target::None);
    }
    Ok(())
}

fn tell(report: &mut Report, quiet: &[f64], beside: &[f64]) -> Result<()> {
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let quiet = quantile(quiet, share).context("no pushes")?;
        let beside = quantile(beside, share).context("no pushes")?;
        report.add(format!("a push, {name}"), quiet, "ms", Target::None);
        report.add(
            format!("a push beside a flood of sign-ins, {name}"),
            beside,
            "ms",
            Target::None,
        );
        report.add(
            format!("the flood's share in it, {name}"),
            beside / quiet,
            "×",
            Target::AtMost(2.0),
        );
    }
    Ok(())
}

/// How long each push takes to its answer.
async fn pushes(system: &System, pages: &[(Page, String)], count: usize, what: &str) -> Result<Vec<f64>> {
    let mut took_ms = Vec::new();
    for number in 0..count {
        let turn = tokio::time::sleep(TURN);
        let (page, incident) = &pages[number % pages.len()];
        let update = NewUpdate {
            body: format!("Step {number}, {what}."),
            ..NewUpdate::default()
        };
        let begin = Instant::now();
        system.push.update(&page.id, incident, &update).await?;
        took_ms.push(begin.elapsed().as_secs_f64() * 1_000.0);
        turn.await;
    }
    Ok(took_ms)
}

impl Flood {
    /// What is measured while strangers guess, on a thread of theirs that comes after all others.
    fn beside<T>(&self, region: &Region, door: &Page, measured: impl FnOnce() -> Result<T>) -> Result<T> {
        self.is_over.store(false, Relaxed);
        let guess = || -> Result<()> {
            cpu::this_thread_after_all_others()?;
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let turns = Turns {
                begin: Instant::now(),
                first: self.next.load(Relaxed),
            };
            let guesses = (0..GUESSERS).map(|_| self.guess(region, door, turns));
            runtime.block_on(try_join_all(guesses)).map(drop)
        };
        block_in_place(|| {
            thread::scope(|scope| {
                let guesses = scope.spawn(guess);
                let measured = measured();
                self.is_over.store(true, Relaxed);
                let guessed = guesses.join().unwrap_or_else(|_| bail!("the strangers' thread failed"));
                guessed.and(measured)
            })
        })
    }

    async fn guess(&self, region: &Region, door: &Page, turns: Turns) -> Result<()> {
        let origin = format!("http://{}", door.host);
        while !self.is_over.load(Relaxed) {
            let number = self.next.fetch_add(1, Relaxed);
            sleep_until(turns.of(number)).await;
            let [.., high, middle, low] = number.to_be_bytes();
            let address = format!("20.{high}.{middle}.{low}");
            let headers = [("x-real-address", address.as_str())];
            let form = "password=a+wrong+password";
            let reply = region
                .visitor
                .send_form(&door.host, DOOR, &origin, form, &headers)
                .await?;
            let count = match reply.status {
                403 => &self.compared,
                429 | 503 => &self.turned_away,
                status => bail!("a guess was answered {status}"),
            };
            count.fetch_add(1, Relaxed);
        }
        Ok(())
    }
}

impl Turns {
    fn of(self, number: u32) -> tokio::time::Instant {
        (self.begin + GUESS_EVERY * (number - self.first)).into()
    }
}

/// A private page in that region, with a door that asks for a password.
async fn door(system: &System, region: &Region) -> Result<Page> {
    let page = Page::create(&system.push, "guessed", 3).await?;
    let audience = json!({"name": "Customers", "password": "correct horse battery"});
    system.push.create(&page.path("/audiences"), &audience).await?;
    system
        .push
        .change(&page.path(""), &json!({"visibility": "private"}))
        .await?;
    let records = system.records(&page.id).await?;
    system.put_client(region)?.put(&records.records).await?;
    eventually("the page has a door", ARRIVAL_MAX, async || {
        let status = region.visitor.visit(&page.host, "/").await?.status;
        ensure!(status == 403, "it answered {status}");
        Ok(())
    })
    .await?;
    Ok(page)
}

const ADDRESSES: &str = "header X-Real-Address from 127.0.0.0/8";
/// More than passwords of one page that may wait.
const GUESSERS: usize = 48;
/// A thousand in a second, where the machine has time for them.
const GUESS_EVERY: Duration = Duration::from_millis(1);
