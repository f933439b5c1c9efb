//! Bad input to the push API: a 4xx that says which field and why, and nothing stored.

use anyhow::{Context, Result, ensure};
use page_model::limits::{NAME_CHARS_MAX, UPDATE_CHARS_MAX};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Page, System, push::Answer};

/// What is posted, and what must be answered.
#[derive(Clone)]
struct Case {
    what: &'static str,
    path: String,
    body: String,
    statuses: &'static [u16],
    /// The field that the problem must name.
    field: Option<&'static str>,
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_push_is_refused_with_the_field_and_nothing_is_stored() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "strict", 2).await?;
        let before = stored(system, &page).await?;
        for case in cases(&page) {
            let request = system
                .push
                .request(Method::POST, &case.path)
                .header("content-type", "application/json")
                .body(case.body.clone());
            let answer = system.push.send(request).await.with_context(|| case.what)?;
            check(&case, &answer)?;
        }
        ensure!(stored(system, &page).await? == before, "something was stored");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn token_gives_access_to_its_own_page_only() -> Result<()> {
    System::journey(async |system| {
        let (mine, other) = (
            Page::create(&system.push, "mine", 1).await?,
            Page::create(&system.push, "other", 1).await?,
        );
        let token = system
            .push
            .create("/tokens", &json!({ "name": "Mine", "page": mine.id }))
            .await?;
        let secret = token.body["secret"]
            .as_str()
            .context("a new token is shown once")?
            .to_owned();
        let push = system.push.with_token(&secret);
        push.component(&mine.id, "mine00000099", "My own").await?;
        let before = stored(system, &other).await?;
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            let request = push
                .request(method.clone(), &other.path(""))
                .json(&json!({ "name": "Taken" }));
            let status = push.send(request).await?.status.as_u16();
            ensure!(
                [403, 404].contains(&status),
                "{method} of another page answered {status}"
            );
        }
        for (token, expected) in [("", 401), ("not-a-token", 401)] {
            let push = system.push.with_token(token);
            let status = push
                .send(push.request(Method::GET, &mine.path("")))
                .await?
                .status
                .as_u16();
            ensure!(status == expected, "the token {token:?} answered {status}");
        }
        ensure!(stored(system, &other).await? == before, "something was stored");
        Ok(())
    })
    .await
}

fn cases(page: &Page) -> Vec<Case> {
    [incident_cases(page), other_cases(page), body_cases(page)].concat()
}

/// An incident that would be good, but for one field.
fn incident_cases(page: &Page) -> Vec<Case> {
    let nobody = json!([{ "id": "nobody000000", "status": "major_outage" }]);
    let fields = [
        ("an unknown field", "colour", json!("red")),
        ("a wrong type", "name", json!(7)),
        ("no value", "name", Value::Null),
        ("an empty name", "name", json!("")),
        ("an over-long name", "name", json!("n".repeat(NAME_CHARS_MAX + 1))),
        ("an over-long text", "body", json!("b".repeat(UPDATE_CHARS_MAX + 1))),
        ("an unknown status", "status", json!("on fire")),
        ("an unknown impact", "impact", json!("huge")),
        ("no date", "at", json!("yesterday")),
        ("30 February", "at", json!("2024-02-30T00:00:00Z")),
        ("the far future", "at", json!("2099-01-01T00:00:00Z")),
        ("a component that does not exist", "components", nobody),
        ("an id of wrong shape", "id", json!("Not An Id")),
    ];
    let case = |(what, field, value): (&'static str, &'static str, Value)| {
        let mut body = json!({ "name": "Slow", "body": "Slow." });
        body[field] = value;
        Case::post(what, &page.path("/incidents"), body, &[422]).naming(field)
    };
    fields.into_iter().map(case).collect()
}

fn other_cases(page: &Page) -> Vec<Case> {
    let ends_first = json!({
        "name": "M", "body": "M.", "starts_at": "2030-01-02T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z",
    });
    let twin = json!({ "id": page.component(0), "name": "Twin" });
    let nowhere = json!({ "name": "P", "hosts": ["p.localhost"], "time_zone": "Mars/Olympus" });
    let incident = json!({ "name": "Slow", "body": "Slow." });
    vec![
        Case::post(
            "a missing field",
            &page.path("/incidents"),
            json!({ "body": "Slow." }),
            &[422],
        )
        .naming("name"),
        Case::post(
            "no host",
            "/pages",
            json!({ "name": "P", "hosts": ["no host!"] }),
            &[422],
        )
        .naming("hosts"),
        Case::post("no time zone", "/pages", nowhere, &[422]).naming("time_zone"),
        Case::post(
            "an end before the start",
            &page.path("/maintenances"),
            ends_first,
            &[422],
        )
        .naming("ends_at"),
        Case::post("a taken id", &page.path("/components"), twin, &[409]),
        Case::post(
            "no such incident",
            &page.path("/incidents/nobody000000/updates"),
            json!({ "body": "Slow." }),
            &[404],
        ),
        Case::post("no such page", "/pages/nobody000000/incidents", incident, &[404]),
    ]
}

/// Bodies that are no incident at all.
fn body_cases(page: &Page) -> Vec<Case> {
    let bodies: [(&'static str, String, &'static [u16]); 5] = [
        ("no JSON", "{ \"name\": ".to_owned(), &[400, 422]),
        (
            "100,000 nested arrays",
            format!("{{\"name\":{}", "[".repeat(100_000)),
            &[400, 422],
        ),
        ("an array", "[]".to_owned(), &[400, 422]),
        ("nothing", String::new(), &[400, 422]),
        (
            "a body over the limit",
            format!("{{\"name\":\"{}\"}}", "n".repeat(8 * 1024 * 1024)),
            &[413],
        ),
    ];
    let case = |(what, body, statuses)| Case {
        body,
        ..Case::post(what, &page.path("/incidents"), json!({}), statuses)
    };
    bodies.into_iter().map(case).collect()
}

impl Case {
    fn post(what: &'static str, path: &str, body: Value, statuses: &'static [u16]) -> Self {
        Self {
            what,
            path: path.to_owned(),
            body: body.to_string(),
            statuses,
            field: None,
        }
    }

    fn naming(self, field: &'static str) -> Self {
        Self {
            field: Some(field),
            ..self
        }
    }
}

fn check(case: &Case, answer: &Answer) -> Result<()> {
    let status = answer.status.as_u16();
    ensure!(
        case.statuses.contains(&status),
        "{}: answered {status}: {}",
        case.what,
        answer.body
    );
    ensure!(
        answer.body["title"].is_string() || answer.body["detail"].is_string(),
        "{}: no problem+json",
        case.what
    );
    if let Some(field) = case.field {
        let named = answer.body["field"].as_str().unwrap_or_default();
        ensure!(
            named.starts_with(field),
            "{}: the problem names {named:?}: {}",
            case.what,
            answer.body
        );
    }
    Ok(())
}

/// Everything that could have been stored.
async fn stored(system: &System, page: &Page) -> Result<Vec<Value>> {
    let mut all = system.push.list("/pages").await?;
    for list in ["/components", "/groups", "/incidents", "/maintenances"] {
        all.extend(system.push.list(&page.path(list)).await?);
    }
    Ok(all)
}
