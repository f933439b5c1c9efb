//! What stands on other sites, and pages on narrow screens and on paper, in a real browser. The steps are in
//! `tests/checkers/browser/elsewhere.mjs`.

use anyhow::{Context, Result};
use page_model::Language;
use serde_json::json;
use tests::{
    Page, System,
    browsers::{CHROMIUM, Tab},
    push::{NewIncident, Touched},
    showcase::{Showcase, Texts},
};

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_what_stands_elsewhere_suit_their_place() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "banner", 2).await?;
        let incident = NewIncident {
            name: "Webhooks are delayed".into(),
            body: "None is lost.".into(),
            components: vec![Touched::new(&page.component(1), "degraded_performance")],
            ..NewIncident::default()
        };
        let posted = system.push.incident(&page.id, &incident).await?;
        let showcase = Showcase::create(&system.push, "narrow", TEXTS).await?;
        system.until_shown(&page, &["Webhooks are delayed"]).await?;
        system.until_settled_at(&showcase.page).await?;
        let region = &system.regions[0];
        let (site, url) = (region.url("nobody.localhost"), region.url(&page.host));
        let text = format!("Webhooks are delayed – {} status", page.name);
        let mut tab = Tab::open_with(CHROMIUM, json!({ "bypassCSP": true })).await?;
        tab.take("elsewhere.banner", json!({ "site": site, "url": url, "text": text }))
            .await?;

        let incident = posted.body["id"].as_str().context("an id")?;
        let link = json!({
            "url": format!("{url}incidents/{incident}"), "own": url,
            "title": format!("Webhooks are delayed – {} status", page.name), "description": "None is lost.",
        });
        tab.take("elsewhere.unfurls", link).await?;

        let own = region.url(&showcase.host);
        let about_the_past = showcase.about_the_past();
        let urls: Vec<String> = about_the_past.iter().map(|path| own.clone() + &path[1..]).collect();
        let narrow = json!({ "bypassCSP": true, "viewport": { "width": 320, "height": 600 } });
        let mut tab = Tab::open_with(CHROMIUM, narrow).await?;
        let languages = Language::ALL.map(Language::tag);
        let frame = [own.clone() + "embed"];
        let all: Vec<&String> = urls.iter().chain(&frame).collect();
        tab.take(
            "elsewhere.fitsANarrowScreen",
            json!({ "urls": all, "languages": languages }),
        )
        .await?;
        tab.take(
            "elsewhere.printsWhereItIs",
            json!({ "urls": urls, "host": showcase.host }),
        )
        .await?;
        tab.take("elsewhere.frameFollowsTheSite", json!({ "url": own })).await?;
        Ok(())
    })
    .await
}

const TEXTS: Texts<'static> = Texts {
    name: "Webhook deliveries and acknowledgements",
    text: "Some webhooks arrive late.\n\n`a_long_line_of_code_that_no_narrow_screen_has_room_for = 1;`",
};
