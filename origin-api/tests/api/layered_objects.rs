//! For whom the push API takes objects, and which set visitors are let into.

use page_model::AudienceId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{ADMIN, COMPONENT, GROUP, INCIDENT, MAINTENANCE, PAGE, TestOrigin, at},
    private_pages::site,
    reminders::{starting_in, until_events},
    sign_in::{let_in, opened, renewed, sign_in_with},
};

const AUDIENCE: &str = "audience0001";
const OTHER: &str = "audience0002";

async fn with_audiences() -> TestOrigin {
    let origin = TestOrigin::with_sample_page().await;
    for id in [AUDIENCE, OTHER] {
        let audience = json!({"id": id, "name": "Customers"});
        origin.post(&at("audiences"), audience).await.expect(201);
    }
    origin
}

/// A new object of each family, without its audiences.
fn new_objects() -> [(&'static str, Value); 6] {
    let times = json!({"starts_at": "2090-01-01T00:00:00Z", "ends_at": "2090-01-01T01:00:00Z"});
    let soon = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24)).to_string();
    [
        ("groups", json!({"name": "x"})),
        ("components", json!({"name": "x"})),
        ("incidents", json!({"name": "x", "body": "b"})),
        (
            "maintenances",
            json!({"name": "x", "body": "b", "starts_at": times["starts_at"], "ends_at": times["ends_at"]}),
        ),
        (
            "maintenance-series",
            json!({"name": "x", "body": "b", "starts_at": soon, "duration_minutes": 5,
                "recurrence": {"rule": "FREQ=DAILY;COUNT=2", "time_zone": "UTC"}}),
        ),
        ("metrics", json!({"name": "x"})),
    ]
}

#[tokio::test]
async fn objects_tell_for_whom_they_are() {
    let origin = with_audiences().await;
    for (family, new) in new_objects() {
        let for_all = origin.post(&at(family), new.clone()).await.expect(201);
        assert_eq!(for_all["audiences"], json!(["public"]), "{family}");
        let mut for_some = new;
        for_some["audiences"] = json!([OTHER, AUDIENCE]);
        let created = origin.post(&at(family), for_some).await.expect(201);
        assert_eq!(created["audiences"], json!([AUDIENCE, OTHER]), "{family}");
        let path = at(&format!("{family}/{}", created["id"].as_str().expect("an id")));
        assert_eq!(origin.get(&path).await.expect(200), created);
        let renamed = origin.patch(&path, json!({"name": "y"})).await.expect(200);
        assert_eq!(renamed["audiences"], json!([AUDIENCE, OTHER]), "{family}");
        let changed = origin
            .patch(&path, json!({"audiences": [AUDIENCE, "public"]}))
            .await
            .expect(200);
        assert_eq!(changed["audiences"], json!(["public", AUDIENCE]), "{family}");
        assert_eq!(changed["name"], "y");
    }
}

/// An announcement whose text is corrected stays with those whom it is for.
#[tokio::test]
async fn announcement_stays_for_whom_it_was() {
    let origin = with_audiences().await;
    let path = at("announcement");
    let put = async |body: Value| {
        let put = origin.send(Method::PUT, &path, ADMIN, &[], Some(body.to_string()));
        put.await.expect(200)["audiences"].clone()
    };
    assert_eq!(put(json!({"body": "a"})).await, json!(["public"]));
    assert_eq!(
        put(json!({"body": "a", "audiences": [AUDIENCE]})).await,
        json!([AUDIENCE])
    );
    assert_eq!(put(json!({"body": "b"})).await, json!([AUDIENCE]));
    assert_eq!(origin.get(&path).await.expect(200)["audiences"], json!([AUDIENCE]));
    assert_eq!(origin.snapshot(PAGE).await.announcement, None);
    origin.delete(&at(&format!("audiences/{AUDIENCE}"))).await.expect(409);
    origin.delete(&path).await.expect(204);
    origin.delete(&at(&format!("audiences/{AUDIENCE}"))).await.expect(204);
    assert_eq!(put(json!({"body": "c"})).await, json!(["public"]));
}

#[tokio::test]
async fn refuses_whom_the_page_does_not_know() {
    let origin = with_audiences().await;
    let series = json!({"id": "series000001", "name": "x", "body": "b", "duration_minutes": 5,
        "starts_at": "2089-01-01T00:00:00Z", "recurrence": {"rule": "FREQ=DAILY;COUNT=2", "time_zone": "UTC"}});
    origin.post(&at("maintenance-series"), series).await.expect(201);
    let metric = json!({"id": "metric000001", "name": "x"});
    origin.post(&at("metrics"), metric).await.expect(201);
    let wrong = [
        (json!(["audience0009"]), "audiences"),
        (json!([AUDIENCE, "audience0009"]), "audiences"),
        (json!([]), "audiences"),
        (json!([AUDIENCE, AUDIENCE]), "audiences"),
        (json!("public"), "audiences"),
        (json!(null), "audiences"),
        (json!(["everybody"]), "audiences[0]"),
        (json!(["public", 7]), "audiences[1]"),
    ];
    let mut cases = Vec::new();
    for (audiences, field) in &wrong {
        for (family, mut new) in new_objects() {
            new["audiences"] = audiences.clone();
            cases.push((Method::POST, at(family), new, 422, *field));
        }
        let patch = json!({"audiences": audiences});
        for one in [
            format!("groups/{GROUP}"),
            format!("components/{COMPONENT}"),
            format!("incidents/{INCIDENT}"),
            format!("maintenances/{MAINTENANCE}"),
            "maintenance-series/series000001".to_owned(),
            "metrics/metric000001".to_owned(),
        ] {
            cases.push((Method::PATCH, at(&one), patch.clone(), 422, *field));
        }
        let announcement = json!({"body": "b", "audiences": audiences});
        cases.push((Method::PUT, at("announcement"), announcement, 422, *field));
    }
    origin.refuses(cases).await;
}

#[tokio::test]
async fn what_a_series_plans_is_for_those_whom_it_is_for() {
    let origin = with_audiences().await;
    let (_, mut series) = new_objects()[4].clone();
    series["id"] = json!("series000001");
    series["audiences"] = json!([AUDIENCE]);
    origin.post(&at("maintenance-series"), series).await.expect(201);
    let planned = async || {
        let listed = origin.get(&at("maintenances")).await.expect(200);
        let items = listed["items"].as_array().expect("items").clone();
        let planned = items.into_iter().filter(|one| one["series"] == "series000001");
        planned.map(|one| one["audiences"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(planned().await, [json!([AUDIENCE]), json!([AUDIENCE])]);
    let path = at("maintenance-series/series000001");
    origin.patch(&path, json!({"audiences": [OTHER]})).await.expect(200);
    assert_eq!(planned().await, [json!([OTHER]), json!([OTHER])]);
}

/// Who is to be reminded follows from the components too.
#[tokio::test]
async fn reminder_says_who_sees_the_maintenance() {
    let origin = with_audiences().await;
    let component = at(&format!("components/{COMPONENT}"));
    origin
        .patch(&component, json!({"audiences": [AUDIENCE]}))
        .await
        .expect(200);
    origin
        .post(&at("maintenances"), starting_in(61, json!([1])))
        .await
        .expect(201);
    let reminders = until_events(&origin, 1).await;
    assert_eq!(reminders[0]["maintenance"]["audiences"], json!([AUDIENCE]));
}

/// A session is of the set whose content the regions have.
#[tokio::test]
async fn visitor_is_let_into_the_set_of_their_audience() {
    let origin = with_audiences().await;
    let page = format!("/v1/pages/{PAGE}");
    origin.patch(&page, json!({"visibility": "layered"})).await.expect(200);
    let audience = at(&format!("audiences/{AUDIENCE}"));
    origin
        .patch(&audience, json!({"password": "correct horse"}))
        .await
        .expect(200);
    let (without_any, own) = (AudienceId::of_set(&[]), of(AUDIENCE));
    assert_eq!(let_in(&origin, "correct horse").await.audience, without_any);
    assert_eq!(sets(&origin).await, [AudienceId::public(), without_any.clone()]);
    let text = sign_in_with(&origin, "correct horse").await;
    let before = opened(&origin, &text).await;

    let component = at(&format!("components/{COMPONENT}"));
    origin
        .patch(&component, json!({"audiences": [AUDIENCE]}))
        .await
        .expect(200);
    assert_eq!(sets(&origin).await, [AudienceId::public(), own.clone()]);
    assert_eq!(let_in(&origin, "correct horse").await.audience, own);
    let renewed_then = renewed(&origin, &text).await.expect("it holds");
    assert_eq!(renewed_then.audience, own);
    assert!(
        renewed_then.revision > before.revision,
        "the edge asks for a session again"
    );

    origin
        .patch(&component, json!({"audiences": [OTHER]}))
        .await
        .expect(200);
    assert_eq!(
        sets(&origin).await,
        [AudienceId::public(), without_any.clone(), of(OTHER)]
    );
    assert_eq!(renewed(&origin, &text).await.expect("it holds").audience, without_any);
}

async fn sets(origin: &TestOrigin) -> Vec<AudienceId> {
    let records = origin.records(PAGE, 0).await;
    let site = site(&records);
    site.audiences.into_iter().map(|current| current.audience).collect()
}

fn of(audience: &str) -> AudienceId {
    AudienceId::of_set(&[AudienceId::parse(audience).expect("an audience")])
}
