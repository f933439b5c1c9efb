//! Whatever surface somebody looks at, it says the same: the status, what is open, and when.
#![allow(
    clippy::panic,
    reason = "a reader that does not find what it looks for fails its test"
)]

#[path = "../fixture/mod.rs"]
mod fixture;

mod feeds;
mod html;
mod json;
mod moments;
mod page;
mod pictures;
mod said;
mod texts;

use page_model::{Host, Snapshot};

use said::{Said, truth};

#[test]
fn every_surface_says_the_same() {
    for seed in 1..=PAGES {
        let page = page::page(seed);
        println!("page {seed}");
        check(&page);
    }
}

fn check(page: &Snapshot) {
    let host = Host::parse("status.northwind.example").expect("a host");
    let mut truth = truth(page);
    let index = html::read_index(page);
    // What the page says in words, everything else says in the same.
    truth.headline.clone_from(&index.headline);
    if let [only] = truth.open.iter().flatten().collect::<Vec<_>>().as_slice() {
        let name = page
            .incidents
            .iter()
            .find(|incident| incident.id.as_str() == only.as_str());
        let (headline, name) = (
            index.headline.as_deref().unwrap_or_default(),
            name.map(|one| one.name.as_str()),
        );
        assert!(
            headline.ends_with(name.unwrap_or_default()),
            "{headline:?} is the open incident's name"
        );
    }
    html::shows_trouble(&index, page, index.text.as_deref().unwrap_or_default());
    let mut surfaces: Vec<(&str, Said)> = vec![
        ("the page", index),
        ("the frame", html::read_embed(page)),
        ("the search", html::read_search(page)),
        ("the icon", pictures::read_icon(page)),
        ("the badge", pictures::read_badge(page)),
        ("the preview", pictures::read_preview(page, &host)),
        ("the shield", json::read_shield(page)),
        ("the banner", json::read_banner(page)),
        ("the text", texts::read_text(page, &host)),
        ("the Markdown", texts::read_markdown(page, &host)),
        ("RSS", feeds::read_rss(page, &host)),
        ("Atom", feeds::read_atom(page, &host)),
        ("the calendar", feeds::read_calendar(page, &host)),
    ];
    surfaces.extend(json::read_api(page, &host));
    for (name, said) in &surfaces {
        said.is_true(name, &truth);
        if let Some(text) = &said.text {
            has_what_is_to_be_seen(name, text, page);
        }
    }
    json::check_frame(page, &host);
}

/// The announcement stands everywhere; a component that hides while it is well stands nowhere.
fn has_what_is_to_be_seen(surface: &str, text: &str, page: &Snapshot) {
    let announced = page.announcement.is_some();
    assert_eq!(
        text.contains(page::ANNOUNCEMENT),
        announced,
        "the announcement in {surface}"
    );
    let components = page.groups.iter().flat_map(|group| &group.components);
    let hidden =
        components.filter(|one| one.only_show_if_degraded && one.status == page_model::status::Status::Operational);
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    for component in hidden {
        // Events go on naming it.
        let is_named = page
            .incidents
            .iter()
            .flat_map(|one| &one.components)
            .any(|one| one.id == component.id)
            || page
                .maintenances
                .iter()
                .flat_map(|one| &one.components)
                .any(|one| one.id == component.id);
        assert!(
            is_named || !words.contains(&component.name.as_str()),
            "{} hides from {surface}",
            component.name
        );
    }
}

/// Random pages of each run.
const PAGES: u64 = 200;
