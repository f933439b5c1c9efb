//! A layered page through the whole road: one address, at which strangers and each audience see what is theirs, in every format, until
//! the page becomes private.

use anyhow::{Context, Result, ensure};
use page_model::{Host, site::Visibility};
use reqwest::Method;
use serde_json::json;
use tests::{
    Platform, Region, System,
    canary::{
        self, Asker,
        page::{CanaryPage, Kind, Set},
        rows::{Cell, Shows},
    },
    eventually, sign_in,
    system::ARRIVAL_MAX,
};

#[tokio::test(flavor = "multi_thread")]
async fn own_host() -> Result<()> {
    System::journey_on(Platform::OwnHost, layered_page).await
}

#[tokio::test(flavor = "multi_thread")]
async fn spin() -> Result<()> {
    System::journey_on(Platform::Spin, layered_page).await
}

#[tokio::test(flavor = "multi_thread")]
async fn workerd() -> Result<()> {
    System::journey_on(Platform::Workerd, layered_page).await
}

async fn layered_page(system: &mut System) -> Result<()> {
    let mut page = CanaryPage::create(system, "layer", Visibility::Layered).await?;
    system.until_settled_at(&page.page_id()).await?;
    let host = Host::parse(&page.host)?;
    let cells = canary::cells(&page)?;
    let alpha = cookie(&system.regions[0], &page, Set::Alpha).await?;
    let beta = cookie(&system.regions[1], &page, Set::Beta).await?;
    let askers = [
        asker("a stranger", None, &[Set::Public]),
        asker("one of the first audience", Some(&alpha), &[Set::Public, Set::Alpha]),
        asker("one of the second audience", Some(&beta), &[Set::Public, Set::Beta]),
    ];
    for region in &system.regions {
        // Twice: what was drawn for one of them is there for the next.
        for _ in 0..2 {
            everybody_sees_theirs(region, &page, &host, &cells, &askers).await?;
        }
    }

    // An incident that comes to all is told to all, and changes how the page is for strangers.
    let own = page.id_of(Kind::Incident, Set::Alpha);
    let at = system.regions[0]
        .visitor
        .visit(&page.host, "/badge.json")
        .await?
        .text()?;
    ensure!(!at.contains("outage"), "{at}");
    let component = page.path(&format!("/components/{}", page.id_of(Kind::Component, Set::Alpha)));
    let group = page.path(&format!("/groups/{}", page.id_of(Kind::Group, Set::Alpha)));
    let incident = page.path(&format!("/incidents/{own}"));
    let mut seq = 0;
    for path in [group, component, incident] {
        let changed = system.push.change(&path, &json!({"audiences": ["public"]})).await?;
        seq = changed.change_seq()?;
    }
    until_delivered(system, &page, seq).await?;
    for region in &system.regions {
        eventually("strangers learn of it", ARRIVAL_MAX, async || {
            let badge = region.visitor.visit(&page.host, "/badge.json").await?.text()?;
            ensure!(badge.contains("outage"), "{}: {badge}", region.name);
            let shown = region.visitor.visit(&page.host, &format!("/incidents/{own}")).await?;
            ensure!(
                shown.status == 200,
                "{}: the incident answers {}",
                region.name,
                shown.status
            );
            Ok(())
        })
        .await?;
    }

    // Public a moment ago: once it is said to be closed, it is, at every address and whoever was there before.
    let private = system
        .push
        .change(&page.path(""), &json!({"visibility": "private"}))
        .await?;
    until_delivered(system, &page, private.change_seq()?).await?;
    page.visibility = Visibility::Private;
    let stranger = Asker {
        seen: None,
        ..asker("a stranger", None, &[])
    };
    for region in &system.regions {
        if region.platform == Platform::Workerd {
            // An isolate answers from memory for some seconds, which `delivery` does not know of.
            let what = format!("{} has forgotten", region.name);
            let first = &cells[0];
            eventually(&what, ARRIVAL_MAX, async || {
                canary::look(region, &page, &host, first, &stranger).await.map(drop)
            })
            .await?;
        }
        for cell in &cells {
            canary::look(region, &page, &host, cell, &stranger).await?;
        }
        let reply = visit(region, &page, &alpha).await?;
        ensure!(
            reply.0 == 200 && reply.1.contains(Set::Alpha.word()),
            "{}: {}",
            region.name,
            reply.0
        );
    }
    Ok(())
}

fn asker<'a>(who: &'a str, cookie: Option<&str>, seen: &[Set]) -> Asker<'a> {
    Asker {
        who,
        headers: cookie.into_iter().map(|cookie| ("cookie", cookie.to_owned())).collect(),
        seen: Some(seen.to_vec()),
        is_unproven: false,
    }
}

async fn everybody_sees_theirs(
    region: &Region,
    page: &CanaryPage,
    host: &Host,
    cells: &[Cell<'_>],
    askers: &[Asker<'_>],
) -> Result<()> {
    for cell in cells.iter().filter(|cell| cell.row.shows != Shows::Entrance) {
        for asker in askers {
            canary::look(region, page, host, cell, asker).await?;
        }
    }
    Ok(())
}

async fn cookie(region: &Region, page: &CanaryPage, set: Set) -> Result<String> {
    eventually("somebody is let in", ARRIVAL_MAX, async || {
        sign_in::by_password(&region.visitor, &page.host, &set.password()).await
    })
    .await
}

async fn visit(region: &Region, page: &CanaryPage, cookie: &str) -> Result<(u16, String)> {
    let reply = region
        .visitor
        .request(Method::GET, &page.host, "/", &[("cookie", cookie)])
        .await?;
    Ok((reply.status, reply.text()?))
}

async fn until_delivered(system: &System, page: &CanaryPage, seq: u64) -> Result<()> {
    let path = page.path(&format!("/delivery?seq={seq}"));
    eventually("the change is in every region", ARRIVAL_MAX, async || {
        let delivery = system.push.read(&path).await?;
        let regions = delivery["regions"].as_array().context("no regions")?;
        let is_there = !regions.is_empty() && regions.iter().all(|region| !region["delivered_at"].is_null());
        ensure!(is_there, "{delivery}");
        Ok(())
    })
    .await
}
