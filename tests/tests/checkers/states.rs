//! Every state of every page, as the renderer draws it, for people who do not see it as most do: axe-core in light and dark and in three
//! languages, one of them from right to left.

use std::fs;

use anyhow::{Result, ensure};
use futures_util::future::try_join;
use serde_json::json;
use tempfile::TempDir;
use tests::browsers::{CHROMIUM, FIREFOX, Tab};

use crate::fixture::states;

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_any_state_by_day_and_by_night() -> Result<()> {
    let folder = TempDir::new()?;
    let mut names = Vec::new();
    let sizes = states::sizes()?.into_iter().filter(|(size, _)| *size == 301);
    let sizes = sizes.map(|(size, page)| (format!("sized-{size}"), page));
    for (name, page) in states::small_pages()?
        .into_iter()
        .chain(states::languages()?)
        .chain(sizes)
    {
        fs::write(folder.path().join(format!("{name}.html")), page)?;
        // A frame is part of somebody's page.
        match name.rsplit_once('-') {
            _ if name.starts_with("embed") || name.starts_with("hostile") => {}
            Some((kind, "de" | "ar")) if KINDS.contains(&kind) => names.push(name),
            Some((_, "en" | "es" | "fr" | "ja" | "pt" | "de" | "ar")) => {}
            _ => names.push(name),
        }
    }
    let look = async |width: u32, scheme: &str| {
        let screen = json!({ "width": width, "height": 900 });
        let options = json!({ "viewport": screen, "isMobile": width < 600, "colorScheme": scheme });
        let mut tab = Tab::open_with(CHROMIUM, options).await?;
        for names in names.chunks(STATES_PER_STEP) {
            let args = json!({ "folder": folder.path(), "names": names });
            let found = tab.take("accessibility.violationsOfStates", args).await?;
            ensure!(found == json!([]), "at {width} px, {scheme}: {found:#}");
        }
        Ok(())
    };
    let (by_day, by_night) = (look(360, "light"), look(1_280, "dark"));
    try_join(by_day, by_night).await?;
    Ok(())
}

/// A step has an end, however slow the machine; all of them take minutes.
const STATES_PER_STEP: usize = 8;

/// Those that are looked at in other languages too.
const KINDS: [&str; 15] = [
    "index",
    "outage",
    "month",
    "history",
    "uptime",
    "incident-page",
    "maintenance-page",
    "group",
    "search",
    "skeleton",
    "door",
    "session",
    "not-found",
    "gone",
    "unavailable",
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_the_narrowest_screen_in_any_language() -> Result<()> {
    let folder = TempDir::new()?;
    let pages = [
        "index",
        "outage",
        "calm",
        "incident-page",
        "maintenance-page",
        "group",
        "skeleton",
    ];
    let mut names = Vec::new();
    for (name, page) in states::languages()? {
        let (kind, _) = name.rsplit_once('-').unwrap_or((&name, ""));
        if pages.contains(&kind) {
            fs::write(folder.path().join(format!("{name}.html")), page)?;
            names.push(name);
        }
    }
    ensure!(names.len() > 40, "there are {} pages", names.len());
    let look = async |browser| {
        let screen = json!({ "viewport": { "width": 320, "height": 700 } });
        let mut tab = Tab::open_with(browser, screen).await?;
        for names in names.chunks(STATES_PER_STEP) {
            tab.take("sizes.fits", json!({ "folder": folder.path(), "names": names }))
                .await?;
        }
        anyhow::Ok(())
    };
    try_join(look(CHROMIUM), look(FIREFOX)).await?;
    Ok(())
}
