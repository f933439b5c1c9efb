//! What each set of audiences has of a layered page: every word of its own, and no word of another's.

mod objects;
mod region;

use std::collections::BTreeSet;

use page_model::{
    AudienceId,
    status::{Impact, Status},
};
use serde_json::json;

use crate::{
    harness::{PAGE, at},
    layered_pages::{
        objects::{BLUE, GOLD, OWNERS, add_notes, audience_of, id, layered, put_announcement, set, words},
        region::{Region, current},
    },
};

#[tokio::test]
async fn each_set_has_its_own_words_and_no_others() {
    let origin = layered().await;
    add_notes(&origin).await;
    let mut region = Region::default();
    region.follow(&origin).await;
    region.expect(&AudienceId::public(), &["open"], &["goldonly", "blueonly"]);
    region.expect(&set(GOLD), &["open", "goldonly"], &["blueonly"]);
    region.expect(&set(BLUE), &["open", "blueonly"], &["goldonly"]);
    for (set, owners) in [
        (AudienceId::public(), vec!["open"]),
        (set(GOLD), vec!["open", "goldonly"]),
    ] {
        let notes = OWNERS
            .iter()
            .flat_map(|owner| [format!("{owner}note"), format!("{owner}pastnote")]);
        let theirs = owners
            .iter()
            .flat_map(|owner| [format!("{owner}note"), format!("{owner}pastnote")]);
        assert_eq!(
            region.found(&set, &notes.collect::<Vec<_>>()),
            theirs.collect::<Vec<_>>()
        );
    }
    let sets: Vec<AudienceId> = current(&region.site(), |_| ()).into_keys().collect();
    assert_eq!(sets.len(), 3, "{sets:?}");
    assert_eq!(region.site().audiences[0].audience, AudienceId::public());
}

/// The headline, the counts and the sizes come from what the set sees.
#[tokio::test]
async fn status_is_that_of_what_the_set_sees() {
    let origin = layered().await;
    for owner in ["open", "blueonly"] {
        for id in [id(owner, "comp"), id(owner, "alone")] {
            let path = at(&format!("components/{id}"));
            origin.patch(&path, json!({"status": "operational"})).await.expect(200);
        }
        let path = at(&format!("incidents/{}/updates", id(owner, "open")));
        let resolved = json!({"body": "b", "status": "resolved"});
        origin.post(&path, resolved).await.expect(201);
    }
    let mixed = at("incidents/mixed0000001/updates");
    let resolved = json!({"body": "b", "status": "resolved"});
    origin.post(&mixed, resolved).await.expect(201);
    let mut region = Region::default();
    region.follow(&origin).await;
    let status = current(&region.site(), |current| {
        let status = &current.status;
        (status.level, status.open_incidents, status.components_total)
    });
    assert_eq!(status[&AudienceId::public()], (Status::Operational, 0, 2));
    assert_eq!(status[&set(GOLD)], (Status::PartialOutage, 1, 4));
    assert_eq!(status[&set(BLUE)], (Status::Operational, 0, 4));
    let sizes = current(&region.site(), |current| current.outline.components);
    assert_eq!(sizes[&AudienceId::public()], 2);
    let headline = current(&region.site(), |current| current.status.headline.clone());
    assert_eq!(headline[&set(GOLD)], "goldonlyincident");
}

/// An incident for everybody says to each set what it says of components that the set sees, and how bad that is.
#[tokio::test]
async fn incident_tells_each_set_of_its_components() {
    let origin = layered().await;
    let mut region = Region::default();
    region.follow(&origin).await;
    let mixed = |set: &AudienceId| {
        let incidents = region.snapshot(set).incidents.into_iter();
        let mut mixed = incidents.filter(|incident| incident.id.as_str() == "mixed0000001");
        mixed.next().expect("the incident")
    };
    let touched = |set: &AudienceId| -> Vec<String> {
        let incident = mixed(set);
        let affected = incident
            .updates
            .iter()
            .flat_map(|update| update.affected.iter().flatten());
        let affected: BTreeSet<&str> = affected.map(|one| one.name.as_str()).collect();
        let touched: BTreeSet<&str> = incident.components.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(affected, touched);
        touched.into_iter().map(str::to_owned).collect()
    };
    assert_eq!(touched(&AudienceId::public()), ["opengroup - opencomponent"]);
    assert_eq!(
        touched(&set(GOLD)),
        ["goldonlygroup - goldonlycomponent", "opengroup - opencomponent"]
    );
    assert_eq!(mixed(&AudienceId::public()).impact, Impact::Minor);
    assert_eq!(mixed(&set(GOLD)).impact, Impact::Critical);
    // An impact that somebody gave is the incident's own.
    origin
        .patch(&at("incidents/mixed0000001"), json!({"impact": "major"}))
        .await
        .expect(200);
    region.follow(&origin).await;
    let mixed = region.snapshot(&AudienceId::public()).incidents.into_iter();
    let impacts: Vec<Impact> = mixed
        .filter(|incident| incident.id.as_str() == "mixed0000001")
        .map(|incident| incident.impact)
        .collect();
    assert_eq!(impacts, [Impact::Major]);
}

/// What it says is about components that they do not see, whomever it is for.
#[tokio::test]
async fn incident_about_hidden_components_alone_is_hidden() {
    let origin = layered().await;
    let mut region = Region::default();
    let digits = |month: &str| month[2..].replace('-', "");
    for (month, at_ms) in [("2025-02", "2025-02-10T00:00:00Z"), ("2025-03", "2025-03-10T00:00:00Z")] {
        let about_gold = json!({"id": id("goldonly", &digits(month)), "name": "goldonlysecret", "at": at_ms,
            "body": "goldonlysecret", "status": "investigating",
            "components": [{"id": id("goldonly", "comp"), "status": "major_outage"}]});
        let created = origin.post(&at("incidents"), about_gold).await.expect(201);
        let path = at(&format!("incidents/{}/updates", created["id"].as_str().expect("an id")));
        let resolved = json!({"body": "b", "status": "resolved", "at": at_ms.replace("T00", "T01")});
        origin.post(&path, resolved).await.expect(201);
        region.follow(&origin).await;
        region.expect(&AudienceId::public(), &["open"], &["goldonly", "blueonly"]);
        let months = region.snapshot(&AudienceId::public()).archive_months;
        assert!(!months.contains(&month.to_owned()), "{months:?}");
        let months = region.snapshot(&set(GOLD)).archive_months;
        assert!(months.contains(&month.to_owned()), "{months:?}");
    }
    // Once it says something of one that they see, it is theirs too.
    let update = json!({"body": "b", "at": "2025-02-10T00:30:00Z",
        "components": [{"id": id("open", "comp"), "status": "partial_outage"}]});
    origin
        .post(&at(&format!("incidents/{}/updates", id("goldonly", "2502"))), update)
        .await
        .expect(201);
    region.follow(&origin).await;
    let archive = region.archive(&AudienceId::public(), "2025-02").expect("a month");
    assert_eq!(archive.incidents[0].components.len(), 1);
    assert_eq!(
        archive.newer.as_deref(),
        Some("2025-06"),
        "the month between is not theirs"
    );
}

#[tokio::test]
async fn object_comes_to_the_public_and_goes_back() {
    let origin = layered().await;
    let mut region = Region::default();
    region.follow(&origin).await;
    let kinds = [
        ("groups", "group"),
        ("components", "comp"),
        ("components", "alone"),
        ("incidents", "open"),
        ("incidents", "past"),
        ("maintenances", "next"),
        ("maintenances", "done"),
        ("metrics", "metric"),
    ];
    for audiences in [json!(["public"]), json!([GOLD]), json!([BLUE]), json!([GOLD])] {
        for (family, kind) in kinds {
            let path = at(&format!("{family}/{}", id("goldonly", kind)));
            let changed = origin.patch(&path, json!({"audiences": audiences})).await.expect(200);
            assert_eq!(changed["audiences"], audiences);
            region.follow(&origin).await;
        }
        let path = at(&format!("maintenance-series/{}", id("goldonly", "series")));
        origin.patch(&path, json!({"audiences": audiences})).await.expect(200);
        put_announcement(&origin, json!({"body": "goldonlyannouncement", "audiences": audiences})).await;
        region.follow(&origin).await;
        let sees = |list: &str| audiences == json!([list]) || audiences == json!(["public"]);
        // A maintenance that was cancelled stays with those who saw it, so that its words are left out here.
        let words: Vec<String> = words("goldonly")
            .into_iter()
            .filter(|word| word != "goldonlycancelled")
            .collect();
        for (set, sees) in [
            (AudienceId::public(), sees("public")),
            (set(GOLD), sees(GOLD)),
            (set(BLUE), sees(BLUE)),
        ] {
            let found = region.found(&set, &words);
            match sees {
                true => assert_eq!(found, words, "{set} {audiences}"),
                false => assert_eq!(found, Vec::<String>::new(), "{set} {audiences}"),
            }
        }
    }
}

/// A name that it had while others could not see it is not told to them, however it comes to them.
#[tokio::test]
async fn former_names_of_what_was_hidden_are_not_told() {
    let origin = layered().await;
    let mut region = Region::default();
    let component = at(&format!("components/{}", id("goldonly", "comp")));
    let group = at(&format!("groups/{}", id("goldonly", "group")));
    origin
        .patch(&component, json!({"name": "goldonlyrenamed"}))
        .await
        .expect(200);
    region.follow(&origin).await;
    region.expect(&AudienceId::public(), &["open"], &["goldonly", "blueonly"]);
    assert_eq!(region.found(&set(GOLD), &["goldonlyrenamed".to_owned()]).len(), 1);
    // For its group is hidden still.
    origin
        .patch(
            &component,
            json!({"name": "Plain", "description": "", "audiences": ["public"]}),
        )
        .await
        .expect(200);
    region.follow(&origin).await;
    region.expect(&AudienceId::public(), &["open"], &["goldonly", "blueonly", "Plain"]);
    origin.patch(&component, json!({"group_id": null})).await.expect(200);
    region.follow(&origin).await;
    let told = region.archive(&AudienceId::public(), "2025-06").expect("a month");
    let names: Vec<&str> = told.incidents[0]
        .components
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["opengroup - opencomponent", "Plain"]);
    let allowed = id("goldonly", "comp");
    let leaked = region.text(&AudienceId::public()).replace(&allowed, "");
    assert!(!leaked.contains("goldonly"), "its own id alone: {leaked:.2000}");
    origin.delete(&group).await.expect(204);
    region.follow(&origin).await;
}

/// A component that is gone stays in the events of those who saw it, and only there.
#[tokio::test]
async fn hidden_component_that_is_deleted_stays_hidden() {
    let origin = layered().await;
    let mut region = Region::default();
    let component = at(&format!("components/{}", id("goldonly", "comp")));
    let deleted = origin.delete(&component).await;
    assert!(deleted.status.is_success());
    region.follow(&origin).await;
    region.expect(&AudienceId::public(), &["open"], &["goldonly", "blueonly"]);
    let told = region.archive(&set(GOLD), "2025-06").expect("a month");
    let named = told.incidents.iter().flat_map(|incident| &incident.components);
    assert!(named.clone().any(|one| one.name == "goldonlygroup - goldonlycomponent"));
    // One that is made anew with its id, for everybody, is named as it is called now.
    let anew = json!({"id": id("goldonly", "comp"), "name": "Plain"});
    origin.post(&at("components"), anew).await.expect(201);
    region.follow(&origin).await;
    assert!(!region.text(&AudienceId::public()).contains("goldonlycomponent"));
    assert!(region.text(&AudienceId::public()).contains("Plain"));
}

/// What was planned for a hidden component alone, and names nothing any longer.
#[tokio::test]
async fn plans_of_a_deleted_hidden_component_stay_hidden() {
    let origin = layered().await;
    let mut region = Region::default();
    let planned = json!({"id": id("goldonly", "plan"), "name": "goldonlyplanned", "body": "b", "components": [id("goldonly", "alone")],
        "starts_at": "2090-03-01T00:00:00Z", "ends_at": "2090-03-01T01:00:00Z"});
    origin.post(&at("maintenances"), planned).await.expect(201);
    let called_off = id("goldonly", "off");
    let cancelled = json!({"id": called_off, "name": "goldonlycalledoff", "body": "b",
        "components": [id("goldonly", "alone")], "starts_at": "2090-03-01T00:00:00Z", "ends_at": "2090-03-01T01:00:00Z"});
    origin.post(&at("maintenances"), cancelled).await.expect(201);
    origin
        .delete(&at(&format!("maintenances/{called_off}")))
        .await
        .expect(204);
    region.follow(&origin).await;
    region.expect(&AudienceId::public(), &["open"], &["goldonly", "blueonly"]);
    let found = region.found(
        &set(GOLD),
        &["goldonlyplanned".to_owned(), "goldonlycalledoff".to_owned()],
    );
    assert_eq!(found.len(), 2);
    let left = origin
        .delete(&at(&format!("components/{}", id("goldonly", "alone"))))
        .await;
    left.expect(200);
    region.follow(&origin).await;
    region.expect(&AudienceId::public(), &["open"], &["goldonly", "blueonly"]);
    assert_eq!(region.found(&set(GOLD), &["goldonlyplanned".to_owned()]).len(), 1);
}

/// A component is seen where its group is.
#[tokio::test]
async fn hidden_group_hides_its_components() {
    let origin = layered().await;
    let mut region = Region::default();
    let group = at(&format!("groups/{}", id("open", "group")));
    origin.patch(&group, json!({"audiences": [BLUE]})).await.expect(200);
    region.follow(&origin).await;
    let hidden = ["opengroup".to_owned(), "opencomponent".to_owned(), id("open", "comp")];
    for set in [AudienceId::public(), set(GOLD)] {
        assert_eq!(region.found(&set, &hidden), Vec::<String>::new(), "{set}");
        assert!(region.found(&set, &["openalone".to_owned()]).len() == 1);
    }
    assert_eq!(region.found(&set(BLUE), &hidden).len(), 3);
    // Nor does it come out when the group goes.
    origin.delete(&group).await.expect(204);
    region.follow(&origin).await;
    assert_eq!(region.found(&AudienceId::public(), &hidden), Vec::<String>::new());
    let component = origin
        .get(&at(&format!("components/{}", id("open", "comp"))))
        .await
        .expect(200);
    assert_eq!(component["audiences"], json!([BLUE]));
}

#[tokio::test]
async fn sets_come_and_go_with_the_visibility_of_the_page() {
    let origin = layered().await;
    let (mut region, without_any) = (Region::default(), AudienceId::of_set(&[]));
    region.follow(&origin).await;
    let visibility = async |visibility: &str| {
        let page = format!("/v1/pages/{PAGE}");
        let page = origin.patch(&page, json!({"visibility": visibility})).await.expect(200);
        assert_eq!(page["visibility"], visibility);
    };
    visibility("private").await;
    region.follow(&origin).await;
    assert_eq!(region.sets(), [without_any.clone(), set(GOLD), set(BLUE)].into());
    region.expect(&without_any, &["open"], &["goldonly", "blueonly"]);
    region.expect(&set(GOLD), &["open", "goldonly"], &["blueonly"]);
    visibility("public").await;
    region.follow(&origin).await;
    assert_eq!(region.sets(), [AudienceId::public()].into());
    region.expect(&AudienceId::public(), &["open"], &["goldonly", "blueonly"]);
    visibility("layered").await;
    region.follow(&origin).await;
    assert_eq!(region.sets(), [AudienceId::public(), set(GOLD), set(BLUE)].into());
    region.expect(&set(BLUE), &["open", "blueonly"], &["goldonly"]);
    origin.delete(&format!("/v1/pages/{PAGE}")).await.expect(204);
    region.follow(&origin).await;
    assert_eq!(region.sets(), BTreeSet::new());
}

#[tokio::test]
async fn deleted_audience_takes_its_set_along() {
    let origin = layered().await;
    let mut region = Region::default();
    region.follow(&origin).await;
    let audience = at(&format!("audiences/{BLUE}"));
    let refused = origin.delete(&audience).await.expect(409);
    let detail = refused["detail"].as_str().expect("a detail");
    assert!(
        detail.contains(&format!("component {}", id("blueonly", "comp"))),
        "{detail}"
    );
    for (family, kind) in [
        ("incidents", "open"),
        ("incidents", "past"),
        ("maintenances", "next"),
        ("maintenances", "done"),
        ("maintenance-series", "series"),
        ("metrics", "metric"),
        ("components", "comp"),
        ("components", "alone"),
        ("groups", "group"),
    ] {
        let path = at(&format!("{family}/{}", id("blueonly", kind)));
        origin.patch(&path, json!({"audiences": [GOLD]})).await.expect(200);
        region.follow(&origin).await;
    }
    origin.delete(&audience).await.expect(204);
    region.follow(&origin).await;
    assert_eq!(region.sets(), [AudienceId::public(), set(GOLD)].into());
    region.expect(&AudienceId::public(), &["open"], &["goldonly", "blueonly"]);
    // Who comes with its id later does not see what was called off before.
    origin.post(&at("audiences"), audience_of(BLUE)).await.expect(201);
    let path = at(&format!("metrics/{}", id("blueonly", "metric")));
    origin.patch(&path, json!({"audiences": [BLUE]})).await.expect(200);
    region.follow(&origin).await;
    let words = ["blueonlymetric".to_owned(), "blueonlycancelled".to_owned()];
    assert_eq!(region.found(&set(BLUE), &words), ["blueonlymetric"]);
}

/// An update for some is no other's, wherever it stands; it says nothing that would hold for all who see its event.
#[tokio::test]
async fn update_is_for_those_whom_it_names() {
    let origin = layered().await;
    add_notes(&origin).await;
    let updates = at("incidents/mixed0000001/updates");
    let note = format!("{updates}/{}", id("goldonly", "note"));
    let read = origin.get(&note).await.expect(200);
    assert_eq!(
        (&read["audiences"], &read["status"]),
        (&json!([GOLD]), &json!("investigating"))
    );
    let refused = origin.delete(&at(&format!("audiences/{GOLD}"))).await;
    assert!(refused.expect(409)["detail"].to_string().contains("incident update"));
    let mut region = Region::default();
    region.follow(&origin).await;
    let seen = |region: &Region, set: &AudienceId| region.found(set, &["goldonlynote".to_owned()]).len();
    let public = AudienceId::public();
    assert_eq!(
        (
            seen(&region, &public),
            seen(&region, &set(GOLD)),
            seen(&region, &set(BLUE))
        ),
        (0, 1, 0)
    );
    // To others, and back; the answer says for whom.
    let open = json!({"audiences": ["public"]}).to_string();
    let opened = origin
        .send(reqwest::Method::PATCH, &note, crate::harness::ADMIN, &[], Some(open))
        .await;
    let told = opened.headers["pharos-visible"].to_str().expect("a text").to_owned();
    assert_eq!(told, format!("public;appear=1;vanish=0, {BLUE};appear=1;vanish=0"));
    opened.expect(200);
    region.follow(&origin).await;
    assert_eq!((seen(&region, &public), seen(&region, &set(BLUE))), (1, 1));
    origin.patch(&note, json!({"audiences": [BLUE]})).await.expect(200);
    region.follow(&origin).await;
    assert_eq!(
        (
            seen(&region, &public),
            seen(&region, &set(GOLD)),
            seen(&region, &set(BLUE))
        ),
        (0, 0, 1)
    );
    // What holds for the incident is said to all who see it.
    for (body, field) in [
        (
            json!({"body": "b", "audiences": [GOLD], "status": "resolved"}),
            "audiences",
        ),
        (json!({"body": "b", "audiences": [GOLD], "components": []}), "audiences"),
        (json!({"body": "b", "audiences": ["audience0009"]}), "audiences"),
        (json!({"body": "b", "audiences": []}), "audiences"),
    ] {
        let refused = origin.post(&updates, body.clone()).await;
        assert_eq!(refused.expect(422)["field"], field, "{body}");
    }
    let first = origin.get(&format!("{updates}?limit=50")).await.expect(200);
    let items = first["items"].as_array().expect("items");
    let first = items.last().expect("the first")["id"].as_str().expect("an id");
    let refused = origin
        .patch(&format!("{updates}/{first}"), json!({"audiences": [GOLD]}))
        .await;
    assert_eq!(
        refused.expect(422)["field"],
        "audiences",
        "it says what the incident is about"
    );
    // Of a maintenance too; and without the incident nothing names the audience any longer.
    let path = at(&format!("maintenances/{}/updates", id("open", "next")));
    let update = json!({"body": "goldonlyplan", "audiences": [GOLD]});
    origin.post(&path, update).await.expect(201);
    region.follow(&origin).await;
    let plan = ["goldonlyplan".to_owned()];
    assert_eq!(
        (
            region.found(&public, &plan).len(),
            region.found(&set(GOLD), &plan).len()
        ),
        (0, 1)
    );
    origin.delete(&at("incidents/mixed0000001")).await.expect(204);
    region.follow(&origin).await;
    assert_eq!(seen(&region, &set(BLUE)), 0);
}
