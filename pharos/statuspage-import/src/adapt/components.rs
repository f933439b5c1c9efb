//! Groups and components.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{held::severity, text};
use crate::{
    documents::Component,
    report::{NoteKind, Notes},
    shape::{Fields, Item, Shown},
};

#[derive(Default)]
pub struct Listed {
    pub groups: Vec<Item>,
    pub components: Vec<Item>,
    pub shown: Vec<Shown>,
}

pub fn adapt(documents: &[Component], now_ms: i64, notes: &mut Notes) -> Listed {
    // Before 2014 or so a group did not say that it is one.
    let named: BTreeSet<&str> = documents.iter().filter_map(|one| one.group_id.as_deref()).collect();
    let is_group = |one: &Component| one.group || one.id.as_deref().is_some_and(|id| named.contains(id));
    let groups: BTreeSet<&str> = documents
        .iter()
        .filter(|one| is_group(one))
        .filter_map(|one| one.id.as_deref())
        .collect();
    let (mut listed, mut seen) = (Listed::default(), BTreeSet::new());
    for one in documents {
        let noun = if is_group(one) { "group" } else { "component" };
        let (name, why) = text::name(one.name.as_deref());
        let Some(found) = one.id.as_deref() else {
            notes.add(NoteKind::Refused, &format!("{noun} {name:?}"), "it has no id");
            continue;
        };
        let label = format!("{noun} {found} {name:?}");
        if !seen.insert(found) {
            notes.add(NoteKind::Adapted, &label, "it is listed twice, and told once");
            continue;
        }
        let id = text::id(found);
        notes.add_id(&label, found, &id);
        let (description, why_description) = text::description(one.description.as_deref());
        for why in [why, why_description].into_iter().flatten() {
            notes.add(NoteKind::Adapted, &label, why);
        }
        let mut item = Item {
            id,
            label,
            fields: Fields::from_iter([("name".into(), json!(name)), ("description".into(), json!(description))]),
            once: Fields::new(),
        };
        if let Some(position) = one.position {
            item.fields.insert("position".into(), json!(position));
        }
        created_at(one, now_ms, &mut item);
        if is_group(one) {
            let display = if one.only_show_if_degraded {
                "only_when_degraded"
            } else {
                "open"
            };
            item.fields.insert("display".into(), json!(display));
            listed.groups.push(item);
        } else {
            component(one, &groups, &mut item, notes);
            listed.shown.extend(shown(one, &item, notes));
            listed.components.push(item);
        }
    }
    listed
}

/// When it was created only dates it; one that nobody can read is left out.
fn created_at(one: &Component, now_ms: i64, item: &mut Item) {
    let created = text::moment(one.created_at.as_deref()).filter(|at| *at <= now_ms);
    if let Some(at) = created {
        item.once.insert("created_at".into(), json!(text::written(at)));
    }
}

fn component(one: &Component, groups: &BTreeSet<&str>, item: &mut Item, notes: &mut Notes) {
    let group = one.group_id.as_deref().filter(|group| groups.contains(group));
    if let (None, Some(group)) = (group, &one.group_id) {
        let what = format!("its group {group} is not listed, and it has none");
        notes.add(NoteKind::Adapted, &item.label, what);
    }
    let started_on = one.start_date.as_deref().and_then(text::day);
    if let (None, Some(found)) = (&started_on, &one.start_date) {
        let what = format!("its start date {found:?} is no day, and left out");
        notes.add(NoteKind::Adapted, &item.label, what);
    }
    item.fields.insert(
        "group_id".into(),
        group.map_or(Value::Null, |group| json!(text::id(group))),
    );
    item.fields.insert("started_on".into(), json!(started_on));
    item.fields
        .insert("only_show_if_degraded".into(), json!(one.only_show_if_degraded));
}

fn shown(one: &Component, item: &Item, notes: &mut Notes) -> Option<Shown> {
    let status = one.status.as_deref().unwrap_or_default();
    if severity(status).is_none() {
        let what = format!("its status {status:?} is none of Pharos, and left out");
        notes.add(NoteKind::Adapted, &item.label, what);
        return None;
    }
    Some(Shown {
        id: item.id.clone(),
        label: item.label.clone(),
        status: status.to_owned(),
        own: status.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(components: Value) -> (Listed, Notes) {
        let documents: Vec<Component> = serde_json::from_value(components).expect("components");
        let mut notes = Notes::default();
        let listed = adapt(&documents, 1_000_000_000_000, &mut notes);
        (listed, notes)
    }

    #[test]
    fn a_component_of_the_first_years_has_few_fields() {
        let (listed, notes) = listed(json!([
            { "id": "aaaaaaaaaaaa", "name": "Alpha", "status": "operational", "created_at": "2001-01-01T00:00:00Z", "position": 1 },
        ]));
        let body = listed.components[0].body();
        let expected = json!({
            "id": "aaaaaaaaaaaa", "name": "Alpha", "description": "", "position": 1,
            "created_at": "2001-01-01T00:00:00.000Z", "only_show_if_degraded": false,
        });
        assert_eq!((body, notes), (expected, Notes::default()));
    }

    #[test]
    fn groups_are_known_by_themselves_or_by_who_names_them() {
        let (listed, notes) = listed(json!([
            { "id": "gggggggggggg", "name": "Group", "group": true, "only_show_if_degraded": true },
            { "id": "hhhhhhhhhhhh", "name": "Old group" },
            { "id": "aaaaaaaaaaaa", "name": "Alpha", "status": "operational", "group_id": "hhhhhhhhhhhh" },
            { "id": "bbbbbbbbbbbb", "name": "Beta", "status": "operational", "group_id": "missing00000" },
        ]));
        let groups: Vec<&str> = listed.groups.iter().map(|group| group.id.as_str()).collect();
        assert_eq!(groups, ["gggggggggggg", "hhhhhhhhhhhh"]);
        assert_eq!(listed.groups[0].fields["display"], "only_when_degraded");
        assert_eq!(listed.components[0].fields["group_id"], "hhhhhhhhhhhh");
        assert_eq!(listed.components[1].fields["group_id"], Value::Null);
        let line = r#"adapted  component bbbbbbbbbbbb "Beta": its group missing00000 is not listed, and it has none"#;
        assert_eq!(notes.to_string().trim_end(), line);
    }

    #[test]
    fn what_cannot_be_taken_is_named() {
        let (listed, notes) = listed(json!([
            { "id": "aaaaaaaaaaaa", "name": "Alpha", "status": "fine", "start_date": "soon" },
            { "id": "aaaaaaaaaaaa", "name": "Alpha again", "status": "operational" },
            { "id": "17", "name": "B\teta", "status": "major_outage", "description": "x".repeat(2_001) },
            { "name": "Nobody", "status": "operational" },
        ]));
        assert_eq!((listed.components.len(), listed.shown.len()), (2, 1));
        assert_eq!(
            notes.to_string().lines().collect::<Vec<_>>(),
            [
                r#"adapted  component aaaaaaaaaaaa "Alpha": its start date "soon" is no day, and left out"#,
                r#"adapted  component aaaaaaaaaaaa "Alpha": its status "fine" is none of Pharos, and left out"#,
                r#"adapted  component aaaaaaaaaaaa "Alpha again": it is listed twice, and told once"#,
                &format!(
                    r#"adapted  component 17 "B eta": its id "17" is told as {}"#,
                    text::id("17")
                ),
                r#"adapted  component 17 "B eta": its name is told without control characters"#,
                r#"adapted  component 17 "B eta": its description is cut to 2,000 characters"#,
                r#"refused  component "Nobody": it has no id"#,
            ]
        );
    }
}
