//! Incidents and maintenances with their updates.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    held::severity,
    order,
    statuses::{SCHEDULED, dated, first_status, is_over, status},
    text,
};
use crate::{
    documents::{Event, Update},
    report::{NoteKind, Notes},
    shape::{self, Fields, Item, Kind},
};

pub struct Adapter<'a> {
    pub now_ms: i64,
    /// Components that updates may name.
    pub components: BTreeSet<&'a str>,
    pub groups: BTreeSet<&'a str>,
    /// A page has an update's id once.
    pub update_ids: BTreeSet<String>,
    pub notes: &'a mut Notes,
}

/// An update, between the documents and the push API.
struct Told {
    id: String,
    status: &'static str,
    body: String,
    /// The moment that it shows.
    shown_ms: i64,
    /// Whether that moment is no document's, but that of this import.
    is_now: bool,
    words: BTreeMap<String, String>,
}

impl Adapter<'_> {
    pub fn all(&mut self, events: &[Event], kind: Kind) -> Vec<shape::Event> {
        events.iter().filter_map(|event| self.event(event, kind)).collect()
    }

    fn event(&mut self, event: &Event, kind: Kind) -> Option<shape::Event> {
        let (name, why) = text::name(event.name.as_deref());
        let noun = kind.noun();
        let Some(found) = event.id.as_deref() else {
            self.notes
                .add(NoteKind::Refused, &format!("{noun} {name:?}"), "it has no id");
            return None;
        };
        let label = format!("{noun} {found} {name:?}");
        let id = text::id(found);
        self.notes.add_id(&label, found, &id);
        if let Some(why) = why {
            self.adapted(&label, why);
        }
        let mut updates = self.updates(event, kind, &id, &label)?;
        let mut item = Item {
            id,
            label,
            fields: Fields::from_iter([("name".into(), json!(name))]),
            once: Fields::new(),
        };
        match kind {
            Kind::Incident => self.impact(event, &mut item),
            Kind::Maintenance => {
                self.window(event, &updates, &mut item)?;
                self.plan(&mut updates, &item.label);
            }
        }
        let at = order::rising(
            &updates.iter().map(|told| told.shown_ms).collect::<Vec<_>>(),
            self.now_ms,
        );
        let updates = updates.into_iter().zip(at);
        Some(shape::Event {
            updates: updates.map(|(told, at_ms)| told.item(&item.label, at_ms)).collect(),
            item,
        })
    }

    fn impact(&mut self, event: &Event, item: &mut Item) {
        let impact = match event.impact.as_deref() {
            Some(known @ ("none" | "minor" | "major" | "critical")) => known,
            Some("maintenance") => {
                self.adapted(&item.label, "its impact maintenance is told as none");
                "none"
            }
            // It then follows from the components.
            _ => return,
        };
        item.fields.insert("impact".into(), json!(impact));
    }

    fn window(&mut self, event: &Event, updates: &[Told], item: &mut Item) -> Option<()> {
        let Some(from_ms) = text::moment(event.scheduled_for.as_deref()) else {
            self.notes
                .add(NoteKind::Refused, &item.label, "nobody can read when it starts");
            return None;
        };
        let until_ms = match text::moment(event.scheduled_until.as_deref()) {
            Some(until_ms) if until_ms > from_ms => until_ms,
            _ => {
                self.adapted(
                    &item.label,
                    "it does not end after it starts, and is told to end a minute later",
                );
                from_ms + MINUTE_MS
            }
        };
        let present = event
            .components
            .iter()
            .filter_map(|one| one.id.as_deref())
            .map(text::id);
        let present: BTreeSet<String> = present.filter(|id| self.components.contains(id.as_str())).collect();
        let named = updates.iter().flat_map(|told| told.words.keys().cloned());
        let components: BTreeSet<String> = if present.is_empty() { named.collect() } else { present };
        item.fields.insert("starts_at".into(), json!(text::written(from_ms)));
        item.fields.insert("ends_at".into(), json!(text::written(until_ms)));
        item.fields.insert("components".into(), json!(components));
        Some(())
    }

    /// Statuspage lists how components are while the work is planned. Here that would be how they are during the work too.
    fn plan(&mut self, updates: &mut [Told], label: &str) {
        if updates.iter().any(|told| told.status != SCHEDULED) {
            return;
        }
        for told in updates {
            let said = told.words.len();
            told.words.retain(|_, status| status != "operational");
            if told.words.len() < said {
                let what = "it does not say while it is planned that its components are operational, so that they are under \
                            maintenance when it begins";
                self.adapted(label, what);
            }
        }
    }

    /// Oldest first, and never none.
    fn updates(&mut self, event: &Event, kind: Kind, id: &str, label: &str) -> Option<Vec<Told>> {
        let mut told: Vec<Told> = Vec::with_capacity(event.updates.len() + 1);
        for update in event.updates.iter().rev() {
            let before = told.last().map(|told| (told.status, told.shown_ms));
            let update = self.update(update, event, kind, before, (id, label));
            told.extend(update);
        }
        if told.is_empty() {
            told.push(self.announcement(event, kind, id, label)?);
        }
        self.own_status(event, kind, (id, label), &mut told);
        Some(told)
    }

    fn update(
        &mut self,
        update: &Update,
        event: &Event,
        kind: Kind,
        before: Option<(&'static str, i64)>,
        (event_id, label): (&str, &str),
    ) -> Option<Told> {
        let found = update.status.as_deref().unwrap_or_default();
        let status = status(found, kind);
        let kept = status.unwrap_or(before.map_or(first_status(kind), |(status, _)| status));
        if status != Some(found) {
            self.adapted(label, format!("an update of status {found:?} is told as {kept}"));
        }
        let written_ms = text::moment(update.created_at.as_deref());
        let shown_ms = text::moment(update.display_at.as_deref()).or(written_ms);
        let Some(shown_ms) = shown_ms
            .or(before.map(|(_, ms)| ms))
            .or(text::moment(event.created_at.as_deref()))
        else {
            self.notes.add(
                NoteKind::Refused,
                label,
                "nobody can read the moment of an update of it",
            );
            return None;
        };
        if update.display_at.is_none() {
            let what = format!("an update without a moment shows {}", text::written(shown_ms));
            self.adapted(label, what);
        }
        let told_ms = written_ms.unwrap_or(self.now_ms).min(self.now_ms);
        let is_ahead = shown_ms > self.now_ms;
        if is_ahead {
            let ahead = text::written(shown_ms);
            let what = format!("an update that shows {ahead}, which is ahead, shows when it was written");
            self.adapted(label, what);
        }
        let (shown_ms, is_now) = match is_ahead {
            true => (told_ms, told_ms == self.now_ms),
            false => (shown_ms, false),
        };
        let (body, why) = text::body(update.body.as_deref(), kept);
        if let Some(why) = why {
            self.adapted(label, why);
        }
        Some(Told {
            id: self.update_id(update, event_id, label),
            status: kept,
            body,
            shown_ms,
            is_now,
            words: self.words(update, label),
        })
    }

    fn update_id(&mut self, update: &Update, event: &str, label: &str) -> String {
        let moment = update
            .display_at
            .as_deref()
            .or(update.created_at.as_deref())
            .unwrap_or_default();
        let mut id = match update.id.as_deref() {
            Some(found) => {
                let id = text::id(found);
                self.notes.add_id(label, found, &id);
                id
            }
            None => text::id_of(&[event, moment]),
        };
        while !self.update_ids.insert(id.clone()) {
            id = text::id_of(&[event, &id]);
            self.adapted(label, format!("an update has the id of another, and is told as {id}"));
        }
        id
    }

    fn words(&mut self, update: &Update, label: &str) -> BTreeMap<String, String> {
        let mut words = BTreeMap::new();
        for affected in &update.affected {
            // Without a code the entry says that none was affected.
            let Some(code) = affected.code.as_deref() else {
                continue;
            };
            let id = text::id(code);
            let status = affected.new_status.as_deref().unwrap_or_default();
            if self.groups.contains(id.as_str()) {
                self.adapted(
                    label,
                    format!("group {code} has no status of its own, and is left out of the affected"),
                );
            } else if !self.components.contains(id.as_str()) {
                self.adapted(
                    label,
                    format!("component {code}, which the page does not list, is left out of the affected"),
                );
            } else if severity(status).is_none() {
                let what = format!("status {status:?} of component {code} is none of Pharos, and left out");
                self.adapted(label, what);
            } else if words.insert(id, status.to_owned()).is_some() {
                self.adapted(
                    label,
                    format!("component {code} is affected twice by an update, and told once"),
                );
            }
        }
        words
    }

    /// The update of an event that has none.
    fn announcement(&mut self, event: &Event, kind: Kind, id: &str, label: &str) -> Option<Told> {
        let Some(at_ms) = text::moment(event.created_at.as_deref()).map(|at| at.min(self.now_ms)) else {
            self.notes.add(
                NoteKind::Refused,
                label,
                "it has no update, and nobody can read when it was created",
            );
            return None;
        };
        self.adapted(
            label,
            "it has no update, and is told with its name at the moment of its creation",
        );
        let own = status(event.status.as_deref().unwrap_or_default(), kind);
        let is_dated = own.is_some_and(|own| dated(event, own).is_some());
        let (name, _) = text::name(event.name.as_deref());
        Some(Told {
            id: self.added_id(id, "announcement"),
            status: own.filter(|_| !is_dated).unwrap_or(first_status(kind)),
            body: name,
            shown_ms: at_ms,
            is_now: false,
            words: BTreeMap::new(),
        })
    }

    /// What the event says of itself is true, whether or not an update says it.
    fn own_status(&mut self, event: &Event, kind: Kind, (id, label): (&str, &str), told: &mut Vec<Told>) {
        let Some(last) = told.last() else {
            return;
        };
        let Some(own) = status(event.status.as_deref().unwrap_or_default(), kind) else {
            return;
        };
        if own == last.status || (is_over(own) && is_over(last.status)) {
            return;
        }
        // A postmortem is a text of its own, which nobody has here.
        let own = if own == "postmortem" { "resolved" } else { own };
        let shown_ms = dated(event, own)
            .filter(|at| *at <= self.now_ms)
            .unwrap_or(last.shown_ms);
        let what = format!(
            "no update says that it is {own}, and one does at {}",
            text::written(shown_ms)
        );
        self.adapted(label, what);
        let added = Told {
            id: self.added_id(id, own),
            status: own,
            body: text::word(own),
            shown_ms,
            is_now: false,
            words: BTreeMap::new(),
        };
        told.push(added);
    }

    fn added_id(&mut self, event: &str, what: &str) -> String {
        let id = text::id_of(&[event, what]);
        self.update_ids.insert(id.clone());
        id
    }

    fn adapted(&mut self, label: &str, what: impl Into<String>) {
        self.notes.add(NoteKind::Adapted, label, what);
    }
}

impl Told {
    fn item(self, label: &str, at_ms: i64) -> Item {
        let words = self
            .words
            .iter()
            .map(|(id, status)| json!({ "id": id, "status": status }));
        let displayed_at = (self.shown_ms != at_ms).then(|| text::written(self.shown_ms));
        let mut item = Item {
            label: format!("update {} of {label}", self.id),
            id: self.id,
            fields: Fields::from_iter([
                ("status".into(), json!(self.status)),
                ("body".into(), json!(self.body)),
                ("displayed_at".into(), json!(displayed_at)),
            ]),
            once: Fields::new(),
        };
        // What is said of components before the work does not matter any more when it has begun.
        let said = if self.status == SCHEDULED {
            &mut item.once
        } else {
            &mut item.fields
        };
        said.insert("components".into(), words.collect());
        // A moment of this import is another at the next.
        let at = if self.is_now { &mut item.once } else { &mut item.fields };
        at.insert("at".into(), Value::String(text::written(at_ms)));
        item
    }
}

const MINUTE_MS: i64 = 60_000;

#[cfg(test)]
mod tests;
