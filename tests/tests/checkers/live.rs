//! An open page follows what changes, as `page/render/templates/live.js` does it: pages of the renderer, served to real browsers
//! on a clock that the test moves. The steps are in `tests/checkers/browser/live.mjs` and
//! `changes.mjs`.

use std::{env, fs, path::Path};

use anyhow::{Context, Result};
use futures_util::future::{try_join, try_join_all};
use page_model::{ContentHash, Language, Snapshot};
use page_render::{RenderOptions, content_security_policy, formats, index, unavailable};
use serde_json::json;
use tempfile::TempDir;
use tests::browsers::{CHROMIUM, FIREFOX, Tab};

use crate::{
    changes::Changing,
    fixture::{minutes_ago, northwind, stress},
};

/// `LIVE_CHANGES=200` makes as many of each page; each is compared with the page as it is loaded anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_follows_changes_equals_one_that_is_loaded() -> Result<()> {
    let changes = match env::var("LIVE_CHANGES") {
        Ok(count) => count.parse().context("LIVE_CHANGES is no number")?,
        Err(_) => 30,
    };
    try_join_all([3, 30, 320].map(|size| follow(CHROMIUM, size, changes))).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn firefox_follows_changes_too() -> Result<()> {
    follow(FIREFOX, 30, 20).await
}

async fn follow(browser: &str, size: usize, changes: usize) -> Result<()> {
    let folder = TempDir::new()?;
    let mut page = Changing::new(size);
    for number in 0..=changes {
        write(folder.path(), &number.to_string(), &page.snapshot, page.options())?;
        page.change();
    }
    let args = json!({ "folder": folder.path(), "changes": changes, "policy": content_security_policy(None) });
    let mut tab = Tab::open_with(browser, json!({ "timezoneId": "Asia/Tokyo" })).await?;
    let step = tab.take("changes.follows", args).await;
    step.map(drop)
        .with_context(|| format!("{size} components in {browser}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_change_is_left_alone_and_silence_is_said() -> Result<()> {
    let folder = TempDir::new()?;
    let plain = RenderOptions::new(Language::En);
    let mut told = northwind::incident();
    let mut newest = told.incidents[0].updates[0].clone();
    newest.id = crate::fixture::id(4_711);
    newest.body_html = "<p>We found the cause.</p>".to_owned();
    told.incidents[0].updates.insert(0, newest);
    let sized = |size: usize, down: &[usize]| {
        let mut page = stress::sized(size);
        for group in &mut page.groups {
            group
                .components
                .iter_mut()
                .for_each(|one| one.status = page_model::status::Status::Operational);
            group.status = page_model::status::Status::Operational;
        }
        for &at in down {
            page.groups[at].components[0].status = page_model::status::Status::MajorOutage;
            page.groups[at].status = page_model::status::Status::MajorOutage;
        }
        crate::fixture::assessed(page)
    };
    let mut styled = northwind::calm();
    styled.page.branding.style = ":root{--ground:#123456}".to_owned();
    let style = ContentHash::of(styled.page.branding.style.as_bytes());
    for (name, snapshot) in [
        ("calm", northwind::calm()),
        ("styled", styled),
        ("open", northwind::incident()),
        ("told", told),
        ("full", northwind::full()),
        ("large", sized(320, &[])),
        ("large-one", sized(320, &[3])),
        ("large-two", sized(320, &[3, 7])),
        ("folded", sized(30, &[])),
        ("folded-one", sized(30, &[1])),
    ] {
        write(folder.path(), name, &snapshot, plain)?;
    }
    let delayed = RenderOptions {
        delayed_since: Some(minutes_ago(77)),
        ..plain
    };
    write(folder.path(), "delayed", &northwind::calm(), delayed)?;
    fs::write(folder.path().join("unavailable.html"), unavailable(Language::En))?;
    let args = json!({ "folder": folder.path(), "policy": content_security_policy(Some(&style)) });
    let look = async |browser, steps: &[&'static str]| {
        for step in steps {
            let is_phone = step.ends_with("OnTouch");
            let mut options = json!({ "timezoneId": "Asia/Tokyo" });
            if is_phone {
                options["isMobile"] = true.into();
                options["hasTouch"] = true.into();
            }
            let mut tab = Tab::open_with(browser, options).await?;
            tab.take(&format!("live.{step}"), args.clone()).await.context(*step)?;
        }
        anyhow::Ok(())
    };
    try_join(look(CHROMIUM, &ALL), look(FIREFOX, &IN_FIREFOX_TOO)).await?;
    Ok(())
}

const ALL: [&str; 10] = [
    "leavesAlone",
    "loadsAnotherStyleOnce",
    "keepsWhatTheVisitorDoes",
    "looksSeldomWhileHidden",
    "saysThatItCannotAsk",
    "showsTheVisitorsTime",
    "putsFirstWhatIsWatched",
    "tellsTheOtherZoneOnTouch",
    "closesTheMenu",
    "asksSeldomForWhatIsToCome",
];
/// What the other browser might do in its own way.
const IN_FIREFOX_TOO: [&str; 5] = [
    "keepsWhatTheVisitorDoes",
    "saysThatItCannotAsk",
    "showsTheVisitorsTime",
    "putsFirstWhatIsWatched",
    "closesTheMenu",
];

fn write(folder: &Path, name: &str, snapshot: &Snapshot, options: RenderOptions) -> Result<()> {
    fs::write(folder.join(format!("{name}.html")), index(snapshot, options)?)?;
    fs::write(
        folder.join(format!("{name}.json")),
        formats::banner(snapshot, options.language),
    )?;
    Ok(())
}
