//! From a push's 2xx to the new bytes in every region.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bench::quantile::quantile;
use futures_util::future::try_join_all;
use tests::{
    Page, System, Visitor,
    push::{NewIncident, NewUpdate},
};

use crate::{
    effort::Effort,
    report::{Report, Target},
};

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    let mut pages = Vec::new();
    for number in 0..PAGES {
        pages.push(open(system, "lag", number).await?);
    }
    let mut lags_ms = Vec::new();
    for push in 0..effort.pushes {
        let turn = tokio::time::sleep(TURN);
        let (page, incident) = &pages[push % PAGES];
        lags_ms.push(push_and_see(system, page, incident, push).await?.shown_ms);
        turn.await;
    }
    for (name, share, most_ms) in [("p50", 0.5, 10.0), ("p99", 0.99, 30.0)] {
        let lag_ms = quantile(&lags_ms, share).context("no pushes")?;
        report.add(
            format!("push to visible in every region, {name}"),
            lag_ms,
            "ms",
            Target::AtMost(most_ms),
        );
    }
    Ok(())
}

/// A page with an incident that all regions show.
pub async fn open(system: &System, name: &str, number: usize) -> Result<(Page, String)> {
    let page = Page::create(&system.push, &format!("{name}{number}"), 10).await?;
    let incident = NewIncident {
        name: "Slow".into(),
        body: "It begins.".into(),
        ..NewIncident::default()
    };
    let incident = system.push.incident(&page.id, &incident).await?.id()?.to_owned();
    system.until_shown(&page, &["It begins."]).await?;
    Ok((page, incident))
}

/// What one push takes.
pub struct Times {
    pub answered_ms: f64,
    /// From the answer until all regions show it.
    pub shown_ms: f64,
}

pub async fn push_and_see(system: &System, page: &Page, incident: &str, number: usize) -> Result<Times> {
    let text = format!("Step {number} of many.");
    let update = NewUpdate {
        body: text.clone(),
        ..NewUpdate::default()
    };
    let begun = Instant::now();
    system.push.update(&page.id, incident, &update).await?;
    let answered = Instant::now();
    try_join_all(
        system
            .regions
            .iter()
            .map(|region| seen(&region.visitor, &page.host, &text)),
    )
    .await?;
    Ok(Times {
        answered_ms: (answered - begun).as_secs_f64() * 1_000.0,
        shown_ms: answered.elapsed().as_secs_f64() * 1_000.0,
    })
}

async fn seen(visitor: &Visitor, host: &str, text: &str) -> Result<()> {
    let begin = Instant::now();
    while !visitor.page(host, "/").await?.contains(text) {
        ensure!(
            begin.elapsed() < SEEN_MAX,
            "{host} does not show {text:?} within {SEEN_MAX:?}"
        );
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

/// Each page rests for more than a second between two pushes, as a key may be written once a second.
pub const PAGES: usize = 10;
pub const TURN: Duration = Duration::from_millis(115);
const POLL: Duration = Duration::from_micros(500);
const SEEN_MAX: Duration = Duration::from_secs(5);
