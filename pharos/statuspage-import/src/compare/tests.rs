use serde_json::{Value, json};

use super::*;
use crate::{
    plan::{Act, UpdateStep},
    shape::Event,
};

const INCIDENT: &str = "incidents/e00000000001";

fn item(id: &str, fields: Value) -> Item {
    Item {
        id: id.into(),
        label: format!("item {id}"),
        fields: fields.as_object().cloned().unwrap_or_default(),
        once: Fields::new(),
    }
}

fn update(id: &str, body: &str, at: &str) -> Item {
    item(
        id,
        json!({ "status": "investigating", "body": body, "at": at, "components": [] }),
    )
}

fn content(name: &str, component: &str, updates: Vec<Item>) -> Content {
    let mut alpha = item("aaaaaaaaaaaa", json!({ "name": component }));
    alpha.label = "component Alpha".into();
    Content {
        page: item("pppppppppppp", json!({ "name": "Harbour" })),
        groups: Vec::new(),
        components: vec![alpha],
        shown: vec![Shown {
            id: "aaaaaaaaaaaa".into(),
            label: "component Alpha".into(),
            status: "operational".into(),
            own: "operational".into(),
        }],
        incidents: vec![Event {
            item: item("e00000000001", json!({ "name": name })),
            updates,
        }],
        maintenances: Vec::new(),
    }
}

/// What a page has here that was brought over whole.
fn here_and_brought(content: &Content) -> (Here, Brought) {
    let object = |item: &Item| {
        let mut object = Value::Object(item.fields.clone());
        object["id"] = json!(item.id);
        (item.id.clone(), object)
    };
    let mut here = Here {
        page: Some(object(&content.page).1),
        components: content.components.iter().map(object).collect(),
        ..Here::default()
    };
    for component in here.components.values_mut() {
        component["own_status"] = json!("operational");
    }
    for (kind, events) in [
        (Kind::Incident, &content.incidents),
        (Kind::Maintenance, &content.maintenances),
    ] {
        for event in events {
            let path = format!("{}/{}", kind.family(), event.item.id);
            here.updates.insert(path, event.updates.iter().map(object).collect());
        }
    }
    here.incidents = content.incidents.iter().map(|event| object(&event.item)).collect();
    here.maintenances = content.maintenances.iter().map(|event| object(&event.item)).collect();
    let plan = compare(content.clone(), Notes::default(), &here, &Brought::default(), false);
    assert!(plan.is_empty(), "{plan:?}");
    (here, plan.brought)
}

fn lines(plan: &Plan) -> Vec<String> {
    plan.notes.to_string().lines().map(str::to_owned).collect()
}

fn first() -> Content {
    content(
        "Old name",
        "Alpha",
        vec![update("u00000000001", "First.", "2026-11-25T18:00:00.000Z")],
    )
}

#[test]
fn a_page_that_is_not_there_is_brought_whole() {
    let (_, brought) = here_and_brought(&first());
    let plan = compare(first(), Notes::default(), &Here::default(), &brought, false);
    assert_eq!(
        plan.summary("Harbour"),
        "Harbour: 1 page, 1 component, 1 incident, 1 update to bring over."
    );
    assert_eq!(lines(&plan), [""; 0]);
}

#[test]
fn a_second_run_finds_nothing_also_where_nobody_remembers_the_first() {
    let (here, brought) = here_and_brought(&first());
    for brought in [&brought, &Brought::default()] {
        let plan = compare(first(), Notes::default(), &here, brought, false);
        assert!(plan.is_empty());
        assert_eq!(plan.summary("Harbour"), "Harbour: nothing to bring over.");
    }
}

#[test]
fn what_changed_there_is_followed() {
    let (here, brought) = here_and_brought(&first());
    let second = content(
        "New name",
        "Alpha two",
        vec![
            update("u00000000001", "First, corrected.", "2026-11-25T18:00:00.000Z"),
            update("u00000000002", "Worse.", "2026-11-25T18:30:00.000Z"),
        ],
    );
    let plan = compare(second, Notes::default(), &here, &brought, false);
    assert_eq!(
        lines(&plan),
        [
            "follows  component Alpha: name",
            "follows  item e00000000001: name",
            "follows  item u00000000001: body",
        ]
    );
    let Act::Follow(patch, steps) = &plan.events[0].act else {
        unreachable!("{:?}", plan.events)
    };
    assert_eq!(Value::Object(patch.clone()), json!({ "name": "New name" }));
    assert!(
        matches!(&steps[..], [UpdateStep::Change(..), UpdateStep::New(_)]),
        "{steps:?}"
    );
}

#[test]
fn what_changed_here_is_kept_and_both_differ() {
    let (mut here, brought) = here_and_brought(&first());
    here.components.get_mut("aaaaaaaaaaaa").expect("Alpha")["name"] = json!("Our Alpha");
    here.incidents.get_mut("e00000000001").expect("the incident")["name"] = json!("Our name");
    let second = || content("New name", "Alpha", first().incidents.remove(0).updates);
    let plan = compare(second(), Notes::default(), &here, &brought, false);
    assert!(plan.is_empty());
    assert_eq!(
        lines(&plan),
        [
            "kept     component Alpha: name: changed here since",
            r#"differs  item e00000000001: name: "New name" there, "Our name" here"#,
        ]
    );
    // The next run says the same.
    let again = compare(second(), Notes::default(), &here, &plan.brought, false);
    assert_eq!(lines(&again), lines(&plan));
    let theirs = compare(second(), Notes::default(), &here, &brought, true);
    assert_eq!(
        lines(&theirs),
        ["follows  component Alpha: name", "follows  item e00000000001: name"]
    );
}

#[test]
fn without_memory_a_difference_is_nobodys_change() {
    let (here, _) = here_and_brought(&first());
    let second = content("New name", "Alpha", first().incidents.remove(0).updates);
    let plan = compare(second, Notes::default(), &here, &Brought::default(), false);
    assert!(plan.is_empty() && plan.notes.are_bad());
}

#[test]
fn a_page_that_was_made_here_keeps_its_name() {
    let here = Here {
        page: Some(json!({ "name": "Our harbour" })),
        ..Here::default()
    };
    let plan = compare(first(), Notes::default(), &here, &Brought::default(), false);
    assert_eq!(lines(&plan), ["kept     item pppppppppppp: name: changed here since"]);
    assert!(plan.page.is_none());
}

#[test]
fn what_was_deleted_here_stays_so() {
    let (mut here, brought) = here_and_brought(&first());
    here.incidents.clear();
    here.components.clear();
    let plan = compare(first(), Notes::default(), &here, &brought, false);
    assert!(plan.is_empty() && !plan.notes.are_bad());
    assert_eq!(plan.without.len(), 1);
    assert_eq!(
        lines(&plan),
        [
            "kept     component Alpha: it was deleted here, and stays so",
            "kept     item e00000000001: it was deleted here, and stays so",
        ]
    );
    assert_eq!(plan.brought.get(INCIDENT), brought.get(INCIDENT));
}

#[test]
fn what_was_deleted_there_goes_where_nothing_else_goes_with_it() {
    let whole = content(
        "Old name",
        "Alpha",
        vec![
            update("u00000000001", "First.", "2026-11-25T18:00:00.000Z"),
            update("u00000000002", "Second.", "2026-11-25T18:30:00.000Z"),
        ],
    );
    let (here, brought) = here_and_brought(&whole);
    let mut less = first();
    less.components.clear();
    less.shown.clear();
    let plan = compare(less.clone(), Notes::default(), &here, &brought, false);
    let Act::Follow(_, steps) = &plan.events[0].act else {
        unreachable!("{:?}", plan.events)
    };
    assert!(
        matches!(&steps[..], [UpdateStep::Delete(id)] if id == "u00000000002"),
        "{steps:?}"
    );
    assert_eq!(
        lines(&plan),
        [
            r#"differs  component aaaaaaaaaaaa "Alpha": it is not listed there any more; delete it here if it is to go"#,
            "follows  update u00000000002 of item e00000000001: deleted there",
        ]
    );
    less.incidents.clear();
    let plan = compare(less, Notes::default(), &here, &brought, false);
    assert!(lines(&plan)[1].starts_with("differs  incident e00000000001 \"Old name\": it goes on here"));
}

#[test]
fn a_status_that_cannot_be_corrected_is_told_anew() {
    let updates = |word: &str, second: &str| {
        let mut worse = update("u00000000002", "Second.", "2026-11-25T18:30:00.000Z");
        worse.fields["components"] = json!([{ "id": "aaaaaaaaaaaa", "status": second }]);
        let mut first = update("u00000000001", "First.", "2026-11-25T18:00:00.000Z");
        first.fields["status"] = json!(word);
        vec![first, worse]
    };
    let (mut here, brought) = here_and_brought(&content("N", "Alpha", updates("investigating", "major_outage")));
    let later = content("N", "Alpha", updates("investigating", "partial_outage"));
    let plan = compare(later, Notes::default(), &here, &brought, false);
    assert!(matches!(&plan.events[0].act, Act::Follow(_, steps) if matches!(steps[..], [UpdateStep::Replace(_)])));
    let first = content("N", "Alpha", updates("identified", "major_outage"));
    let plan = compare(first.clone(), Notes::default(), &here, &brought, false);
    assert!(matches!(plan.events[0].act, Act::Again), "{:?}", plan.events[0].act);
    let ours = json!({ "id": "ours00000000", "body": "Ours.", "at": "2026-11-25T19:00:00.000Z" });
    here.updates
        .get_mut(INCIDENT)
        .expect("updates")
        .insert("ours00000000".into(), ours);
    let plan = compare(first, Notes::default(), &here, &brought, false);
    assert!(plan.is_empty() && plan.notes.are_bad());
}

#[test]
fn an_own_status_is_set_where_nobody_set_another() {
    let degraded = || {
        let mut content = first();
        content.shown[0].own = "degraded_performance".into();
        content.shown[0].status = "degraded_performance".into();
        content
    };
    let (mut here, brought) = here_and_brought(&first());
    let plan = compare(degraded(), Notes::default(), &here, &brought, false);
    assert_eq!(
        (plan.own.len(), lines(&plan)),
        (1, vec!["follows  component Alpha: status: degraded_performance".into()])
    );
    here.components.get_mut("aaaaaaaaaaaa").expect("Alpha")["own_status"] = json!("major_outage");
    let plan = compare(first(), Notes::default(), &here, &brought, false);
    assert_eq!(
        (plan.own.len(), lines(&plan)),
        (0, vec!["kept     component Alpha: status: changed here since".into()])
    );
    let plan = compare(degraded(), Notes::default(), &here, &brought, false);
    assert!(plan.own.is_empty() && plan.notes.are_bad());
}

#[test]
fn the_publishers_update_takes_the_place_of_the_clocks() {
    let planned = |updates: Vec<Item>| {
        let mut content = first();
        content.maintenances = vec![Event {
            item: item("m00000000001", json!({ "name": "Work" })),
            updates,
        }];
        content
    };
    let scheduled = || {
        item(
            "v00000000001",
            json!({ "status": "scheduled", "body": "Planned.", "at": "2026-11-25T18:00:00.000Z" }),
        )
    };
    let begun = item(
        "v00000000002",
        json!({ "status": "in_progress", "body": "We begin.", "at": "2026-11-25T19:00:01.000Z" }),
    );
    let (mut here, brought) = here_and_brought(&planned(vec![scheduled()]));
    let clocks = json!({ "id": "clock0000000", "status": "in_progress", "body": "The maintenance has begun.", "at": "2026-11-25T19:00:00.000Z" });
    here.updates
        .get_mut("maintenances/m00000000001")
        .expect("updates")
        .insert("clock0000000".into(), clocks);
    let plan = compare(planned(vec![scheduled()]), Notes::default(), &here, &brought, false);
    assert!(plan.is_empty());
    let plan = compare(
        planned(vec![scheduled(), begun]),
        Notes::default(),
        &here,
        &brought,
        false,
    );
    let Act::Follow(_, steps) = &plan.events[0].act else {
        unreachable!("{:?}", plan.events)
    };
    assert!(
        matches!(&steps[..], [UpdateStep::New(_), UpdateStep::Delete(id)] if id == "clock0000000"),
        "{steps:?}"
    );
}
