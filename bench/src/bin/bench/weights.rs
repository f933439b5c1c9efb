//! What each view weighs, and what the guest takes to draw it for the first time.

use anyhow::{Result, ensure};
use reqwest::Method;
use tests::{
    Page, System,
    metrics::Metrics,
    push::{NewIncident, Touched},
    region::Region,
};

use crate::report::{Report, Target};

pub async fn measure(system: &System, report: &mut Report) -> Result<()> {
    let page = Page::create(&system.push, "weigh", COMPONENTS).await?;
    let incident = NewIncident {
        id: Some(INCIDENT.to_owned()),
        name: "Webhooks are delayed".into(),
        body: "Deliveries queue up in one region. None is lost, and most arrive within five minutes.".into(),
        components: vec![Touched::new(&page.component(3), "degraded_performance")],
        ..NewIncident::default()
    };
    system.push.incident(&page.id, &incident).await?;
    let records = system.until_settled(&page).await?;
    let region = system.start_lone_region("weights-1").await?;
    system.put_client(&region)?.put(&records.records).await?;
    for path in PATHS {
        let path = path.replace("{incident}", INCIDENT);
        weigh(&region, &page.host, &path, report).await?;
    }
    Ok(())
}

async fn weigh(region: &Region, host: &str, path: &str, report: &mut Report) -> Result<()> {
    let before = guest_s(region).await?;
    let raw = bytes(region, host, path, "identity").await?;
    let guest_ms = (guest_s(region).await? - before) * 1_000.0;
    // The first reply is plain; the compressed one is made afterwards.
    let br = tests::eventually(path, tests::system::ARRIVAL_MAX, async || {
        let reply = region
            .visitor
            .request(Method::GET, host, path, &[("accept-encoding", "br")])
            .await?;
        ensure!(
            reply.header("content-encoding") == Some("br"),
            "it comes without brotli"
        );
        Ok(reply.body.len())
    })
    .await?;
    let target = if path == "/" {
        Target::AtMost(INDEX_BR_BYTES_MAX)
    } else {
        Target::None
    };
    report.add(format!("{path}: raw"), raw as f64, "B", Target::None);
    report.add(format!("{path}: brotli"), br as f64, "B", target);
    report.add(format!("{path}: guest time"), guest_ms, "ms", Target::None);
    Ok(())
}

async fn bytes(region: &Region, host: &str, path: &str, encoding: &str) -> Result<usize> {
    let headers = [("accept-encoding", encoding)];
    let reply = region.visitor.request(Method::GET, host, path, &headers).await?;
    ensure!(reply.status == 200, "{path} answered {}", reply.status);
    Ok(reply.body.len())
}

async fn guest_s(region: &Region) -> Result<f64> {
    let metrics = Metrics::scrape(region.edge.admin()?).await?;
    Ok(metrics.sum("pharos_edge_guest_seconds_sum", &[]))
}

const COMPONENTS: usize = 100;
const INCIDENT: &str = "weighed00001";
/// A page of 100 components with 90 days each, complete.
const INDEX_BR_BYTES_MAX: f64 = 14_000.0;
const PATHS: [&str; 12] = [
    "/",
    "/?lang=ar",
    "/history",
    "/incidents/{incident}",
    "/uptime",
    "/status.md",
    "/api/v2/summary.json",
    "/api/v2/incidents.json",
    "/history.rss",
    "/calendar.ics",
    "/badge.svg",
    "/embed.js",
];
