//! Pages for people who use them in another way than most: colours of their own, large letters, the keyboard alone, paper. The steps
//! are in `tests/checkers/browser/ways.mjs`.

use std::fs;

use anyhow::Result;
use futures_util::future::try_join;
use page_render::index;
use serde_json::json;
use tempfile::TempDir;
use tests::browsers::{CHROMIUM, CHROMIUM_OF_LARGE_LETTERS, FIREFOX, Tab};

use crate::fixture::{options, states, stress};

/// Every page in English, and those in other languages whose words may be too long for their place.
fn written(folder: &TempDir) -> Result<(Vec<String>, Vec<String>)> {
    let (mut plain, mut others) = (Vec::new(), Vec::new());
    let write = |name: &str, page: String| fs::write(folder.path().join(format!("{name}.html")), page);
    write("thirty", index(&stress::sized(30), options(None, None))?)?;
    for (name, page) in states::small_pages()? {
        write(&name, page)?;
        // The doors are alike, and a frame is part of somebody's page.
        if !["hostile", "embed", "door-", "session-"]
            .iter()
            .any(|kind| name.starts_with(kind))
        {
            plain.push(name);
        }
    }
    for (name, page) in states::languages()? {
        if name.starts_with("uptime-") || name.starts_with("outage-") {
            write(&name, page)?;
            others.push(name);
        }
    }
    Ok((plain, others))
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_suit_other_ways_to_use_them() -> Result<()> {
    let folder = TempDir::new()?;
    let (plain, others) = written(&folder)?;
    let folder = folder.path();
    let all = json!({ "folder": folder, "names": plain });
    let folded = json!({ "folder": folder, "names": ["thirty", "full"] });
    let names = [&plain[..], &others].concat();
    let words = json!({ "folder": folder, "names": names });
    let in_chromium = async {
        let mut tab = Tab::open(CHROMIUM).await?;
        tab.take("ways.saysAllInForcedColours", all.clone()).await?;
        let mut tab = Tab::open(CHROMIUM).await?;
        tab.take("ways.holdsTwiceTheSize", all.clone()).await?;
        tab.take("ways.worksByKeyboardAlone", all.clone()).await?;
        let mut tab = Tab::open(CHROMIUM_OF_LARGE_LETTERS).await?;
        let names = [
            "calm",
            "embed",
            "skeleton",
            "not-found",
            "unavailable",
            "door",
            "uptime",
        ];
        let letters = json!({ "folder": folder, "names": names });
        tab.take("ways.followsTheReadersLetters", letters).await?;
        for width in [360, 768, 1_280] {
            let screen = json!({ "viewport": { "width": width, "height": 800 } });
            let mut tab = Tab::open_with(CHROMIUM, screen).await?;
            tab.take("ways.keepsWordsWhole", words.clone()).await?;
        }
        // Somebody who has unfolded nothing.
        let mut tab = Tab::open(CHROMIUM).await?;
        tab.take("ways.printsWhatIsFolded", folded).await
    };
    let in_firefox = async {
        let mut tab = Tab::open(FIREFOX).await?;
        // It neither forces colours nor shows a sheet on the screen when it is told to from outside.
        let folded = json!({ "folder": folder, "names": ["thirty"] });
        tab.take("ways.printsWhatIsFoldedOnPaper", folded).await
    };
    try_join(in_chromium, in_firefox).await?;
    Ok(())
}
