//! An incident made from a template that was prepared before.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::{Page, System};

#[tokio::test(flavor = "multi_thread")]
async fn creates_incident_from_template() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "templat", 2).await?;
        let template = json!({
            "name": "Region is slow", "title": "{{ product }} is slow{% if region %} in {{ region }}{% endif %}",
            "body": "Requests take longer than {{ seconds }} seconds.",
            "components": [{ "id": page.component(1), "status": "degraded_performance" }],
            "variables": [{ "name": "product", "required": true }, { "name": "region" }, { "name": "seconds", "default": "5" }],
        });
        let created = system.push.create(&page.path("/incident-templates"), &template).await?;
        let template = created.id()?;
        let variables = json!({ "product": "Checkout", "region": "eu-west-1" });
        let preview = page.path(&format!("/incident-templates/{template}/preview"));
        let preview = system.push.create(&preview, &json!({ "variables": variables })).await?.body;
        let incident = json!({ "template": { "id": template, "variables": variables } });
        system.push.create(&page.path("/incidents"), &incident).await?;
        let (title, body) = (text(&preview, "title")?, text(&preview, "body_html")?);
        ensure!(title == "Checkout is slow in eu-west-1", "{title}");
        system.until_shown(&page, &[title, body, "1 of 2 components operational"]).await
    })
    .await
}

fn text<'a>(object: &'a Value, field: &str) -> Result<&'a str> {
    object[field]
        .as_str()
        .with_context(|| format!("no {field} in {object}"))
}
