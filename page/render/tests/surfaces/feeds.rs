//! The feeds, read as XML, and the calendar, read by a library for calendars.

use std::collections::BTreeSet;

use icalendar::{Calendar, CalendarComponent, Component as _};
use page_model::{Host, Language, Snapshot};
use page_render::formats::{self, Feed};
use roxmltree::{Document, Node};

use crate::{
    html::is_maintenance,
    moments::{iso, rfc822},
    said::Said,
};

pub fn read_rss(page: &Snapshot, host: &Host) -> Said {
    let xml = formats::rss(&Feed::of_page(page, host));
    let xml = Document::parse(&xml).expect("XML");
    let mut said = Said {
        listed: Some(BTreeSet::new()),
        ..Said::default()
    };
    for item in elements(&xml, "item") {
        let id = id_of(&text(item, "link"));
        if is_maintenance(&id) {
            said.ends.insert(id.clone(), rfc822(&text(item, "maintenanceEndDate")));
        }
        said.updated.insert(id.clone(), rfc822(&text(item, "pubDate")));
        said.listed.get_or_insert_default().insert(id);
    }
    said
}

pub fn read_atom(page: &Snapshot, host: &Host) -> Said {
    let xml = formats::atom(&Feed::of_page(page, host));
    let xml = Document::parse(&xml).expect("XML");
    let mut said = Said {
        listed: Some(BTreeSet::new()),
        ..Said::default()
    };
    for entry in elements(&xml, "entry") {
        let link = entry.children().find(|child| child.has_tag_name((ATOM, "link")));
        let id = id_of(link.and_then(|link| link.attribute("href")).expect("a link"));
        said.updated.insert(id.clone(), iso(&text(entry, "updated")));
        if !is_maintenance(&id) {
            said.started.insert(id.clone(), iso(&text(entry, "published")));
        }
        said.listed.get_or_insert_default().insert(id);
    }
    said
}

pub fn read_calendar(page: &Snapshot, host: &Host) -> Said {
    let calendar: Calendar = formats::calendar(page, host, Language::En).parse().expect("a calendar");
    let mut said = Said::default();
    for component in &calendar.components {
        let CalendarComponent::Event(event) = component else {
            continue;
        };
        let uid = event.get_uid().expect("a UID");
        let (id, _) = uid.split_once('@').expect("an id and a page");
        let moment = |name: &str| iso_of_calendar(event.property_value(name).expect("a moment"));
        said.windows.insert(id.to_owned(), (moment("DTSTART"), moment("DTEND")));
    }
    said
}

/// `20260821T224626Z`
fn iso_of_calendar(text: &str) -> i64 {
    let [date, clock] = [&text[..8], &text[9..15]];
    let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
    let (hour, minute, second) = (&clock[..2], &clock[2..4], &clock[4..]);
    iso(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

fn elements<'a>(xml: &'a Document<'_>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    xml.descendants()
        .filter(move |node| node.is_element() && node.tag_name().name() == name)
}

fn text(of: Node<'_, '_>, name: &str) -> String {
    let child = of.children().find(|child| child.tag_name().name() == name);
    child
        .and_then(|child| child.text())
        .unwrap_or_else(|| panic!("no {name}"))
        .to_owned()
}

/// The last part of an event's address.
pub fn id_of(link: &str) -> String {
    link.rsplit('/').next().unwrap_or_default().to_owned()
}

const ATOM: &str = "http://www.w3.org/2005/Atom";
