//! A page of 1,000 components that 64 sets of audiences see: what one change costs, and whether another page's waits for it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bench::quantile::{median, quantile};
use serde_json::json;
use tests::{Page, System, eventually, http};

use crate::{
    lag,
    report::{Report, Target},
};

/// Which of the audiences have a component of their own; the others see what all audiences see.
struct Shape {
    name: &'static str,
    id: &'static str,
    differing: usize,
    composes_ms_most: Target,
}

pub async fn measure(system: &System, report: &mut Report) -> Result<()> {
    let other = lag::open(system, "beside", 0).await?;
    for shape in SHAPES {
        let page = page(system, &shape).await?;
        let (mut composed_ms, mut delivered_ms, mut others_ms) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let status = ["degraded_performance", "operational"][round % 2];
            let path = page.path(&format!("/components/{}", page.component(7)));
            let (sent, changed) = (
                Instant::now(),
                system.push.change(&path, &json!({ "status": status })).await?,
            );
            let seq = changed.change_seq()?;
            let delivered = until_delivered(system, &page, seq, sent);
            let beside = lag::push_and_see(system, &other.0, &other.1, round + 100 * shape.differing);
            let (delivered, beside) = tokio::join!(delivered, beside);
            delivered_ms.push(delivered?);
            others_ms.push(beside?.shown_ms);
            composed_ms.push(composed(system, &page, seq - 2).await?);
            tokio::time::sleep(REST).await;
        }
        let name = shape.name;
        let composes = median(&composed_ms).context("no rounds")?;
        report.add(
            format!("{name}: one change composes"),
            composes,
            "ms",
            shape.composes_ms_most,
        );
        let delivered = quantile(&delivered_ms, 1.0).context("no rounds")?;
        report.add(
            format!("{name}: is in every region, at most"),
            delivered,
            "ms",
            Target::AtMost(2_000.0),
        );
        let others = quantile(&others_ms, 1.0).context("no rounds")?;
        report.add(
            format!("{name}: another page's push is visible, at most"),
            others,
            "ms",
            Target::None,
        );
    }
    Ok(())
}

/// How long the origin takes to compose what changed. The other page's push lies between the rounds, so that no region has asked from there on,
/// which would be remembered.
async fn composed(system: &System, page: &Page, after: u64) -> Result<f64> {
    let path = format!("/sync/pages/{}/records?after={after}", page.id);
    let begin = Instant::now();
    let reply = system
        .as_sync(&http::client()?, &path)
        .send()
        .await?
        .error_for_status()?;
    ensure!(!reply.bytes().await?.is_empty(), "nothing was composed");
    Ok(begin.elapsed().as_secs_f64() * 1_000.0)
}

async fn until_delivered(system: &System, page: &Page, seq: u64, since: Instant) -> Result<f64> {
    let path = page.path(&format!("/delivery?seq={seq}"));
    eventually("the change is in every region", DELIVERED_MAX, async || {
        let delivery = system.push.read(&path).await?;
        let regions = delivery["regions"].as_array().context("no regions")?;
        ensure!(
            regions.iter().all(|region| !region["delivered_at"].is_null()),
            "{delivery}"
        );
        Ok(since.elapsed().as_secs_f64() * 1_000.0)
    })
    .await
}

/// The public, those who are in no audience that anything is for, each audience, and as many pairs as there is room for.
async fn page(system: &System, shape: &Shape) -> Result<Page> {
    let page = Page::create(&system.push, shape.id, 1_000).await?;
    let id = |number: usize| format!("audience{number:04}");
    for number in 0..=AUDIENCES {
        let mut audience = json!({"id": id(number), "name": format!("Audience {number}")});
        if number == AUDIENCES {
            // Those who know it see what is for the public.
            audience["password"] = json!(PASSWORD);
        }
        system.push.create(&page.path("/audiences"), &audience).await?;
    }
    let all: Vec<_> = (0..AUDIENCES).map(id).collect();
    let own = (0..shape.differing).map(|number| vec![id(number)]);
    for (number, audiences) in std::iter::once(all).chain(own).enumerate() {
        let component = json!({"name": format!("Extra {number}"), "audiences": audiences});
        system.push.create(&page.path("/components"), &component).await?;
    }
    system
        .push
        .change(&page.path(""), &json!({"visibility": "layered"}))
        .await?;
    let pairs = (0..AUDIENCES - 1).map(|number| (AUDIENCES - 1, number)).chain([(0, 1)]);
    for (number, (one, other)) in pairs.enumerate() {
        let pair = [id(one), id(other)];
        let link = json!({"name": format!("Pair {number}"), "audiences": pair, "formats": "machine"});
        system.push.create(&page.path("/links"), &link).await?;
    }
    system.until_settled(&page).await?;
    Ok(page)
}

const SHAPES: [Shape; 2] = [
    Shape {
        name: "64 sets, 61 of them alike",
        id: "alike",
        differing: 1,
        composes_ms_most: Target::AtMost(300.0),
    },
    Shape {
        name: "64 sets, all but two different",
        id: "unlike",
        differing: AUDIENCES,
        composes_ms_most: Target::None,
    },
];
/// Named by components. One that is not is beside them.
const AUDIENCES: usize = 31;
const PASSWORD: &str = "correct horse battery";
const ROUNDS: usize = 9;
/// A key may be written once a second.
const REST: Duration = Duration::from_millis(1_200);
const DELIVERED_MAX: Duration = Duration::from_secs(60);
