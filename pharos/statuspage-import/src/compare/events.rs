//! Incidents and maintenances, and their updates.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Comparison;
use crate::{
    merge::is_untouched,
    origin::{Objects, event_path},
    plan::{Act, EventStep, UpdateStep},
    report::NoteKind,
    shape::{Event, Fields, Kind},
};

impl Comparison<'_> {
    pub(super) fn events(&mut self, kind: Kind, events: Vec<Event>) {
        let listed: BTreeSet<String> = events.iter().map(|event| event.item.id.clone()).collect();
        for event in events {
            let path = event_path(kind, &event.item.id);
            let here = self.here.events(kind).get(&event.item.id);
            let act = match here {
                Some(here) => self.follow(kind, &path, &event, here),
                None => self.is_wanted(&path, &event.item.label).then_some(Act::New),
            };
            if let Some(act) = act {
                self.plan.events.push(EventStep { kind, event, act });
            }
        }
        self.gone_events(kind, &listed);
    }

    /// A list of the newest does not tell what was deleted; but what goes on is in every summary.
    fn gone_events(&mut self, kind: Kind, listed: &BTreeSet<String>) {
        for id in self.brought.ids(kind.family()) {
            if listed.contains(id) {
                continue;
            }
            let path = event_path(kind, id);
            let Some(here) = self.here.events(kind).get(id) else {
                continue;
            };
            for (below, fields) in &self.brought.0 {
                if *below == path || below.starts_with(&format!("{path}/")) {
                    self.plan.brought.0.insert(below.clone(), fields.clone());
                }
            }
            if !matches!(here["status"].as_str(), Some("resolved" | "postmortem" | "completed")) {
                let label = format!("{} {id} {}", kind.noun(), here["name"]);
                let what = "it goes on here, and is not listed there; resolve or delete it here if it is over";
                self.plan.notes.add(NoteKind::Differs, &label, what);
            }
        }
    }

    fn follow(&mut self, kind: Kind, path: &str, event: &Event, here: &Value) -> Option<Act> {
        let nothing = Objects::new();
        let updates = self.here.updates.get(path).unwrap_or(&nothing);
        let patch = self.merge(path, &event.item, here).follow;
        let mut steps = Vec::new();
        for update in &event.updates {
            let path = format!("{path}/updates/{}", update.id);
            let Some(here) = updates.get(&update.id) else {
                if self.is_wanted(&path, &update.label) {
                    steps.push(UpdateStep::New(update.clone()));
                }
                continue;
            };
            let merged = self.merge(&path, update, here).follow;
            if merged.keys().any(|field| !CORRECTABLE.contains(&field.as_str())) {
                steps.push(UpdateStep::Replace(update.clone()));
            } else if !merged.is_empty() {
                steps.push(UpdateStep::Change(update.clone(), merged));
            }
        }
        steps.extend(self.superfluous(kind, path, event, updates));
        if self.begins_anew(&steps, updates) {
            if self.has_own_updates(path, event, updates) {
                let what = "its first update is another there, and it has updates of its own here; delete it here to have it as there";
                self.plan.notes.add(NoteKind::Differs, &event.item.label, what);
                steps.retain(|step| !matches!(step, UpdateStep::Replace(_)));
            } else {
                return Some(Act::Again);
            }
        }
        (!patch.is_empty() || !steps.is_empty()).then_some(Act::Follow(patch, steps))
    }

    /// Updates that are here and no longer there, and those of the clock that the publisher's take the place of.
    fn superfluous(&mut self, kind: Kind, path: &str, event: &Event, updates: &Objects) -> Vec<UpdateStep> {
        let mut steps = Vec::new();
        for (id, here) in updates {
            if event.updates.iter().any(|update| update.id == *id) {
                continue;
            }
            let below = format!("{path}/updates/{id}");
            let label = format!("update {id} of {}", event.item.label);
            match self.brought.get(&below) {
                Some(brought) if is_untouched(here, brought) || self.theirs_wins => {
                    self.plan.notes.add(NoteKind::Follows, &label, "deleted there");
                    steps.push(UpdateStep::Delete(id.clone()));
                }
                Some(brought) => {
                    self.plan
                        .notes
                        .add(NoteKind::Kept, &label, "deleted there, changed here");
                    let brought: Fields = brought.clone();
                    self.plan.brought.0.insert(below, brought);
                }
                None if kind == Kind::Maintenance && is_doubled(here, event) => {
                    let what = format!("the publisher's update that it is {} takes its place", here["status"]);
                    self.plan.notes.add(NoteKind::Follows, &label, what);
                    steps.push(UpdateStep::Delete(id.clone()));
                }
                None => {}
            }
        }
        steps
    }

    /// No update can be told before the first, so the first cannot be told anew alone.
    fn begins_anew(&self, steps: &[UpdateStep], updates: &Objects) -> bool {
        let first = updates.values().min_by_key(|update| update["at"].to_string());
        let first = first.and_then(|update| update["id"].as_str());
        steps.iter().any(|step| match step {
            UpdateStep::Replace(update) => first == Some(update.id.as_str()),
            _ => false,
        })
    }

    fn has_own_updates(&self, path: &str, event: &Event, updates: &Objects) -> bool {
        updates.iter().any(|(id, here)| {
            let is_theirs = event.updates.iter().any(|update| update.id == *id);
            let was_brought = self.brought.get(&format!("{path}/updates/{id}")).is_some();
            !is_theirs && !was_brought && !is_clocks(here)
        })
    }
}

/// Whether it is an update of the origin's clock that the publisher told too.
fn is_doubled(here: &Value, event: &Event) -> bool {
    is_clocks(here)
        && event
            .updates
            .iter()
            .any(|update| update.fields["status"] == here["status"])
}

fn is_clocks(here: &Value) -> bool {
    here["body"].as_str().is_some_and(|body| CLOCKS_TEXTS.contains(&body))
}

/// What the push API lets an update correct.
const CORRECTABLE: [&str; 3] = ["at", "body", "displayed_at"];
/// What the origin's clock writes when a maintenance's time has come.
const CLOCKS_TEXTS: [&str; 2] = ["The maintenance has begun.", "The maintenance is complete."];
