//! Feeds of a page's history, or of one component's: incidents with maintenances, the last told first, in the shapes that
//! feed readers and chat programs know from Statuspage. Their words are part of the shape and stay English.

mod atom;
mod entry;
mod html;
mod rss;

use std::cmp::Reverse;

use page_model::{Host, Id, Snapshot, Stamp, snapshot::Page};

use self::entry::Entry;
use super::{line::one_line, link};
use crate::order;
use crate::sorted::sort_by_key;

pub use atom::atom;
pub use rss::rss;

/// Most entries of a feed.
const ENTRIES_MAX: usize = 25;

/// What is in a feed, whatever the format.
pub struct Feed<'a> {
    snapshot: &'a Snapshot,
    requested: &'a Host,
    /// `GitHub Status - Incident History`
    title: String,
    /// The address without its suffix: `/history`
    path: String,
    entries: Vec<Entry<'a>>,
}

impl<'a> Feed<'a> {
    pub fn of_page(snapshot: &'a Snapshot, requested: &'a Host) -> Self {
        Self {
            title: one_line(&format!("{} Status - Incident History", snapshot.page.name)),
            path: "/history".to_owned(),
            entries: entries(snapshot, |_| true),
            snapshot,
            requested,
        }
    }

    /// Of a component, or of all in a group; `None` where the page has no such one.
    pub fn of_component(snapshot: &'a Snapshot, requested: &'a Host, id: &Id) -> Option<Self> {
        let (name, members) = named(snapshot, id)?;
        Some(Self {
            title: one_line(&format!("{} Status - {name} - Incident History", snapshot.page.name)),
            path: format!("/components/{id}/history"),
            entries: entries(snapshot, |entry| members.iter().any(|member| entry.touches(member))),
            snapshot,
            requested,
        })
    }

    fn page(&self) -> &'a Page {
        &self.snapshot.page
    }

    /// An authority for names (RFC 4151): the page's first host, whichever it has.
    fn naming_host(&self) -> &'a Host {
        link::naming_host(self.page(), self.requested)
    }

    fn front(&self) -> String {
        link::front(self.page(), self.requested)
    }

    fn address(&self, suffix: &str) -> String {
        format!("{}{}{suffix}", self.front(), self.path)
    }

    /// When an entry was last told; a moment that lies ahead is none, and readers hold it against a feed.
    fn date(&self, entry: &Entry<'_>) -> Stamp {
        entry.told_at().min(self.snapshot.as_of)
    }

    fn name_of(&self, entry: &Entry<'_>) -> String {
        link::event_name(self.page(), self.requested, entry.id())
    }

    fn link_to(&self, entry: &Entry<'_>) -> String {
        link::event(self.page(), self.requested, entry.id())
    }
}

/// In the order of their dates, as readers sort them.
fn entries<'a>(snapshot: &'a Snapshot, wanted: impl Fn(&Entry<'a>) -> bool) -> Vec<Entry<'a>> {
    let mut entries = order::chosen(order::all(snapshot).filter(wanted), ENTRIES_MAX);
    sort_by_key(&mut entries, |entry| (Reverse(entry.told_at().at_ms), entry.id()));
    entries
}

/// The name of a component or a group, and the ids of which an event must touch one.
fn named<'a>(snapshot: &'a Snapshot, id: &Id) -> Option<(&'a str, Vec<&'a Id>)> {
    for group in &snapshot.groups {
        if let Some(named) = group.named.as_ref().filter(|named| named.id == *id) {
            let members = group.components.iter().map(|component| &component.id);
            return Some((&named.name, members.collect()));
        }
        if let Some(component) = group.components.iter().find(|component| component.id == *id) {
            return Some((&component.name, vec![&component.id]));
        }
    }
    None
}
