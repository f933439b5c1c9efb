//! An ETag changes exactly when the body does, whatever change of whatever object is behind it.

use std::{collections::BTreeMap, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    ADMIN, COMPONENT, GROUP, INCIDENT, MAINTENANCE, MAINTENANCE_UPDATE, OTHER_COMPONENT, PAGE, TestOrigin, UPDATE, at,
};

const TEMPLATE: &str = "template0001";
const SERIES: &str = "series000001";
const METRIC: &str = "metric000001";
const TOKEN: &str = "token0000001";
const THIRD_COMPONENT: &str = "comp00000003";
const SECOND_UPDATE: &str = "update000003";

/// One object of each family, and what a page has one of.
fn objects() -> Vec<String> {
    let below = [
        "announcement".into(),
        "logo".into(),
        format!("groups/{GROUP}"),
        format!("components/{COMPONENT}"),
        format!("components/{OTHER_COMPONENT}"),
        format!("components/{THIRD_COMPONENT}"),
        format!("incidents/{INCIDENT}"),
        format!("incidents/{INCIDENT}/updates/{UPDATE}"),
        format!("incidents/{INCIDENT}/updates/{SECOND_UPDATE}"),
        format!("maintenances/{MAINTENANCE}"),
        format!("maintenances/{MAINTENANCE}/updates/{MAINTENANCE_UPDATE}"),
        format!("incident-templates/{TEMPLATE}"),
        format!("maintenance-series/{SERIES}"),
        format!("metrics/{METRIC}"),
    ];
    let below = below.iter().map(|path| at(path));
    [format!("/v1/pages/{PAGE}"), format!("/v1/tokens/{TOKEN}")]
        .into_iter()
        .chain(below)
        .collect()
}

/// What may happen, some of it only once.
fn changes() -> Vec<(Method, String, Value)> {
    let (component, incident) = (format!("components/{COMPONENT}"), format!("incidents/{INCIDENT}"));
    let (group, third_component) = (format!("groups/{GROUP}"), format!("components/{THIRD_COMPONENT}"));
    let other_component = format!("components/{OTHER_COMPONENT}");
    let updates = format!("{incident}/updates");
    let (update, second_update) = (format!("{updates}/{UPDATE}"), format!("{updates}/{SECOND_UPDATE}"));
    let maintenance = format!("maintenances/{MAINTENANCE}");
    let maintenance_updates = format!("{maintenance}/updates");
    let (series, metric) = (format!("maintenance-series/{SERIES}"), format!("metrics/{METRIC}"));
    let points = format!("{metric}/points");
    let template = format!("incident-templates/{TEMPLATE}");
    let token = format!("/v1/tokens/{TOKEN}");
    let (post, patch, put, delete) = (Method::POST, Method::PATCH, Method::PUT, Method::DELETE);
    let worse = json!([{"id": COMPONENT, "status": "major_outage"}]);
    let third = json!([{"id": THIRD_COMPONENT, "status": "partial_outage"}]);
    let slow = json!({"id": INCIDENT, "name": "Slow", "body": "We look.", "update_id": UPDATE, "components": worse});
    let changes: [(&Method, &str, Value); 39] = [
        (&patch, "", json!({"name": "Acme"})),
        (&patch, "", json!({"name": "Acme Inc"})),
        (&put, "announcement", json!({"body": "We move."})),
        (&put, "announcement", json!({"body": "We moved."})),
        (&delete, "announcement", Value::Null),
        (&patch, &group, json!({"name": "Africa"})),
        (&delete, &group, Value::Null),
        (&patch, &component, json!({"status": "partial_outage"})),
        (&patch, &component, json!({"status": "operational"})),
        (&patch, &component, json!({})),
        (&post, "components", json!({"id": THIRD_COMPONENT, "name": "Third"})),
        (&delete, &third_component, Value::Null),
        (&delete, &other_component, Value::Null),
        (&patch, &incident, json!({})),
        (&patch, &incident, json!({"impact": "critical"})),
        (&patch, &incident, json!({"name": "Very slow"})),
        (&post, &updates, json!({"body": "Worse.", "components": worse})),
        (&post, &updates, json!({"body": "There too.", "components": third})),
        (&post, &updates, json!({"id": SECOND_UPDATE, "body": "Still."})),
        (&post, &updates, json!({"body": "Over.", "status": "resolved"})),
        (&post, &updates, json!({"body": "Again.", "status": "investigating"})),
        (&patch, &update, json!({"body": "We looked."})),
        (&patch, &update, json!({})),
        (&delete, &second_update, Value::Null),
        (&delete, &incident, Value::Null),
        (&post, "incidents", slow),
        (&patch, &maintenance, json!({"name": "Move"})),
        (
            &patch,
            &maintenance,
            json!({"components": [COMPONENT, OTHER_COMPONENT]}),
        ),
        (
            &post,
            &maintenance_updates,
            json!({"body": "It begins.", "status": "in_progress"}),
        ),
        (
            &post,
            &maintenance_updates,
            json!({"body": "It ended.", "status": "completed"}),
        ),
        (&patch, &template, json!({"title": "Elsewhere"})),
        (&patch, &series, json!({"duration_minutes": 30})),
        (&patch, &series, json!({"duration_minutes": 60})),
        (&patch, &metric, json!({"suffix": "s"})),
        (&post, &points, json!({"points": [{"value": 7}]})),
        (&patch, &token, json!({"name": "Monitor"})),
        (&patch, &token, json!({"name": "Pager"})),
        (&delete, &token, Value::Null),
        (&post, "/v1/tokens", json!({"id": TOKEN, "name": "Monitor"})),
    ];
    let address = |path: &str| match path {
        "" => format!("/v1/pages/{PAGE}"),
        path if path.starts_with('/') => path.into(),
        path => at(path),
    };
    let changes = changes.into_iter();
    changes
        .map(|(method, path, body)| (method.clone(), address(path), body))
        .collect()
}

async fn start() -> TestOrigin {
    let origin = TestOrigin::with_sample_page().await;
    let template = json!({"id": TEMPLATE, "name": "Outage", "title": "Down", "body": "We look."});
    origin.post(&at("incident-templates"), template).await.expect(201);
    let series = json!({
        "id": SERIES, "name": "Patches", "body": "We patch.", "starts_at": "2090-01-01T00:00:00Z",
        "duration_minutes": 60, "recurrence": {"rule": "FREQ=WEEKLY", "time_zone": "Etc/UTC"},
        "components": [COMPONENT, OTHER_COMPONENT]
    });
    origin.post(&at("maintenance-series"), series).await.expect(201);
    let metric = json!({"id": METRIC, "name": "Queue"});
    origin.post(&at("metrics"), metric).await.expect(201);
    let token = json!({"id": TOKEN, "name": "Monitor"});
    origin.post("/v1/tokens", token).await.expect(201);
    let logo = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>"#;
    let logo = origin.put_bytes(&at("logo"), "image/svg+xml", logo).await;
    logo.expect(200);
    origin
}

/// The ETag and the body of all that can be read.
async fn read(origin: &TestOrigin) -> BTreeMap<String, (String, Vec<u8>)> {
    let mut read = BTreeMap::new();
    for path in objects() {
        if let Some((headers, body)) = origin.try_bytes(&path).await {
            let etag = headers["etag"].to_str().expect("text").to_owned();
            read.insert(path, (etag, body));
        }
    }
    read
}

/// A plain generator is enough to mix the order.
fn shuffled(seed: u64, count: usize, steps: usize) -> Vec<usize> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..steps).map(|_| (next() % count as u64) as usize).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn etag_changes_exactly_when_the_body_does() {
    for seed in 1..=4 {
        let origin = start().await;
        let changes = changes();
        // What was seen under each ETag of an object, in its whole life.
        let mut seen: BTreeMap<(String, String), Vec<u8>> = BTreeMap::new();
        let mut before = read(&origin).await;
        for step in shuffled(seed, changes.len(), 100) {
            let (method, path, body) = &changes[step];
            let text = (!body.is_null()).then(|| body.to_string());
            let answer = origin.send(method.clone(), path, ADMIN, &[], text).await;
            let told = format!("seed {seed}: {method} {path} {body} answered {}", answer.status);
            let after = read(&origin).await;
            for (object, (etag, body)) in &after {
                if let Some((etag_before, body_before)) = before.get(object) {
                    let (then, here) = (String::from_utf8_lossy(body_before), String::from_utf8_lossy(body));
                    assert_eq!(
                        etag != etag_before,
                        body != body_before,
                        "{told}; {object}: {etag_before} {then} became {etag} {here}"
                    );
                }
                let known = seen
                    .entry((object.clone(), etag.clone()))
                    .or_insert_with(|| body.clone());
                assert!(known == body, "{told}: {object} had {etag} with another body before");
            }
            if answer.status.is_success() && answer.headers.contains_key("etag") && after.contains_key(path) {
                assert_eq!(
                    answer.header("etag"),
                    after[path].0,
                    "{told}: the answer's ETag is what is read then"
                );
            }
            before = after;
        }
    }
}

/// Points come to the metric with the clock, a while after they were sent.
#[tokio::test]
async fn metric_has_a_new_etag_once_its_points_are_there() {
    let origin = start().await;
    let (metric, points) = (
        at(&format!("metrics/{METRIC}")),
        at(&format!("metrics/{METRIC}/points")),
    );
    let empty = origin.get(&metric).await;
    origin
        .post(&points, json!({"points": [{"value": 1}]}))
        .await
        .expect(201);
    let mut latest = origin.get(&metric).await;
    for _ in 0..100 {
        if latest.body != empty.body {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        latest = origin.get(&metric).await;
    }
    assert_eq!(latest.body["latest"]["value"], 1.0);
    assert_ne!(latest.header("etag"), empty.header("etag"));
}
