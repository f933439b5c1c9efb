//! A visitor with real browsers: what changes is shown without a reload, the keyboard reaches everything, nothing needs
//! a script, and an error page leads somewhere. The steps are in `tests/checkers/browser/visitor.mjs`.

use std::time::Duration;

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use reqwest::Method;
use serde_json::json;
use tests::{
    Page, System,
    browsers::{self, CHROMIUM, Tab},
    eventually,
    push::{NewIncident, NewUpdate, Touched},
};

use crate::browser::cold_region;

#[tokio::test(flavor = "multi_thread")]
async fn change_is_shown_without_a_reload_and_folded_groups_stay_folded() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "live", 13).await?;
        system.until_shown(&page, &["Component 12"]).await?;
        let url = system.regions[0].url(&page.host);
        let args = json!({ "url": url, "folded": page.group(1), "unfolded": page.group(0) });
        let mut tabs = Vec::new();
        for browser in browsers::ALL {
            tabs.push(Tab::open(browser).await?);
        }
        for tab in &mut tabs {
            tab.take("visitor.foldsAGroup", args.clone()).await?;
        }

        let incident = NewIncident {
            name: "Seen live".into(),
            body: "We are **looking**.".into(),
            components: vec![Touched::new(&page.component(0), "major_outage")],
            ..NewIncident::default()
        };
        let incident = system.push.incident(&page.id, &incident).await?.id()?.to_owned();
        system.until_shown(&page, &["Seen live"]).await?;
        for tab in &mut tabs {
            tab.take("visitor.seesAnIncidentWithinTwelveSeconds", args.clone())
                .await?;
        }

        let told = NewUpdate {
            status: Some("identified".into()),
            body: "A cable is torn.".into(),
            ..NewUpdate::default()
        };
        system.push.update(&page.id, &incident, &told).await?;
        system.until_shown(&page, &["A cable is torn"]).await?;
        for tab in &mut tabs {
            tab.take("visitor.seesAnUpdateWithinTwelveSeconds", args.clone())
                .await?;
        }

        let over = NewUpdate {
            status: Some("resolved".into()),
            body: "It works again.".into(),
            ..NewUpdate::default()
        };
        system.push.update(&page.id, &incident, &over).await?;
        system.until_shown(&page, &["All systems operational"]).await?;
        for tab in &mut tabs {
            tab.take("visitor.comesBackToTheTab", args.clone()).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn keyboard_reaches_everything_and_focus_is_visible() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "keys", 13).await?;
        let incident = NewIncident {
            name: "Keys are stuck".into(),
            body: "See [the manual](https://northwind.example/manual).".into(),
            ..NewIncident::default()
        };
        system.push.incident(&page.id, &incident).await?;
        system.until_shown(&page, &["Keys are stuck"]).await?;
        let args = json!({ "url": system.regions[0].url(&page.host), "folds": page.group(0) });
        let reach = async |browser| {
            let mut tab = Tab::open(browser).await?;
            tab.take("visitor.reachesAllWithTheKeyboard", args.clone()).await
        };
        try_join_all(browsers::ALL.map(reach)).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn page_is_whole_without_scripts() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "plain", 13).await?;
        let incident = NewIncident {
            name: "Scripts are off".into(),
            body: "All is **here**.".into(),
            ..NewIncident::default()
        };
        system.push.incident(&page.id, &incident).await?;
        system.until_shown(&page, &["Scripts are off"]).await?;
        let texts = ["Scripts are off", "All is here", "Component 0", "Component 12"];
        let url = system.regions[0].url(&page.host);
        let mut tab = Tab::open_with(CHROMIUM, json!({ "javaScriptEnabled": false })).await?;
        tab.take("visitor.readsWithoutScripts", json!({ "url": url, "texts": texts }))
            .await?;

        // A page that must be drawn first comes by itself too.
        let large = Page::create(&system.push, "large", 700).await?;
        let (region, host) = cold_region(system, &large, "plain").await?;
        let args = json!({ "url": region.url(&host), "texts": ["Region 69"] });
        tab.take("visitor.readsWithoutScripts", args).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn skeleton_is_completed_by_the_edge_where_the_renderer_does_not_come() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "frame", 700).await?;
        let (region, host) = cold_region(system, &page, "frame").await?;
        let mut tab = Tab::open(CHROMIUM).await?;
        let args = json!({ "url": region.url(&host) });
        tab.take("visitor.getsThePageWithoutTheRenderer", args).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn large_page_is_searched_and_opened_group_by_group() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "many", 1_500).await?;
        let (region, host) = cold_region(system, &page, "many").await?;
        let mut tab = Tab::open(CHROMIUM).await?;
        let args = json!({ "url": region.url(&host), "group": page.group(7) });
        tab.take("visitor.searchesALargePage", args).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn page_not_found_leads_back_to_the_page() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "lost", 2).await?;
        system.until_shown(&page, &["Component 1"]).await?;
        let region = &system.regions[0];
        let (url, nobody) = (region.url(&page.host), region.url("nobody.localhost"));
        let args = json!({ "url": url, "nobody": nobody, "name": page.name });
        let mut tab = Tab::open(CHROMIUM).await?;
        tab.take("visitor.findsTheWayBack", args).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn removed_page_says_so() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "removed", 2).await?;
        system.until_shown(&page, &["Component 1"]).await?;
        let removal = system.push.request(Method::DELETE, &page.path(""));
        system.push.send(removal).await?.accepted()?;
        let region = &system.regions[0];
        eventually("the page is gone", WAIT_MAX, async || {
            let status = region.visitor.visit(&page.host, "/").await?.status;
            ensure!(status == 410, "{status}");
            Ok(())
        })
        .await?;
        let mut tab = Tab::open(CHROMIUM).await?;
        let args = json!({ "url": region.url(&page.host), "texts": ["This page was removed", page.host] });
        tab.take("visitor.isToldWhatIs", args).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn unavailable_page_comes_by_itself_when_the_region_is_filled() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "later", 2).await?;
        let records = system.until_settled(&page).await?;
        let region = system.start_lone_region("empty").await?;
        ensure!(region.visitor.visit(&page.host, "/").await?.status == 503);
        let mut tab = Tab::open(CHROMIUM).await?;
        let args = json!({ "url": region.url(&page.host), "texts": ["This page is not available yet", "Try again"] });
        tab.take("visitor.isToldWhatIs", args).await?;
        system.put_client(&region)?.put(&records.records).await?;
        tab.take("visitor.seesThePageCome", json!({})).await?;
        Ok(())
    })
    .await
}

const WAIT_MAX: Duration = Duration::from_secs(30);
