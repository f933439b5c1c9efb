use jiff::{Timestamp, ToSpan};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{COMPONENT, MAINTENANCE, PAGE, TestOrigin, at};

const SOON: &str = "maint0000002";
const WITNESS: &str = "maint0000004";

/// A maintenance that starts in so many seconds, and an hour later it is over.
pub fn starting_in(seconds: i64, reminder_minutes: Value) -> Value {
    let starts_at = Timestamp::now() + seconds.seconds();
    json!({
        "id": SOON, "name": "Soon", "body": "Planned.", "components": [COMPONENT], "reminder_minutes": reminder_minutes,
        "starts_at": starts_at.to_string(), "ends_at": (starts_at + 1.hours()).to_string()
    })
}

/// Another maintenance, whose only reminder is due in so many seconds: once it is there, what was due before has had its turn.
async fn plan_witness(origin: &TestOrigin, seconds: i64) {
    let mut witness = starting_in(60 + seconds, json!([1]));
    witness["id"] = json!(WITNESS);
    origin.post(&at("maintenances"), witness).await.expect(201);
}

async fn events(origin: &TestOrigin) -> Vec<Value> {
    origin.get(&at("events")).await.expect(200)["items"]
        .as_array()
        .expect("items")
        .clone()
}

pub async fn until_events(origin: &TestOrigin, count: usize) -> Vec<Value> {
    for _ in 0..300 {
        if events(origin).await.len() >= count {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    events(origin).await
}

#[tokio::test]
async fn reminder_becomes_one_event() {
    let origin = TestOrigin::with_sample_page().await;
    let created = origin
        .post(&at("maintenances"), starting_in(62, json!([1, 1440])))
        .await
        .expect(201);
    assert_eq!(created["reminder_minutes"], json!([1440, 1]));
    assert!(
        events(&origin).await.is_empty(),
        "a day before is past, so nothing is said of it"
    );
    let reminders = until_events(&origin, 1).await;
    assert_eq!(reminders.len(), 1);
    assert_eq!(
        (&reminders[0]["kind"], &reminders[0]["minutes"]),
        (&json!("maintenance_reminder"), &json!(1))
    );
    assert_eq!(
        (&reminders[0]["maintenance"]["id"], &reminders[0]["maintenance"]["name"]),
        (&json!(SOON), &json!("Soon"))
    );
    assert_eq!(reminders[0]["maintenance"]["components"], json!([COMPONENT]));
    let origin = TestOrigin::start_in(origin.stop().await).await;
    let after = at(&format!("events?after={}", reminders[0]["seq"]));
    assert_eq!(origin.get(&after).await.expect(200), json!({"items": [], "next": null}));
    plan_witness(&origin, 1).await;
    let all = until_events(&origin, 2).await;
    assert_eq!((all.len(), &all[0]), (2, &reminders[0]));
    assert_eq!(all[1]["maintenance"]["id"], WITNESS);
    assert_eq!(origin.get(&after).await.expect(200)["items"], json!([all[1]]));
}

#[tokio::test]
async fn moved_maintenance_is_reminded_again() {
    let origin = TestOrigin::with_sample_page().await;
    let one = at(&format!("maintenances/{SOON}"));
    origin
        .post(&at("maintenances"), starting_in(60 * 60, json!([60])))
        .await
        .expect(201);
    // Moved by two seconds: what would have been a minute too late is due soon.
    let moved = Timestamp::now() + 1.hours() + 2.seconds();
    let patch = json!({"starts_at": moved.to_string(), "ends_at": (moved + 1.hours()).to_string()});
    origin.patch(&one, patch).await.expect(200);
    assert_eq!(until_events(&origin, 1).await.len(), 1);
    let again = moved + 2.seconds();
    let patch = json!({"starts_at": again.to_string(), "ends_at": (again + 1.hours()).to_string()});
    origin.patch(&one, patch).await.expect(200);
    let reminders = until_events(&origin, 2).await;
    assert_eq!(reminders.len(), 2);
    let starts_at: Timestamp = reminders[1]["maintenance"]["starts_at"]
        .as_str()
        .expect("text")
        .parse()
        .expect("a moment");
    assert_eq!(starts_at.as_millisecond(), again.as_millisecond());
    // Where the start does not move, there is no second reminder.
    origin.patch(&one, json!({"name": "Other"})).await.expect(200);
    let page = origin.get(&at("events?limit=1")).await.expect(200);
    assert_eq!(page["next"], json!(reminders[0]["seq"].to_string()));
    assert_eq!(events(&origin).await.len(), 2);
}

#[tokio::test]
async fn no_reminder_for_cancelled_or_started_maintenance() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .post(&at("maintenances"), starting_in(62, json!([1])))
        .await
        .expect(201);
    origin.delete(&at(&format!("maintenances/{SOON}"))).await.expect(204);
    let mut begun = starting_in(62, json!([1]));
    begun["id"] = json!("maint0000003");
    begun["status"] = json!("in_progress");
    origin.post(&at("maintenances"), begun).await.expect(201);
    plan_witness(&origin, 3).await;
    let reminders = until_events(&origin, 1).await;
    assert_eq!(
        (reminders.len(), &reminders[0]["maintenance"]["id"]),
        (1, &json!(WITNESS))
    );
    let shown = origin.snapshot(PAGE).await.maintenances;
    assert!(shown.iter().any(|one| one.id.as_str() == "maint0000003"));
    assert!(shown.iter().all(|one| one.id.as_str() != SOON), "it was called off");
}

#[tokio::test]
async fn reminder_due_during_downtime_comes_late() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .post(&at("maintenances"), starting_in(123, json!([1, 2])))
        .await
        .expect(201);
    origin
        .post(&at("components"), json!({"name": "Nothing else happens"}))
        .await
        .expect(201);
    let folder = origin.stop().await;
    tokio::time::sleep(std::time::Duration::from_millis(3_500)).await;
    let origin = TestOrigin::start_in(folder).await;
    let reminders = until_events(&origin, 1).await;
    assert_eq!((reminders.len(), &reminders[0]["minutes"]), (1, &json!(2)));
}

#[tokio::test]
async fn refuses_invalid_reminders_and_queries() {
    let origin = TestOrigin::with_sample_page().await;
    let one = at(&format!("maintenances/{MAINTENANCE}"));
    let patch = |minutes: Value| {
        (
            Method::PATCH,
            one.clone(),
            json!({"reminder_minutes": minutes}),
            422,
            "reminder_minutes",
        )
    };
    let get = |query: &str, field| (Method::GET, at(query), Value::Null, 422, field);
    origin
        .refuses(vec![
            patch(json!([1, 2, 3, 4, 5, 6])),
            patch(json!([0])),
            patch(json!([20_161])),
            patch(json!([60, 60])),
            patch(json!(60)),
            patch(Value::Null),
            (
                Method::PATCH,
                one.clone(),
                json!({"reminder_minutes": [-5]}),
                422,
                "reminder_minutes[0]",
            ),
            (Method::PATCH, one.clone(), json!({"series": null}), 422, "series"),
            get("events?limit=0", "limit"),
            get("events?limit=101", "limit"),
            get("events?after=yesterday", "query"),
            get("events?kind=all", "query"),
            (
                Method::GET,
                "/v1/pages/page00000009/events".into(),
                Value::Null,
                404,
                "",
            ),
        ])
        .await;
}
