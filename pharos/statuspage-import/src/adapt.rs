//! From documents to what the push API takes. Whatever cannot be taken as it is becomes something that can, and a line
//! that says so.

mod components;
mod events;
mod held;
mod order;
mod statuses;
mod text;
mod zones;

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    documents::{Documents, Page},
    report::{NoteKind, Notes},
    shape::{Content, Fields, Item, Kind},
};

pub struct Circumstances<'a> {
    pub now_ms: i64,
    pub hosts: &'a [String],
    /// Components that the page has here, whether or not the documents still list them.
    pub components_here: &'a BTreeSet<String>,
}

pub use text::word;

/// The id under which the page is kept.
pub fn page_id(page: &Page) -> Option<String> {
    page.id.as_deref().map(text::id)
}

pub fn adapt(documents: &Documents, around: &Circumstances<'_>) -> (Content, Notes) {
    let mut notes = Notes::default();
    let page = page(&documents.page, around.hosts, &mut notes);
    let listed = components::adapt(&documents.components, around.now_ms, &mut notes);
    let mut shown = listed.shown;
    let mut events = events::Adapter {
        now_ms: around.now_ms,
        components: listed.components.iter().map(|one| one.id.as_str()).collect(),
        groups: listed.groups.iter().map(|one| one.id.as_str()).collect(),
        update_ids: BTreeSet::new(),
        notes: &mut notes,
    };
    events
        .components
        .extend(around.components_here.iter().map(String::as_str));
    let mut incidents = events.all(&documents.incidents, Kind::Incident);
    let mut maintenances = events.all(&documents.maintenances, Kind::Maintenance);
    held::settle(&mut shown, &mut incidents, &mut maintenances, &mut notes);
    let content = Content {
        page,
        groups: listed.groups,
        components: listed.components,
        shown,
        incidents,
        maintenances,
    };
    (content, notes)
}

fn page(page: &Page, hosts: &[String], notes: &mut Notes) -> Item {
    let (name, why) = text::name(page.name.as_deref());
    let label = format!("page {name:?}");
    if let Some(why) = why {
        notes.add(NoteKind::Adapted, &label, why);
    }
    let mut fields = Fields::from_iter([("name".into(), json!(name))]);
    let mut once = Fields::from_iter([("hosts".into(), json!(hosts))]);
    let found = page.time_zone.as_deref().unwrap_or_default();
    match zones::iana(found) {
        Some(zone) => {
            if zone != found {
                notes.add(NoteKind::Adapted, &label, format!("its time zone {found:?} is {zone}"));
            }
            fields.insert("time_zone".into(), json!(zone));
        }
        None => {
            let what = match found {
                "" => "it names no time zone, and is told in Etc/UTC".to_owned(),
                found => format!("nobody knows its time zone {found:?}, and it is told in Etc/UTC"),
            };
            notes.add(NoteKind::Adapted, &label, what);
            // Whoever sets the right one here is not to lose it.
            once.insert("time_zone".into(), json!("Etc/UTC"));
        }
    }
    Item {
        id: page_id(page).unwrap_or_default(),
        label,
        fields,
        once,
    }
}
