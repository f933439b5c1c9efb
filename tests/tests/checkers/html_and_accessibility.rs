//! The pages are for everyone: proper HTML and no accessibility violation.

use anyhow::{Result, ensure};
use page_model::Language;
use tests::{
    System, checkers,
    devtools::Tab,
    showcase::{Showcase, Texts},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_valid_html_in_every_language() -> Result<()> {
    with_showcase(async |system, showcase| {
        let mut pages = Vec::new();
        for path in showcase.html() {
            for language in Language::ALL.map(Language::tag) {
                let reply = system.regions[0]
                    .visitor
                    .request(
                        reqwest::Method::GET,
                        &showcase.host,
                        &path,
                        &[("accept-language", language)],
                    )
                    .await?;
                pages.push((format!("{path} in {language}"), reply.text()?));
            }
        }
        let errors = checkers::html_errors(&pages)?;
        ensure!(errors.is_empty(), "{}", errors.join("\n"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_no_accessibility_violation() -> Result<()> {
    with_showcase(async |system, showcase| {
        let axe = checkers::axe()?;
        let mut tab = Tab::open_blank().await?;
        let port = system.regions[0].visitor.addr().port();
        let mut violations = Vec::new();
        for (width, scheme) in [(360, "light"), (1280, "dark")] {
            tab.emulate(width, scheme).await?;
            for path in showcase.html().iter().map(String::as_str).chain(["/?lang=ar"]) {
                tab.go(&format!("http://{}:{port}{path}", showcase.host)).await?;
                tab.evaluate(&axe).await?;
                let found = tab.evaluate_async(RUN_AXE).await?;
                for violation in found.as_array().into_iter().flatten() {
                    violations.push(format!("{path} at {width} px, {scheme}: {violation}"));
                }
            }
        }
        ensure!(violations.is_empty(), "{}", violations.join("\n"));
        tab.close().await
    })
    .await
}

async fn with_showcase(look: impl AsyncFnOnce(&System, &Showcase) -> Result<()>) -> Result<()> {
    System::journey(async |system| {
        let showcase = Showcase::create(&system.push, "show", TEXTS).await?;
        system.until_settled_at(&showcase.page).await?;
        look(system, &showcase).await
    })
    .await
}

const TEXTS: Texts<'static> = Texts {
    name: "Webhooks & friends",
    text: "# Late webhooks\nSome *webhooks* arrive late[^1].\nSee https://northwind.example/late.\n\n### They\n\n- queue\n\
           - none is lost\n\n![graph](https://northwind.example/graph.png)\n\n[^1]: By a minute.\n\n# Next\n[x](/relative)",
};
const RUN_AXE: &str =
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then((found) => found.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html) })))";
