//! Lighthouse gives the page a full score, as on a phone. It times the page, so it has a test program, and with it the
//! machine, for itself.

use anyhow::{Result, ensure};
use serde_json::Value;
use tests::{
    System, checkers,
    showcase::{Showcase, Texts},
};

#[tokio::test(flavor = "multi_thread")]
async fn lighthouse_gives_the_full_score() -> Result<()> {
    System::journey(async |system| {
        let showcase = Showcase::create(&system.push, "show", TEXTS).await?;
        system.until_settled_at(&showcase.page).await?;
        let root = system.regions[0].url(&showcase.host);
        let mut lost = vec!["Lighthouse did not look".to_owned()];
        for _ in 0..LOOKS_MAX {
            lost = look(root.clone(), &CATEGORIES).await?;
            if lost.is_empty() {
                break;
            }
        }
        ensure!(lost.is_empty(), "/: {}", lost.join("\n"));
        // How fast a page is tells the first one; these say what they are of.
        for path in ["history".to_owned(), format!("incidents/{}", showcase.incident)] {
            let lost = look(format!("{root}{path}"), &CATEGORIES[1..]).await?;
            ensure!(lost.is_empty(), "/{path}: {}", lost.join("\n"));
        }
        Ok(())
    })
    .await
}

/// What the address has lost in each category.
async fn look(url: String, categories: &'static [&'static str]) -> Result<Vec<String>> {
    let report = tokio::task::spawn_blocking(move || checkers::lighthouse(&url, categories)).await??;
    shortcomings(&report, categories.len())
}

/// The categories without a full score, each with the audits that cost it.
fn shortcomings(report: &Value, wanted: usize) -> Result<Vec<String>> {
    let Some(categories) = report["categories"].as_object() else {
        anyhow::bail!("Lighthouse has no categories: {report}");
    };
    let mut lost = Vec::new();
    for (name, category) in categories {
        println!("{} {name}: {}", report["finalDisplayedUrl"], category["score"]);
        if category["score"].as_f64() == Some(1.0) {
            continue;
        }
        lost.push(format!("{name}: {}", category["score"]));
        for audit in category["auditRefs"].as_array().into_iter().flatten() {
            let audit = &report["audits"][audit["id"].as_str().unwrap_or_default()];
            if audit["score"].as_f64().is_some_and(|score| score < 1.0) {
                lost.push(format!("  {}: {}", audit["id"], audit["displayValue"]));
            }
        }
    }
    ensure!(categories.len() == wanted, "{} categories", categories.len());
    Ok(lost)
}

const TEXTS: Texts<'static> = Texts {
    name: "Webhooks & friends",
    text: "Some *webhooks* arrive late. [What that means](https://northwind.example/late):\n\n- they queue\n- none is lost",
};
/// What else the machine does can only cost points, so the best of a few looks is the page's own.
const LOOKS_MAX: usize = 3;
const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];
