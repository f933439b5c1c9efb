//! What an import is going to do.

use std::collections::BTreeSet;

use super::{
    brought::Brought,
    report::Notes,
    shape::{Event, Fields, Item, Kind, Shown},
};

#[derive(Debug, Default)]
pub struct Plan {
    pub page: Option<Step>,
    pub groups: Vec<Step>,
    pub components: Vec<Step>,
    pub events: Vec<EventStep>,
    /// Components whose own status is to be set.
    pub own: Vec<Shown>,
    /// Components that are to show what the documents say in the end.
    pub shown: Vec<Shown>,
    /// Components of the documents that the page is not to have.
    pub without: BTreeSet<String>,
    pub notes: Notes,
    /// What was brought over before, and is still so.
    pub brought: Brought,
}

#[derive(Debug)]
pub enum Step {
    New(Item),
    Change(Item, Fields),
}

#[derive(Debug)]
pub struct EventStep {
    pub kind: Kind,
    pub event: Event,
    pub act: Act,
}

#[derive(Debug)]
pub enum Act {
    New,
    /// Delete it, and tell it anew: its beginning was another.
    Again,
    Follow(Fields, Vec<UpdateStep>),
}

#[derive(Debug)]
pub enum UpdateStep {
    New(Item),
    Change(Item, Fields),
    /// Delete it, and tell it anew: what it says of components cannot be corrected.
    Replace(Item),
    Delete(String),
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        let counts = self.counts();
        self.page.is_none() && counts.iter().all(|(count, _)| *count == 0)
    }

    /// `Harbour: 1 page, 2 groups, … to bring over, 3 objects to change.`
    pub fn summary(&self, name: &str) -> String {
        let counts = self.counts();
        let listed: Vec<String> = counts.iter().filter(|(count, _)| *count > 0).map(counted).collect();
        if self.is_empty() {
            return format!("{name}: nothing to bring over.");
        }
        let page = matches!(self.page, Some(Step::New(_))).then(|| "1 page".to_owned());
        let listed: Vec<String> = page.into_iter().chain(listed).collect();
        format!("{name}: {} to bring over.", listed.join(", "))
    }

    /// Updates that are to be told, which take the time.
    pub fn updates(&self) -> usize {
        self.events.iter().map(EventStep::updates).sum()
    }

    fn counts(&self) -> [(usize, [&'static str; 2]); 6] {
        let is_new = |step: &&Step| matches!(step, Step::New(_));
        let steps = || self.page.iter().chain(&self.groups).chain(&self.components);
        let changed = steps().filter(|step| matches!(step, Step::Change(..))).count();
        let events = |kind| {
            let new = |one: &&EventStep| one.kind == kind && !matches!(one.act, Act::Follow(..));
            self.events.iter().filter(new).count()
        };
        let followed: usize = self.events.iter().map(EventStep::changes).sum();
        [
            (self.groups.iter().filter(is_new).count(), ["group", "groups"]),
            (
                self.components.iter().filter(is_new).count(),
                ["component", "components"],
            ),
            (events(Kind::Incident), ["incident", "incidents"]),
            (events(Kind::Maintenance), ["maintenance", "maintenances"]),
            (self.updates(), ["update", "updates"]),
            (changed + followed + self.own.len(), ["change", "changes"]),
        ]
    }
}

impl EventStep {
    pub fn updates(&self) -> usize {
        match &self.act {
            Act::New | Act::Again => self.event.updates.len(),
            Act::Follow(_, updates) => updates.iter().filter(|step| matches!(step, UpdateStep::New(_))).count(),
        }
    }

    fn changes(&self) -> usize {
        match &self.act {
            Act::New | Act::Again => 0,
            Act::Follow(fields, updates) => {
                let changed = updates.iter().filter(|step| !matches!(step, UpdateStep::New(_)));
                usize::from(!fields.is_empty()) + changed.count()
            }
        }
    }
}

fn counted((count, [one, many]): &(usize, [&'static str; 2])) -> String {
    format!("{count} {}", if *count == 1 { one } else { many })
}
