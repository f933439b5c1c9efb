//! What the documents say, what the page has here, and what was brought over before: from the three follows what is to
//! be done. Pure.

mod events;

use serde_json::{Value, json};

use super::{
    brought::Brought,
    merge::{Merged, merge},
    origin::{Here, Objects},
    plan::{Plan, Step},
    report::{NoteKind, Notes},
    shape::{Content, Fields, Item, Kind, Shown},
};

pub fn compare(content: Content, notes: Notes, here: &Here, brought: &Brought, theirs_wins: bool) -> Plan {
    let nothing = Brought::default();
    let mut comparison = Comparison {
        // What was brought to a page that is gone was brought in vain.
        brought: if here.page.is_some() { brought } else { &nothing },
        here,
        theirs_wins,
        plan: Plan {
            notes,
            ..Plan::default()
        },
    };
    comparison.gone("groups", &here.groups, &content.groups);
    comparison.gone("components", &here.components, &content.components);
    comparison.plan.page = comparison.item(PAGE, content.page, here.page.as_ref());
    for group in content.groups {
        let there = here.groups.get(&group.id);
        let step = comparison.item(&format!("groups/{}", group.id), group, there);
        comparison.plan.groups.extend(step);
    }
    for component in content.components {
        comparison.component(component);
    }
    for shown in content.shown {
        comparison.shown(shown);
    }
    for (kind, events) in [
        (Kind::Incident, content.incidents),
        (Kind::Maintenance, content.maintenances),
    ] {
        comparison.events(kind, events);
    }
    comparison.plan
}

pub(super) struct Comparison<'a> {
    brought: &'a Brought,
    here: &'a Here,
    theirs_wins: bool,
    plan: Plan,
}

impl Comparison<'_> {
    fn item(&mut self, path: &str, item: Item, here: Option<&Value>) -> Option<Step> {
        let Some(here) = here else {
            return self.is_wanted(path, &item.label).then_some(Step::New(item));
        };
        let merged = self.merge(path, &item, here);
        (!merged.follow.is_empty()).then_some(Step::Change(item, merged.follow))
    }

    fn component(&mut self, component: Item) {
        let path = format!("components/{}", component.id);
        let (id, here) = (component.id.clone(), self.here.components.get(&component.id));
        let step = self.item(&path, component, here);
        if here.is_none() && step.is_none() {
            self.plan.without.insert(id);
        }
        self.plan.components.extend(step);
    }

    /// What was brought over, is here, and is not listed there any more: to delete it would take its history along.
    fn gone(&mut self, family: &str, here: &Objects, listed: &[Item]) {
        for id in self.brought.ids(family) {
            let Some(one) = here.get(id).filter(|_| listed.iter().all(|item| item.id != id)) else {
                continue;
            };
            let path = format!("{family}/{id}");
            self.plan
                .brought
                .0
                .extend(self.brought.get(&path).map(|brought| (path, brought.clone())));
            let label = format!("{} {id} {}", family.trim_end_matches('s'), one["name"]);
            let what = "it is not listed there any more; delete it here if it is to go";
            self.plan.notes.add(NoteKind::Differs, &label, what);
        }
    }

    /// What was brought over and is not here was deleted here.
    fn is_wanted(&mut self, path: &str, label: &str) -> bool {
        let was_brought = self.brought.get(path);
        let is_wanted = was_brought.is_none() || self.theirs_wins;
        if let (false, Some(brought)) = (is_wanted, was_brought) {
            self.plan
                .notes
                .add(NoteKind::Kept, label, "it was deleted here, and stays so");
            self.plan.brought.0.insert(path.to_owned(), brought.clone());
        }
        is_wanted
    }

    /// Notes what is followed and what is not, and remembers what both sides agree on.
    fn merge(&mut self, path: &str, item: &Item, here: &Value) -> Merged {
        // A page that somebody made here before the first import is called what they call it.
        let made_here = (path == PAGE).then_some(&item.fields);
        let before = self.brought.get(path).or(made_here);
        let merged = merge(&item.fields, here, before, self.theirs_wins);
        self.remember(path, &item.fields, before, &merged);
        let notes = &mut self.plan.notes;
        if !merged.follow.is_empty() {
            let fields: Vec<&str> = merged.follow.keys().map(String::as_str).collect();
            notes.add(NoteKind::Follows, &item.label, fields.join(", "));
        }
        if !merged.kept.is_empty() {
            notes.add(
                NoteKind::Kept,
                &item.label,
                format!("{}: changed here since", merged.kept.join(", ")),
            );
        }
        for field in &merged.differ {
            let (there, now) = (brief(&item.fields[field]), brief(&here[field]));
            notes.add(
                NoteKind::Differs,
                &item.label,
                format!("{field}: {there} there, {now} here"),
            );
        }
        merged
    }

    fn remember(&mut self, path: &str, fields: &Fields, before: Option<&Fields>, merged: &Merged) {
        let mut now = before.cloned().unwrap_or_default();
        for (field, value) in fields {
            let is_open = merged.follow.contains_key(field) || merged.differ.contains(field);
            if !is_open {
                now.insert(field.clone(), value.clone());
            }
        }
        self.plan.brought.0.insert(path.to_owned(), now);
    }

    /// The component's own status. Nobody is known to have set one here that never was anything but operational.
    fn shown(&mut self, shown: Shown) {
        if self.plan.without.contains(&shown.id) {
            return;
        }
        let path = format!("components/{}", shown.id);
        let here = self.here.components.get(&shown.id);
        let own_here = here.map(|here| here["own_status"].clone());
        let untouched = Fields::from_iter([(OWN.to_owned(), json!("operational"))]);
        let before = self.brought.get(&path).filter(|brought| brought.contains_key(OWN));
        let theirs = Fields::from_iter([(OWN.to_owned(), json!(shown.own))]);
        let is_new = own_here.is_none();
        let here = json!({ OWN: own_here.unwrap_or(json!("operational")) });
        let merged = merge(&theirs, &here, Some(before.unwrap_or(&untouched)), self.theirs_wins);
        let notes = &mut self.plan.notes;
        if !merged.follow.is_empty() {
            if !is_new {
                notes.add(NoteKind::Follows, &shown.label, format!("status: {}", shown.own));
            }
            self.plan.own.push(shown.clone());
        } else if !merged.kept.is_empty() {
            notes.add(NoteKind::Kept, &shown.label, "status: changed here since");
            return;
        } else if !merged.differ.is_empty() {
            let now = brief(&here[OWN]);
            notes.add(
                NoteKind::Differs,
                &shown.label,
                format!("status: {} there, {now} here", shown.own),
            );
            return;
        } else if !is_new {
            self.plan.brought.set(&path, OWN, json!(shown.own));
        }
        self.plan.shown.push(shown);
    }
}

/// Enough of a value to know it by.
fn brief(value: &Value) -> String {
    let whole = value.to_string();
    match whole.char_indices().nth(BRIEF_CHARS) {
        Some((end, _)) => format!("{}…", &whole[..end]),
        None => whole,
    }
}

/// The path of the page itself.
pub const PAGE: &str = "page";
/// The field of what was brought over that holds a component's own status.
pub const OWN: &str = "own_status";
const BRIEF_CHARS: usize = 60;

#[cfg(test)]
mod tests;
