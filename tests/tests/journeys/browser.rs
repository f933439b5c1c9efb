//! The served page in a real browser: no problem, no other host, and the skeleton completes itself.

use std::time::Duration;

use anyhow::{Result, ensure};
use tests::{
    Page, System, Visitor,
    devtools::Tab,
    eventually,
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

        let mut tab = Tab::open_blank().await?;
        tab.go(&url(&system.regions[0].visitor, &page.host)).await?;
        let text = tab.text().await?;
        for shown in ["Windows are foggy", "We are wiping", "Component 3", "Component 11"] {
            ensure!(text.contains(shown), "the browser does not show {shown:?}:\n{text}");
        }
        has_no_errors_and_no_foreign_requests(tab, &page.host).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn skeleton_of_a_large_page_completes_itself() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "vast", 1_500).await?;
        let mut records = system.records(&page.id).await?;
        let region = system.start_lone_region("cold-1").await?;
        records.records.push(records.site_for("cold.localhost")?);
        system.put_client(&region)?.put(&records.records).await?;

        let mut tab = Tab::open_blank().await?;
        tab.go(&url(&region.visitor, "cold.localhost")).await?;
        until_shown(&mut tab, "Region 149").await?;
        ensure!(
            tab.requests().len() > 1,
            "a page of 1,500 components came without a skeleton"
        );
        tab.evaluate("document.querySelector('a.head[href$=\"00149\"]').click()")
            .await?;
        until_shown(&mut tab, "Component 1499").await?;
        has_no_errors_and_no_foreign_requests(tab, "cold.localhost").await
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
        let mut records = system.records(&page.id).await?;
        let region = system.start_lone_region("cold-2").await?;
        records.records.push(records.site_for("cold.localhost")?);
        system.put_client(&region)?.put(&records.records).await?;

        let mut tab = Tab::open_blank().await?;
        tab.go(&format!("{}?lang=de", url(&region.visitor, "cold.localhost")))
            .await?;
        for language in ["de", "en", "ar", "ja"] {
            let same = tab
                .evaluate_async(&DRAW_AND_COMPARE.replace("LANGUAGE", language))
                .await?;
            ensure!(
                same == "the same",
                "the browser's page in {language} differs from the edge's: {same}"
            );
        }
        has_no_errors_and_no_foreign_requests(tab, "cold.localhost").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn banner_shows_the_incident_on_the_customers_site() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "banner", 2).await?;
        let incident = NewIncident {
            name: "Webhooks are delayed".into(),
            body: "None is lost.".into(),
            components: vec![Touched::new(&page.component(1), "degraded_performance")],
            ..NewIncident::default()
        };
        system.push.incident(&page.id, &incident).await?;
        system.until_shown(&page, &["Webhooks are delayed"]).await?;
        let visitor = &system.regions[0].visitor;

        let mut tab = Tab::open_blank().await?;
        // Any page of another host is somebody's site, once its own policy is out of the way.
        tab.ignore_content_security_policy().await?;
        tab.go(&url(visitor, "nobody.localhost")).await?;
        let banner = url(visitor, &page.host) + "embed.js";
        tab.evaluate(&LOAD_BANNER.replace("BANNER", &banner)).await?;
        eventually("the banner is there", COMPLETE_MAX, async || {
            let text = tab.evaluate(BANNER_TEXT).await?;
            ensure!(text == "Webhooks are delayed×", "{text}");
            Ok(())
        })
        .await?;
        let href = tab.evaluate("banner.querySelector('a').href").await?;
        ensure!(href == url(visitor, &page.host).as_str(), "it leads to {href}");
        tab.evaluate("banner.querySelector('button').click()").await?;
        ensure!(tab.evaluate(BANNER_TEXT).await? == "", "it cannot be closed");
        tab.close().await
    })
    .await
}

/// What the other journeys rely on: a problem is heard and a request to another host is seen.
#[tokio::test(flavor = "multi_thread")]
async fn test_browser_reports_errors_and_requests() -> Result<()> {
    let mut tab = Tab::open_blank().await?;
    tab.go("data:text/html,<p>Hello</p><img src='http://elsewhere.example/a.png'><script>no.such.thing</script>")
        .await?;
    ensure!(tab.text().await?.contains("Hello"));
    ensure!(
        tab.console_errors()
            .iter()
            .any(|problem| problem.contains("no is not defined")),
        "{:?}",
        tab.console_errors()
    );
    ensure!(
        tab.requests().iter().any(|url| url == "http://elsewhere.example/a.png"),
        "{:?}",
        tab.requests()
    );
    tab.close().await
}

async fn until_shown(tab: &mut Tab, text: &str) -> Result<()> {
    eventually("the page is complete", COMPLETE_MAX, async || {
        let shown = tab.text().await?;
        ensure!(shown.contains(text), "no {text:?}:\n{shown}");
        Ok(())
    })
    .await
}

fn url(visitor: &Visitor, host: &str) -> String {
    format!("http://{host}:{}/", visitor.addr().port())
}

async fn has_no_errors_and_no_foreign_requests(mut tab: Tab, host: &str) -> Result<()> {
    // What a script does late is heard too: nothing is left to do, twice.
    tab.evaluate_async(IDLE).await?;
    let console_errors = tab.console_errors();
    ensure!(
        console_errors.is_empty(),
        "the console says: {}",
        console_errors.join("\n")
    );
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
    // The browser lists a resource once it has arrived, which may be after the page has loaded.
    const asked = () => performance.getEntriesByType('resource').map((entry) => entry.name).find((name) => name.endsWith('/complete.js'));
    for (let tries = 0; tries < 100 && !asked(); tries++) await new Promise((resolve) => setTimeout(resolve, 100));
    const renderer = asked();
    if (!renderer) return 'no renderer was asked for';
    const module = await import(renderer);
    await module.default();
    const snapshot = await (await fetch('/.pharos/snapshot')).arrayBuffer();
    const drawn = module.complete(new Uint8Array(snapshot), 'LANGUAGE', true);
    for (let tries = 0; tries < 100; tries++) {
        const reply = await fetch('/?lang=LANGUAGE', { cache: 'no-store' });
        const page = await reply.text();
        if (!reply.headers.has('pharos-skeleton')) return page === drawn ? 'the same' : `${page.length} and ${drawn.length} characters`;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return 'the edge stays with the skeleton';
})()";
/// Nobody looks into a closed shadow root, so this one is open.
const LOAD_BANNER: &str = "{
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function () { return window.banner = attach.call(this, { mode: 'open' }); };
    document.body.append(Object.assign(document.createElement('script'), { src: 'BANNER' }));
}";
const BANNER_TEXT: &str = "window.banner ? banner.querySelector('div:not([hidden])')?.textContent ?? '' : ''";
const IDLE: &str = "new Promise((done) => requestIdleCallback(() => setTimeout(() => requestIdleCallback(done))))";
const COMPLETE_MAX: Duration = Duration::from_secs(60);
