//! The origin's OpenAPI document as schemathesis reads it: the origin refuses what the document forbids, answers what it
//! promises, and fails at nothing.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{LoneOrigin, Push, checkers};

#[tokio::test(flavor = "multi_thread")]
async fn origin_keeps_what_its_document_says() -> Result<()> {
    let origin = LoneOrigin::start().await?;
    one_of_each(&origin.push).await?;
    let document = origin.push.url().replace("/v1", "/openapi.json");
    let tried = checkers::openapi(&document, origin.push.token())?;
    ensure!(tried.faults.is_empty(), "{}", tried.faults);
    ensure!(tried.operations > 50, "{} operations were tried", tried.operations);
    Ok(())
}

/// The objects that `tests/checkers/schemathesis.toml` names.
async fn one_of_each(push: &Push) -> Result<()> {
    let (starts_at, ends_at) = ("2099-01-01T00:00:00Z", "2099-01-01T01:00:00Z");
    let recurrence = json!({ "rule": "FREQ=DAILY", "time_zone": "Etc/UTC" });
    let objects: [(&str, Value); 9] = [
        ("/groups", json!({ "id": "group0000001", "name": "Websites" })),
        ("/components", json!({ "id": "component001", "name": "Webhooks" })),
        (
            "/incidents",
            json!({ "id": "incident0001", "name": "Late", "body": "Late.", "update_id": "update000001" }),
        ),
        (
            "/maintenances",
            json!({ "id": "maintenance1", "name": "Move", "body": "Soon.", "starts_at": starts_at, "ends_at": ends_at }),
        ),
        (
            "/maintenances/maintenance1/updates",
            json!({ "id": "update000002", "body": "Sooner." }),
        ),
        (
            "/maintenance-series",
            json!({
                "id": "series000001", "name": "Backup", "body": "Daily.", "starts_at": starts_at,
                "duration_minutes": 60, "recurrence": recurrence,
            }),
        ),
        (
            "/incident-templates",
            json!({ "id": "template0001", "name": "Late", "title": "Late", "body": "Late." }),
        ),
        ("/metrics", json!({ "id": "metric000001", "name": "Delay" })),
        ("/metrics/metric000001/points", json!({ "points": [{ "value": 1 }] })),
    ];
    push.page(PAGE, "Northwind", "northwind.example").await?;
    for (path, object) in objects {
        let made = push.create(&format!("/pages/{PAGE}{path}"), &object).await;
        made.with_context(|| format!("at {path}"))?;
    }
    for kind in ["logo", "logo-dark", "favicon"] {
        let put = push.request(Method::PUT, &format!("/pages/{PAGE}/{kind}"));
        push.send(put.header("content-type", "image/svg+xml").body(PICTURE))
            .await?
            .accepted()?;
    }
    for (way, object) in [
        (
            "provider",
            json!({ "issuer": "https://1.1.1.1", "client_id": "pharos", "name": "Acme" }),
        ),
        (
            "token-keys/tokenkey0001",
            json!({ "issuer": "app", "secret": "c2VjcmV0IG9mIGF0IGxlYXN0IHRoaXJ0eS10d28gYnl0ZXM" }),
        ),
    ] {
        let put = push.request(Method::PUT, &format!("/pages/{PAGE}/sign-in/{way}"));
        push.send(put.json(&object)).await?.accepted()?;
    }
    let token = json!({ "id": "token0000001", "name": "Deployments" });
    push.create("/tokens", &token).await?;
    Ok(())
}

const PAGE: &str = "page00000001";
const PICTURE: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>"#;
