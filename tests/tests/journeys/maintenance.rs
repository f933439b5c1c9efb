//! Maintenance starts and ends by the clock, and a series plans its occurrences.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Page, Region, System, eventually, on_every_platform, system::ARRIVAL_MAX};

on_every_platform!(maintenance_starts_and_ends_on_time,);

async fn maintenance_starts_and_ends_on_time(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "upkeep", 2).await?;
    let now = Timestamp::now();
    let maintenance = json!({
        "name": "New disks",
        "body": "Uploads will **pause**.",
        "starts_at": (now + LATER).to_string(),
        "ends_at": (now + 2 * LATER).to_string(),
        "components": [page.component(0)],
    });
    let created = system.push.create(&page.path("/maintenances"), &maintenance).await?;
    let path = page.path(&format!("/maintenances/{}", created.id()?));
    let component = page.path(&format!("/components/{}", page.component(0)));
    // What stands was looked at before the next moment is set: a busy machine misses none.
    for (moment, status, component_status, texts) in [
        (
            None,
            "scheduled",
            "operational",
            ["<strong>pause</strong>", "Scheduled maintenance"],
        ),
        (
            Some("starts_at"),
            "in_progress",
            "under_maintenance",
            ["New disks", "In progress"],
        ),
        (
            Some("ends_at"),
            "completed",
            "operational",
            ["All systems operational", "Completed"],
        ),
    ] {
        if let Some(moment) = moment {
            let soon = json!({ moment: (Timestamp::now() + SOON).to_string() });
            system.push.change(&path, &soon).await?;
            eventually(&format!("the maintenance is {status}"), ARRIVAL_MAX, async || {
                let maintenance = system.push.read(&path).await?;
                ensure!(maintenance["status"] == status, "{maintenance}");
                let component = system.push.read(&component).await?;
                ensure!(component["status"] == component_status, "{component}");
                Ok(())
            })
            .await?;
        }
        system.until_shown(&page, &texts).await?;
        for region in &system.regions {
            region_says(region, &page, status, component_status).await?;
        }
    }
    Ok(())
}

/// Waits until the documents of a region say so: the page's own words may stand there before it begins.
async fn region_says(region: &Region, page: &Page, status: &str, component_status: &str) -> Result<()> {
    let what = format!("{} says {status}", region.name);
    eventually(&what, ARRIVAL_MAX, async || {
        let read = async |path: &str| -> Result<Value> {
            Ok(serde_json::from_str(&region.visitor.page(&page.host, path).await?)?)
        };
        let maintenances = read("/api/v2/scheduled-maintenances.json").await?;
        let maintenance = &maintenances["scheduled_maintenances"][0];
        ensure!(
            maintenance["name"] == "New disks" && maintenance["status"] == status,
            "{maintenances}"
        );
        let components = read("/api/v2/components.json").await?;
        let of_page = components["components"].as_array().into_iter().flatten();
        let mut touched = of_page.filter(|component| component["id"] == page.component(0).as_str());
        let touched = touched.next().context("the component")?;
        ensure!(touched["status"] == component_status, "{touched}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn calendar_lists_a_series_and_cancels_one_occurrence() -> Result<()> {
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
            eventually(&what, ARRIVAL_MAX, probe).await?;
        }
        Ok(())
    })
    .await
}

const LATER: Duration = Duration::from_secs(3600);
/// A moment that the clock has yet to come to.
const SOON: Duration = Duration::from_secs(1);
