//! What publishers prepare: a monitor that sends numbers, a series that plans maintenances, a template for three in the
//! morning.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Page, System, eventually, push::Answer};

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_a_monitor_are_on_the_page() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "monitor", 1).await?;
        let metric = json!({ "name": "Response time", "suffix": "ms", "decimals": 1 });
        let metric = id(&system.push.create(&page.path("/metrics"), &metric).await?)?;
        let points = page.path(&format!("/metrics/{metric}/points"));
        system
            .push
            .create(&points, &json!({ "points": [{ "value": 131.3 }] }))
            .await?;
        system.until_shown(&page, &["Response time", "131.3\u{a0}ms"]).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_stands_in_the_calendar_and_a_day_of_it_is_called_off() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "series", 2).await?;
        let series = json!({
            "name": "Patches", "body": "We patch the databases.", "components": [page.component(0)],
            "starts_at": "2026-01-01T22:00:00+01:00", "duration_minutes": 90,
            "recurrence": { "rule": "FREQ=DAILY", "time_zone": "Europe/Berlin" },
        });
        system.push.create(&page.path("/maintenance-series"), &series).await?;
        system.until_shown(&page, &["Patches", "Scheduled maintenance"]).await?;
        let planned = system.push.list(&page.path("/maintenances")).await?;
        ensure!(planned.len() > 10, "{} occurrences are planned", planned.len());
        let first = planned
            .first()
            .and_then(|one| one["id"].as_str())
            .context("an occurrence")?;
        let off = system
            .push
            .request(Method::DELETE, &page.path(&format!("/maintenances/{first}")));
        system.push.send(off).await?.accepted()?;
        for region in &system.regions {
            let what = format!("the calendar of {} takes it back", region.name);
            let probe = async || {
                let calendar = region.visitor.visit(&page.host, "/calendar.ics").await?.text()?;
                let events: Vec<&str> = calendar.split("BEGIN:VEVENT").skip(1).collect();
                let cancelled: Vec<&&str> = events
                    .iter()
                    .filter(|event| event.contains("STATUS:CANCELLED"))
                    .collect();
                ensure!(events.len() == planned.len(), "{} events", events.len());
                ensure!(cancelled.len() == 1 && cancelled[0].contains(first), "{cancelled:?}");
                Ok(())
            };
            eventually(&what, Duration::from_secs(10), probe).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_speaks_for_a_tired_operator() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "tired", 2).await?;
        let template = json!({
            "name": "Region is slow", "title": "{{ product }} is slow{% if region %} in {{ region }}{% endif %}",
            "body": "Requests take longer than {{ seconds }} seconds.",
            "components": [{ "id": page.component(1), "status": "degraded_performance" }],
            "variables": [{ "name": "product", "required": true }, { "name": "region" }, { "name": "seconds", "default": "5" }],
        });
        let template = id(&system.push.create(&page.path("/incident-templates"), &template).await?)?;
        let variables = json!({ "product": "Checkout", "region": "eu-west-1" });
        let preview = page.path(&format!("/incident-templates/{template}/preview"));
        let preview = system.push.create(&preview, &json!({ "variables": variables })).await?.body;
        let incident = json!({ "template": { "id": template, "variables": variables } });
        system.push.create(&page.path("/incidents"), &incident).await?;
        let (title, body) = (text(&preview, "title")?, text(&preview, "body_html")?);
        ensure!(title == "Checkout is slow in eu-west-1", "{title}");
        system.until_shown(&page, &[title, body, "1 of 2 components operational"]).await
    })
    .await
}

fn id(answer: &Answer) -> Result<String> {
    text(&answer.body, "id").map(str::to_owned)
}

fn text<'a>(object: &'a Value, field: &str) -> Result<&'a str> {
    object[field]
        .as_str()
        .with_context(|| format!("no {field} in {object}"))
}
