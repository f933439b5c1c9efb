//! A private page that lets in by a link and by the network that visitors come from, also while the origin is down.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Page, Platform, Region, System, eventually, system::ARRIVAL_MAX};

#[tokio::test(flavor = "multi_thread")]
async fn own_host() -> Result<()> {
    System::journey_on(Platform::OwnHost, open_to).await
}

#[tokio::test(flavor = "multi_thread")]
async fn spin() -> Result<()> {
    System::journey_on(Platform::Spin, open_to).await
}

#[tokio::test(flavor = "multi_thread")]
async fn workerd() -> Result<()> {
    System::journey_on(Platform::Workerd, open_to).await
}

async fn open_to(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "members", 3).await?;
    system.until_shown(&page, &["Component 1"]).await?;
    let office = json!({"id": AUDIENCE, "name": "Office"});
    system.push.create(&page.path("/audiences"), &office).await?;
    let new = json!({"name": "Reader", "audiences": [AUDIENCE], "formats": "machine"});
    let created = system.push.create(&page.path("/links"), &new).await?.accepted()?;
    let secret = created.body["secret"]
        .as_str()
        .context("there is no secret")?
        .to_owned();
    let link = page.path(&format!("/links/{}", created.id()?));
    let private = json!({"visibility": "private"});
    system.push.change(&page.path(""), &private).await?.accepted()?;
    let ways = Ways::of(&secret);
    until(system, &page, &ways.open, 200).await?;
    until(system, &page, &ways.closed, 403).await?;

    // What a visitor says of where they are counts nowhere, and what counts is told by the platform.
    network(system, &page, json!(["203.0.113.0/24"])).await?;
    until(system, &page, &forged(), 403).await?;
    let knows_addresses = system.regions[0].platform != Platform::Workerd;
    if knows_addresses {
        network(system, &page, json!(["127.0.0.0/8"])).await?;
        until(system, &page, &near(), 200).await?;
        until(system, &page, &elsewhere(), 403).await?;
        // Whoever came before, cold or warm.
        for _ in 0..3 {
            until(system, &page, &near(), 200).await?;
            until(system, &page, &elsewhere(), 403).await?;
        }
    }

    system.origin.kill();
    until(system, &page, &ways.open, 200).await?;
    until(system, &page, &ways.closed[1..], 403).await?;
    if knows_addresses {
        until(system, &page, &near(), 200).await?;
        until(system, &page, &elsewhere(), 403).await?;
    }
    system.origin.start()?;
    system.origin.healthy().await?;

    network(system, &page, json!([])).await?;
    let deleted = system.push.request(Method::DELETE, &link);
    system.push.send(deleted).await?.accepted()?;
    until(system, &page, &ways.open, 403).await?;
    until(system, &page, &near(), 403).await?;
    for region in &system.regions {
        let log = region.edge.log();
        ensure!(
            !log.contains(&secret),
            "{} tells the secret in its log:\n{log}",
            region.name
        );
    }
    Ok(())
}

/// A path, and the headers with which it is asked for.
type Asked = (String, Vec<(&'static str, String)>);

struct Ways {
    open: Vec<Asked>,
    closed: Vec<Asked>,
}

impl Ways {
    fn of(secret: &str) -> Self {
        let in_path = |path: &str| (format!("/.pharos/c/{secret}{path}"), Vec::new());
        let bearer = |path: &str| (path.to_owned(), vec![("authorization", format!("Bearer {secret}"))]);
        let wrong = format!("/.pharos/c/{}/api/v2/summary.json", "A".repeat(22));
        Self {
            open: vec![
                in_path("/api/v2/summary.json"),
                bearer("/api/v2/summary.json"),
                in_path("/status.txt"),
            ],
            closed: vec![
                ("/".to_owned(), Vec::new()),
                in_path("/"),
                in_path("/.pharos/snapshot"),
                bearer("/"),
                (wrong, Vec::new()),
            ],
        }
    }
}

fn forged() -> Vec<Asked> {
    let with = |name, value: &str| ("/".to_owned(), vec![(name, value.to_owned())]);
    vec![
        with("spin-client-addr", "203.0.113.5:80"),
        with("x-forwarded-for", "203.0.113.5"),
        with("forwarded", "for=203.0.113.5"),
        with("x-real-ip", "203.0.113.5"),
        with("pharos-client", "203.0.113.5"),
        ("/".to_owned(), Vec::new()),
    ]
}

fn near() -> Vec<Asked> {
    vec![
        ("/".to_owned(), Vec::new()),
        ("/api/v2/summary.json".to_owned(), Vec::new()),
    ]
}

/// Another site has the browser ask.
fn elsewhere() -> Vec<Asked> {
    let headers = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")];
    let headers = headers.map(|(name, value)| (name, value.to_owned())).to_vec();
    near().into_iter().map(|(path, _)| (path, headers.clone())).collect()
}

async fn network(system: &System, page: &Page, ranges: Value) -> Result<()> {
    let path = page.path(&format!("/audiences/{AUDIENCE}"));
    let changed = system.push.change(&path, &json!({ "ranges": ranges })).await?;
    let seq = changed.accepted()?.change_seq()?;
    let path = page.path(&format!("/delivery?seq={seq}"));
    eventually("the ranges are in every region", ARRIVAL_MAX, async || {
        let delivery = system.push.read(&path).await?;
        let regions = delivery["regions"].as_array().context("no regions")?;
        let is_there = |region: &Value| !region["delivered_at"].is_null();
        ensure!(!regions.is_empty() && regions.iter().all(is_there), "{delivery}");
        Ok(())
    })
    .await
}

/// Waits until every region answers all of these so.
async fn until(system: &System, page: &Page, asked: &[Asked], status: u16) -> Result<()> {
    for region in &system.regions {
        for one in asked {
            let what = format!("{} answers {status} at {}", region.name, one.0);
            eventually(&what, ARRIVAL_MAX, async || answers(region, page, one, status).await).await?;
        }
    }
    Ok(())
}

async fn answers(region: &Region, page: &Page, (path, headers): &Asked, status: u16) -> Result<()> {
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = region.visitor.request(Method::GET, &page.host, path, &headers).await?;
    ensure!(reply.status == status, "{path} {headers:?} answered {}", reply.status);
    let is_shown = reply.text()?.contains("Component 1");
    ensure!(is_shown == (status == 200), "{path} {headers:?} shown: {is_shown}");
    Ok(())
}

const AUDIENCE: &str = "audience0001";
