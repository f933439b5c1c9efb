use page_model::status::IncidentStatus;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{COMPONENT, Case, INCIDENT, OTHER_COMPONENT, PAGE, TestOrigin, at};

const TEMPLATE: &str = "template0001";

fn slow() -> Value {
    json!({
        "id": TEMPLATE, "name": "Slow region", "title": "{{ service }} is slow{% if region %} in {{ region }}{% endif %}",
        "body": "Requests take **{{ seconds }} s**.\n\n{% if ticket %}See {{ ticket }}.{% else %}We are looking.{% endif %}",
        "status": "identified", "components": [{"id": COMPONENT, "status": "partial_outage"}],
        "variables": [
            {"name": "service", "required": true, "description": "as on the page"}, {"name": "region"},
            {"name": "seconds", "default": "10"}, {"name": "ticket"}
        ]
    })
}

async fn with_template() -> TestOrigin {
    let origin = TestOrigin::with_sample_page().await;
    origin.post(&at("incident-templates"), slow()).await.expect(201);
    origin
}

fn one() -> String {
    at(&format!("incident-templates/{TEMPLATE}"))
}

fn preview() -> String {
    format!("{}/preview", one())
}

#[tokio::test]
async fn creates_changes_and_deletes_incident_template() {
    let origin = with_template().await;
    let read = origin.get(&one()).await.expect(200);
    assert_eq!(
        (&read["title"], &read["status"], &read["impact"]),
        (&slow()["title"], &json!("identified"), &Value::Null)
    );
    assert_eq!(read["variables"][0]["required"], json!(true));
    let patch = json!({"title": "{{ service }} stands still", "impact": "critical"});
    let changed = origin.patch(&one(), patch).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["impact"]),
        (&json!("Slow region"), &json!("critical"))
    );
    assert_eq!(origin.get(&one()).await.expect(200), changed);
    origin
        .post(
            &at("incident-templates"),
            json!({"name": "A", "title": "T", "body": "b"}),
        )
        .await
        .expect(201);
    let list = origin.get(&at("incident-templates?limit=1")).await.expect(200);
    assert_eq!(list["items"][0]["id"], TEMPLATE);
    let rest = format!(
        "incident-templates?after={}",
        list["next"].as_str().expect("there is more")
    );
    assert_eq!(origin.get(&at(&rest)).await.expect(200)["items"][0]["name"], "A");
    origin.delete(&one()).await.expect(204);
    origin.get(&one()).await.expect(404);
}

#[tokio::test]
async fn preview_shows_the_incident_and_stores_nothing() {
    let origin = with_template().await;
    let before = origin.stored().await;
    let shown = origin
        .post(
            &preview(),
            json!({"variables": {"service": "API", "region": "EU", "seconds": 2.5}}),
        )
        .await;
    let expected = json!({
        "title": "API is slow in EU", "body": "Requests take **2.5 s**.\n\nWe are looking.",
        "body_html": "<p>Requests take <strong>2.5 s</strong>.</p>\n<p>We are looking.</p>", "status": "identified",
        "impact": "major", "components": [{"id": COMPONENT, "status": "partial_outage"}]
    });
    assert_eq!(shown.expect(200), expected);
    let hostile = json!({"variables": {"service": "<script>alert(1)</script>", "ticket": "{{ seconds }}"}});
    let shown = origin.post(&preview(), hostile).await.expect(200);
    assert_eq!(
        shown["body"], "Requests take **10 s**.\n\nSee {{ seconds }}.",
        "values are not templates"
    );
    assert_eq!(origin.stored().await, before);
}

#[tokio::test]
async fn creates_incident_from_template_and_overrides_fields() {
    let origin = with_template().await;
    let from = |variables: Value| json!({"id": TEMPLATE, "variables": variables});
    let variables = json!({"service": "API", "ticket": "ACME-1"});
    let created = origin
        .post(&at("incidents"), json!({"template": from(variables.clone())}))
        .await
        .expect(201);
    assert_eq!(
        (&created["name"], &created["status"], &created["impact"]),
        (&json!("API is slow"), &json!("identified"), &json!("major"))
    );
    let path = at(&format!("incidents/{}/updates", created["id"].as_str().expect("an id")));
    let updates = origin.get(&path).await.expect(200);
    assert_eq!(updates["items"][0]["body"], "Requests take **10 s**.\n\nSee ACME-1.");
    let component = at(&format!("components/{COMPONENT}"));
    assert_eq!(origin.get(&component).await.expect(200)["status"], "partial_outage");
    let otherwise = json!({
        "template": from(variables), "id": "incident0002", "name": "Webhooks too", "status": "monitoring", "impact": "none",
        "components": []
    });
    let created = origin.post(&at("incidents"), otherwise).await.expect(201);
    assert_eq!(
        (&created["name"], &created["impact"]),
        (&json!("Webhooks too"), &json!("none"))
    );
    let snapshot = origin.snapshot(PAGE).await;
    let incident = snapshot
        .incidents
        .iter()
        .find(|one| one.name == "Webhooks too")
        .expect("it is on the page");
    assert_eq!(
        (incident.status, incident.components.len()),
        (IncidentStatus::Monitoring, 0)
    );
}

#[tokio::test]
async fn template_works_after_its_component_is_deleted() {
    let origin = with_template().await;
    let both = json!({"components": [
        {"id": COMPONENT, "status": "major_outage"}, {"id": OTHER_COMPONENT, "status": "degraded_performance"}
    ]});
    origin.patch(&one(), both).await.expect(200);
    origin.delete(&at(&format!("components/{COMPONENT}"))).await.expect(200);
    let shown = origin
        .post(&preview(), json!({"variables": {"service": "API"}}))
        .await
        .expect(200);
    assert_eq!(
        shown["components"],
        json!([{"id": OTHER_COMPONENT, "status": "degraded_performance"}])
    );
    let from = json!({"template": {"id": TEMPLATE, "variables": {"service": "API"}}});
    origin.post(&at("incidents"), from).await.expect(201);
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[tokio::test]
async fn refuses_invalid_templates_and_values() {
    let origin = with_template().await;
    let with = |field: &str, value: Value| {
        let mut body = slow();
        body["id"] = json!("template0002");
        body[field] = value;
        body
    };
    let post = |field: &str, value, named| -> Case {
        (Method::POST, at("incident-templates"), with(field, value), 422, named)
    };
    let patch = |body, named| -> Case { (Method::PATCH, one(), body, 422, named) };
    let values = |body: Value, named| -> Case { (Method::POST, preview(), json!({"variables": body}), 422, named) };
    let create = |body, named| -> Case { (Method::POST, at("incidents"), body, 422, named) };
    let many: Vec<Value> = (0..21).map(|n| json!({"name": format!("v{n}")})).collect();
    origin
        .refuses(vec![
            post("title", json!("{{ service"), "title"),
            post("title", json!(" "), "title"),
            post("title", json!("{{ nobody }}"), "title"),
            post("body", json!("{% for x in y %}{% endfor %}"), "body"),
            post("body", json!("a".repeat(25_001)), "body"),
            post("status", json!("done"), "status"),
            post(
                "components",
                json!([{"id": "comp00000009", "status": "operational"}]),
                "components[0].id",
            ),
            post("variables", json!(many), "variables"),
            post("variables", json!([{"name": "Service"}]), "variables[0].name"),
            post("variables", json!([{"name": "a"}, {"name": "a"}]), "variables[1].name"),
            post(
                "variables",
                json!([{"name": "a", "required": true, "default": ""}]),
                "variables[0].default",
            ),
            post(
                "variables",
                json!([{"name": "a", "description": "d".repeat(201)}]),
                "variables[0].description",
            ),
            post("variables", json!([{"name": "a", "type": "text"}]), "variables[0].type"),
            post("variables", json!([["a"]]), "variables[0]"),
            (Method::POST, at("incident-templates"), slow(), 409, "id"),
            patch(json!({"variables": []}), "title"),
            patch(json!({"body": "{{ nobody }}"}), "body"),
            patch(json!({"title": null}), "title"),
            (
                Method::PATCH,
                at("incident-templates/template0009"),
                json!({"name": "A"}),
                404,
                "",
            ),
            (
                Method::POST,
                at("incident-templates/template0009/preview"),
                json!({}),
                404,
                "",
            ),
            values(json!({}), "variables.service"),
            values(json!({"service": " "}), "variables.service"),
            values(json!({"service": "API", "colour": "red"}), "variables.colour"),
            values(json!({"service": ["API"]}), "variables.service"),
            values(json!({"service": "two\nlines"}), "variables"),
            values(json!({"service": "a".repeat(2_001)}), "variables.service"),
            values(json!({"service": "bell \u{7}"}), "variables.service"),
            create(json!({"template": {"id": "template0009"}}), "template.id"),
            create(json!({"template": {"id": TEMPLATE}}), "template.variables.service"),
            create(
                json!({"template": {"id": TEMPLATE, "variables": {"service": "s".repeat(300)}}}),
                "template.variables",
            ),
            create(json!({"template": TEMPLATE}), "template"),
            create(
                json!({"template": {"id": TEMPLATE, "variables": {"service": "API"}}, "name": null}),
                "name",
            ),
            create(json!({"template": null}), "name"),
            (
                Method::PATCH,
                at(&format!("incidents/{INCIDENT}")),
                json!({"template": {"id": TEMPLATE}}),
                422,
                "template",
            ),
        ])
        .await;
    let bad = origin
        .post(
            &at("incident-templates"),
            with("body", json!("first\nsecond {{ nobody }}")),
        )
        .await
        .expect(422);
    assert_eq!(bad["detail"], "line 2, column 8: the template has no variable nobody");
    let missing = origin.post(&preview(), json!({})).await.expect(422);
    assert_eq!(missing["detail"], "the template needs a value for it (as on the page)");
}
