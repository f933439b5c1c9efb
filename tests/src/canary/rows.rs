//! What is at each address, and who may open it without a session.

use page_model::{Host, capability::Formats};

use super::page::{CanaryPage, Kind, Set};

/// An address of the route table.
pub struct Row {
    pub pattern: &'static str,
    pub shows: Shows,
    /// Which kinds of links open it.
    opened_by: &'static [Formats],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// The words of all that the visitor sees.
    Words,
    /// One object, to those who see it.
    Object,
    /// How bad the worst is that the visitor sees.
    Level,
    /// What strangers see, drawn; nothing where they see nothing.
    Picture,
    /// The same to all who see anything.
    Alike,
    /// Nothing of a page.
    Nothing,
    /// Where people are let in and out.
    Entrance,
}

/// What is asked for: an address, and whose object it names.
pub struct Cell<'a> {
    pub row: &'a Row,
    pub path: String,
    pub of: Option<Set>,
}

impl Cell<'_> {
    /// An address that names the page's own does so by the host where it is asked for.
    pub fn path_at(&self, host: &Host) -> String {
        self.path.replace("{host}", host.as_str())
    }
}

impl Row {
    const fn new(pattern: &'static str, shows: Shows, opened_by: &'static [Formats]) -> Self {
        Self {
            pattern,
            shows,
            opened_by,
        }
    }

    pub fn of(pattern: &str) -> Option<&'static Self> {
        ROWS.iter().find(|row| row.pattern == pattern)
    }

    pub fn is_opened_by(&self, formats: Formats) -> bool {
        self.opened_by.contains(&formats)
    }

    /// An address that names an object is asked for with each audience's, open ones and those of the archive.
    pub fn cells(&self, page: &CanaryPage) -> Vec<Cell<'_>> {
        let cell = |path: String, of| Cell { row: self, path, of };
        let kinds: &[Kind] = match self.pattern {
            "/groups/{id}" => &[Kind::Group],
            "/incidents/{id}" => &[Kind::Incident, Kind::PastIncident],
            "/maintenances/{id}" | "/maintenances/{id}.ics" => &[Kind::Maintenance, Kind::ActiveMaintenance],
            pattern if pattern.starts_with("/components/{id}") => &[Kind::Component],
            _ => &[],
        };
        if !kinds.is_empty() {
            let objects = kinds.iter().flat_map(|kind| Set::ALL.map(|set| (*kind, set)));
            let named =
                objects.map(|(kind, set)| cell(self.pattern.replace("{id}", &page.id_of(kind, set)), Some(set)));
            return named.collect();
        }
        let path = self
            .pattern
            .replace("{month}", &page.past_month)
            .replace("{asset}", &page.asset)
            .replace("{build}", "0a1b");
        match self.pattern {
            "/search" => vec![cell(format!("{path}?q=canary"), None)],
            "/oembed.json" => vec![cell(format!("{path}?url=https%3A%2F%2F{{host}}%2F"), None)],
            _ => vec![cell(path, None)],
        }
    }
}

const NONE: &[Formats] = &[];
const MACHINE: &[Formats] = &[Formats::Machine];
const EMBED: &[Formats] = &[Formats::Embed];
const BOTH: &[Formats] = &[Formats::Machine, Formats::Embed];

const ROWS: &[Row] = &[
    Row::new("/", Shows::Words, NONE),
    Row::new("/groups/{id}", Shows::Object, NONE),
    Row::new("/history", Shows::Words, NONE),
    Row::new("/history/{month}", Shows::Words, NONE),
    Row::new("/incidents/{id}", Shows::Object, NONE),
    Row::new("/maintenances/{id}", Shows::Object, NONE),
    Row::new("/uptime", Shows::Words, NONE),
    Row::new("/uptime.json", Shows::Words, MACHINE),
    Row::new("/search", Shows::Words, NONE),
    Row::new("/embed", Shows::Level, EMBED),
    Row::new("/embed.js", Shows::Alike, EMBED),
    Row::new("/embed.json", Shows::Level, EMBED),
    Row::new("/oembed.json", Shows::Alike, MACHINE),
    Row::new("/api/v2/summary.json", Shows::Words, MACHINE),
    Row::new("/api/v2/status.json", Shows::Level, MACHINE),
    Row::new("/api/v2/components.json", Shows::Words, MACHINE),
    Row::new("/api/v2/incidents.json", Shows::Words, MACHINE),
    Row::new("/api/v2/incidents/unresolved.json", Shows::Words, MACHINE),
    Row::new("/api/v2/scheduled-maintenances.json", Shows::Words, MACHINE),
    Row::new("/api/v2/scheduled-maintenances/upcoming.json", Shows::Words, MACHINE),
    Row::new("/api/v2/scheduled-maintenances/active.json", Shows::Words, MACHINE),
    Row::new("/index.json", Shows::Words, MACHINE),
    Row::new("/history.rss", Shows::Words, MACHINE),
    Row::new("/history.atom", Shows::Words, MACHINE),
    Row::new("/components/{id}/history.rss", Shows::Object, MACHINE),
    Row::new("/components/{id}/history.atom", Shows::Object, MACHINE),
    Row::new("/calendar.ics", Shows::Words, MACHINE),
    Row::new("/maintenances/{id}.ics", Shows::Object, MACHINE),
    Row::new("/badge.svg", Shows::Level, BOTH),
    Row::new("/badge.json", Shows::Level, BOTH),
    Row::new("/preview.png", Shows::Picture, MACHINE),
    Row::new("/favicon.ico", Shows::Alike, MACHINE),
    Row::new("/status.txt", Shows::Words, MACHINE),
    Row::new("/status.md", Shows::Words, MACHINE),
    Row::new("/robots.txt", Shows::Alike, MACHINE),
    Row::new("/sitemap.xml", Shows::Alike, MACHINE),
    Row::new("/assets/{asset}", Shows::Alike, BOTH),
    Row::new("/.pharos/snapshot", Shows::Words, NONE),
    Row::new("/.pharos/sign-in", Shows::Entrance, NONE),
    Row::new("/.pharos/link", Shows::Entrance, NONE),
    Row::new("/.pharos/sign-out", Shows::Entrance, NONE),
    Row::new("/.pharos/session", Shows::Entrance, NONE),
    Row::new("/.pharos/sign-in/provider", Shows::Entrance, NONE),
    Row::new("/.pharos/sign-in/callback", Shows::Entrance, NONE),
    Row::new("/.pharos/token", Shows::Entrance, NONE),
    Row::new("/.pharos/renderer-{build}/complete.js", Shows::Nothing, NONE),
    Row::new("/.pharos/renderer-{build}/complete_bg.wasm", Shows::Nothing, NONE),
];
