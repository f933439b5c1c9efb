//! The page, the frame for other sites, and the search, read by an HTML parser.

use std::collections::BTreeMap;

use page_model::{Language, Snapshot};
use page_render::{RenderOptions, embed, index, search};
use scraper::{ElementRef, Html, Selector};

use crate::{moments::iso, pictures::tone_of_colour, said::Said};

pub fn read_index(page: &Snapshot) -> Said {
    let html = document(&index(page, options()).expect("a page"));
    let headline = one(&html, ".headline h1");
    let icon = one(&html, "link[rel=icon]")
        .attr("href")
        .expect("an address")
        .to_owned();
    let icon_tone = tone_of_colour(&icon.replace("%23", "#"));
    assert_eq!(headline.attr("class"), Some(icon_tone), "the icon of the page");
    let mut said = Said {
        tone: headline.attr("class").map(str::to_owned),
        headline: Some(text(headline)),
        open: Some(Default::default()),
        text: Some(text(html.root_element())),
        ..Said::default()
    };
    for card in html.select(&selector("article.report")) {
        event(card, &mut said);
    }
    for row in html.select(&selector("summary.row")) {
        let name = text(within(row, ".name bdi"));
        let status = status_of(&text(within(row, ".state")));
        said.components.insert(name, status.to_owned());
    }
    said
}

/// One card: in the list of what is open only if it is an open incident.
fn event(card: ElementRef<'_>, said: &mut Said) {
    let id = card.attr("id").expect("an id").to_owned();
    let state = state_of(&text(within(card, ".summary b")));
    let moments = |of: &str| -> Vec<i64> {
        let of = selector(of);
        let times = card.select(&of);
        times
            .map(|time| iso(time.attr("datetime").expect("a moment")))
            .collect()
    };
    let newest = moments(".updates li:first-child > p time").first().copied();
    let shown = moments(".summary time");
    said.states.insert(id.clone(), state.to_owned());
    if is_maintenance(&id) {
        let window = (shown[0], *shown.get(1).expect("an end"));
        said.windows.insert(id, window);
        return;
    }
    said.started.insert(id.clone(), shown[0]);
    said.updated.extend(newest.map(|newest| (id.clone(), newest)));
    if !matches!(state, "resolved" | "postmortem") {
        said.open.get_or_insert_default().insert(id);
    }
}

pub fn read_embed(page: &Snapshot) -> Said {
    let html = document(&embed(page, None, options()).expect("a page"));
    let headline = one(&html, "h1 a");
    Said {
        tone: headline.attr("class").map(str::to_owned),
        headline: Some(text(within(headline, "bdi:last-of-type"))),
        ..Said::default()
    }
}

/// Looks for each open incident by its name, and for the components by the beginning of theirs.
pub fn read_search(page: &Snapshot) -> Said {
    let mut said = Said {
        open: Some(Default::default()),
        ..Said::default()
    };
    let open = page.incidents.iter().filter(|incident| !incident.status.is_over());
    for query in open.map(|incident| incident.name.as_str()).chain(["Part"]) {
        let html = document(&search(page, query, options()).expect("a page"));
        for card in html.select(&selector("article.report")) {
            event(card, &mut said);
        }
        for row in html.select(&selector("summary.row")) {
            let status = status_of(&text(within(row, ".state")));
            said.components
                .insert(text(within(row, ".name bdi")), status.to_owned());
        }
    }
    said
}

/// Every component that is not well stands on the page, with its status.
pub fn shows_trouble(said: &Said, page: &Snapshot, html_text: &str) {
    let troubled: BTreeMap<&str, &str> = page
        .groups
        .iter()
        .flat_map(|group| &group.components)
        .filter(|component| component.status != page_model::status::Status::Operational)
        .map(|component| (component.name.as_str(), component.status.as_str()))
        .collect();
    for name in troubled.keys() {
        assert!(
            said.components.contains_key(*name) || html_text.contains(name),
            "the page does not show {name}, which is not well"
        );
    }
}

fn document(text: &str) -> Html {
    let html = Html::parse_document(text);
    assert_eq!(html.errors, Vec::<String>::new(), "what the parser has to mend");
    html
}

fn one<'a>(html: &'a Html, css: &str) -> ElementRef<'a> {
    within(html.root_element(), css)
}

fn within<'a>(element: ElementRef<'a>, css: &str) -> ElementRef<'a> {
    element
        .select(&selector(css))
        .next()
        .unwrap_or_else(|| panic!("no {css}"))
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).expect("a selector")
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().trim().to_owned()
}

fn options() -> RenderOptions {
    RenderOptions::new(Language::En)
}

/// Ids of maintenances begin behind those of incidents.
pub fn is_maintenance(id: &str) -> bool {
    id.trim_start_matches('0').starts_with('2')
}

/// The API's word for a state that people read.
pub fn state_of(text: &str) -> &'static str {
    match text {
        "Investigating" => "investigating",
        "Identified" => "identified",
        "Monitoring" => "monitoring",
        "Resolved" => "resolved",
        "Postmortem" => "postmortem",
        "Scheduled" => "scheduled",
        "In progress" => "in_progress",
        "Verifying" => "verifying",
        "Completed" => "completed",
        other => panic!("{other:?} is no state"),
    }
}

pub fn status_of(text: &str) -> &'static str {
    match text {
        "Operational" => "operational",
        "Maintenance" | "Under maintenance" => "under_maintenance",
        "Degraded performance" | "Degraded" => "degraded_performance",
        "Partial outage" => "partial_outage",
        "Major outage" => "major_outage",
        other => panic!("{other:?} is no status"),
    }
}
