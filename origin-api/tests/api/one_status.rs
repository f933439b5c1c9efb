//! What is shown of a component follows from all that hold it, and never from who spoke last.

use jiff::{Timestamp, ToSpan};
use page_model::status::Status;
use serde_json::{Value, json};

use crate::harness::{COMPONENT, MAINTENANCE, OTHER_COMPONENT, PAGE, TestOrigin, at};

/// Creates an incident that says something of the component; answers its address.
async fn incident(origin: &TestOrigin, id: &str, status: &str, at_moment: Option<&str>) -> String {
    let body = json!({
        "id": id, "name": "Trouble", "body": "b", "at": at_moment, "components": [{"id": COMPONENT, "status": status}]
    });
    origin.post(&at("incidents"), body).await.expect(201);
    at(&format!("incidents/{id}"))
}

/// Adds an update; answers the status in which it leaves the event.
async fn tell(origin: &TestOrigin, event: &str, update: Value) -> Value {
    origin.post(&format!("{event}/updates"), update).await.expect(201)["event_status"].clone()
}

async fn shown(origin: &TestOrigin) -> (Value, Value, Value) {
    let component = origin.get(&at(&format!("components/{COMPONENT}"))).await.expect(200);
    let field = |name: &str| component[name].clone();
    (field("status"), field("own_status"), field("held_by"))
}

/// The levels of the days and the outages' minutes, as the page shows them.
async fn uptime(origin: &TestOrigin) -> page_model::snapshot::Uptime {
    let snapshot = origin.snapshot(PAGE).await;
    snapshot.groups[0].components[0].uptime.clone().expect("uptime")
}

#[tokio::test]
async fn maintenance_goes_on_when_another_event_ends() {
    let origin = TestOrigin::with_sample_page().await;
    let maintenance = at(&format!("maintenances/{MAINTENANCE}"));
    tell(&origin, &maintenance, json!({"body": "b", "status": "in_progress"})).await;
    let trouble = incident(&origin, "incident0002", "major_outage", None).await;
    assert_eq!(
        shown(&origin).await,
        (
            json!("major_outage"),
            json!("operational"),
            json!(["incident0002", MAINTENANCE])
        )
    );
    tell(&origin, &trouble, json!({"body": "b", "status": "resolved"})).await;
    assert_eq!(
        shown(&origin).await,
        (json!("under_maintenance"), json!("operational"), json!([MAINTENANCE]))
    );
    let second = json!({
        "id": "maint0000002", "name": "Second", "body": "b", "status": "in_progress", "components": [COMPONENT],
        "starts_at": "2090-01-01T00:00:00Z", "ends_at": "2090-01-01T01:00:00Z"
    });
    origin.post(&at("maintenances"), second).await.expect(201);
    let second = at("maintenances/maint0000002");
    tell(&origin, &second, json!({"body": "b", "status": "completed"})).await;
    assert_eq!(shown(&origin).await.0, "under_maintenance", "the first one goes on");
}

#[tokio::test]
async fn overlapping_incidents_show_the_worst_in_any_order_of_pushing() {
    // Of one moment, as minutes that were begun count whole; of a whole minute, as a midnight may lie between.
    let now = Timestamp::from_second(Timestamp::now().as_second() / 60 * 60).expect("a moment");
    let minute = |minutes: i64| (now - minutes.minutes()).to_string();
    let (t1, t2, t3, t4) = (minute(240), minute(180), minute(120), minute(60));
    let mut uptimes = Vec::new();
    for order in [[0, 1, 2, 3], [2, 3, 0, 1], [2, 0, 3, 1]] {
        let origin = TestOrigin::with_sample_page().await;
        for step in order {
            let over = |at: &str| json!({"body": "b", "status": "resolved", "at": at});
            match step {
                0 => drop(incident(&origin, "incident0002", "major_outage", Some(&t1)).await),
                1 => drop(tell(&origin, &at("incidents/incident0002"), over(&t4)).await),
                2 => drop(incident(&origin, "incident0003", "degraded_performance", Some(&t2)).await),
                _ => drop(tell(&origin, &at("incidents/incident0003"), over(&t3)).await),
            }
        }
        assert_eq!(shown(&origin).await.0, "operational");
        uptimes.push(uptime(&origin).await);
    }
    let minutes: Vec<u16> = uptimes
        .iter()
        .map(|uptime| uptime.days.iter().map(|day| day.major_minutes).sum())
        .collect();
    assert_eq!(minutes, [180; 3]);
    let degraded: u16 = uptimes[0].days.iter().map(|day| day.degraded_minutes).sum();
    assert_eq!(degraded, 0, "the worse one counts, once");
}

#[tokio::test]
async fn open_incident_holds_again_when_a_worse_one_is_deleted() {
    let origin = TestOrigin::with_sample_page().await;
    incident(&origin, "incident0002", "partial_outage", None).await;
    let worse = incident(&origin, "incident0003", "major_outage", None).await;
    tell(
        &origin,
        &at("incidents/incident0002"),
        json!({"body": "b", "status": "resolved"}),
    )
    .await;
    assert_eq!(shown(&origin).await.0, "major_outage");
    origin.delete(&worse).await.expect(204);
    assert_eq!(
        shown(&origin).await,
        (json!("operational"), json!("operational"), json!([]))
    );
}

#[tokio::test]
async fn incident_created_as_resolved_holds_nothing() {
    let origin = TestOrigin::with_sample_page().await;
    let over = json!({
        "name": "Told afterwards", "body": "b", "status": "resolved", "at": "2026-11-20T00:00:00Z",
        "components": [{"id": COMPONENT, "status": "major_outage"}]
    });
    let told = origin.post(&at("incidents"), over).await.expect(201);
    assert_eq!(
        (&told["impact"], &told["components"][0]["status"]),
        (&json!("critical"), &json!("major_outage")),
        "its words are text"
    );
    assert_eq!(
        shown(&origin).await,
        (json!("operational"), json!("operational"), json!([]))
    );
    assert_eq!(uptime(&origin).await.up_millionths, 1_000_000);
}

#[tokio::test]
async fn impact_falls_when_the_worst_word_is_taken_back() {
    let origin = TestOrigin::with_sample_page().await;
    let trouble = incident(&origin, "incident0002", "partial_outage", None).await;
    let worse = json!({"id": "update000009", "body": "b", "components": [{"id": COMPONENT, "status": "major_outage"}]});
    origin.post(&format!("{trouble}/updates"), worse).await.expect(201);
    assert_eq!(origin.get(&trouble).await.expect(200)["impact"], "critical");
    origin
        .delete(&format!("{trouble}/updates/update000009"))
        .await
        .expect(204);
    assert_eq!(origin.get(&trouble).await.expect(200)["impact"], "major");
    assert_eq!(shown(&origin).await.0, "partial_outage");
}

#[tokio::test]
async fn moving_an_update_leaves_what_was_said_later() {
    let origin = TestOrigin::with_sample_page().await;
    let maintenance = json!({
        "id": "maint0000002", "name": "Old", "body": "b", "status": "in_progress", "at": "2026-11-20T00:00:00Z",
        "update_id": "update000007", "starts_at": "2026-11-20T00:00:00Z", "ends_at": "2090-01-01T00:00:00Z"
    });
    origin.post(&at("maintenances"), maintenance).await.expect(201);
    let maintenance = at("maintenances/maint0000002");
    let listed = json!({"components": [COMPONENT]});
    origin.patch(&maintenance, listed).await.expect(200);
    assert_eq!(shown(&origin).await.0, "under_maintenance");
    origin
        .patch(
            &format!("{maintenance}/updates/update000007"),
            json!({"at": "2026-11-19T00:00:00Z"}),
        )
        .await
        .expect(200);
    assert_eq!(shown(&origin).await.0, "under_maintenance");
    tell(&origin, &maintenance, json!({"body": "b", "status": "completed"})).await;
    assert_eq!(shown(&origin).await.0, "operational");
    let days = uptime(&origin).await.days;
    assert_eq!(days.first().map(|day| day.date.as_str()), Some("2026-11-19"));
}

#[tokio::test]
async fn own_word_is_outvoted_and_stays() {
    let origin = TestOrigin::with_sample_page().await;
    let path = at(&format!("components/{COMPONENT}"));
    origin
        .patch(&path, json!({"status": "degraded_performance"}))
        .await
        .expect(200);
    let trouble = incident(&origin, "incident0002", "major_outage", None).await;
    let monitor = origin.patch(&path, json!({"status": "operational"})).await.expect(200);
    assert_eq!(
        (&monitor["status"], &monitor["own_status"], &monitor["held_by"]),
        (&json!("major_outage"), &json!("operational"), &json!(["incident0002"]))
    );
    origin
        .patch(&path, json!({"status": "partial_outage"}))
        .await
        .expect(200);
    tell(&origin, &trouble, json!({"body": "b", "status": "resolved"})).await;
    assert_eq!(
        shown(&origin).await,
        (json!("partial_outage"), json!("partial_outage"), json!([]))
    );
}

#[tokio::test]
async fn reopened_incident_holds_nothing_until_it_speaks() {
    let origin = TestOrigin::with_sample_page().await;
    let trouble = incident(&origin, "incident0002", "major_outage", None).await;
    assert_eq!(
        tell(&origin, &trouble, json!({"body": "b", "status": "resolved"})).await,
        "resolved"
    );
    assert_eq!(
        tell(&origin, &trouble, json!({"body": "b", "status": "monitoring"})).await,
        "monitoring"
    );
    assert_eq!(shown(&origin).await.0, "operational");
    let speaks = json!({"body": "b", "components": [{"id": COMPONENT, "status": "partial_outage"}]});
    assert_eq!(tell(&origin, &trouble, speaks).await, "monitoring");
    assert_eq!(shown(&origin).await.0, "partial_outage");
}

#[tokio::test]
async fn update_without_a_status_follows_what_is_told_before_it_later() {
    let origin = TestOrigin::with_sample_page().await;
    let trouble = incident(&origin, "incident0002", "major_outage", Some("2026-11-20T00:00:00Z")).await;
    let silent = json!({"id": "update000009", "body": "b", "at": "2026-11-20T02:00:00Z"});
    assert_eq!(tell(&origin, &trouble, silent).await, "investigating");
    let over = json!({"body": "b", "status": "resolved", "at": "2026-11-20T01:00:00Z"});
    assert_eq!(
        tell(&origin, &trouble, over).await,
        "resolved",
        "the silent one left it as it was"
    );
    let silent = origin.get(&format!("{trouble}/updates/update000009")).await.expect(200);
    assert_eq!(
        (&silent["status"], &silent["event_status"]),
        (&json!("resolved"), &Value::Null)
    );
    assert_eq!(shown(&origin).await.0, "operational");
}

#[tokio::test]
async fn updates_without_a_moment_stand_behind_all_others() {
    let origin = TestOrigin::with_sample_page().await;
    let ahead = (Timestamp::now() + 2.minutes()).to_string();
    let trouble = incident(&origin, "incident0002", "major_outage", None).await;
    tell(
        &origin,
        &trouble,
        json!({"body": "b", "status": "identified", "at": ahead}),
    )
    .await;
    for status in ["monitoring", "resolved", "postmortem"] {
        assert_eq!(
            tell(&origin, &trouble, json!({"body": "b", "status": status})).await,
            status
        );
    }
    let updates = origin.get(&format!("{trouble}/updates")).await.expect(200);
    let moments: Vec<&str> = updates["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|update| update["at"].as_str())
        .collect();
    assert!(moments.windows(2).all(|pair| pair[0] > pair[1]), "{moments:?}");
}

#[tokio::test]
async fn events_keep_the_names_of_components_that_go_or_are_renamed() {
    let origin = TestOrigin::with_sample_page().await;
    let trouble = incident(&origin, "incident0002", "major_outage", None).await;
    tell(&origin, &trouble, json!({"body": "b", "status": "resolved"})).await;
    let path = at(&format!("components/{COMPONENT}"));
    origin.patch(&path, json!({"name": "Core API"})).await.expect(200);
    let names = async || {
        let snapshot = origin.snapshot(PAGE).await;
        let incident = snapshot
            .incidents
            .into_iter()
            .find(|one| one.id.as_str() == "incident0002");
        let incident = incident.expect("it is there");
        let affected = incident.updates[0].affected.as_ref().map(|all| all[0].name.clone());
        let touched: Vec<String> = incident.components.into_iter().map(|one| one.name).collect();
        (touched, affected, incident.impact.as_str())
    };
    let told = (
        vec!["Europe - API".to_owned()],
        Some("Europe - API".to_owned()),
        "critical",
    );
    assert_eq!(names().await, told, "what is over keeps its words");
    let planned = origin.delete(&path).await.expect(200);
    assert_eq!(
        planned,
        json!({"maintenances": [MAINTENANCE]}),
        "it tells what was planned for it"
    );
    let maintenance = origin
        .get(&at(&format!("maintenances/{MAINTENANCE}")))
        .await
        .expect(200);
    assert_eq!(maintenance["components"], json!([]));
    assert_eq!(names().await, told);
    let read = origin.get(&trouble).await.expect(200);
    assert_eq!(
        read["components"],
        json!([{"id": COMPONENT, "name": "Europe - API", "status": "operational"}])
    );
    origin
        .delete(&at(&format!("components/{OTHER_COMPONENT}")))
        .await
        .expect(204);
}

#[tokio::test]
async fn maintenance_that_has_begun_is_not_moved_ahead() {
    let origin = TestOrigin::with_sample_page().await;
    let maintenance = at(&format!("maintenances/{MAINTENANCE}"));
    tell(&origin, &maintenance, json!({"body": "b", "status": "in_progress"})).await;
    let read = origin.get(&maintenance).await.expect(200);
    assert!(
        read["began_at"].as_str() < read["starts_at"].as_str(),
        "planned and actual times are two things"
    );
    let tomorrow = (Timestamp::now() + 24.hours()).to_string();
    let moved = origin.patch(&maintenance, json!({"starts_at": tomorrow})).await;
    assert_eq!(moved.expect(422)["field"], "starts_at");
    let ago = |minutes: i64| (Timestamp::now() - minutes.minutes()).to_string();
    let over = json!({"starts_at": ago(30), "ends_at": ago(1)});
    origin.patch(&maintenance, over).await.expect(200);
    origin.until(&maintenance, "status", "completed").await;
    assert_eq!(shown(&origin).await.0, "operational");
    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(snapshot.status.level, Status::Operational);
}

#[tokio::test]
async fn clock_waits_for_who_tells_of_a_past_window() {
    let origin = TestOrigin::with_sample_page().await;
    let past = json!({
        "id": "maint0000002", "name": "Past", "body": "b", "at": "2026-11-19T00:00:00Z", "components": [COMPONENT],
        "starts_at": "2026-11-20T00:00:00Z", "ends_at": "2026-11-20T01:00:00Z"
    });
    origin.post(&at("maintenances"), past).await.expect(201);
    origin.until_clock_looked("maint0000003").await;
    let maintenance = at("maintenances/maint0000002");
    assert_eq!(origin.get(&maintenance).await.expect(200)["status"], "scheduled");
    // As if the last request had been a minute ago.
    origin
        .execute("UPDATE maintenances SET told_at_ms = told_at_ms - 60000 WHERE told_late")
        .await;
    // A change lets the clock look.
    origin
        .patch(&at(&format!("components/{OTHER_COMPONENT}")), json!({"position": 9}))
        .await
        .expect(200);
    origin.until(&maintenance, "status", "completed").await;
    let read = origin.get(&maintenance).await.expect(200);
    assert_eq!(
        (&read["began_at"], &read["completed_at"]),
        (&json!("2026-11-20T00:00:00.000Z"), &json!("2026-11-20T01:00:00.000Z"))
    );
    let days = uptime(&origin).await.days;
    assert_eq!(days.iter().map(|day| day.maintenance_minutes).sum::<u16>(), 60);
}

#[tokio::test]
async fn series_begins_the_window_that_runs() {
    let origin = TestOrigin::with_sample_page().await;
    let series = json!({
        "id": "series000001", "name": "Daily", "body": "b", "starts_at": (Timestamp::now() - 10.minutes()).to_string(),
        "duration_minutes": 60, "recurrence": {"rule": "FREQ=DAILY", "time_zone": "Etc/UTC"}, "components": [COMPONENT]
    });
    origin.post(&at("maintenance-series"), series).await.expect(201);
    origin
        .until(&at(&format!("components/{COMPONENT}")), "status", "under_maintenance")
        .await;
    let snapshot = origin.snapshot(PAGE).await;
    let running = snapshot
        .maintenances
        .iter()
        .filter(|one| one.status.is_under_way())
        .count();
    assert_eq!(running, 1);
}

#[tokio::test]
async fn changes_that_are_no_update_move_the_moment_of_an_event() {
    let origin = TestOrigin::with_sample_page().await;
    let trouble = incident(&origin, "incident0002", "major_outage", Some("2026-11-20T00:00:00Z")).await;
    let read = origin.get(&trouble).await.expect(200);
    assert_eq!(read["updated_at"], Value::Null);
    let renamed = origin.patch(&trouble, json!({"name": "Other"})).await.expect(200);
    assert!(renamed["updated_at"].as_str() > Some("2026-11-20T00:00:00Z"));
    let maintenance = at(&format!("maintenances/{MAINTENANCE}"));
    origin
        .patch(&maintenance, json!({"ends_at": "2090-01-01T02:00:00Z"}))
        .await
        .expect(200);
    let snapshot = origin.snapshot(PAGE).await;
    let moved = snapshot.maintenances.iter().find(|one| one.id.as_str() == MAINTENANCE);
    let moved = moved.expect("it is there");
    assert!(moved.updated_at > Some(moved.updates[0].at));
}
