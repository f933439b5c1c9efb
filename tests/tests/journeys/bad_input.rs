//! Bad input to the push API: a 4xx that says which field and why, and nothing stored.

use anyhow::{Context, Result, ensure};
use page_model::limits::{NAME_CHARS_MAX, UPDATE_CHARS_MAX};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Page, System, push::Answer};

/// What is sent, and what is answered.
struct Case {
    what: &'static str,
    method: Method,
    path: String,
    body: String,
    statuses: &'static [u16],
    /// The field that the problem must name.
    field: Option<&'static str>,
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_refused_by_name_and_nothing_is_stored() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "strict", 2).await?;
        let before = stored(system, &page).await?;
        for case in cases(&page) {
            let request = system
                .push
                .request(case.method.clone(), &case.path)
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
async fn a_token_opens_its_own_page_only() -> Result<()> {
    System::journey(async |system| {
        let (mine, other) = (
            Page::create(&system.push, "mine", 1).await?,
            Page::create(&system.push, "other", 1).await?,
        );
        let token = system
            .push
            .create("/tokens", &json!({ "name": "Mine", "page_id": mine.id }))
            .await?;
        let secret = token.body["token"]
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
    let incidents = || page.path("/incidents");
    let post = |what, path: String, body: Value, statuses, field| Case {
        what,
        method: Method::POST,
        path,
        body: body.to_string(),
        statuses,
        field,
    };
    let unprocessable: &[u16] = &[400, 422];
    let good = || json!({ "name": "Slow", "body": "Slow." });
    let with = |field: &str, value: Value| {
        let mut body = good();
        body[field] = value;
        body
    };
    let mut cases = vec![
        post(
            "an unknown field",
            incidents(),
            with("colour", json!("red")),
            &[422],
            Some("colour"),
        ),
        post(
            "a wrong type",
            incidents(),
            with("name", json!(7)),
            unprocessable,
            Some("name"),
        ),
        post(
            "a missing field",
            incidents(),
            json!({ "body": "Slow." }),
            unprocessable,
            Some("name"),
        ),
        post(
            "an empty name",
            incidents(),
            with("name", json!("")),
            unprocessable,
            Some("name"),
        ),
        post(
            "an unknown status",
            incidents(),
            with("status", json!("on fire")),
            unprocessable,
            Some("status"),
        ),
        post(
            "an unknown impact",
            incidents(),
            with("impact", json!("huge")),
            unprocessable,
            Some("impact"),
        ),
        post(
            "no date",
            incidents(),
            with("at", json!("yesterday")),
            unprocessable,
            Some("at"),
        ),
        post(
            "30 February",
            incidents(),
            with("at", json!("2024-02-30T00:00:00Z")),
            unprocessable,
            Some("at"),
        ),
        post(
            "the far future",
            incidents(),
            with("at", json!("2099-01-01T00:00:00Z")),
            unprocessable,
            Some("at"),
        ),
        post(
            "an over-long name",
            incidents(),
            with("name", json!("n".repeat(NAME_CHARS_MAX + 1))),
            unprocessable,
            Some("name"),
        ),
        post(
            "an over-long text",
            incidents(),
            with("body", json!("b".repeat(UPDATE_CHARS_MAX + 1))),
            unprocessable,
            Some("body"),
        ),
        post(
            "a component that does not exist",
            incidents(),
            with(
                "components",
                json!([{ "id": "nobody000000", "status": "major_outage" }]),
            ),
            unprocessable,
            Some("components"),
        ),
        post(
            "an id of wrong shape",
            incidents(),
            with("id", json!("Not An Id")),
            unprocessable,
            Some("id"),
        ),
        post(
            "a taken id",
            page.path("/components"),
            json!({ "id": page.component(0), "name": "Twin" }),
            &[409],
            None,
        ),
        post(
            "a host that is none",
            "/pages".into(),
            json!({ "name": "P", "hosts": ["no host!"] }),
            unprocessable,
            Some("hosts"),
        ),
        post(
            "a time zone that is none",
            "/pages".into(),
            json!({ "name": "P", "hosts": ["p.localhost"], "time_zone": "Mars/Olympus" }),
            unprocessable,
            Some("time_zone"),
        ),
        post(
            "a maintenance that ends before it starts",
            page.path("/maintenances"),
            json!({ "name": "M", "body": "M.", "starts_at": "2030-01-02T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z" }),
            unprocessable,
            Some("ends_at"),
        ),
        post(
            "an incident that does not exist",
            page.path("/incidents/nobody000000/updates"),
            good(),
            &[404, 422],
            None,
        ),
        post(
            "a page that does not exist",
            "/pages/nobody000000/incidents".into(),
            good(),
            &[404],
            None,
        ),
    ];
    for (what, body, statuses) in [
        ("no JSON", "{ \"name\": ".to_owned(), unprocessable),
        (
            "100,000 nested arrays",
            format!("{{\"name\":{}", "[".repeat(100_000)),
            &[400, 413, 422][..],
        ),
        ("an array", "[]".to_owned(), unprocessable),
        ("nothing", String::new(), unprocessable),
        (
            "a body over the limit",
            format!("{{\"name\":\"{}\"}}", "n".repeat(8 * 1024 * 1024)),
            &[413],
        ),
    ] {
        cases.push(Case {
            what,
            method: Method::POST,
            path: incidents(),
            body,
            statuses,
            field: None,
        });
    }
    cases
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
