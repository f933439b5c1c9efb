//! The pages are for everyone: proper HTML and no accessibility violation.

use anyhow::{Result, ensure};
use futures_util::future::try_join;
use page_model::Language;
use serde_json::json;
use tests::{
    System,
    browsers::{CHROMIUM, Tab},
    checkers,
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
        let html = showcase.html();
        let paths = html.iter().map(String::as_str).chain(["/?lang=ar"]);
        let root = system.regions[0].url(&showcase.host);
        let urls: Vec<_> = paths.map(|path| root.clone() + path.trim_start_matches('/')).collect();
        let look = async |width: u32, scheme: &str| {
            let screen = json!({ "width": width, "height": 900 });
            let options = json!({ "viewport": screen, "isMobile": width < 600, "colorScheme": scheme });
            let mut tab = Tab::open_with(CHROMIUM, options).await?;
            let found = tab.take("accessibility.violations", json!({ "urls": urls })).await?;
            ensure!(found == json!([]), "at {width} px, {scheme}: {found:#}");
            Ok(())
        };
        try_join(look(360, "light"), look(1280, "dark")).await?;
        Ok(())
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
