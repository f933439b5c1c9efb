//! A demo page with a lifelike history, pushed through the API like any other page.

use indicatif::{ProgressBar, ProgressStyle};
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use push_client::Api;

pub const HOST: &str = "demo.localhost";
/// A component of the demo page that a newcomer's first incident may name.
pub const COMPONENT: &str = "demodash0001";
pub const PRIVATE_HOST: &str = "private.localhost";
/// What lets in to the private page.
pub const PASSWORD: &str = "northwind";
/// As `tests/checkers/providers/provider.mjs` knows the page.
const PROVIDER_CLIENT: &str = "pharos";
const PROVIDER_SECRET: &str = "the-client-secret";
/// Who is let in there by a mail; anybody else of the domain is too.
pub const MEMBER: &str = "ada@northwind.example";
pub const MAIL_FROM: &str = "status@northwind.example";
pub const PARTNERS_HOST: &str = "partners.localhost";
/// What lets in to the page of partners, and who knows it.
pub const PARTNERS: [(&str, &str); 2] = [("Resellers", "resellers"), ("Warehouses", "warehouses")];
const PARTNERS_PAGE: &str = "demopartners";
const PRIVATE_PAGE: &str = "demoprivate1";
const PAGE: &str = "demonorthwnd";
const HISTORY: &str = include_str!("../demo/northwind.json");

#[derive(Deserialize)]
struct History {
    groups: Vec<Group>,
    incidents: Vec<Incident>,
    maintenances: Vec<Maintenance>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    components: Vec<Value>,
}

#[derive(Deserialize)]
struct Incident {
    name: String,
    updates: Vec<Update>,
}

#[derive(Deserialize)]
struct Update {
    minutes_ago: i64,
    status: String,
    body: String,
    #[serde(default)]
    components: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Maintenance {
    name: String,
    body: String,
    starts_in_minutes: i64,
    minutes: i64,
    components: Vec<String>,
}

/// Loads the demo page if it is not there yet, and answers its id.
pub async fn load(api: &Api) -> anyhow::Result<String> {
    if api.read(&format!("/pages/{PAGE}")).await?.is_none() {
        let history: History = serde_json::from_str(HISTORY)?;
        let updates: usize = history.incidents.iter().map(|incident| incident.updates.len()).sum();
        let progress = ProgressBar::new((updates + history.maintenances.len()) as u64);
        progress.set_style(ProgressStyle::with_template("demo page  {bar:30} {pos}/{len} updates")?);
        push_history(api, &history, &progress).await?;
        progress.finish();
    }
    Ok(PAGE.to_owned())
}

/// The same company's page for its customers.
pub async fn load_private(api: &Api) -> anyhow::Result<()> {
    if api.read(&format!("/pages/{PRIVATE_PAGE}")).await?.is_some() {
        return Ok(());
    }
    let page = json!({
        "id": PRIVATE_PAGE, "name": "Northwind for customers", "hosts": [PRIVATE_HOST], "time_zone": "Etc/UTC",
        "visibility": "private",
    });
    api.post("/pages", &page).await?;
    let audience = json!({"name": "Customers", "password": PASSWORD, "emails": [MEMBER, "northwind.example"]});
    api.post(&format!("/pages/{PRIVATE_PAGE}/audiences"), &audience).await?;
    for name in ["Import", "Export", "Reports"] {
        api.post(&format!("/pages/{PRIVATE_PAGE}/components"), &json!({"name": name}))
            .await?;
    }
    let incident = json!({
        "name": "Exports are late",
        "body": "Exports that were asked for since this morning arrive up to an hour late.",
    });
    api.post(&format!("/pages/{PRIVATE_PAGE}/incidents"), &incident).await?;
    Ok(())
}

/// The same company's page for all, with extras for two kinds of partners.
pub async fn load_partners(api: &Api) -> anyhow::Result<()> {
    if api.read(&format!("/pages/{PARTNERS_PAGE}")).await?.is_some() {
        return Ok(());
    }
    let page = json!({
        "id": PARTNERS_PAGE, "name": "Northwind for partners", "hosts": [PARTNERS_HOST], "time_zone": "Etc/UTC",
        "visibility": "layered",
    });
    api.post("/pages", &page).await?;
    let at = |family: &str| format!("/pages/{PARTNERS_PAGE}/{family}");
    for name in ["Website", "Order API"] {
        api.post(&at("components"), &json!({ "name": name })).await?;
    }
    let extras = [
        (
            "Reseller portal",
            "Price lists are a day old",
            "Prices changed since yesterday are not in the lists yet.",
        ),
        (
            "Stock feed",
            "Stock levels arrive late",
            "Levels arrive up to twenty minutes late. We are looking into it.",
        ),
    ];
    for ((name, password), (component, incident, body)) in PARTNERS.into_iter().zip(extras) {
        let audience = api
            .post(&at("audiences"), &json!({"name": name, "password": password}))
            .await?;
        let audiences = json!([audience["id"]]);
        let component = json!({"name": component, "audiences": audiences});
        let component = api.post(&at("components"), &component).await?;
        let touched = json!([{"id": component["id"], "status": "degraded_performance"}]);
        let incident = json!({"name": incident, "body": body, "components": touched, "audiences": audiences});
        api.post(&at("incidents"), &incident).await?;
    }
    Ok(())
}

/// Whom an identity provider on this machine calls customers sign in to the private page too.
pub async fn load_provider(api: &Api, issuer: &str) -> anyhow::Result<()> {
    let provider = json!({
        "issuer": issuer, "client_id": PROVIDER_CLIENT, "client_secret": PROVIDER_SECRET, "name": "the demo provider",
    });
    api.put(&format!("/pages/{PRIVATE_PAGE}/sign-in/provider"), &provider)
        .await?;
    let audiences = format!("/pages/{PRIVATE_PAGE}/audiences");
    let claims = json!({"claims": [{"claim": "groups", "value": "customers"}]});
    for audience in api.list(&audiences).await? {
        let id = audience["id"].as_str().unwrap_or_default();
        api.patch(&format!("{audiences}/{id}"), &claims).await?;
    }
    Ok(())
}

async fn push_history(api: &Api, history: &History, progress: &ProgressBar) -> anyhow::Result<()> {
    let now = Timestamp::now();
    let page = json!({
        "id": PAGE, "name": "Northwind", "hosts": [HOST], "time_zone": "Etc/UTC",
        "website": "https://northwind.example",
    });
    api.post("/pages", &page).await?;
    for group in &history.groups {
        push_group(api, group, now).await?;
    }
    for incident in &history.incidents {
        push_incident(api, incident, now, progress).await?;
    }
    for maintenance in &history.maintenances {
        let starts_at = after(now, maintenance.starts_in_minutes)?;
        let body = json!({
            "name": maintenance.name, "body": maintenance.body, "components": maintenance.components,
            "starts_at": starts_at.to_string(), "ends_at": after(starts_at, maintenance.minutes)?.to_string(),
        });
        api.post(&format!("/pages/{PAGE}/maintenances"), &body).await?;
        progress.inc(1);
    }
    Ok(())
}

async fn push_group(api: &Api, group: &Group, now: Timestamp) -> anyhow::Result<()> {
    let created = api
        .post(&format!("/pages/{PAGE}/groups"), &json!({ "name": group.name }))
        .await?;
    let started_on = after(now, -HISTORY_DAYS * 24 * 60)?.strftime("%Y-%m-%d").to_string();
    for component in &group.components {
        let mut component = component.clone();
        component["group_id"] = created["id"].clone();
        component["started_on"] = json!(started_on);
        api.post(&format!("/pages/{PAGE}/components"), &component).await?;
    }
    Ok(())
}

async fn push_incident(api: &Api, incident: &Incident, now: Timestamp, progress: &ProgressBar) -> anyhow::Result<()> {
    let mut path = format!("/pages/{PAGE}/incidents");
    for (index, update) in incident.updates.iter().enumerate() {
        let mut body = json!({
            "status": update.status, "body": update.body, "at": after(now, -update.minutes_ago)?.to_string(),
        });
        if !update.components.is_empty() {
            let component = |(id, status): (&String, &String)| json!({ "id": id, "status": status });
            body["components"] = update.components.iter().map(component).collect();
        }
        if index == 0 {
            body["name"] = json!(incident.name);
        }
        let created = api.post(&path, &body).await?;
        if index == 0 {
            path = format!("{path}/{}/updates", created["id"].as_str().unwrap_or_default());
        }
        progress.inc(1);
    }
    Ok(())
}

fn after(time: Timestamp, minutes: i64) -> anyhow::Result<Timestamp> {
    Ok(time.checked_add(minutes.minutes())?)
}

/// A little more than the ninety days that the page shows.
const HISTORY_DAYS: i64 = 100;
