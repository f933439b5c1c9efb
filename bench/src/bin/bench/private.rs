//! A private page beside the same page public: shared by those who see the same, through the guest, and where the visitor has it
//! already.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use tests::{System, eventually, sign_in};

use crate::{
    effort::{Effort, say_round},
    report::{Report, Target, median_of},
    warm::{self, BROTLI, Warm},
    withdrawn::Withdrawn,
    wrk::{Load, Round},
};

/// A way to one of the two pages, and its rounds.
struct Way {
    name: &'static str,
    load: Load,
    rounds: Vec<Round>,
}

/// Of what to what, by which measure.
type Ratio = (&'static str, &'static str, &'static str, fn(&Round) -> f64, Target);

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    let public = Warm::prepare(system, "public").await?;
    let private = Warm::prepare(system, "private").await?;
    let (audience, cookie) = let_in(system, &private).await?;
    let edge = warm::edge(public.region)?;
    let mut ways = Vec::new();
    for (names, page, cookie) in [(PUBLIC, &public, None), (PRIVATE, &private, Some(cookie))] {
        let etag = etag_once_finished(page, cookie.as_deref()).await?;
        let more = [None, Some(PAST_THE_CACHE), Some(("If-None-Match", etag.as_str()))];
        ways.extend(names.into_iter().zip(more).map(|(name, more)| Way {
            name,
            load: load(page, cookie.as_deref(), more),
            rounds: Vec::new(),
        }));
    }
    for round in 0..=effort.rounds {
        say_round("private", round, effort.rounds);
        for way in &mut ways {
            let measured = way.load.run(effort.round_s, &edge).await?;
            if round > 0 {
                way.rounds.push(measured);
            }
        }
    }
    for way in &ways {
        report.add_speed(way.name, "Pharos", &way.rounds)?;
    }
    for ratio in RATIOS {
        tell(&ways, ratio, report)?;
    }
    let withdrawn = Withdrawn {
        system,
        page: &private.page,
        audience,
        password: PASSWORD,
        door: private.region,
    };
    withdrawn.measure(effort.rounds * 4, report).await
}

fn tell(ways: &[Way], (name, of, to, by, target): Ratio, report: &mut Report) -> Result<()> {
    let rounds = |name: &str| ways.iter().find(|way| way.name == name).map(|way| &way.rounds);
    let (of, to) = rounds(of).zip(rounds(to)).context("a way that is not measured")?;
    let pairs: Vec<(&Round, &Round)> = of.iter().zip(to).collect();
    let value = median_of(&pairs, |(of, to)| by(of) / by(to))?;
    report.add(name, value, "×", target);
    Ok(())
}

fn load(page: &Warm<'_>, cookie: Option<&str>, more: Option<(&str, &str)>) -> Load {
    let cookie = cookie.map(|cookie| ("Cookie", cookie));
    let more = cookie.into_iter().chain(more);
    let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Load {
        url: format!("http://{}/", page.region.visitor.addr()),
        headers: page.headers(BROTLI).into_iter().chain(more).collect(),
    }
}

/// Closes the page but for one audience, and signs in.
async fn let_in(system: &System, page: &Warm<'_>) -> Result<(String, String)> {
    let audience = json!({"name": "Customers", "password": PASSWORD});
    let audience = system.push.create(&page.page.path("/audiences"), &audience).await?;
    let private = json!({"visibility": "private"});
    system.push.change(&page.page.path(""), &private).await?.accepted()?;
    let cookie = eventually("somebody is let in", Duration::from_secs(10), async || {
        sign_in::by_password(&page.region.visitor, &page.page.host, PASSWORD).await
    })
    .await?;
    Ok((audience.id()?.to_owned(), cookie))
}

/// Once the visitor sees the finished page.
async fn etag_once_finished(page: &Warm<'_>, cookie: Option<&str>) -> Result<String> {
    let headers: Vec<(&str, &str)> = [("accept-encoding", "br")]
        .into_iter()
        .chain(cookie.map(|cookie| ("cookie", cookie)))
        .collect();
    eventually("the page is finished", Duration::from_secs(10), async || {
        let visitor = &page.region.visitor;
        let reply = visitor.request(Method::GET, &page.page.host, "/", &headers).await?;
        ensure!(reply.status == 200, "it answered {}", reply.status);
        ensure!(reply.header("content-encoding") == Some("br"), "{:?}", reply.headers);
        Ok(reply.header("etag").context("no etag")?.to_owned())
    })
    .await
}

const PUBLIC: [&str; 3] = [
    "public page, warm",
    "public page, through the guest",
    "public page, 304",
];
const PRIVATE: [&str; 3] = [
    "private page, shared in its audience set",
    "private page, through the guest",
    "private page, 304",
];
const RATIOS: [Ratio; 3] = [
    (
        "private page, shared in its audience set, to the public page",
        PRIVATE[0],
        PUBLIC[0],
        |round| round.replies_per_s,
        Target::AtLeast(0.8),
    ),
    (
        "private page through the guest, CPU to the public page",
        PRIVATE[1],
        PUBLIC[1],
        Round::cpu_us,
        Target::AtMost(1.3),
    ),
    (
        "a 304 of the private page, CPU to the public page's",
        PRIVATE[2],
        PUBLIC[2],
        Round::cpu_us,
        Target::AtMost(1.3),
    ),
];
/// Says who the visitor is, in a way that no page of ours knows.
pub const PAST_THE_CACHE: (&str, &str) = ("Authorization", "Basic dmlzaXRvcjpiZW5jaA==");
const PASSWORD: &str = "correct horse battery";
