//! The served page in a real browser: no complaint, no other host, and the skeleton completes itself.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tests::{
    Page, System, Visitor,
    devtools::Tab,
    push::{NewIncident, Touched},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_shows_the_incident_without_a_complaint() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "window", 12).await?;
        let incident = NewIncident {
            name: "Windows are foggy".into(),
            body: "We are **wiping** <script>alert(1)</script> them.".into(),
            components: vec![Touched::new(&page.component(3), "major_outage")],
            ..NewIncident::default()
        };
        system.push.incident(&page.id, &incident).await?;
        system.until_shown(&page, &["Windows are foggy"]).await?;

        let mut tab = Tab::open_blank().await?;
        tab.go(&url(&system.regions[0].visitor, &page.host)).await?;
        let text = tab.text().await?;
        for shown in ["Windows are foggy", "We are wiping", "Component 3", "Component 11"] {
            ensure!(text.contains(shown), "the browser does not show {shown:?}:\n{text}");
        }
        is_quiet(tab, &page.host).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_skeleton_of_a_large_page_completes_itself() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "vast", 1_500).await?;
        let mut records = system.records(&page.id).await?;
        let region = system.start_lone_region("cold-1").await?;
        records.records.push(records.site_for("cold.localhost")?);
        system.door(&region)?.put(&records.records).await?;

        let mut tab = Tab::open_blank().await?;
        tab.go(&url(&region.visitor, "cold.localhost")).await?;
        let deadline = Instant::now() + COMPLETE_MAX;
        while !tab.text().await?.contains("Component 1499") {
            ensure!(
                Instant::now() < deadline,
                "the page stays a skeleton:\n{}",
                tab.text().await?
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        ensure!(
            tab.requests().len() > 1,
            "a page of 1,500 components came without a skeleton"
        );
        is_quiet(tab, "cold.localhost").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_renderer_in_the_browser_draws_what_the_edge_draws() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "local", 700).await?;
        let mut records = system.records(&page.id).await?;
        let region = system.start_lone_region("cold-2").await?;
        records.records.push(records.site_for("cold.localhost")?);
        system.door(&region)?.put(&records.records).await?;

        let mut tab = Tab::open_blank().await?;
        tab.go(&format!("{}?lang=de", url(&region.visitor, "cold.localhost")))
            .await?;
        let same = tab.settle(DRAW_AND_COMPARE).await?;
        ensure!(same == "the same", "the browser's page differs from the edge's: {same}");
        is_quiet(tab, "cold.localhost").await
    })
    .await
}

/// What the other journeys rely on: a complaint is heard and a request to another host is seen.
#[tokio::test(flavor = "multi_thread")]
async fn the_browser_hides_nothing() -> Result<()> {
    let mut tab = Tab::open_blank().await?;
    tab.go("data:text/html,<p>Hello</p><img src='http://elsewhere.example/a.png'><script>no.such.thing</script>")
        .await?;
    ensure!(tab.text().await?.contains("Hello"));
    ensure!(
        tab.complaints()
            .iter()
            .any(|complaint| complaint.contains("no is not defined")),
        "{:?}",
        tab.complaints()
    );
    ensure!(
        tab.requests().iter().any(|url| url == "http://elsewhere.example/a.png"),
        "{:?}",
        tab.requests()
    );
    tab.close().await
}

fn url(visitor: &Visitor, host: &str) -> String {
    format!("http://{host}:{}/", visitor.addr().port())
}

async fn is_quiet(mut tab: Tab, host: &str) -> Result<()> {
    // What a script does late is heard too.
    tokio::time::sleep(Duration::from_millis(300)).await;
    tab.text().await?;
    let complaints = tab.complaints();
    ensure!(complaints.is_empty(), "the console says: {}", complaints.join("\n"));
    let elsewhere: Vec<String> = tab
        .requests()
        .into_iter()
        .filter(|url| !url.starts_with("data:") && !url.starts_with(&format!("http://{host}:")))
        .collect();
    ensure!(elsewhere.is_empty(), "the page asks other hosts: {elsewhere:?}");
    tab.close().await
}

/// Draws the page with the script that the skeleton names, and compares it with the edge's once that is there.
const DRAW_AND_COMPARE: &str = "(async () => {
    const renderer = performance.getEntriesByType('resource').map((entry) => entry.name).find((name) => name.endsWith('/complete.js'));
    if (!renderer) return 'no renderer was asked for';
    const module = await import(renderer);
    await module.default();
    const snapshot = await (await fetch('/.pharos/snapshot')).arrayBuffer();
    const drawn = module.complete(new Uint8Array(snapshot), 'de', true);
    for (let tries = 0; tries < 100; tries++) {
        const reply = await fetch('/?lang=de', { cache: 'no-store' });
        const page = await reply.text();
        if (!reply.headers.has('pharos-skeleton')) return page === drawn ? 'the same' : `${page.length} and ${drawn.length} characters`;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return 'the edge stays with the skeleton';
})()";
const COMPLETE_MAX: Duration = Duration::from_secs(15);
