//! ETags: a change of what the sender has not seen is refused.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, COMPONENT, INCIDENT, MAINTENANCE, OTHER_COMPONENT, PAGE, Read, TestOrigin, UPDATE, at};

const OTHER_PAGE: &str = "page00000002";

#[tokio::test]
async fn if_match_refuses_outdated_change() {
    let origin = TestOrigin::with_sample_page().await;
    let path = at(&format!("components/{COMPONENT}"));
    let etag = origin.get(&path).await.header("etag").to_owned();
    let patch = |etag: String, name: &str| {
        let body = Some(json!({"name": name}).to_string());
        let (origin, path) = (&origin, &path);
        async move {
            origin
                .send(Method::PATCH, path, ADMIN, &[("if-match", &etag)], body)
                .await
        }
    };
    let changed = patch(etag.clone(), "First").await;
    let newer = changed.header("etag").to_owned();
    changed.expect(200);
    assert_ne!(newer, etag);
    let before = origin.stored().await;
    let refused = patch(etag, "Second").await;
    assert_eq!(refused.body["field"], "if-match");
    refused.expect(412);
    patch("\"0\"".into(), "Second").await.expect(412);
    patch(format!("W/{newer}"), "Second").await.expect(412);
    assert_eq!(origin.stored().await, before);
    assert_eq!(origin.get(&path).await.header("etag"), newer);
    patch(format!("\"0\", {newer}"), "Third").await.expect(200);
    patch("*".into(), "Fourth").await.expect(200);
}

#[tokio::test]
async fn if_match_refuses_outdated_deletion() {
    let origin = TestOrigin::with_sample_page().await;
    for path in [
        at(&format!("components/{OTHER_COMPONENT}")),
        format!("/v1/pages/{PAGE}"),
    ] {
        let etag = origin.get(&path).await.header("etag").to_owned();
        origin
            .send(Method::DELETE, &path, ADMIN, &[("if-match", "\"0\"")], None)
            .await
            .expect(412);
        origin
            .send(Method::DELETE, &path, ADMIN, &[("if-match", &etag)], None)
            .await
            .expect(204);
    }
}

#[tokio::test]
async fn created_objects_name_their_location() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    for (path, id, body) in [
        (at("groups"), "group0000002", json!({"name": "Asia"})),
        (updates, "update000009", json!({"body": "We found it."})),
        ("/v1/tokens".to_owned(), "token0000001", json!({"name": "Monitor"})),
    ] {
        let mut body = body;
        body["id"] = json!(id);
        let created = origin.post(&path, body).await;
        assert_eq!(created.header("location"), format!("{path}/{id}"));
        let read = origin.get(created.header("location")).await;
        assert_eq!(created.header("etag"), read.header("etag"), "{path}");
        created.expect(201);
    }
}

/// A request, and whose ETag its condition is.
type Conditional = (Method, String, Value, Option<String>);

/// What is sent to say or to create something.
fn posts() -> Vec<Conditional> {
    let below = |list: &str, body: Value, about: &str| (Method::POST, at(list), body, Some(at(about)));
    let of_page = |list: &str, body: Value| (Method::POST, at(list), body, Some(format!("/v1/pages/{PAGE}")));
    let (incident, maintenance) = (format!("incidents/{INCIDENT}"), format!("maintenances/{MAINTENANCE}"));
    let (metric, template) = ("metrics/metric000001", "incident-templates/template0001");
    let series = json!({
        "name": "S", "body": "B", "starts_at": "2090-01-01T00:00:00Z", "duration_minutes": 60,
        "recurrence": {"rule": "FREQ=WEEKLY", "time_zone": "Etc/UTC"}
    });
    let planned = json!({
        "name": "M", "body": "B", "starts_at": "2090-01-01T00:00:00Z", "ends_at": "2090-01-01T01:00:00Z"
    });
    vec![
        of_page("groups", json!({"name": "A"})),
        of_page("components", json!({"name": "A"})),
        of_page("incidents", json!({"name": "A", "body": "B"})),
        of_page("maintenances", planned),
        of_page("maintenance-series", series),
        of_page("incident-templates", json!({"name": "T", "title": "T", "body": "B"})),
        of_page("metrics", json!({"name": "A"})),
        below(&format!("{incident}/updates"), json!({"body": "B"}), &incident),
        below(&format!("{maintenance}/updates"), json!({"body": "B"}), &maintenance),
        below(&format!("{metric}/points"), json!({"points": [{"value": 1}]}), metric),
        below(&format!("{template}/preview"), json!({}), template),
        // Nothing is above these that a condition could speak of.
        (Method::POST, "/v1/pages".into(), json!({"name": "A"}), None),
        (Method::POST, "/v1/tokens".into(), json!({"name": "A"}), None),
    ]
}

/// What is sent to an object, of which its condition speaks.
fn changes() -> Vec<Conditional> {
    let update = format!("incidents/{INCIDENT}/updates/{UPDATE}");
    let token = "/v1/tokens/token0000001";
    let of = |method: Method, path: &str, body: Value| {
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            at(path)
        };
        (method, path.clone(), body, Some(path))
    };
    vec![
        of(Method::PATCH, &format!("/v1/pages/{PAGE}"), json!({"name": "B"})),
        of(Method::PATCH, &format!("incidents/{INCIDENT}"), json!({"name": "B"})),
        of(Method::PATCH, &update, json!({"body": "C"})),
        of(Method::DELETE, &update, Value::Null),
        of(
            Method::PATCH,
            &format!("maintenances/{MAINTENANCE}"),
            json!({"name": "B"}),
        ),
        of(Method::PATCH, "metrics/metric000001", json!({"name": "B"})),
        of(Method::DELETE, "metrics/metric000001", Value::Null),
        of(Method::PUT, "announcement", json!({"body": "B"})),
        of(Method::DELETE, "announcement", Value::Null),
        of(Method::DELETE, "logo", Value::Null),
        of(Method::PATCH, token, json!({"name": "B"})),
        // Nothing is there yet.
        (
            Method::PUT,
            format!("/v1/pages/{OTHER_PAGE}/announcement"),
            json!({"body": "B"}),
            None,
        ),
    ]
}

async fn with_one_of_each() -> TestOrigin {
    let origin = TestOrigin::with_sample_page().await;
    let second = json!({"id": "update000003", "body": "Still."});
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    origin.post(&updates, second).await.expect(201);
    let other = json!({"id": OTHER_PAGE, "name": "Other"});
    origin.post("/v1/pages", other).await.expect(201);
    let template = json!({"id": "template0001", "name": "T", "title": "T", "body": "B"});
    origin.post(&at("incident-templates"), template).await.expect(201);
    let metric = json!({"id": "metric000001", "name": "Queue"});
    origin.post(&at("metrics"), metric).await.expect(201);
    let token = json!({"id": "token0000001", "name": "Monitor"});
    origin.post("/v1/tokens", token).await.expect(201);
    let announcement = Some(json!({"body": "A"}).to_string());
    let announced = origin
        .send(Method::PUT, &at("announcement"), ADMIN, &[], announcement)
        .await;
    announced.expect(200);
    put_logo(&origin, &[]).await.expect(200);
    origin
}

async fn put_logo(origin: &TestOrigin, headers: &[(&str, &str)]) -> Read {
    let logo = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>"#;
    let headers = [&[("content-type", "image/svg+xml")], headers].concat();
    origin
        .send_as(Method::PUT, &at("logo"), ADMIN, &headers, Some(logo.into()))
        .await
}

/// The ETag of what a condition speaks of.
async fn known(origin: &TestOrigin, path: &str) -> String {
    let (headers, _) = origin.get_bytes(path).await;
    headers["etag"].to_str().expect("text").to_owned()
}

#[tokio::test]
async fn if_match_is_honoured_on_every_changing_request() {
    let origin = with_one_of_each().await;
    for (method, path, body, about) in posts().into_iter().chain(changes()) {
        let told = format!("{method} {path}");
        let text = || (!body.is_null()).then(|| body.to_string());
        let before = origin.stored().await;
        for condition in ["\"0\"", "\"\"", "junk"] {
            let refused = origin
                .send(method.clone(), &path, ADMIN, &[("if-match", condition)], text())
                .await;
            assert_eq!(
                (refused.status.as_u16(), &refused.body["field"]),
                (412, &json!("if-match")),
                "{told}"
            );
        }
        let any = origin.send(method.clone(), &path, ADMIN, &[("if-match", "*")], text());
        let Some(about) = about else {
            assert_eq!(any.await.status, 412, "{told}: there is nothing that could match");
            assert_eq!(origin.stored().await, before, "{told}");
            continue;
        };
        assert_eq!(origin.stored().await, before, "{told}");
        let etag = known(&origin, &about).await;
        let made = origin
            .send(method.clone(), &path, ADMIN, &[("if-match", &etag)], text())
            .await;
        assert!(made.status.is_success(), "{told}: {}", made.body);
        if method != Method::DELETE {
            let made = any.await;
            assert!(made.status.is_success(), "{told} with *: {}", made.body);
        }
    }
}

#[tokio::test]
async fn if_match_speaks_of_the_picture_that_is_there() {
    let origin = with_one_of_each().await;
    let etag = known(&origin, &at("logo")).await;
    put_logo(&origin, &[("if-match", "\"0\"")]).await.expect(412);
    let again = put_logo(&origin, &[("if-match", &etag)]).await;
    assert_eq!(again.header("etag"), etag, "the same picture");
    origin.delete(&at("logo")).await.expect(204);
    put_logo(&origin, &[("if-match", "*")]).await.expect(412);
    put_logo(&origin, &[]).await.expect(200);
}

#[tokio::test]
async fn several_lines_of_if_match_are_one_list() {
    let origin = TestOrigin::with_sample_page().await;
    let path = at(&format!("components/{COMPONENT}"));
    let etag = origin.get(&path).await.header("etag").to_owned();
    let patch = async |lines: [&str; 2]| {
        let lines = lines.map(|line| ("if-match", line));
        let body = Some(json!({"position": 4}).to_string());
        origin.send(Method::PATCH, &path, ADMIN, &lines, body).await
    };
    patch(["\"0\"", "\"1\""]).await.expect(412);
    patch(["\"0\"", &etag]).await.expect(200);
    patch(["\"0\"", "*"]).await.expect(200);
}

/// Whoever answers an incident has read it: another's update in the meantime is one that they have not seen.
#[tokio::test]
async fn another_update_in_the_meantime_is_noticed() {
    let origin = TestOrigin::with_sample_page().await;
    for event in [format!("incidents/{INCIDENT}"), format!("maintenances/{MAINTENANCE}")] {
        let (event, updates) = (at(&event), at(&format!("{event}/updates")));
        let etag = known(&origin, &event).await;
        let post = async |body: &str, etag: &str| {
            let body = Some(json!({"body": body}).to_string());
            origin
                .send(Method::POST, &updates, ADMIN, &[("if-match", etag)], body)
                .await
        };
        let first = post("First.", &etag).await.expect(201);
        post("Second.", &etag).await.expect(412);
        assert_eq!(origin.get(&event).await.expect(200)["latest_update"], first["id"]);
        post("Second.", &known(&origin, &event).await).await.expect(201);
    }
}
