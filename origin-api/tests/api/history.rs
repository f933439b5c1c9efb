//! In which archives an event stands, and what a page keeps when it cannot keep all.

use std::collections::BTreeMap;

use page_model::{Archive, Key, Permalinks, Record, body, status::MaintenanceStatus};
use serde_json::json;

use crate::harness::{INCIDENT, MAINTENANCE, PAGE, TestOrigin, at};

/// The names of events by the month whose archive has them; `None` for an archive that is taken back.
type Months = BTreeMap<String, Option<Vec<String>>>;

fn months(records: &[Record]) -> Months {
    let archives = records.iter().filter(|record| matches!(record.key, Key::Archive(..)));
    let months = archives.map(|record| {
        let month = record.key.to_string().split_off(28);
        let names = (!record.is_tombstone()).then(|| {
            let archive: Archive = body::decode_compressed(&record.body).expect("an archive");
            let incidents = archive.incidents.into_iter().map(|one| one.name);
            incidents
                .chain(archive.maintenances.into_iter().map(|one| one.name))
                .collect()
        });
        (month, names)
    });
    months.collect()
}

async fn archives(origin: &TestOrigin) -> Months {
    months(&origin.records(PAGE, 0).await)
}

fn holding(months: &Months, name: &str) -> Vec<String> {
    let with = months
        .iter()
        .filter(|(_, names)| names.iter().flatten().any(|one| one == name));
    with.map(|(month, _)| month.clone()).collect()
}

async fn permalink(origin: &TestOrigin, event: &str) -> Option<String> {
    let shards = origin.records(PAGE, 0).await.into_iter();
    let shards = shards.filter(|record| matches!(record.key, Key::Permalinks(..)) && !record.is_tombstone());
    let mut months = shards.flat_map(|record| {
        let permalinks: Permalinks = body::decode(&record.body).expect("permalinks");
        permalinks.months
    });
    months.find(|(id, _)| id.as_str() == event).map(|(_, month)| month)
}

async fn told(origin: &TestOrigin, id: &str, name: &str, began: &str, ended: Option<&str>) {
    let new = json!({"id": id, "name": name, "body": "b", "at": began});
    origin.post(&at("incidents"), new).await.expect(201);
    if let Some(ended) = ended {
        let end = json!({"id": format!("end{}", &id[3..]), "body": "b", "status": "resolved", "at": ended});
        origin
            .post(&at(&format!("incidents/{id}/updates")), end)
            .await
            .expect(201);
    }
}

#[tokio::test]
async fn an_event_stands_in_each_month_that_it_touched() {
    let origin = TestOrigin::with_sample_page().await;
    let (autumn, newyear) = ("autumn000001", "newyear00001");
    told(
        &origin,
        autumn,
        "Autumn",
        "2025-10-31T22:00:00Z",
        Some("2025-11-02T01:00:00Z"),
    )
    .await;
    told(
        &origin,
        newyear,
        "New year",
        "2025-12-31T23:00:00Z",
        Some("2026-01-01T01:00:00Z"),
    )
    .await;
    let all = archives(&origin).await;
    assert_eq!(holding(&all, "Autumn"), ["2025-10", "2025-11"]);
    assert_eq!(holding(&all, "New year"), ["2025-12", "2026-01"]);
    let listed = origin.snapshot(PAGE).await.archive_months;
    assert!(listed.iter().any(|month| month == "2026-01"), "{listed:?}");
    assert_eq!(permalink(&origin, autumn).await.as_deref(), Some("2025-10"));

    let end = at(&format!("incidents/{autumn}/updates/endumn000001"));
    origin
        .patch(&end, json!({"at": "2025-10-31T23:00:00Z"}))
        .await
        .expect(200);
    assert_eq!(archives(&origin).await["2025-11"], None, "what moved is taken back");
    origin
        .patch(&end, json!({"at": "2025-12-02T00:00:00Z"}))
        .await
        .expect(200);
    let all = archives(&origin).await;
    assert_eq!(holding(&all, "Autumn"), ["2025-10", "2025-11", "2025-12"]);
    origin.delete(&at(&format!("incidents/{autumn}"))).await.expect(204);
    let all = archives(&origin).await;
    assert_eq!(holding(&all, "Autumn"), [""; 0]);
    assert_eq!((&all["2025-10"], &all["2025-11"]), (&None, &None));
    assert_eq!(all["2025-12"].as_deref(), Some(&["New year".to_owned()][..]));
}

#[tokio::test]
async fn what_ends_at_midnight_does_not_touch_the_next_month() {
    let origin = TestOrigin::with_sample_page().await;
    told(
        &origin,
        "midnight0001",
        "Midnight",
        "2025-10-31T22:00:00Z",
        Some("2025-11-01T00:00:00Z"),
    )
    .await;
    assert_eq!(holding(&archives(&origin).await, "Midnight"), ["2025-10"]);
}

#[tokio::test]
async fn an_open_incident_stands_in_every_month_up_to_now() {
    let origin = TestOrigin::with_sample_page().await;
    told(&origin, "lasting00001", "Lasting", "2026-01-10T00:00:00Z", None).await;
    let all = archives(&origin).await;
    let this_month = permalink(&origin, INCIDENT).await.expect("it began now");
    let holding = holding(&all, "Lasting");
    assert_eq!(holding.first().map(String::as_str), Some("2026-01"));
    assert_eq!(holding.last(), Some(&this_month), "{all:?}");
    assert!(holding.len() > 5, "{holding:?}");
}

#[tokio::test]
async fn a_change_tells_all_months_of_the_event() {
    let origin = TestOrigin::with_sample_page().await;
    let id = "autumn000001";
    told(
        &origin,
        id,
        "Autumn",
        "2025-10-31T22:00:00Z",
        Some("2025-12-02T01:00:00Z"),
    )
    .await;
    let seq = origin.records(PAGE, 0).await[0].version;
    origin
        .patch(&at(&format!("incidents/{id}")), json!({"name": "Fall"}))
        .await
        .expect(200);
    let changed = months(&origin.records(PAGE, seq).await);
    assert_eq!(holding(&changed, "Fall"), ["2025-10", "2025-11", "2025-12"]);
    assert_eq!(changed.len(), 3, "and no others: {changed:?}");
}

#[tokio::test]
async fn a_maintenance_is_filed_by_what_happened() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("maintenances/{MAINTENANCE}/updates"));
    assert_eq!(holding(&archives(&origin).await, "Move"), [""; 0]);
    for status in ["in_progress", "completed"] {
        origin
            .post(&updates, json!({"body": "b", "status": status}))
            .await
            .expect(201);
    }
    let this_month = permalink(&origin, INCIDENT).await.expect("it began now");
    assert_eq!(
        holding(&archives(&origin).await, "Move"),
        std::slice::from_ref(&this_month),
        "planned for 2090"
    );
    assert_eq!(permalink(&origin, MAINTENANCE).await, Some(this_month));
}

#[tokio::test]
async fn another_zone_has_other_months() {
    let origin = TestOrigin::with_sample_page().await;
    told(
        &origin,
        "midnight0001",
        "Midnight",
        "2025-10-31T22:00:00Z",
        Some("2025-10-31T23:30:00Z"),
    )
    .await;
    assert_eq!(holding(&archives(&origin).await, "Midnight"), ["2025-10"]);
    let page = format!("/v1/pages/{PAGE}");
    origin
        .patch(&page, json!({"time_zone": "Europe/Berlin"}))
        .await
        .expect(200);
    assert_eq!(holding(&archives(&origin).await, "Midnight"), ["2025-10", "2025-11"]);
    origin
        .patch(&page, json!({"time_zone": "Asia/Tokyo"}))
        .await
        .expect(200);
    let all = archives(&origin).await;
    assert_eq!(holding(&all, "Midnight"), ["2025-11"]);
    assert_eq!(all["2025-10"], None);
    assert_eq!(permalink(&origin, "midnight0001").await.as_deref(), Some("2025-11"));
}

/// As a database from before events were filed comes out of its migration.
#[tokio::test]
async fn events_of_an_older_database_are_filed_when_it_opens() {
    let origin = TestOrigin::with_sample_page().await;
    told(
        &origin,
        "autumn000001",
        "Autumn",
        "2025-10-31T22:00:00Z",
        Some("2025-11-02T01:00:00Z"),
    )
    .await;
    let before = origin.records(PAGE, 0).await;
    for sql in [
        "DELETE FROM event_months",
        "DELETE FROM archive_months WHERE month = '2025-11'",
        "INSERT INTO unfiled_pages SELECT id FROM pages",
    ] {
        origin.execute(sql).await;
    }
    let origin = TestOrigin::start_in(origin.stop().await).await;
    assert_eq!(months(&origin.records(PAGE, 0).await), months(&before));
    let origin = TestOrigin::start_in(origin.stop().await).await;
    assert_eq!(months(&origin.records(PAGE, 0).await), months(&before), "once");
}

/// Incidents that were over within minutes, younger than what they crowd out.
const YOUNGER: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
    INSERT INTO incidents (page_id, id, name, status, impact, impact_is_given, started_at_ms, resolved_at_ms, month,
        ordinal, seq)
    SELECT 'page00000001', printf('young%07d', i), 'Young', 'resolved', 'minor', TRUE,
        1767225600000 + i * 60000, 1767225600000 + i * 60000 + 30000, '2026-01', 100000 + i, 100000 + i FROM n";

#[tokio::test]
async fn what_is_open_and_what_has_just_ended_is_kept_among_many() {
    let origin = TestOrigin::with_sample_page().await;
    told(&origin, "lasting00001", "Lasting", "2025-06-10T00:00:00Z", None).await;
    told(&origin, "ended0000001", "Ended", "2025-06-11T00:00:00Z", None).await;
    let resolved = json!({"body": "b", "status": "resolved"});
    origin
        .post(&at("incidents/ended0000001/updates"), resolved)
        .await
        .expect(201);
    told(
        &origin,
        "explained001",
        "Explained",
        "2025-06-12T00:00:00Z",
        Some("2025-06-13T00:00:00Z"),
    )
    .await;
    let later = json!({"body": "b", "status": "postmortem"});
    origin
        .post(&at("incidents/explained001/updates"), later)
        .await
        .expect(201);
    origin.execute(YOUNGER).await;
    origin
        .patch(&at(&format!("incidents/{INCIDENT}")), json!({"name": "Still slow"}))
        .await
        .expect(200);
    let incidents = origin.snapshot(PAGE).await.incidents;
    for name in ["Lasting", "Ended", "Explained", "Still slow"] {
        assert!(incidents.iter().any(|incident| incident.name == name), "{name}");
    }
    assert!(incidents.len() < 100, "and not all of them: {}", incidents.len());
    assert!(incidents.is_sorted_by_key(|incident| std::cmp::Reverse(incident.started_at.at_ms)));
}

/// One every day from 2091 on.
const PLANNED: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
    INSERT INTO maintenances (page_id, id, name, status, starts_at_ms, ends_at_ms, month, announced_at_ms, created_at_ms,
        ordinal, seq, reminder_minutes)
    SELECT 'page00000001', printf('plan%08d', i), 'Planned', 'scheduled',
        3818448000000 + i * 86400000, 3818448000000 + i * 86400000 + 60000, '2091-01', 0, 0, 100000 + i, 100000 + i, '[]' FROM n";

#[tokio::test]
async fn what_runs_and_what_is_next_is_kept_among_many_planned() {
    let origin = TestOrigin::with_sample_page().await;
    let now = json!({"id": "running00001", "name": "Running", "body": "b", "status": "in_progress",
        "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2095-01-01T00:00:00Z", "components": []});
    origin.post(&at("maintenances"), now).await.expect(201);
    origin.execute(PLANNED).await;
    origin
        .patch(&at(&format!("incidents/{INCIDENT}")), json!({"name": "Still slow"}))
        .await
        .expect(200);
    let maintenances = origin.snapshot(PAGE).await.maintenances;
    assert_eq!(maintenances.len(), 1_000);
    let has = |id: &str| maintenances.iter().any(|maintenance| maintenance.id.as_str() == id);
    assert!(has("running00001") && has(MAINTENANCE) && has("plan00000001") && has("plan00000900"));
    assert!(!has("plan00001100"), "the farthest is left out");
    assert!(
        maintenances
            .iter()
            .any(|one| one.status == MaintenanceStatus::InProgress)
    );
}
