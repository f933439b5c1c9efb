//! Every format of one page, committed: a change shows in the review as what it changes for those who read it.

use page_model::{Language, Snapshot};
use page_render::{
    RenderOptions,
    formats::{self, Feed, v2},
};

use crate::{
    fixture::{AS_OF, id, minutes_ago},
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
        ("badge.svg", formats::badge(snapshot, language)),
        ("badge.json", formats::shield(snapshot, language)),
        ("icon.svg", formats::icon(snapshot)),
        ("preview.svg", formats::preview(snapshot, &host, language)),
        ("status.txt", formats::text(snapshot, &host, options)),
        ("status.md", formats::markdown(snapshot, &host, options)),
        ("embed.js", formats::embed_script(snapshot, language)),
        (
            "oembed.json",
            formats::oembed(&snapshot.page.name, &host, Some(300), None),
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
