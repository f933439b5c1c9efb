//! The origin is killed again and again while changes are pushed: each acknowledged one is kept, none twice.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::{Page, Push, System, program::Program, push::NewIncident};

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_change_is_lost_or_applied_twice() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "crash", 2).await?;
        let incidents: Vec<String> = try_join_all((0..LANES).map(|lane| open(&system.push, &page, lane))).await?;
        let over = AtomicBool::new(false);
        let lanes = incidents
            .iter()
            .map(|incident| push_until(&system.push, &page, incident, &over));
        let (pushed, killed) = tokio::join!(try_join_all(lanes), kill_again_and_again(&mut system.origin, &over));
        killed?;
        for (incident, acknowledged) in incidents.iter().zip(pushed?) {
            stored_exactly_once(&system.push, &page, incident, acknowledged).await?;
        }
        regions_show_the_last_updates(system, &page, &incidents).await
    })
    .await
}

async fn open(push: &Push, page: &Page, lane: usize) -> Result<String> {
    let incident = NewIncident {
        name: format!("Lane {lane}"),
        body: "Begin.".into(),
        ..NewIncident::default()
    };
    Ok(push.incident(&page.id, &incident).await?.id()?.to_owned())
}

async fn kill_again_and_again(origin: &mut Program, over: &AtomicBool) -> Result<()> {
    let outcome = async {
        for kill in 0..KILLS {
            // From "hardly up" to "well under way", a different moment each time.
            tokio::time::sleep(Duration::from_millis(20 + 37 * kill % 160)).await;
            origin.kill();
            origin.start()?;
            origin.healthy().await?;
        }
        anyhow::Ok(())
    }
    .await;
    over.store(true, Ordering::Relaxed);
    outcome
}

/// Pushes numbered updates, each until it is acknowledged, and says how many there were.
async fn push_until(push: &Push, page: &Page, incident: &str, over: &AtomicBool) -> Result<usize> {
    let mut acknowledged = 0;
    while !over.load(Ordering::Relaxed) {
        push_one(push, page, incident, acknowledged).await?;
        acknowledged += 1;
    }
    Ok(acknowledged)
}

async fn push_one(push: &Push, page: &Page, incident: &str, number: usize) -> Result<()> {
    let path = page.path(&format!("/incidents/{incident}/updates"));
    let key = format!("{incident}-{number}");
    for _ in 0..TRIES_MAX {
        let request = push
            .request(Method::POST, &path)
            .header("idempotency-key", &key)
            .timeout(Duration::from_secs(10))
            .json(&json!({ "body": format!("Step {number}.") }));
        match push.send(request).await {
            Ok(answer) if answer.status == StatusCode::CREATED => return Ok(()),
            // A dying origin may say "not now", never "no".
            Ok(answer) => ensure!(answer.status.is_server_error(), "{}: {}", answer.status, answer.body),
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    anyhow::bail!("{key} was not accepted in {TRIES_MAX} tries")
}

async fn stored_exactly_once(push: &Push, page: &Page, incident: &str, acknowledged: usize) -> Result<()> {
    ensure!(
        acknowledged > KILLS as usize / 4,
        "only {acknowledged} updates between {KILLS} kills prove little"
    );
    let updates = push.list(&page.path(&format!("/incidents/{incident}/updates"))).await?;
    let mut steps: Vec<usize> = updates
        .iter()
        .filter_map(|update| {
            update["body"]
                .as_str()?
                .strip_prefix("Step ")?
                .strip_suffix('.')?
                .parse()
                .ok()
        })
        .collect();
    steps.sort_unstable();
    ensure!(
        steps == (0..acknowledged).collect::<Vec<_>>(),
        "{acknowledged} acknowledged, stored are {steps:?}"
    );
    Ok(())
}

async fn regions_show_the_last_updates(system: &System, page: &Page, incidents: &[String]) -> Result<()> {
    let mut shown = Vec::new();
    for incident in incidents {
        let updates = system
            .push
            .list(&page.path(&format!("/incidents/{incident}/updates")))
            .await?;
        shown.push(format!("Step {}.", updates.len().checked_sub(2).context("no updates")?));
    }
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    system.until_shown(page, &shown).await
}

const KILLS: u64 = 100;
const LANES: usize = 4;
const TRIES_MAX: usize = 1_000;
