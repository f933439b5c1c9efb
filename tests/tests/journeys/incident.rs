//! The main job: a pushed incident is shown in every region.

use anyhow::{Result, ensure};
use reqwest::Method;
use tests::{
    Page, System, Visitor, eventually, on_every_platform,
    push::{NewIncident, NewUpdate, Touched},
    system::ARRIVAL_MAX,
};

on_every_platform!(
    incident_is_shown_in_every_region_until_resolved,
    page_is_compressed_and_answers_304,
    delivery_report_names_the_regions_that_have_a_change,
);

async fn incident_is_shown_in_every_region_until_resolved(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "acme", 3).await?;
    let incident = open(system, &page).await?;
    let shown = [
        "Checkout is slow",
        "<strong>payments</strong>",
        "Investigating",
        "Component 1",
    ];
    system.until_shown(&page, &shown).await?;
    post(system, &page, &incident, "identified", "A full disk.").await?;
    system
        .until_shown(&page, &["A full disk.", "Identified", "<strong>payments</strong>"])
        .await?;
    post(system, &page, &incident, "resolved", "The disk has room again.").await?;
    system
        .until_shown(&page, &["All systems operational", "The disk has room again."])
        .await
}

async fn page_is_compressed_and_answers_304(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "kept", 12).await?;
    open(system, &page).await?;
    system.until_shown(&page, &["Checkout is slow"]).await?;
    for region in &system.regions {
        match region.platform.is_workerd() {
            true => compressing_is_left_to_the_platform(&region.visitor, &page.host).await?,
            false => encodings_agree(&region.visitor, &page.host).await?,
        }
        head_has_no_body(&region.visitor, &page.host).await?;
    }
    let visitor = system.regions[0].visitor.clone();
    let etag = not_modified(&visitor, &page.host).await?;
    system
        .push
        .change(&page.path(""), &serde_json::json!({ "name": "Kept elsewhere" }))
        .await?;
    system.until_shown(&page, &["Kept elsewhere"]).await?;
    let reply = visitor
        .request(Method::GET, &page.host, "/", &[("if-none-match", &etag)])
        .await?;
    ensure!(
        reply.status == 200,
        "the page changed, but its old ETag still answers {}",
        reply.status
    );
    Ok(())
}

async fn delivery_report_names_the_regions_that_have_a_change(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "report", 1).await?;
    let incident = NewIncident {
        name: "Slow".into(),
        body: "Slow.".into(),
        ..NewIncident::default()
    };
    let seq = system.push.incident(&page.id, &incident).await?.change_seq()?;
    eventually("every region is reported to have it", ARRIVAL_MAX, async || {
        let delivery = system.push.read(&page.path(&format!("/delivery?seq={seq}"))).await?;
        ensure!(delivery["seq"] == seq, "{delivery}");
        let regions = delivery["regions"].as_array().cloned().unwrap_or_default();
        let has_it = |name: &String| {
            regions.iter().any(|region| {
                region["region"] == **name
                    && region["delivered_seq"].as_u64() >= Some(seq)
                    && region["delivered_at"].is_string()
            })
        };
        ensure!(system.region_names().iter().all(has_it), "{delivery}");
        Ok(())
    })
    .await
}

async fn open(system: &System, page: &Page) -> Result<String> {
    let incident = NewIncident {
        name: "Checkout is slow".into(),
        body: "Some **payments** take a minute.".into(),
        components: vec![Touched::new(&page.component(1), "degraded_performance")],
        ..NewIncident::default()
    };
    Ok(system.push.incident(&page.id, &incident).await?.id()?.to_owned())
}

async fn post(system: &System, page: &Page, incident: &str, status: &str, body: &str) -> Result<()> {
    let update = NewUpdate {
        status: Some(status.into()),
        body: body.into(),
        ..NewUpdate::default()
    };
    system.push.update(&page.id, incident, &update).await.map(drop)
}

/// Whatever a browser accepts, it reads the same HTML. The finished bytes come a moment after the first visit.
async fn encodings_agree(visitor: &Visitor, host: &str) -> Result<()> {
    let plain = visitor.page(host, "/").await?;
    for encoding in ["br", "gzip"] {
        eventually("the page is compressed", ARRIVAL_MAX, async || {
            let reply = visitor
                .request(Method::GET, host, "/", &[("accept-encoding", encoding)])
                .await?;
            ensure!(
                reply.header("content-encoding") == Some(encoding),
                "{:?}",
                reply.headers
            );
            ensure!(
                reply
                    .header("vary")
                    .is_some_and(|vary| vary.to_lowercase().contains("accept-encoding"))
            );
            ensure!(reply.text()? == plain, "the {encoding} page differs from the plain one");
            ensure!(reply.body.len() < plain.len() / 2, "{encoding} saves nothing");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// What a visitor accepts makes no difference to the bytes that the platform is given to compress.
async fn compressing_is_left_to_the_platform(visitor: &Visitor, host: &str) -> Result<()> {
    let plain = visitor.visit(host, "/").await?;
    for encoding in ["br", "gzip", "identity"] {
        let accept = [("accept-encoding", encoding)];
        let reply = visitor.request(Method::GET, host, "/", &accept).await?;
        ensure!(reply.header("content-encoding").is_none(), "{:?}", reply.headers);
        ensure!(reply.body == plain.body && reply.header("etag") == plain.header("etag"));
    }
    Ok(())
}

async fn head_has_no_body(visitor: &Visitor, host: &str) -> Result<()> {
    let get = visitor.visit(host, "/").await?;
    let head = visitor.request(Method::HEAD, host, "/", &[]).await?;
    ensure!(
        head.status == 200 && head.body.is_empty(),
        "HEAD answered {} with a body",
        head.status
    );
    ensure!(
        head.header("etag") == get.header("etag"),
        "HEAD and GET disagree about the ETag"
    );
    ensure!(head.header("content-type") == get.header("content-type"));
    Ok(())
}

async fn not_modified(visitor: &Visitor, host: &str) -> Result<String> {
    let etag = visitor
        .visit(host, "/")
        .await?
        .header("etag")
        .unwrap_or_default()
        .to_owned();
    ensure!(etag.starts_with('"'), "{etag:?} is no strong ETag");
    let reply = visitor
        .request(Method::GET, host, "/", &[("if-none-match", &etag)])
        .await?;
    ensure!(
        reply.status == 304 && reply.body.is_empty(),
        "a current ETag answered {}",
        reply.status
    );
    ensure!(reply.header("etag") == Some(etag.as_str()));
    Ok(etag)
}
