//! The served page in real browsers: no problem, no other host, and the skeleton completes itself. The steps are in
//! `tests/checkers/browser/page.mjs`.

use anyhow::Result;
use futures_util::future::try_join_all;
use serde_json::json;
use tests::{
    Page, Region, System,
    browsers::{self, CHROMIUM, Tab},
    push::{NewIncident, Touched},
};

#[tokio::test(flavor = "multi_thread")]
async fn browser_shows_the_incident_without_console_errors() -> Result<()> {
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
        let texts = ["Windows are foggy", "We are wiping", "Component 3", "Component 11"];
        let url = system.regions[0].url(&page.host);
        let look = async |browser| {
            let mut tab = Tab::open(browser).await?;
            tab.take("page.shows", json!({ "url": url, "texts": texts })).await
        };
        try_join_all(browsers::ALL.map(look)).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn skeleton_of_a_large_page_completes_itself() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "vast", 1_500).await?;
        let mut regions = Vec::new();
        for browser in browsers::ALL {
            let (region, host) = cold_region(system, &page, browser).await?;
            regions.push((browser, region, host));
        }
        let complete = regions.iter().map(async |(browser, region, host)| {
            let mut tab = Tab::open(browser).await?;
            let args = json!({ "url": region.url(host), "lastGroup": page.group(149) });
            tab.take("page.skeletonCompletesItself", args).await
        });
        try_join_all(complete).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn renderer_in_the_browser_draws_the_same_page_as_the_edge() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "local", 700).await?;
        let incident = NewIncident {
            name: "Drawn <b>twice</b> & \"quoted\"".into(),
            body: "We *draw* it\n\n- here\n- and there".into(),
            components: vec![Touched::new(&page.component(3), "partial_outage")],
            ..NewIncident::default()
        };
        system.push.incident(&page.id, &incident).await?;
        let (region, host) = cold_region(system, &page, "same").await?;
        let args = json!({ "url": region.url(&host), "languages": ["de", "en", "ar", "ja"] });
        let mut tab = Tab::open(CHROMIUM).await?;
        tab.take("page.rendererDrawsTheSame", args).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn test_browsers_report_errors_and_requests() -> Result<()> {
    let hear = async |browser| Tab::open(browser).await?.take("page.problemsAreHeard", json!({})).await;
    try_join_all(browsers::ALL.map(hear)).await?;
    Ok(())
}

/// A region of this name where nobody has visited a page, and the page's host there.
pub async fn cold_region(system: &System, page: &Page, name: &str) -> Result<(Region, String)> {
    let mut records = system.records(&page.id).await?;
    let region = system.start_lone_region(&format!("cold-{name}")).await?;
    let host = format!("cold-{name}.localhost");
    records.records.push(records.site_for(&host)?);
    system.put_client(&region)?.put(&records.records).await?;
    Ok((region, host))
}
