//! A page grows with what is wrong, and hardly with what is well.

use std::fs;

use anyhow::{Context, Result, ensure};
use page_model::{
    Snapshot,
    snapshot::{Incident, Touched, Update},
    status::{Impact, IncidentStatus, Status},
};
use page_render::index;
use serde_json::json;
use tempfile::TempDir;
use tests::browsers::{CHROMIUM, Tab};

use crate::fixture::{assessed, id, minutes_ago, options, states, stress};

const SIZES: [usize; 5] = [3, 30, 300, 320, 5_000];

/// Rows that are seen without a click, and lines of groups, of each size: all well, and with three incidents.
const LINES: [[(u64, u64); 2]; 5] = [
    [(3, 0), (3, 0)],
    [(0, 3), (30, 3)],
    [(0, 30), (30, 30)],
    [(0, 30), (30, 32)],
    [(0, 30), (30, 33)],
];

const WITH_TIMES: [&str; 4] = ["full", "group", "incident-page", "uptime"];

/// Of the keyboard: somebody who goes on by Tab has an end in sight.
const STOPS_MAX: u64 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn height_and_rows_of_each_size_grow_without_a_jump() -> Result<()> {
    let folder = TempDir::new()?;
    let mut names = Vec::new();
    for size in SIZES {
        for incidents in [0, 3] {
            let name = format!("{size}-{incidents}");
            fs::write(
                folder.path().join(format!("{name}.html")),
                index(&sized(size, incidents), options(None, None))?,
            )?;
            names.push(name);
        }
    }
    for (width, is_phone) in [(360, true), (1_280, false)] {
        let screen = json!({ "viewport": { "width": width, "height": 900 }, "isMobile": is_phone });
        let mut tab = Tab::open_with(CHROMIUM, screen).await?;
        let found = tab
            .take("sizes.measures", json!({ "folder": folder.path(), "names": names }))
            .await?;
        let found = found.as_array().context("a list")?;
        let of = |name: &str, what: &str| {
            let page = found.iter().find(|page| page["name"] == name);
            page.and_then(|page| page[what].as_u64()).context("a number")
        };
        for (size, lines) in SIZES.iter().zip(LINES) {
            for (incidents, (rows, groups)) in [0, 3].into_iter().zip(lines) {
                let name = format!("{size}-{incidents}");
                println!(
                    "{width} px, {name}: {} px, {} stops",
                    of(&name, "height")?,
                    of(&name, "stops")?
                );
                ensure!(
                    of(&name, "stops")? <= STOPS_MAX,
                    "{name} has {} stops",
                    of(&name, "stops")?
                );
                ensure!(of(&name, "rows")? == rows, "{name} shows {} rows", of(&name, "rows")?);
                ensure!(
                    of(&name, "groups")? == groups,
                    "{name} shows {} groups",
                    of(&name, "groups")?
                );
            }
        }
        for incidents in [0, 3] {
            let height = |size: usize| of(&format!("{size}-{incidents}"), "height");
            let grows = |from: usize, to: usize, share: f64| -> Result<()> {
                let growth = height(to)? as f64 / height(from)? as f64;
                ensure!(
                    (0.95..=share).contains(&growth),
                    "from {from} to {to} components: {growth:.2} times as high"
                );
                Ok(())
            };
            grows(3, 30, 2.4)?;
            grows(30, 300, 3.0)?;
            grows(300, 320, 1.1)?;
            grows(320, 5_000, 1.1)?;
        }
    }
    Ok(())
}

/// Times of another zone than the visitor's are written anew, which may take a line less. Seen before that, these pages would move by 0.02
/// to 0.03, and one with a headline of two lines by 0.3, which costs it 15 points of Lighthouse's.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_while_a_page_loads() -> Result<()> {
    let folder = TempDir::new()?;
    let pages: Vec<(String, String)> = states::small_pages()?
        .into_iter()
        .filter(|(name, _)| WITH_TIMES.contains(&name.as_str()))
        .collect();
    for (name, page) in &pages {
        fs::write(folder.path().join(format!("{name}.html")), page)?;
    }
    for (width, is_phone) in [(360, true), (1_280, false)] {
        let screen = json!({ "width": width, "height": 900 });
        let place = json!({ "viewport": screen, "isMobile": is_phone, "timezoneId": "UTC" });
        let mut tab = Tab::open_with(CHROMIUM, place).await?;
        let moved = tab
            .take("sizes.moves", json!({ "folder": folder.path(), "names": WITH_TIMES }))
            .await?;
        ensure!(
            moved == json!([0, 0, 0, 0]),
            "at {width} px {WITH_TIMES:?} move by {moved}"
        );
    }
    Ok(())
}

/// All well, but for what the incidents say.
fn sized(size: usize, incidents: usize) -> Snapshot {
    let mut page = stress::sized(size);
    for component in page.groups.iter_mut().flat_map(|group| &mut group.components) {
        component.status = Status::Operational;
    }
    let places = page.groups.len();
    page.incidents.clear();
    for number in 0..incidents {
        let group = &mut page.groups[number * places / 3];
        let at = number % group.components.len();
        let component = &mut group.components[at];
        component.status = Status::PartialOutage;
        let components = vec![Touched {
            id: component.id.clone(),
            name: component.name.clone(),
        }];
        page.incidents.push(incident(number, components));
    }
    for group in &mut page.groups {
        group.status = group
            .components
            .iter()
            .map(|one| one.status)
            .max()
            .unwrap_or(Status::Operational);
    }
    assessed(page)
}

fn incident(number: usize, components: Vec<Touched>) -> Incident {
    Incident {
        id: id(700_000 + number),
        number: number as u64,
        name: format!("Requests fail in place {number}"),
        status: IncidentStatus::Investigating,
        impact: Impact::Major,
        started_at: minutes_ago(90),
        monitoring_at: None,
        resolved_at: None,
        updated_at: None,
        components,
        updates: vec![Update {
            id: id(710_000 + number),
            status: IncidentStatus::Investigating,
            at: minutes_ago(80),
            displayed_at: None,
            updated_at: None,
            body: "We are looking into it.".to_owned(),
            body_html: "<p>We are looking into it.</p>".to_owned(),
            affected: None,
        }],
    }
}
