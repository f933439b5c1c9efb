use serde_json::json;

use crate::harness::{COMPONENT, INCIDENT, OTHER_COMPONENT, PAGE, TestOrigin, at};

#[tokio::test]
async fn creates_updates_and_resolves_incident() {
    let origin = TestOrigin::with_sample_page().await;
    origin.delete(&at(&format!("incidents/{INCIDENT}"))).await.expect(204);
    let body = json!({
        "name": "Webhooks are delayed", "body": "We are *looking*.",
        "components": [{"id": COMPONENT, "status": "partial_outage"}]
    });
    let created = origin.post(&at("incidents"), body).await.expect(201);
    assert_eq!(
        (&created["impact"], &created["status"]),
        (&json!("major"), &json!("investigating"))
    );
    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(snapshot.status.headline, "Webhooks are delayed");
    assert_eq!(
        snapshot.incidents[0].updates[0].body_html,
        "<p>We are <em>looking</em>.</p>"
    );
    assert_eq!(snapshot.incidents[0].components[0].name, "Europe - API");

    let incident = at(&format!("incidents/{}", created["id"].as_str().expect("an id")));
    let resolved = json!({"status": "resolved", "body": "Done."});
    let resolved = origin.post(&format!("{incident}/updates"), resolved).await.expect(201);
    assert_eq!(
        resolved["components"],
        json!([{"id": COMPONENT, "name": "Europe - API", "status": "operational"}])
    );
    let read = origin.get(&incident).await.expect(200);
    assert_eq!(
        (&read["status"], &read["resolved_at"]),
        (&json!("resolved"), &resolved["at"])
    );
    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(snapshot.status.headline, "All systems operational");
    assert_eq!(snapshot.past[0].incidents, [snapshot.incidents[0].id.clone()]);
}

#[tokio::test]
async fn resolving_keeps_status_of_another_open_incident() {
    let origin = TestOrigin::with_sample_page().await;
    let changes =
        |status: &str| json!({"name": status, "body": "b", "components": [{"id": COMPONENT, "status": status}]});
    let degraded = origin
        .post(&at("incidents"), changes("degraded_performance"))
        .await
        .expect(201);
    origin.post(&at("incidents"), changes("major_outage")).await.expect(201);
    let updates = at(&format!(
        "incidents/{}/updates",
        degraded["id"].as_str().expect("an id")
    ));
    origin
        .post(&updates, json!({"status": "resolved", "body": "b"}))
        .await
        .expect(201);
    let component = origin.get(&at(&format!("components/{COMPONENT}"))).await.expect(200);
    assert_eq!(component["status"], "major_outage");
}

#[tokio::test]
async fn imports_past_incident() {
    let origin = TestOrigin::with_sample_page().await;
    let past = json!({
        "name": "Long ago", "body": "b", "status": "investigating", "at": "2026-03-04T10:00:00Z",
        "components": [{"id": OTHER_COMPONENT, "status": "major_outage"}]
    });
    let past = origin.post(&at("incidents"), past).await.expect(201);
    assert_eq!(
        (&past["started_at"], &past["impact"]),
        (&json!("2026-03-04T10:00:00.000Z"), &json!("critical"))
    );
    let incident = at(&format!("incidents/{}", past["id"].as_str().expect("an id")));
    let over = json!({"status": "resolved", "body": "b", "at": "2026-03-04T11:00:00Z"});
    origin.post(&format!("{incident}/updates"), over).await.expect(201);
    let component = origin
        .get(&at(&format!("components/{OTHER_COMPONENT}")))
        .await
        .expect(200);
    assert_eq!(component["status"], "operational");
    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(snapshot.archive_months.last().map(String::as_str), Some("2026-03"));
    assert!(snapshot.past.iter().all(|day| day.incidents.is_empty()));
    origin.delete(&incident).await.expect(204);
    assert!(!origin.snapshot(PAGE).await.archive_months.contains(&"2026-03".into()));
}

#[tokio::test]
async fn deleting_incident_restores_component_statuses() {
    let origin = TestOrigin::with_sample_page().await;
    let body = json!({"name": "Oops", "body": "b", "components": [{"id": COMPONENT, "status": "major_outage"}]});
    let created = origin.post(&at("incidents"), body).await.expect(201);
    origin
        .delete(&at(&format!("incidents/{}", created["id"].as_str().expect("an id"))))
        .await
        .expect(204);
    let component = origin.get(&at(&format!("components/{COMPONENT}"))).await.expect(200);
    assert_eq!(component["status"], "operational");
    let snapshot = origin.snapshot(PAGE).await;
    let uptime = snapshot.groups[0].components[0].uptime.as_ref().expect("uptime");
    assert_eq!((uptime.up_millionths, uptime.days.len()), (1_000_000, 0));
}

#[tokio::test]
async fn impact_follows_worst_status_unless_given() {
    let origin = TestOrigin::with_sample_page().await;
    let worse = json!({"body": "b", "components": [{"id": COMPONENT, "status": "partial_outage"}]});
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    origin.post(&updates, worse.clone()).await.expect(201);
    let incident = at(&format!("incidents/{INCIDENT}"));
    assert_eq!(origin.get(&incident).await.expect(200)["impact"], "major");
    origin
        .patch(&incident, json!({"impact": "none", "name": "Harmless"}))
        .await
        .expect(200);
    origin.post(&updates, worse).await.expect(201);
    assert_eq!(origin.get(&incident).await.expect(200)["impact"], "none");
}

#[tokio::test]
async fn keeps_most_recent_incidents_at_any_age() {
    let origin = TestOrigin::with_sample_page().await;
    for n in 0..60 {
        let status = if n == 0 { "investigating" } else { "resolved" };
        let past = json!({
            "id": format!("past{n:08}"), "name": "Past", "body": "b", "status": status,
            "at": format!("2020-01-01T{:02}:{:02}:00Z", n / 60, n % 60)
        });
        origin.post(&at("incidents"), past).await.expect(201);
    }
    let snapshot = origin.snapshot(PAGE).await;
    let ids: Vec<&str> = snapshot.incidents.iter().map(|incident| incident.id.as_str()).collect();
    assert_eq!((ids.len(), ids[0], ids[1]), (51, INCIDENT, "past00000059"));
    assert_eq!(
        (ids[49], ids[50]),
        ("past00000011", "past00000000"),
        "an unresolved one is never left out"
    );
    assert!(snapshot.past.iter().all(|day| day.incidents.is_empty()));
    let numbers: Vec<u64> = snapshot.incidents.iter().map(|incident| incident.number).collect();
    assert!(
        numbers.windows(2).all(|pair| pair[0] != pair[1]) && !numbers.contains(&0),
        "{numbers:?}"
    );
}

#[tokio::test]
async fn snapshot_has_update_source_and_status_changes() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    let changes = |status: &str| json!([{"id": COMPONENT, "status": status}]);
    for body in [
        json!({"body": "It is *bad*: <1%.", "components": changes("partial_outage")}),
        json!({"body": "No news."}),
        json!({"body": "Still.", "status": "monitoring", "components": changes("partial_outage")}),
        json!({"body": "Watching.", "status": "monitoring"}),
        json!({"body": "Over.", "status": "resolved"}),
    ] {
        origin.post(&updates, body).await.expect(201);
    }
    let incident = origin.snapshot(PAGE).await.incidents.remove(0);
    assert_eq!(incident.monitoring_at, Some(incident.updates[2].at), "the first time");
    assert_eq!(incident.updates[4].body, "It is *bad*: <1%.");
    assert_eq!(incident.updates[4].body_html, "<p>It is <em>bad</em>: &lt;1%.</p>");
    let touched: Vec<_> = incident
        .components
        .iter()
        .map(|one| (one.id.as_str(), one.name.as_str()))
        .collect();
    assert_eq!(touched, [(COMPONENT, "Europe - API")]);
    let affected_by_update: Vec<_> = incident
        .updates
        .iter()
        .map(|update| {
            let affected = update.affected.as_deref()?.first()?;
            Some((affected.old_status.as_str(), affected.new_status.as_str()))
        })
        .collect();
    assert_eq!(
        affected_by_update,
        [
            Some(("partial_outage", "operational")),
            None,
            Some(("partial_outage", "partial_outage")),
            None,
            Some(("operational", "partial_outage")),
            None,
        ]
    );
}
