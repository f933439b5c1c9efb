//! `/status.txt`: the page for a terminal of 80 columns.

use page_model::{
    Host, Snapshot,
    prose::words,
    snapshot::{Component, Group, Incident, Maintenance},
};

use super::{
    line::{columns, one_line, shortened, wrapped},
    link, texts,
};
use crate::{options::RenderOptions, order, times::machine::plain};

const COLUMNS: usize = 80;
/// Incidents that are over, as far as they are worth a line.
const RECENT_MAX: usize = 5;
const NAME_COLUMNS_MAX: usize = 52;

pub fn text(snapshot: &Snapshot, requested: &Host, options: RenderOptions) -> String {
    let mut page = Text {
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

struct Text<'a> {
    snapshot: &'a Snapshot,
    requested: &'a Host,
    options: RenderOptions,
    out: String,
}

impl Text<'_> {
    fn head(&mut self) {
        let name = shortened(&one_line(&self.snapshot.page.name), COLUMNS);
        self.underlined(&name, '=');
        self.line("");
        self.paragraph("", &texts::headline(self.snapshot, self.options.language));
        if let Some(since) = self.options.delayed_since {
            let delayed = texts::delayed(self.options.language);
            self.paragraph("", &format!("{delayed} {}", plain(since)));
        }
        if let Some(announcement) = &self.snapshot.announcement {
            self.line("");
            self.paragraph("", &words(&announcement.body_html));
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
            self.paragraph("", &one_line(&incident.name));
            if let Some(update) = incident.updates.first() {
                let word = texts::incident(update.status, self.options.language);
                self.paragraph("  ", &format!("{word}, {}", plain(update.at)));
                self.paragraph("  ", &words(&update.body_html));
            }
            let link = link::event(&self.snapshot.page, self.requested, &incident.id);
            self.line(&format!("  {link}"));
            self.line("");
        }
    }

    fn maintenances(&mut self) {
        let maintenances: Vec<&Maintenance> = order::running(self.snapshot)
            .chain(order::next(self.snapshot))
            .collect();
        self.section(texts::maintenances(self.options.language), maintenances.is_empty());
        for maintenance in maintenances {
            self.paragraph("", &one_line(&maintenance.name));
            let word = texts::maintenance(maintenance.status, self.options.language);
            let window = format!("{} - {}", plain(maintenance.starts_at), plain(maintenance.ends_at));
            self.paragraph("  ", &format!("{word}, {window}"));
            let link = link::maintenance(&self.snapshot.page, self.requested, &maintenance.id);
            self.line(&format!("  {link}"));
            self.line("");
        }
    }

    fn components(&mut self) {
        let groups: Vec<&Group> = self.snapshot.groups.iter().filter(|group| group.is_shown()).collect();
        self.section(texts::components(self.options.language), groups.is_empty());
        for group in &groups {
            self.group(group);
        }
        if !groups.is_empty() {
            self.line("");
        }
    }

    fn group(&mut self, group: &Group) {
        let indent = match &group.named {
            Some(named) => {
                self.paragraph("", &one_line(&named.name));
                "  "
            }
            None => "",
        };
        for component in group.shown() {
            self.component(indent, component);
        }
    }

    /// The dots lead the eye from the name to the status.
    fn component(&mut self, indent: &str, component: &Component) {
        let name = shortened(&one_line(&component.name), NAME_COLUMNS_MAX);
        let status = texts::status(component.status, self.options.language);
        let used = indent.len() + columns(&name) + columns(status) + 2;
        let dots = ".".repeat(COLUMNS.saturating_sub(used));
        self.line(&format!("{indent}{name} {dots} {status}"));
    }

    fn recent(&mut self) {
        let over: Vec<&Incident> = order::over(self.snapshot).into_iter().take(RECENT_MAX).collect();
        self.section(texts::past(self.options.language), over.is_empty());
        for incident in &over {
            self.paragraph(
                "",
                &format!("{}  {}", plain(incident.started_at), one_line(&incident.name)),
            );
        }
        if !over.is_empty() {
            self.line("");
        }
    }

    fn foot(&mut self) {
        let updated = texts::updated(self.options.language);
        self.paragraph("", &format!("{updated} {}", plain(self.snapshot.as_of)));
        self.line(&link::front(&self.snapshot.page, self.requested));
    }

    fn section(&mut self, title: &str, is_empty: bool) {
        if !is_empty {
            if !self.out.ends_with("\n\n") {
                self.line("");
            }
            self.underlined(title, '-');
        }
    }

    fn underlined(&mut self, title: &str, with: char) {
        self.line(title);
        self.line(&with.to_string().repeat(columns(title)));
    }

    /// Wrapped, each line behind the indent; an empty line stays between paragraphs.
    fn paragraph(&mut self, indent: &str, text: &str) {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            for line in wrapped(&one_line(line), COLUMNS - indent.len()) {
                self.line(&format!("{indent}{line}"));
            }
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }
}
