//! The headings of publishers' texts stand below those of the page: who goes from heading to heading finds no gap.

mod fixture;

use fixture::{northwind, options, states, stress};
use page_model::{
    Language, Snapshot,
    snapshot::{Announcement, Update},
};
use page_render::{Events, group, incident, index, maintenance, month, search};

const HTML: &str = "<h3>Written</h3>\n<p>x</p>\n<h4>Written below</h4>";

#[test]
fn no_level_is_left_out() {
    for (name, page) in pages() {
        let levels = levels(&page);
        assert_eq!(levels.first(), Some(&1), "{name}: {levels:?}");
        let gap = levels.windows(2).find(|pair| pair[1] > pair[0] + 1);
        assert_eq!(gap, None, "{name}: {levels:?}");
        assert_eq!(
            levels.iter().filter(|level| **level == 1).count(),
            1,
            "{name}: {levels:?}"
        );
    }
}

/// A heading of a text that is above the heading of its own event would end the event.
#[test]
fn a_text_stands_below_what_it_is_of() {
    let mut past = 0;
    for (name, page) in pages() {
        for report in page.split("<section class=\"report ").skip(1) {
            let report = report.split("</section>").next().unwrap_or_default();
            let levels: Vec<&str> = report
                .match_indices("Written</h")
                .map(|(at, _)| &report[at - 4..at])
                .collect();
            assert!(levels.iter().all(|level| *level == "<h5>"), "{name}: {report}");
            past += levels.len();
        }
        for report in page.split("<article class=\"card report").skip(1) {
            let report = report.split("</article>").next().unwrap_or_default();
            assert!(report.contains("<h3>Written</h3>"), "{name}: {report}");
        }
    }
    assert!(past > 1);
}

fn pages() -> Vec<(&'static str, String)> {
    let snapshot = written(northwind::full());
    let plain = options(None, None);
    let named = snapshot
        .groups
        .iter()
        .find_map(|group| group.named.as_ref())
        .expect("a group");
    let mut archive = northwind::archive();
    archive
        .incidents
        .iter_mut()
        .flat_map(|one| &mut one.updates)
        .for_each(write);
    archive
        .maintenances
        .iter_mut()
        .flat_map(|one| &mut one.updates)
        .for_each(write);
    let word = snapshot.incidents[0].name.clone();
    let mut ungrouped = written(stress::sized(3));
    ungrouped.groups.iter_mut().for_each(|group| group.named = None);
    let events = Events::of_snapshot(&snapshot);
    let pages = [
        ("index", index(&snapshot, plain)),
        ("index without groups", index(&ungrouped, plain)),
        ("group", group(&snapshot, &named.id, plain).expect("it is shown")),
        ("month", month(&archive, None, plain)),
        ("search", search(&snapshot, &word, plain)),
        ("search for components", search(&snapshot, &named.name, plain)),
        ("incident", incident(&events, &snapshot.incidents[0], plain)),
        ("maintenance", maintenance(&events, &snapshot.maintenances[0], plain)),
    ];
    let pages = pages.map(|(name, page)| (name, page.expect("a page")));
    pages.into_iter().chain(states::sign_in(Language::En)).collect()
}

/// With headings in each of its texts.
fn written(mut snapshot: Snapshot) -> Snapshot {
    snapshot.announcement = Some(Announcement {
        body: String::new(),
        body_html: HTML.to_owned(),
    });
    snapshot.page.description_html = HTML.to_owned();
    for group in &mut snapshot.groups {
        if let Some(named) = &mut group.named {
            named.description_html = HTML.to_owned();
        }
        group
            .components
            .iter_mut()
            .for_each(|component| component.description_html = HTML.to_owned());
    }
    snapshot
        .incidents
        .iter_mut()
        .flat_map(|one| &mut one.updates)
        .for_each(write);
    snapshot
        .maintenances
        .iter_mut()
        .flat_map(|one| &mut one.updates)
        .for_each(write);
    snapshot
}

fn write<S>(update: &mut Update<S>) {
    update.body_html = HTML.to_owned();
}

fn levels(page: &str) -> Vec<u8> {
    let tags = page.split("<h").skip(1);
    tags.filter_map(|tag| match tag.as_bytes() {
        [level @ b'1'..=b'6', b' ' | b'>', ..] => Some(level - b'0'),
        _ => None,
    })
    .collect()
}
