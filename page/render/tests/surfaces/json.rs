//! What programs read: the documents of Statuspage's API, the shield, the banner, the frame.

use std::collections::BTreeSet;

use page_model::{Host, Language, Snapshot};
use page_render::formats::{self, v2};
use serde_json::Value;

use crate::{
    moments::iso,
    said::{Said, indicator},
};

/// All documents of the API, which must agree with each other.
pub fn read_api(page: &Snapshot, host: &Host) -> Vec<(&'static str, Said)> {
    let (summary, status) = (parsed(&v2::summary(page, host)), parsed(&v2::status(page, host)));
    for document in [&summary, &status] {
        assert_eq!(document["status"]["indicator"], indicator(page), "the indicator");
    }
    assert_eq!(summary["status"], status["status"]);
    let components = parsed(&v2::components(page, host));
    assert_eq!(summary["components"], components["components"]);
    let mut of_summary = Said {
        open: Some(ids(&summary["incidents"])),
        ..Said::default()
    };
    events(&summary["incidents"], &mut of_summary);
    events(&summary["scheduled_maintenances"], &mut of_summary);
    for component in list(&summary["components"]).iter().filter(|one| one["group"] == false) {
        let (name, status) = (word(&component["name"]), word(&component["status"]));
        of_summary.components.insert(name, status);
    }
    let mut said = vec![("summary.json", of_summary)];
    let unresolved = parsed(&v2::unresolved_incidents(page, host));
    let mut of_unresolved = Said {
        open: Some(ids(&unresolved["incidents"])),
        ..Said::default()
    };
    events(&unresolved["incidents"], &mut of_unresolved);
    said.push(("unresolved.json", of_unresolved));
    let incidents = parsed(&v2::incidents(page, host));
    let mut of_incidents = Said {
        listed: Some(ids(&incidents["incidents"])),
        ..Said::default()
    };
    events(&incidents["incidents"], &mut of_incidents);
    said.push(("incidents.json", of_incidents));
    for (name, document) in [
        ("scheduled-maintenances.json", v2::scheduled_maintenances(page, host)),
        ("upcoming.json", v2::upcoming_maintenances(page, host)),
        ("active.json", v2::active_maintenances(page, host)),
    ] {
        let mut of_document = Said::default();
        events(&parsed(&document)["scheduled_maintenances"], &mut of_document);
        said.push((name, of_document));
    }
    said
}

pub fn read_shield(page: &Snapshot) -> Said {
    let shield = parsed(&formats::shield(page, Language::En));
    let tone = match shield["color"].as_str() {
        Some("brightgreen") => "fine",
        Some("blue") => "planned",
        Some("yellow") => "slow",
        Some("orange") => "partial",
        Some("red") => "down",
        other => panic!("{other:?} is no colour of a shield"),
    };
    assert_eq!(shield["label"].as_str(), Some(page.page.name.as_str()));
    Said {
        tone: Some(tone.to_owned()),
        calm: Some(shield["message"] == "Operational"),
        ..Said::default()
    }
}

pub fn read_banner(page: &Snapshot) -> Said {
    let banner = parsed(&formats::banner(page, Language::En));
    // Ids with their states, behind the level.
    let about = word(&banner["about"]);
    let events = about.split(' ').skip(1).filter_map(|event| event.split_at_checked(12));
    let mut said = Said {
        tone: Some(word(&banner["tone"])),
        calm: banner["calm"].as_bool(),
        headline: word(&banner["text"])
            .strip_prefix(&format!("{}: ", page.page.name))
            .map(str::to_owned),
        open: Some(BTreeSet::new()),
        ..Said::default()
    };
    for (id, state) in events {
        if !crate::html::is_maintenance(id) {
            said.open.get_or_insert_default().insert(id.to_owned());
        }
        said.states.insert(id.to_owned(), state.to_owned());
    }
    said
}

/// The frame says nothing of the status itself, and shows the page of the right host.
pub fn check_frame(page: &Snapshot, host: &Host) {
    let frame = parsed(&formats::oembed(&page.page.name, host, None, None, None));
    assert_eq!(frame["title"], "Acme status");
    let html = scraper::Html::parse_fragment(&word(&frame["html"]));
    let iframe = scraper::Selector::parse("iframe").expect("a selector");
    let source = html.select(&iframe).next().and_then(|iframe| iframe.attr("src"));
    assert_eq!(source, Some(format!("https://{host}/embed").as_str()));
    let script = formats::embed_script(page, Language::En);
    assert!(
        script.contains("`embed.json?lang="),
        "the script asks for what the banner shows"
    );
}

fn events(events: &Value, said: &mut Said) {
    for event in list(events) {
        let (id, newest) = (word(&event["id"]), &event["incident_updates"][0]);
        said.states.insert(id.clone(), word(&event["status"]));
        if event["scheduled_for"].is_string() {
            let window = (
                iso(&word(&event["scheduled_for"])),
                iso(&word(&event["scheduled_until"])),
            );
            said.windows.insert(id, window);
            continue;
        }
        said.started.insert(id.clone(), iso(&word(&event["started_at"])));
        said.updated.insert(id, iso(&word(&newest["display_at"])));
    }
}

fn ids(events: &Value) -> BTreeSet<String> {
    list(events).iter().map(|event| word(&event["id"])).collect()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn word(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
