//! Request → status and field, and that nothing was stored.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    ADMIN, COMPONENT, Case, GROUP, INCIDENT, MAINTENANCE, MAINTENANCE_UPDATE, PAGE, SYNC, TestOrigin, UPDATE, at,
};

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn pages() -> Vec<Case> {
    let post = |body, status, field| (Method::POST, "/v1/pages".to_owned(), body, status, field);
    let branded = |branding: Value, field| {
        let patch = json!({ "branding": branding });
        (Method::PATCH, format!("/v1/pages/{PAGE}"), patch, 422, field)
    };
    let many_hosts: Vec<String> = (0..21).map(|n| format!("h{n}.acme.com")).collect();
    vec![
        post(json!({}), 422, "name"),
        post(json!([]), 422, "."),
        post(json!([null, "A", [], "", null, "Etc/UTC"]), 422, "."),
        post(json!("page"), 422, "."),
        post(json!({"name": ""}), 422, "name"),
        post(json!({"name": " \t"}), 422, "name"),
        post(json!({"name": "two\nlines"}), 422, "name"),
        post(json!({"name": "a".repeat(201)}), 422, "name"),
        post(json!({"name": 7}), 422, "name"),
        post(json!({"name": null}), 422, "name"),
        post(json!({"name": "A", "colour": "red"}), 422, "colour"),
        post(json!({"name": "A", "id": "SHOUTING0000"}), 422, "id"),
        post(json!({"name": "A", "id": "short"}), 422, "id"),
        post(json!({"name": "A", "id": PAGE}), 409, "id"),
        post(json!({"name": "A", "hosts": "a.com"}), 422, "hosts"),
        post(json!({"name": "A", "hosts": ["a b"]}), 422, "hosts[0]"),
        post(json!({"name": "A", "hosts": ["a.com", "-b.com"]}), 422, "hosts[1]"),
        post(json!({"name": "A", "hosts": ["a.com", "a.com"]}), 422, "hosts[1]"),
        post(json!({"name": "A", "hosts": many_hosts}), 422, "hosts"),
        post(
            json!({"name": "A", "hosts": ["a.com", "status.acme.com"]}),
            409,
            "hosts[1]",
        ),
        post(
            json!({"name": "A", "description": "d".repeat(2_001)}),
            422,
            "description",
        ),
        post(json!({"name": "A", "description": "bell \u{7}"}), 422, "description"),
        post(json!({"name": "A", "website": "acme.com"}), 422, "website"),
        post(json!({"name": "A", "website": "javascript:alert(1)"}), 422, "website"),
        post(json!({"name": "A", "time_zone": "Mars/Olympus"}), 422, "time_zone"),
        post(json!({"name": "A", "language": "tlh"}), 422, "language"),
        post(json!({"name": "A", "branding": []}), 422, "branding"),
        post(json!({"name": "A", "branding": null}), 422, "branding"),
        post(
            json!({"name": "A", "branding": {"colour": "red"}}),
            422,
            "branding.colour",
        ),
        branded(json!({"title": "two\nlines"}), "branding.title"),
        branded(json!({"accent_color": "red"}), "branding.accent_color"),
        branded(json!({"accent_color": "#ffff00"}), "branding.accent_color"),
        branded(json!({"custom_css": null}), "branding.custom_css"),
        branded(json!({"custom_css": "a { color: red"}), "branding.custom_css"),
        branded(json!({"custom_css": "</style>"}), "branding.custom_css"),
        branded(json!({"custom_css": " ".repeat(16 * 1024)}), "branding.custom_css"),
        branded(json!({"links": {}}), "branding.links"),
        branded(json!({"links": [["Help", "https://a.com"]]}), "branding.links[0]"),
        branded(
            json!({"links": [{"text": "Help", "url": "javascript:alert(1)"}]}),
            "branding.links[0].url",
        ),
        branded(
            json!({"links": [{"text": "Help", "url": "/help"}]}),
            "branding.links[0].url",
        ),
        branded(
            json!({"links": vec![json!({"text": "Help", "url": "https://a.com"}); 13]}),
            "branding.links",
        ),
        branded(json!({"embed": {"position": "middle"}}), "branding.embed.position"),
        branded(json!({"embed": {"always": "yes"}}), "branding.embed.always"),
        (Method::PUT, at("announcement"), json!({"body": " "}), 422, "body"),
        (Method::PUT, at("announcement"), json!({"text": "A"}), 422, "text"),
        (
            Method::PUT,
            "/v1/pages/page00000009/announcement".into(),
            json!({"body": "A"}),
            404,
            "",
        ),
        (Method::DELETE, at("announcement"), Value::Null, 404, ""),
        (Method::DELETE, at("logo"), Value::Null, 404, ""),
        post(json!({"name": "A", "time_zone": "../../etc/passwd"}), 422, "time_zone"),
        (
            Method::PATCH,
            format!("/v1/pages/{PAGE}"),
            json!({"name": null}),
            422,
            "name",
        ),
        (
            Method::PATCH,
            format!("/v1/pages/{PAGE}"),
            json!({"id": "page00000002"}),
            422,
            "id",
        ),
        (
            Method::PATCH,
            "/v1/pages/page00000009".into(),
            json!({"name": "A"}),
            404,
            "",
        ),
        (Method::PATCH, "/v1/pages/nothing".into(), json!({"name": "A"}), 404, ""),
        (Method::DELETE, "/v1/pages/page00000009".into(), Value::Null, 404, ""),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn groups_and_components() -> Vec<Case> {
    let post = |body, status, field| (Method::POST, at("components"), body, status, field);
    vec![
        post(json!({}), 422, "name"),
        post(json!({"name": "A", "id": COMPONENT}), 409, "id"),
        post(json!({"name": "A", "status": "broken"}), 422, "status"),
        post(json!({"name": "A", "status": 1}), 422, "status"),
        post(json!({"name": "A", "group_id": "group0000009"}), 422, "group_id"),
        post(json!({"name": "A", "position": 1.5}), 422, "position"),
        post(json!({"name": "A", "position": 3_000_000_000_i64}), 422, "position"),
        post(json!({"name": "A", "show_uptime": "yes"}), 422, "show_uptime"),
        post(
            json!({"name": "A", "only_show_if_degraded": null}),
            422,
            "only_show_if_degraded",
        ),
        post(json!({"name": "A", "created_at": "2022-01-01"}), 422, "created_at"),
        post(
            json!({"name": "A", "created_at": "2090-01-01T00:00:00Z"}),
            422,
            "created_at",
        ),
        post(json!({"name": "A", "started_on": "2026-02-30"}), 422, "started_on"),
        post(
            json!({"name": "A", "started_on": "2026-11-22T00:00:00Z"}),
            422,
            "started_on",
        ),
        (
            Method::POST,
            "/v1/pages/page00000009/components".into(),
            json!({"name": "A"}),
            404,
            "",
        ),
        (
            Method::PATCH,
            at(&format!("components/{COMPONENT}")),
            json!({"group_id": "group0000009"}),
            422,
            "group_id",
        ),
        (
            Method::PATCH,
            at(&format!("components/{COMPONENT}")),
            json!({"status": null}),
            422,
            "status",
        ),
        (
            Method::PATCH,
            at("components/comp00000009"),
            json!({"name": "A"}),
            404,
            "",
        ),
        (Method::DELETE, at("components/comp00000009"), Value::Null, 404, ""),
        (
            Method::POST,
            at("groups"),
            json!({"name": "A", "position": "first"}),
            422,
            "position",
        ),
        (
            Method::POST,
            at("groups"),
            json!({"name": "A", "display": "closed"}),
            422,
            "display",
        ),
        (
            Method::POST,
            at("groups"),
            json!({"name": "A", "created_at": "2090-01-01T00:00:00Z"}),
            422,
            "created_at",
        ),
        (
            Method::PATCH,
            at(&format!("groups/{GROUP}")),
            json!({"display": null}),
            422,
            "display",
        ),
        (
            Method::POST,
            "/v1/pages/page00000009/groups".into(),
            json!({"name": "A"}),
            404,
            "",
        ),
        (Method::DELETE, at("groups/group0000009"), Value::Null, 404, ""),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn incidents() -> Vec<Case> {
    let post = |body, status, field| (Method::POST, at("incidents"), body, status, field);
    let changes = |components: Value| json!({"name": "A", "body": "b", "components": components});
    let later = |body, status, field| {
        (
            Method::POST,
            at(&format!("incidents/{INCIDENT}/updates")),
            body,
            status,
            field,
        )
    };
    let update = at(&format!("incidents/{INCIDENT}/updates/{UPDATE}"));
    vec![
        post(json!({"name": "A"}), 422, "body"),
        post(json!({"name": "A", "body": " "}), 422, "body"),
        post(json!({"name": "A", "body": "b".repeat(25_001)}), 422, "body"),
        post(json!({"name": "A", "body": "b", "status": "done"}), 422, "status"),
        post(json!({"name": "A", "body": "b", "impact": "huge"}), 422, "impact"),
        post(json!({"name": "A", "body": "b", "at": "yesterday"}), 422, "at"),
        post(
            json!({"name": "A", "body": "b", "at": "2026-13-01T00:00:00Z"}),
            422,
            "at",
        ),
        post(
            json!({"name": "A", "body": "b", "at": "2026-01-01T00:00:00"}),
            422,
            "at",
        ),
        post(json!({"name": "A", "body": "b", "at": 1_795_348_800}), 422, "at"),
        post(
            json!({"name": "A", "body": "b", "at": "1969-12-31T23:59:59Z"}),
            422,
            "at",
        ),
        post(
            json!({"name": "A", "body": "b", "at": "2099-01-01T00:00:00Z"}),
            422,
            "at",
        ),
        post(json!({"name": "A", "body": "b", "id": INCIDENT}), 409, "id"),
        post(json!({"name": "A", "body": "b", "id": MAINTENANCE}), 409, "id"),
        post(json!({"name": "A", "body": "b", "update_id": UPDATE}), 409, "update_id"),
        post(changes(json!({})), 422, "components"),
        post(changes(json!([COMPONENT])), 422, "components[0]"),
        post(changes(json!([[COMPONENT, "operational"]])), 422, "components[0]"),
        post(
            changes(json!([{"id": COMPONENT, "status": {"operational": null}}])),
            422,
            "components[0].status",
        ),
        post(changes(json!([{"id": COMPONENT}])), 422, "components[0].status"),
        post(
            changes(json!([{"id": COMPONENT, "status": "bad"}])),
            422,
            "components[0].status",
        ),
        post(
            changes(json!([{"id": COMPONENT, "status": "operational"}, {"id": "x", "status": "operational"}])),
            422,
            "components[1].id",
        ),
        post(
            changes(json!([
                {"id": COMPONENT, "status": "major_outage"}, {"id": "comp00000009", "status": "operational"}
            ])),
            422,
            "components[1].id",
        ),
        post(
            changes(json!([
                {"id": COMPONENT, "status": "operational"}, {"id": COMPONENT, "status": "major_outage"}
            ])),
            422,
            "components[1].id",
        ),
        post(
            changes(json!([{"id": COMPONENT, "status": "operational", "why": ""}])),
            422,
            "components[0].why",
        ),
        (
            Method::POST,
            "/v1/pages/page00000009/incidents".into(),
            json!({"name": "A", "body": "b"}),
            404,
            "",
        ),
        (
            Method::PATCH,
            at(&format!("incidents/{INCIDENT}")),
            json!({"status": "resolved"}),
            422,
            "status",
        ),
        later(json!({}), 422, "body"),
        later(json!({"body": "b", "id": UPDATE}), 409, "id"),
        later(
            json!({"body": "b", "components": [{"id": "comp00000009", "status": "operational"}]}),
            422,
            "components[0].id",
        ),
        (
            Method::POST,
            at("incidents/incident0009/updates"),
            json!({"body": "b"}),
            404,
            "",
        ),
        (
            Method::PATCH,
            update.clone(),
            json!({"at": "2099-01-01T00:00:00Z"}),
            422,
            "at",
        ),
        (
            Method::PATCH,
            update.clone(),
            json!({"status": "resolved"}),
            422,
            "status",
        ),
        (Method::DELETE, update, Value::Null, 409, ""),
        (
            Method::DELETE,
            at(&format!("incidents/{INCIDENT}/updates/{MAINTENANCE_UPDATE}")),
            Value::Null,
            404,
            "",
        ),
    ]
}

fn maintenances() -> Vec<Case> {
    let post = |body, status, field| (Method::POST, at("maintenances"), body, status, field);
    let times = json!({
        "name": "A", "body": "b", "starts_at": "2090-01-01T00:00:00Z", "ends_at": "2090-01-02T00:00:00Z"
    });
    let with = |field: &str, value: Value| {
        let mut body = times.clone();
        body[field] = value;
        body
    };
    let one = at(&format!("maintenances/{MAINTENANCE}"));
    vec![
        post(json!({"name": "A", "body": "b"}), 422, "starts_at"),
        post(with("ends_at", json!("2090-01-01T00:00:00Z")), 422, "ends_at"),
        post(with("ends_at", json!("2200-01-01T00:00:00Z")), 422, "ends_at"),
        post(with("components", json!(["comp00000009"])), 422, "components[0]"),
        post(with("components", json!([COMPONENT, COMPONENT])), 422, "components[1]"),
        post(
            with(
                "update_components",
                json!([{"id": "comp00000009", "status": "operational"}]),
            ),
            422,
            "update_components[0].id",
        ),
        post(
            with(
                "update_components",
                json!([{"id": COMPONENT, "status": "operational"}, {"id": COMPONENT, "status": "operational"}]),
            ),
            422,
            "update_components[1].id",
        ),
        post(with("status", json!("resolved")), 422, "status"),
        post(with("id", json!(MAINTENANCE)), 409, "id"),
        post(with("id", json!(INCIDENT)), 409, "id"),
        post(with("update_id", json!(UPDATE)), 409, "update_id"),
        (
            Method::PATCH,
            one.clone(),
            json!({"starts_at": "2091-01-01T00:00:00Z"}),
            422,
            "ends_at",
        ),
        (
            Method::PATCH,
            one.clone(),
            json!({"components": ["comp00000009"]}),
            422,
            "components[0]",
        ),
        (
            Method::POST,
            format!("{one}/updates"),
            json!({"body": "b", "components": [{"id": "comp00000009", "status": "operational"}]}),
            422,
            "components[0].id",
        ),
        (
            Method::POST,
            at("maintenances/maint0000009/updates"),
            json!({"body": "b"}),
            404,
            "",
        ),
    ]
}

fn tokens() -> Vec<Case> {
    vec![
        (Method::POST, "/v1/tokens".into(), json!({}), 422, "name"),
        (
            Method::POST,
            "/v1/tokens".into(),
            json!({"name": "T", "page": "page00000009"}),
            422,
            "page",
        ),
        (
            Method::POST,
            "/v1/tokens".into(),
            json!({"name": "T", "secret": "mine"}),
            422,
            "secret",
        ),
        (Method::DELETE, "/v1/tokens/token0000009".into(), Value::Null, 404, ""),
    ]
}

#[tokio::test]
async fn refuses_invalid_bodies_with_the_field() {
    let origin = TestOrigin::with_sample_page().await;
    let cases = [pages(), groups_and_components(), incidents(), maintenances(), tokens()];
    origin.refuses(cases.concat()).await;
}

#[tokio::test]
async fn refuses_unreadable_requests() {
    let origin = TestOrigin::with_sample_page().await;
    let before = origin.stored().await;
    let deep = "[".repeat(100_000);
    let deep_in_field = format!("{{\"name\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let large = format!("{{\"name\": \"{}\"}}", "a".repeat(256 * 1024));
    for (body, status) in [
        ("", 400),
        ("{", 400),
        ("{\"name\": \"A\"} x", 400),
        ("{\"name\": \"A\", \"name\": \"B\"}", 422),
        ("{\"name\": \"\\ud800\"}", 400),
        ("nul", 400),
        (deep.as_str(), 422),
        (deep_in_field.as_str(), 422),
        (large.as_str(), 413),
    ] {
        let read = origin
            .send(Method::POST, "/v1/pages", ADMIN, &[], Some(body.to_owned()))
            .await;
        assert_eq!(read.status.as_u16(), status, "{body:.80}: {}", read.body);
        assert_eq!(read.header("content-type"), "application/problem+json");
    }
    for (kind, status) in [
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
    ] {
        let url = format!("{}/v1/pages", origin.api);
        let request = reqwest::Client::new()
            .post(url)
            .bearer_auth(ADMIN)
            .body("{\"name\": \"A\"}");
        let request = if kind.is_empty() {
            request
        } else {
            request.header("content-type", kind)
        };
        assert_eq!(request.send().await.expect("an answer").status(), status, "{kind}");
    }
    assert_eq!(origin.stored().await, before);
}

#[tokio::test]
async fn refuses_wrong_address_method_or_token() {
    let origin = TestOrigin::with_sample_page().await;
    let before = origin.stored().await;
    let page = format!("/v1/pages/{PAGE}");
    for (method, path, token, status) in [
        (Method::GET, "/", ADMIN, 404),
        (Method::GET, "/v1", ADMIN, 404),
        (Method::GET, "/v2/pages", ADMIN, 404),
        (Method::GET, "/v1/pages/", ADMIN, 404),
        (Method::PUT, "/v1/pages", ADMIN, 405),
        (Method::DELETE, "/v1/pages", ADMIN, 405),
        (Method::POST, page.as_str(), ADMIN, 405),
        (Method::POST, "/sync/feed", SYNC, 405),
        (Method::GET, page.as_str(), "", 401),
        (Method::GET, page.as_str(), "wrong", 401),
        (Method::GET, page.as_str(), SYNC, 401),
        (Method::GET, "/sync/feed", "", 401),
        (Method::GET, "/sync/feed", ADMIN, 401),
        (Method::GET, "/sync/pages/page00000009/records", SYNC, 404),
        (Method::GET, "/v1/pages?limit=0", ADMIN, 422),
        (Method::GET, "/v1/pages?limit=101", ADMIN, 422),
        (Method::GET, "/v1/pages?limit=x", ADMIN, 422),
        (Method::GET, "/v1/pages?after=x", ADMIN, 422),
        (Method::GET, "/v1/pages?offset=1", ADMIN, 422),
        (Method::GET, "/sync/feed?after=x", SYNC, 422),
    ] {
        let read = origin.send(method.clone(), path, token, &[], None).await;
        assert_eq!(read.status.as_u16(), status, "{method} {path}: {}", read.body);
        assert_eq!(
            read.header("content-type"),
            "application/problem+json",
            "{method} {path}"
        );
    }
    assert_eq!(origin.stored().await, before);
}
