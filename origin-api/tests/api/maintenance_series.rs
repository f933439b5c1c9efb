use jiff::{Timestamp, ToSpan, Zoned, tz::TimeZone};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, COMPONENT, Case, OTHER_COMPONENT, PAGE, TestOrigin, at};

const SERIES: &str = "series000001";

/// Noon of some day to come, in Berlin.
fn noon_in(days: i64) -> Zoned {
    let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
    let noon = Timestamp::now().to_zoned(berlin).date().at(12, 0, 0, 0) + days.days();
    noon.in_tz("Europe/Berlin").expect("a moment")
}

fn weekly() -> Value {
    json!({
        "id": SERIES, "name": "Database", "body": "We *patch*.", "starts_at": noon_in(3).timestamp().to_string(),
        "duration_minutes": 90, "components": [COMPONENT],
        "recurrence": {"rule": "FREQ=WEEKLY", "time_zone": "Europe/Berlin", "exceptions": [noon_in(10).date().to_string()]}
    })
}

async fn with_series() -> TestOrigin {
    let origin = TestOrigin::with_sample_page().await;
    origin.post(&at("maintenance-series"), weekly()).await.expect(201);
    origin
}

fn series() -> String {
    at(&format!("maintenance-series/{SERIES}"))
}

/// The series' maintenances, the next one first.
async fn occurrences(origin: &TestOrigin) -> Vec<Value> {
    let list = origin.get(&at("maintenances?limit=100")).await.expect(200);
    let items = list["items"].as_array().expect("items").iter();
    let mut items: Vec<Value> = items.filter(|one| one["series"] == SERIES).cloned().collect();
    items.reverse();
    items
}

/// In how many days they start, at which hour of Berlin.
fn days(occurrences: &[Value]) -> Vec<(i64, i8)> {
    let today = noon_in(0).date();
    let days = occurrences.iter().map(|one| {
        let start: Timestamp = one["starts_at"].as_str().expect("text").parse().expect("a moment");
        let start = start.to_zoned(TimeZone::get("Europe/Berlin").expect("a zone"));
        (i64::from((start.date() - today).get_days()), start.hour())
    });
    days.collect()
}

#[tokio::test]
async fn series_plans_sixty_days_ahead() {
    let origin = with_series().await;
    let planned = occurrences(&origin).await;
    let expected: Vec<(i64, i8)> = [3, 17, 24, 31, 38, 45, 52, 59].map(|day| (day, 12)).to_vec();
    assert_eq!(
        days(&planned)[..7],
        expected[..7],
        "at noon through the year, and not on the exception"
    );
    let first = &planned[0];
    assert_eq!(
        (&first["name"], &first["status"]),
        (&json!("Database"), &json!("scheduled"))
    );
    assert_eq!(
        (&first["components"], &first["reminder_minutes"]),
        (&json!([COMPONENT]), &json!([1440, 60]))
    );
    let snapshot = origin.snapshot(PAGE).await;
    let shown: Vec<_> = snapshot
        .maintenances
        .iter()
        .filter(|one| one.series.is_some())
        .collect();
    assert_eq!(shown.len(), planned.len());
    assert_eq!(shown[0].updates[0].body_html, "<p>We <em>patch</em>.</p>");
    assert_eq!(shown[0].reminder_minutes, [1440, 60]);
    let mut numbers: Vec<u64> = snapshot.maintenances.iter().map(|one| one.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(
        numbers.len(),
        snapshot.maintenances.len(),
        "each has a number of its own"
    );
}

#[tokio::test]
async fn restart_plans_nothing_twice() {
    let origin = with_series().await;
    let before = occurrences(&origin).await;
    let origin = TestOrigin::start_in(origin.stop().await).await;
    origin.patch(&series(), json!({})).await.expect(200);
    assert_eq!(occurrences(&origin).await, before);
    let again = origin
        .send(
            Method::POST,
            &at("maintenance-series"),
            ADMIN,
            &[],
            Some(weekly().to_string()),
        )
        .await;
    again.expect(409);
    assert_eq!(occurrences(&origin).await, before);
}

#[tokio::test]
async fn daily_series_plans_twenty_occurrences() {
    let origin = TestOrigin::with_sample_page().await;
    let mut daily = weekly();
    daily["recurrence"]["rule"] = json!("FREQ=DAILY");
    origin.post(&at("maintenance-series"), daily).await.expect(201);
    assert_eq!(occurrences(&origin).await.len(), 20);
}

#[tokio::test]
async fn series_leaves_manually_changed_maintenances_alone() {
    let origin = with_series().await;
    let planned = occurrences(&origin).await;
    let one = |place: usize| {
        at(&format!(
            "maintenances/{}",
            planned[place]["id"].as_str().expect("an id")
        ))
    };
    let moved_to = (noon_in(4).timestamp() + 30.minutes()).to_string();
    let moved = json!({"starts_at": moved_to, "ends_at": (noon_in(4).timestamp() + 5.hours()).to_string()});
    origin.patch(&one(0), moved).await.expect(200);
    origin.delete(&one(1)).await.expect(204);
    let patch = json!({"name": "Storage", "body": "We move.", "components": [OTHER_COMPONENT], "duration_minutes": 30});
    origin.patch(&series(), patch).await.expect(200);
    let after = occurrences(&origin).await;
    assert_eq!(after.len(), planned.len() - 1, "what was called off does not come back");
    assert_eq!(after[0]["name"], "Database", "what was moved stays as it is");
    assert_eq!(days(&after)[0], (4, 12));
    for one in &after[1..] {
        assert_eq!(
            (&one["name"], &one["components"]),
            (&json!("Storage"), &json!([OTHER_COMPONENT]))
        );
        let ends_at: Timestamp = one["ends_at"].as_str().expect("text").parse().expect("a moment");
        let starts_at: Timestamp = one["starts_at"].as_str().expect("text").parse().expect("a moment");
        assert_eq!(ends_at, starts_at + 30.minutes());
        let updates = at(&format!("maintenances/{}/updates", one["id"].as_str().expect("an id")));
        assert_eq!(origin.get(&updates).await.expect(200)["items"][0]["body"], "We move.");
    }
    assert_eq!(
        after[1]["id"], planned[2]["id"],
        "the others are the same maintenances as before"
    );
    // An update, too, makes it a maintenance of its own.
    let updates = at(&format!(
        "maintenances/{}/updates",
        after[1]["id"].as_str().expect("an id")
    ));
    origin
        .post(&updates, json!({"body": "This one takes longer."}))
        .await
        .expect(201);
    origin.patch(&series(), json!({"name": "Network"})).await.expect(200);
    let names: Vec<Value> = occurrences(&origin)
        .await
        .iter()
        .take(3)
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, ["Database", "Storage", "Network"]);
}

#[tokio::test]
async fn exceptions_cancel_and_restore_occurrences() {
    let origin = with_series().await;
    let planned = occurrences(&origin).await;
    let recurrence = |exceptions: &[i64]| {
        let exceptions: Vec<String> = exceptions.iter().map(|day| noon_in(*day).date().to_string()).collect();
        json!({"recurrence": {"rule": "FREQ=WEEKLY", "time_zone": "Europe/Berlin", "exceptions": exceptions}})
    };
    origin.patch(&series(), recurrence(&[10, 17])).await.expect(200);
    assert_eq!(days(&occurrences(&origin).await)[..2], [(3, 12), (24, 12)]);
    let cancelled = origin.snapshot(PAGE).await.cancelled;
    assert_eq!(cancelled.len(), 1);
    assert_eq!(cancelled[0].id.as_str(), planned[1]["id"]);
    origin.patch(&series(), recurrence(&[])).await.expect(200);
    let back = occurrences(&origin).await;
    assert_eq!(days(&back)[..3], [(3, 12), (10, 12), (17, 12)]);
    assert_eq!(back[2]["id"], planned[1]["id"], "a calendar knows it again");
    assert!(origin.snapshot(PAGE).await.cancelled.is_empty());
}

#[tokio::test]
async fn deleting_series_cancels_scheduled_maintenances() {
    let origin = with_series().await;
    let planned = occurrences(&origin).await;
    let begun = at(&format!("maintenances/{}", planned[0]["id"].as_str().expect("an id")));
    origin
        .post(
            &format!("{begun}/updates"),
            json!({"body": "Now.", "status": "in_progress"}),
        )
        .await
        .expect(201);
    let etag = origin.get(&series()).await.header("etag").to_owned();
    let deleted = origin
        .send(Method::DELETE, &series(), ADMIN, &[("if-match", &etag)], None)
        .await;
    deleted.expect(204);
    origin.get(&series()).await.expect(404);
    let left = occurrences(&origin).await;
    assert_eq!((left.len(), &left[0]["status"]), (1, &json!("in_progress")));
    assert_eq!(origin.snapshot(PAGE).await.cancelled.len(), planned.len() - 1);
    // The same series anew finds its own maintenances again.
    origin.post(&at("maintenance-series"), weekly()).await.expect(201);
    assert_eq!(occurrences(&origin).await.len(), planned.len());
}

#[tokio::test]
async fn occurrence_starts_and_ends_by_itself() {
    let origin = TestOrigin::with_sample_page().await;
    let mut soon = weekly();
    soon["starts_at"] = json!((Timestamp::now() + 2.seconds()).to_string());
    soon["recurrence"]["exceptions"] = json!([]);
    origin.post(&at("maintenance-series"), soon).await.expect(201);
    let maintenance = at(&format!(
        "maintenances/{}",
        occurrences(&origin).await[0]["id"].as_str().expect("an id")
    ));
    let component = at(&format!("components/{COMPONENT}"));
    origin.until(&maintenance, "status", "in_progress").await;
    assert_eq!(origin.get(&component).await.expect(200)["status"], "under_maintenance");
    let ends_at = (Timestamp::now() + 1.seconds()).to_string();
    origin
        .patch(&maintenance, json!({"ends_at": ends_at}))
        .await
        .expect(200);
    origin.until(&maintenance, "status", "completed").await;
    assert_eq!(origin.get(&component).await.expect(200)["status"], "operational");
    // The series goes on without it.
    origin.patch(&series(), json!({"name": "Other"})).await.expect(200);
    assert_eq!(origin.get(&maintenance).await.expect(200)["name"], "Database");
}

#[tokio::test]
async fn refuses_invalid_series() {
    let origin = with_series().await;
    let with = |field: &str, value: Value| {
        let mut body = weekly();
        body["id"] = json!("series000002");
        *body.pointer_mut(field).expect("a field") = value;
        body
    };
    let post = |body, field| -> Case { (Method::POST, at("maintenance-series"), body, 422, field) };
    let patch = |body, field| -> Case { (Method::PATCH, series(), body, 422, field) };
    let rule = |rule: &str| post(with("/recurrence/rule", json!(rule)), "recurrence.rule");
    let too_long = format!("FREQ=WEEKLY;BYMONTH={}", vec!["1"; 300].join(","));
    origin
        .refuses(vec![
            post(json!({"name": "A"}), "body"),
            (Method::POST, at("maintenance-series"), weekly(), 409, "id"),
            post(with("/starts_at", json!("2020-01-01T00:00:00Z")), "starts_at"),
            post(with("/duration_minutes", json!(0)), "duration_minutes"),
            post(with("/duration_minutes", json!(20_161)), "duration_minutes"),
            post(with("/components", json!(["comp00000009"])), "components[0]"),
            post(with("/components", json!([COMPONENT, COMPONENT])), "components[1]"),
            post(with("/recurrence", json!("FREQ=DAILY")), "recurrence"),
            post(with("/recurrence", json!(["FREQ=DAILY", "Etc/UTC"])), "recurrence"),
            post(with("/recurrence/time_zone", json!("Berlin")), "recurrence.time_zone"),
            post(
                with("/recurrence/exceptions", json!(["tomorrow"])),
                "recurrence.exceptions[0]",
            ),
            post(
                with("/recurrence/exceptions", json!(vec!["2026-12-24"; 201])),
                "recurrence.exceptions",
            ),
            rule("FREQ=SECONDLY"),
            rule("FREQ=MINUTELY"),
            rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
            rule("FREQ=DAILY;UNTIL=20200101"),
            rule("every tuesday"),
            rule(&too_long),
            patch(
                json!({"recurrence": {"rule": "FREQ=HOURLY", "time_zone": "Etc/UTC"}}),
                "recurrence.rule",
            ),
            patch(json!({"recurrence": {"rule": "FREQ=DAILY"}}), "recurrence.time_zone"),
            patch(json!({"starts_at": "2020-01-01T00:00:00Z"}), "starts_at"),
            patch(json!({"reminder_minutes": [1, 2, 3, 4, 5, 6]}), "reminder_minutes"),
            patch(json!({"name": null}), "name"),
            (
                Method::PATCH,
                at("maintenance-series/series000009"),
                json!({"name": "A"}),
                404,
                "",
            ),
            (
                Method::DELETE,
                at("maintenance-series/series000009"),
                Value::Null,
                404,
                "",
            ),
            (
                Method::POST,
                "/v1/pages/page00000009/maintenance-series".into(),
                with("/name", json!("A")),
                404,
                "",
            ),
        ])
        .await;
}

/// A row of another build, or one that was written by hand, costs its own series only.
#[tokio::test]
async fn unreadable_series_does_not_stop_the_others() {
    let origin = with_series().await;
    origin
        .execute("UPDATE maintenance_series SET exceptions = 'nonsense', plan_at_ms = 1")
        .await;
    let mut other = weekly();
    other["id"] = json!("series000002");
    origin.post(&at("maintenance-series"), other).await.expect(201);
    let list = origin.get(&at("maintenances?limit=100")).await.expect(200);
    let items = list["items"].as_array().expect("items").iter();
    assert!(items.filter(|one| one["series"] == "series000002").count() > 5);
}

#[tokio::test]
async fn series_that_cannot_be_planned_do_not_starve_the_others() {
    let origin = with_series().await;
    origin
        .execute(
            "WITH RECURSIVE n (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM n WHERE n < 249)
                 INSERT INTO maintenance_series
                 SELECT page_id, 'series000' || n, name, body, starts_at_ms, duration_minutes, 'FREQ=NEVER', time_zone,
                     exceptions, reminder_minutes, 1, ordinal + n, seq, audiences FROM maintenance_series JOIN n",
        )
        .await;
    origin
        .execute("DELETE FROM maintenances WHERE series_id IS NOT NULL")
        .await;
    origin.execute("DELETE FROM occurrences").await;
    origin
        .execute("DELETE FROM updates WHERE NOT EXISTS (SELECT 1 FROM maintenances m WHERE m.id = parent_id)")
        .await;
    origin
        .execute("UPDATE maintenance_series SET plan_at_ms = 2 WHERE id = 'series000001'")
        .await;
    let origin = TestOrigin::start_in(origin.stop().await).await;
    for _ in 0..200 {
        if !occurrences(&origin).await.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("150 series whose rules cannot be walked come first for ever");
}
