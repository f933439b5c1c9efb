//! A visitor with a real browser: what changes is shown without a reload, the keyboard reaches everything, nothing needs
//! a script, and an error page leads somewhere.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::Value;
use tests::{
    Page, Region, System,
    devtools::Tab,
    eventually,
    push::{NewIncident, NewUpdate, Touched},
};

#[tokio::test(flavor = "multi_thread")]
async fn change_is_shown_without_a_reload_and_folded_groups_stay_folded() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "live", 23).await?;
        system.until_shown(&page, &["Component 22"]).await?;
        let mut tab = Tab::open_blank().await?;
        tab.go(&url(&system.regions[0], &page.host)).await?;
        tab.evaluate("window.loadedOnce = true").await?;
        let (folded, unfolded) = (page.group(1), page.group(0));
        ensure!(
            is_open(&mut tab, &folded).await? && is_open(&mut tab, &unfolded).await?,
            "groups begin open"
        );
        tab.evaluate(&format!(
            "document.getElementById('{folded}').querySelector('summary').click()"
        ))
        .await?;
        ensure!(!is_open(&mut tab, &folded).await?, "a click folds a group");

        let incident = NewIncident {
            name: "Seen live".into(),
            body: "We are **looking**.".into(),
            components: vec![Touched::new(&page.component(0), "major_outage")],
            ..NewIncident::default()
        };
        let incident = system.push.incident(&page.id, &incident).await?.id()?.to_owned();
        system.until_shown(&page, &["Seen live"]).await?;
        until_live(
            &mut tab,
            "document.querySelector('main').textContent.includes('Seen live')",
        )
        .await?;
        until_live(
            &mut tab,
            &format!("/outage/i.test(document.getElementById('{unfolded}').textContent)"),
        )
        .await?;
        ensure!(!is_open(&mut tab, &folded).await?, "a change unfolds what was folded");
        ensure!(is_open(&mut tab, &unfolded).await?, "a change folds what was open");

        let over = NewUpdate {
            status: Some("resolved".into()),
            body: "It works again.".into(),
            ..NewUpdate::default()
        };
        system.push.update(&page.id, &incident, &over).await?;
        system.until_shown(&page, &["All systems operational"]).await?;
        until_live(
            &mut tab,
            "document.querySelector('h1').textContent.includes('All systems operational')",
        )
        .await?;
        ensure!(
            tab.evaluate("window.loadedOnce").await? == true,
            "the page was loaded again"
        );
        ensure!(!is_open(&mut tab, &folded).await?, "a change unfolds what was folded");

        // Who comes back finds it as it was left.
        tab.go(&url(&system.regions[0], &page.host)).await?;
        ensure!(!is_open(&mut tab, &folded).await? && is_open(&mut tab, &unfolded).await?);
        no_errors(tab).await
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
        let mut tab = Tab::open_blank().await?;
        tab.go(&url(&system.regions[0], &page.host)).await?;
        let wanted = strings(&tab.evaluate(INTERACTIVE).await?);
        ensure!(wanted.len() > 10, "there is little to reach: {wanted:?}");
        let (mut reached, mut invisible) = (BTreeSet::new(), Vec::new());
        // A few more than there are, since the browser's own parts take their turn.
        for _ in 0..wanted.len() + 5 {
            tab.press("Tab").await?;
            let focus = tab.evaluate(FOCUS).await?;
            let Some(name) = focus["name"].as_str() else { continue };
            if focus["visible"] != true {
                invisible.push(focus.to_string());
            }
            reached.insert(name.to_owned());
        }
        let missed: Vec<_> = wanted.difference(&reached).collect();
        ensure!(missed.is_empty(), "the keyboard does not reach {missed:?}");
        ensure!(
            invisible.is_empty(),
            "nobody sees that this has the focus: {invisible:?}"
        );

        // What a click does, Enter does.
        let group = page.group(0);
        tab.evaluate(&format!(
            "document.getElementById('{group}').querySelector('summary').focus()"
        ))
        .await?;
        let before = is_open(&mut tab, &group).await?;
        tab.press("Enter").await?;
        ensure!(
            is_open(&mut tab, &group).await? != before,
            "Enter does not fold the group"
        );
        no_errors(tab).await
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
        let mut tab = Tab::open_blank().await?;
        tab.disable_scripts().await?;
        tab.go(&url(&system.regions[0], &page.host)).await?;
        let text = tab.text().await?;
        for shown in ["Scripts are off", "All is here", "Component 0", "Component 12"] {
            ensure!(text.contains(shown), "no {shown:?} without scripts:\n{text}");
        }
        no_errors(tab).await?;

        // A page that must be drawn first comes by itself too.
        let (region, host) = cold_region(system, "large", 700).await?;
        let mut tab = Tab::open_blank().await?;
        tab.disable_scripts().await?;
        tab.go(&url(&region, &host)).await?;
        until_text(&mut tab, "Region 69").await?;
        no_errors(tab).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn skeleton_is_completed_by_the_edge_where_the_renderer_does_not_come() -> Result<()> {
    System::journey(async |system| {
        let (region, host) = cold_region(system, "frame", 700).await?;
        let mut tab = Tab::open_blank().await?;
        tab.block("*.wasm").await?;
        tab.go(&url(&region, &host)).await?;
        until_text(&mut tab, "Region 69").await?;
        let asked = tab.requests();
        ensure!(
            asked.iter().any(|url| url.ends_with(".wasm")),
            "it was not a skeleton: {asked:?}"
        );
        let left = tab.evaluate("document.querySelectorAll('.placeholder').length").await?;
        ensure!(left == 0, "{left} placeholders are left");
        tab.close().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn large_page_is_searched_and_opened_group_by_group() -> Result<()> {
    System::journey(async |system| {
        let (region, host) = cold_region(system, "many", 1_500).await?;
        let mut tab = Tab::open_blank().await?;
        tab.go(&url(&region, &host)).await?;
        until_text(&mut tab, "Region 149").await?;
        tab.evaluate("document.querySelector('[name=q]').value = 'Component 1234'")
            .await?;
        tab.evaluate("document.querySelector('[name=q]').form.requestSubmit()")
            .await?;
        until_path(&mut tab, "/search").await?;
        until_text(&mut tab, "Component 1234").await?;
        tab.go(&url(&region, &host)).await?;
        until_text(&mut tab, "Region 149").await?;
        tab.evaluate("document.querySelector('a.head[href$=\"00007\"]').click()")
            .await?;
        until_path(&mut tab, "/groups/").await?;
        until_text(&mut tab, "Component 79").await?;
        ensure!(!tab.text().await?.contains("Component 80"), "another group's component");
        no_errors(tab).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn page_not_found_leads_back_to_the_page() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "lost", 2).await?;
        system.until_shown(&page, &["Component 1"]).await?;
        let region = &system.regions[0];
        let mut tab = Tab::open_blank().await?;
        tab.go(&(url(region, &page.host) + "no/such/page")).await?;
        let text = tab.text().await?;
        ensure!(
            text.contains("Page not found") && !text.contains("Component 1"),
            "{text}"
        );
        tab.evaluate("document.querySelector('main a[href=\"/\"]').click()")
            .await?;
        until_text(&mut tab, "Component 1").await?;

        tab.go(&url(region, "nobody.localhost")).await?;
        let text = tab.text().await?;
        ensure!(
            text.contains("Status page not found") && text.contains("nobody.localhost"),
            "{text}"
        );
        ensure!(!text.contains(&page.name), "it speaks of another page: {text}");
        tab.close().await
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
        let mut tab = Tab::open_blank().await?;
        tab.go(&url(region, &page.host)).await?;
        let text = tab.text().await?;
        ensure!(
            text.contains("This page was removed") && text.contains(&page.host),
            "{text}"
        );
        ensure!(!text.contains("Component 1"), "it is still there: {text}");
        tab.close().await
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
        let mut tab = Tab::open_blank().await?;
        tab.go(&url(&region, &page.host)).await?;
        let text = tab.text().await?;
        ensure!(
            text.contains("This page is not available yet") && text.contains("Try again"),
            "{text}"
        );
        system.put_client(&region)?.put(&records.records).await?;
        until_text(&mut tab, "Component 1").await?;
        tab.close().await
    })
    .await
}

/// A region where nobody has visited a page of so many components, and the host of that page.
async fn cold_region(system: &System, name: &str, components: usize) -> Result<(Region, String)> {
    let page = Page::create(&system.push, name, components).await?;
    let mut records = system.records(&page.id).await?;
    let region = system.start_lone_region(&format!("cold-{name}")).await?;
    let host = format!("cold-{name}.localhost");
    records.records.push(records.site_for(&host)?);
    system.put_client(&region)?.put(&records.records).await?;
    Ok((region, host))
}

async fn is_open(tab: &mut Tab, group: &str) -> Result<bool> {
    let open = tab
        .evaluate(&format!("document.getElementById('{group}').open"))
        .await?;
    open.as_bool().with_context(|| format!("{group} cannot be folded"))
}

/// Comes back to the tab until what is awaited is there: the page looks for changes then, and each half minute.
async fn until_live(tab: &mut Tab, holds: &str) -> Result<()> {
    eventually("the open page changes", WAIT_MAX, async || {
        tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            .await?;
        ensure!(tab.evaluate(holds).await? == true, "not yet: {holds}");
        Ok(())
    })
    .await
}

async fn until_text(tab: &mut Tab, text: &str) -> Result<()> {
    eventually("the page shows it", WAIT_MAX, async || {
        let shown = tab.text().await?;
        ensure!(shown.contains(text), "no {text:?}:\n{shown}");
        Ok(())
    })
    .await
}

async fn until_path(tab: &mut Tab, begin: &str) -> Result<()> {
    eventually("the browser goes there", WAIT_MAX, async || {
        let path = tab.evaluate("location.pathname").await?;
        ensure!(path.as_str().is_some_and(|path| path.starts_with(begin)), "{path}");
        Ok(())
    })
    .await
}

async fn no_errors(tab: Tab) -> Result<()> {
    let errors = tab.console_errors();
    ensure!(errors.is_empty(), "the console says: {}", errors.join("\n"));
    tab.close().await
}

fn url(region: &Region, host: &str) -> String {
    format!("http://{host}:{}/", region.visitor.addr().port())
}

fn strings(list: &Value) -> BTreeSet<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(|one| Some(one.as_str()?.to_owned())).collect()
}

/// What a visitor can act on, each with a name of its own; what is folded away is not there.
const INTERACTIVE: &str = "window.nameOf = (node) => node.nodeName + ' ' + (node.getAttribute('href') ?? node.name ?? '') + ' ' + node.textContent.trim().slice(0, 40);
[...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((node) => node.checkVisibility() && !node.disabled && node.type != 'hidden').map(nameOf)";
const FOCUS: &str = "(() => {
    const node = document.activeElement;
    if (!node || node == document.body) return {};
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
    const box = node.getBoundingClientRect();
    const ring = (outlineStyle != 'none' && parseFloat(outlineWidth) > 0) || boxShadow != 'none';
    return { name: nameOf(node), visible: ring && box.width > 0 && box.bottom > 0 && box.top < innerHeight };
})()";
const WAIT_MAX: Duration = Duration::from_secs(30);
