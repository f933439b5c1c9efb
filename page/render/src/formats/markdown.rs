//! `/status.md`, and `/` for who likes Markdown best: the page for agents and for notes.

use page_model::{
    Host, Snapshot,
    snapshot::{Group, Incident, Maintenance, Update},
};

use super::{line::one_line, link, texts};
use crate::{locale::Locale, options::RenderOptions, order, times::machine::plain};

/// Incidents that are over, as far as they are worth a line.
const RECENT_MAX: usize = 10;
/// Updates of an event that goes on.
const UPDATES_MAX: usize = 5;

pub fn markdown(snapshot: &Snapshot, requested: &Host, options: RenderOptions) -> String {
    let mut page = Markdown {
        snapshot,
        requested,
        options,
        out: String::new(),
    };
    page.head();
    page.incidents();
    page.maintenances();
    page.components();
    page.recent();
    page.foot();
    page.out
}

struct Markdown<'a> {
    snapshot: &'a Snapshot,
    requested: &'a Host,
    options: RenderOptions,
    out: String,
}

impl Markdown<'_> {
    fn head(&mut self) {
        self.line(&format!("# {}", escaped(&self.snapshot.page.name)));
        self.line("");
        let headline = texts::headline(self.snapshot, self.options.language);
        self.line(&format!("**{}**", escaped(&headline)));
        if let Some(since) = self.options.delayed_since {
            self.line("");
            self.line(&format!("{} {}", texts::delayed(self.options.language), plain(since)));
        }
        if let Some(announcement) = &self.snapshot.announcement {
            self.line("");
            self.quoted(&announcement.body);
        }
    }

    fn incidents(&mut self) {
        let incidents = self
            .snapshot
            .incidents
            .iter()
            .filter(|incident| !incident.status.is_over());
        let incidents: Vec<&Incident> = incidents.collect();
        self.section(texts::incidents(self.options.language), incidents.is_empty());
        for incident in incidents {
            let link = link::event(&self.snapshot.page, self.requested, &incident.id);
            self.event(&incident.name, &link);
            self.updates(&incident.updates, texts::incident);
        }
    }

    fn maintenances(&mut self) {
        let maintenances: Vec<&Maintenance> = order::running(self.snapshot)
            .chain(order::next(self.snapshot))
            .collect();
        self.section(texts::maintenances(self.options.language), maintenances.is_empty());
        for maintenance in maintenances {
            let link = link::maintenance(&self.snapshot.page, self.requested, &maintenance.id);
            self.event(&maintenance.name, &link);
            let word = texts::maintenance(maintenance.status, self.options.language);
            let (from, to) = (plain(maintenance.starts_at), plain(maintenance.ends_at));
            self.line(&format!("{word}, {from} – {to}"));
            self.line("");
            self.updates(&maintenance.updates, texts::maintenance);
        }
    }

    fn components(&mut self) {
        let groups: Vec<&Group> = self.snapshot.groups.iter().filter(|group| group.is_shown()).collect();
        self.section(texts::components(self.options.language), groups.is_empty());
        for group in groups {
            self.group(group);
        }
        if !self.snapshot.groups.is_empty() {
            self.line("");
        }
    }

    /// The components of a group stand in the group's own item, so that none behind it looks like one of it.
    fn group(&mut self, group: &Group) {
        let mut indent = "";
        if let Some(named) = &group.named {
            let status = texts::status(group.status, self.options.language);
            self.line(&format!("- **{}**: {status}", escaped(&named.name)));
            indent = "  ";
        }
        for component in group.shown() {
            let status = texts::status(component.status, self.options.language);
            let uptime = component.uptime.as_ref().map_or(String::new(), |uptime| {
                format!(
                    " ({})",
                    Locale::of(self.options.language)
                        .percent(uptime.up_millionths)
                        .replace('\u{a0}', " ")
                )
            });
            self.line(&format!("{indent}- {}: {status}{uptime}", escaped(&component.name)));
        }
    }

    fn recent(&mut self) {
        let over: Vec<&Incident> = order::over(self.snapshot).into_iter().take(RECENT_MAX).collect();
        self.section(texts::past(self.options.language), over.is_empty());
        for incident in over {
            let link = link::event(&self.snapshot.page, self.requested, &incident.id);
            let (began, name) = (plain(incident.started_at), escaped(&incident.name));
            self.line(&format!("- {began}: [{name}]({link})"));
        }
    }

    fn foot(&mut self) {
        if !self.out.ends_with("\n\n") {
            self.line("");
        }
        let updated = texts::updated(self.options.language);
        let front = link::front(&self.snapshot.page, self.requested);
        self.line(&format!("{updated} {}, <{front}>", plain(self.snapshot.as_of)));
    }

    fn event(&mut self, name: &str, link: &str) {
        self.line(&format!("### [{}]({link})", escaped(name)));
        self.line("");
    }

    /// An update is Markdown already; as a quotation it cannot be taken for our own text.
    fn updates<S: Copy>(&mut self, updates: &[Update<S>], word: fn(S, page_model::Language) -> &'static str) {
        for update in updates.iter().take(UPDATES_MAX) {
            let word = word(update.status, self.options.language);
            self.line(&format!("**{word}**, {}", plain(update.at)));
            self.line("");
            self.quoted(&update.body);
            self.line("");
        }
    }

    fn quoted(&mut self, text: &str) {
        for line in text.lines() {
            let line: String = line.chars().filter(|c| !c.is_control()).collect();
            self.line(&format!("> {line}"));
        }
    }

    fn section(&mut self, title: &str, is_empty: bool) {
        if !is_empty {
            if !self.out.ends_with("\n\n") {
                self.line("");
            }
            self.line(&format!("## {title}"));
            self.line("");
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }
}

/// A name as text: whatever Markdown would read as markup stands behind a backslash.
fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    // A number and a point at the beginning begin a list, and so does a line.
    let mut is_marker = true;
    for c in one_line(name).chars() {
        let is_plain =
            matches!(c, ',' | ':' | ';' | '/' | '\'' | '"' | '?' | '%') || matches!(c, '.' | '-') && !is_marker;
        if c.is_ascii_punctuation() && !is_plain {
            out.push('\\');
        }
        is_marker &= c.is_ascii_digit();
        out.push(c);
    }
    out
}
