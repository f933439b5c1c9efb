//! Every format of one page, committed: a change shows in the review as what it changes for those who read it.

use page_model::{
    Language, Snapshot,
    snapshot::Incident,
    status::{IncidentStatus, Status},
};
use page_render::{
    RenderOptions,
    formats::{self, Feed, v2},
};

use crate::{
    fixture::{AS_OF, assessed, id, minutes_ago},
    page::{elsewhere, full, requested_host},
};

#[test]
fn every_format_matches_its_snapshot() {
    for (name, text) in every(&full(), Language::En) {
        let text = if name.ends_with(".json") { pretty(&text) } else { text };
        insta::assert_snapshot!(name, text.replace("\r\n", "\n"));
    }
    let elsewhere = elsewhere();
    insta::assert_snapshot!(
        "elsewhere-status.json",
        pretty(&v2::status(&elsewhere, &requested_host()))
    );
    insta::assert_snapshot!(
        "elsewhere-history.rss",
        formats::rss(&Feed::of_page(&elsewhere, &requested_host()))
    );
}

#[test]
fn text_and_markdown_say_since_when_updates_are_delayed() {
    let options = RenderOptions {
        delayed_since: Some(minutes_ago(12)),
        ..RenderOptions::new(Language::En)
    };
    let since = "2026-11-22 14:20 UTC";
    assert_eq!(AS_OF, full().as_of);
    for text in [
        formats::text(&full(), &requested_host(), options),
        formats::markdown(&full(), &requested_host(), options),
    ] {
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").contains(since), "{text}");
    }
}

#[test]
fn the_banner_is_small() {
    let largest = Language::ALL.map(|language| formats::embed_script(&full(), language).len());
    assert!(largest.iter().all(|bytes| *bytes <= 2_048), "{largest:?} bytes");
}

/// Its components have recovered, the incident is watched: nothing is green, and nothing says that all is well.
#[test]
fn no_surface_is_calm_while_an_incident_is_open() {
    let mut snapshot = full();
    let components = snapshot.groups.iter_mut().flat_map(|group| &mut group.components);
    components.for_each(|component| component.status = Status::Operational);
    snapshot
        .groups
        .iter_mut()
        .for_each(|group| group.status = Status::Operational);
    let open = |incident: &Incident| !incident.status.is_over();
    let watched = snapshot.incidents.iter().position(open).expect("an open incident");
    let watched = snapshot.incidents.swap_remove(watched);
    snapshot.incidents.retain(|incident| !open(incident));
    snapshot.incidents.insert(0, watched);
    snapshot.incidents[0].status = IncidentStatus::Monitoring;
    snapshot.maintenances.clear();
    let snapshot = assessed(snapshot);
    let headline = format!("Monitoring: {}", snapshot.incidents[0].name);
    let page = page_render::index(&snapshot, RenderOptions::new(Language::En)).expect("a page");
    let title = format!(
        "<h1 class=\"planned\" aria-live=\"polite\" id=\"headline\"><i></i><a href=\"/incidents/{}\">",
        snapshot.incidents[0].id
    );
    assert!(
        page.contains(&title) && page.contains(&format!("<bdi>{headline}</bdi>")),
        "{title}"
    );
    let embed = page_render::embed(&snapshot, None, RenderOptions::new(Language::En)).expect("a frame");
    assert!(
        embed.contains(&headline) && embed.contains("class=\"planned\""),
        "{embed}"
    );
    let text = |name| {
        let formats = every(&snapshot, Language::En);
        formats
            .into_iter()
            .find(|(found, _)| *found == name)
            .expect("a format")
            .1
    };
    assert!(
        text("badge.json").contains(r#""message":"Monitoring","color":"blue""#),
        "{}",
        text("badge.json")
    );
    assert!(text("badge.svg").contains("Monitoring") && !text("badge.svg").contains("Operational"));
    assert!(text("preview.svg").contains("Monitoring") && !text("preview.svg").contains("perational"));
    assert!(text("status.txt").contains(&headline), "{}", text("status.txt"));
    assert!(
        text("status.md").contains(&format!("**{headline}**")),
        "{}",
        text("status.md")
    );
    let banner = format!(
        r#""calm":false,"tone":"planned","text":"{headline} – {} status""#,
        snapshot.page.name
    );
    assert!(text("embed.json").contains(&banner), "{}", text("embed.json"));
    let icon = formats::icon(&snapshot);
    assert!(icon.contains("#3b6fd4"), "{icon}");
}

/// All formats of a page, by name.
pub fn every(snapshot: &Snapshot, language: Language) -> Vec<(&'static str, String)> {
    let (host, options) = (requested_host(), RenderOptions::new(language));
    let component = Feed::of_component(snapshot, &host, &id(3));
    let group = snapshot.groups.iter().find_map(|group| group.named.as_ref());
    let group = group.and_then(|named| Feed::of_component(snapshot, &host, &named.id));
    let mut all = vec![
        ("summary.json", v2::summary(snapshot, &host)),
        ("components.json", v2::components(snapshot, &host)),
        ("incidents.json", v2::incidents(snapshot, &host)),
        ("unresolved.json", v2::unresolved_incidents(snapshot, &host)),
        ("maintenances.json", (v2::scheduled_maintenances(snapshot, &host))),
        ("upcoming.json", v2::upcoming_maintenances(snapshot, &host)),
        ("active.json", v2::active_maintenances(snapshot, &host)),
        ("history.rss", formats::rss(&Feed::of_page(snapshot, &host))),
        ("history.atom", formats::atom(&Feed::of_page(snapshot, &host))),
        ("calendar.ics", formats::calendar(snapshot, &host, language)),
        ("uptime.json", formats::uptime(snapshot, &host)),
        ("badge.svg", formats::badge(snapshot, language)),
        ("badge.json", formats::shield(snapshot, language)),
        ("icon.svg", formats::icon(snapshot)),
        ("preview.svg", formats::preview(snapshot, &host, language)),
        ("status.txt", formats::text(snapshot, &host, options)),
        ("status.md", formats::markdown(snapshot, &host, options)),
        ("embed.js", formats::embed_script(snapshot, language)),
        ("embed.json", formats::banner(snapshot, language)),
        (
            "oembed.json",
            formats::oembed(&snapshot.page.name, &host, None, Some(300), None),
        ),
        ("sitemap.xml", formats::sitemap(snapshot, &host)),
        ("robots.txt", formats::robots(&host)),
    ];
    all.extend(component.map(|feed| ("component.rss", formats::rss(&feed))));
    all.extend(group.map(|feed| ("group.atom", formats::atom(&feed))));
    all
}

/// A line for each object, as a review wants it.
fn pretty(json: &str) -> String {
    json.replace(",{", ",\n{").replace("[{", "[\n{").replace("}]", "}\n]")
}
