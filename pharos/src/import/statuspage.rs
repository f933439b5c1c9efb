//! Reads the public Statuspage v2 documents and pushes what the origin does not have yet, ids kept; a second run finds
//! nothing to do.

mod documents;

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::{
    api::Api,
    config::{self, Problems},
};
use documents::{Component, Documents, Event, Update};

#[derive(clap::Args)]
pub struct Args {
    /// A folder with summary.json, incidents.json and scheduled-maintenances.json, or the address of a page
    source: String,
    /// The origin, such as http://127.0.0.1:8090
    #[arg(long, env = "PHAROS_API")]
    api: Option<String>,
    /// API token that may write the page
    #[arg(long, env = "PHAROS_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    token: Option<String>,
    /// Host to serve the page at; may be given several times
    #[arg(long = "host")]
    hosts: Vec<String>,
    /// Only say what would be brought over
    #[arg(long)]
    dry_run: bool,
}

/// What the origin lacks.
struct Plan {
    page: Option<Value>,
    groups: Vec<Value>,
    components: Vec<Value>,
    incidents: Vec<Lacking>,
    maintenances: Vec<Lacking>,
}

/// An event and those of its updates that are not there, oldest first.
struct Lacking {
    event: Event,
    is_new: bool,
    updates: Vec<Update>,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut problems = Problems::default();
    let url = problems.required("--api", args.api.as_deref(), config::url);
    let token = problems.required("--token", args.token.as_deref(), |token| Ok(token.to_owned()));
    let (Some(url), Some(token)) = (url, token) else {
        return Err(problems.into());
    };
    let api = Api::new(&url, token)?;
    let documents = Documents::read(&args.source).await?;
    let plan = plan(&api, documents.clone(), &args.hosts).await?;
    println!("{}", plan.summary(&documents.page.name));
    if args.dry_run || plan.is_empty() {
        return Ok(());
    }
    carry_out(&api, &documents, plan).await
}

async fn plan(api: &Api, documents: Documents, hosts: &[String]) -> anyhow::Result<Plan> {
    let path = format!("/pages/{}", documents.page.id);
    let exists = api.read(&path).await?.is_some();
    let page = json!({
        "id": documents.page.id, "name": documents.page.name, "hosts": hosts,
        "time_zone": documents.page.time_zone,
    });
    let known = |family: &'static str| {
        let path = format!("{path}/{family}");
        async move {
            if exists {
                ids(api, &path).await
            } else {
                Ok(BTreeSet::new())
            }
        }
    };
    let (groups, components) = (known("groups").await?, known("components").await?);
    let lacking = |component: &&Component, known: &BTreeSet<String>| !known.contains(&component.id);
    let all = &documents.components;
    Ok(Plan {
        page: (!exists).then_some(page),
        groups: all
            .iter()
            .filter(|c| c.group && lacking(c, &groups))
            .map(Component::group_body)
            .collect(),
        components: all
            .iter()
            .filter(|c| !c.group && lacking(c, &components))
            .map(Component::body)
            .collect(),
        incidents: lacking_events(api, &path, "incidents", documents.incidents, exists).await?,
        maintenances: lacking_events(api, &path, "maintenances", documents.maintenances, exists).await?,
    })
}

async fn ids(api: &Api, path: &str) -> anyhow::Result<BTreeSet<String>> {
    let items = api.list(path).await?;
    Ok(items
        .iter()
        .filter_map(|item| item["id"].as_str().map(str::to_owned))
        .collect())
}

async fn lacking_events(
    api: &Api,
    page: &str,
    family: &str,
    events: Vec<Event>,
    page_exists: bool,
) -> anyhow::Result<Vec<Lacking>> {
    let path = format!("{page}/{family}");
    let known = if page_exists {
        ids(api, &path).await?
    } else {
        BTreeSet::new()
    };
    let lacking = stream::iter(events.into_iter().rev())
        .map(|event| lacking_updates(api, &path, event, &known))
        .buffered(EVENTS_AT_ONCE)
        .try_collect::<Vec<_>>()
        .await?;
    Ok(lacking.into_iter().filter(|event| !event.updates.is_empty()).collect())
}

async fn lacking_updates(api: &Api, path: &str, event: Event, known: &BTreeSet<String>) -> anyhow::Result<Lacking> {
    let is_new = !known.contains(&event.id);
    let there = match is_new {
        true => BTreeSet::new(),
        false => ids(api, &format!("{path}/{}/updates", event.id)).await?,
    };
    let updates = event.updates.iter().rev().filter(|update| !there.contains(&update.id));
    Ok(Lacking {
        is_new,
        updates: updates.cloned().collect(),
        event,
    })
}

impl Plan {
    fn is_empty(&self) -> bool {
        self.page.is_none()
            && self.groups.is_empty()
            && self.components.is_empty()
            && self.incidents.is_empty()
            && self.maintenances.is_empty()
    }

    fn updates(&self) -> usize {
        let events = self.incidents.iter().chain(&self.maintenances);
        events.map(|event| event.updates.len()).sum()
    }

    fn summary(&self, name: &str) -> String {
        if self.is_empty() {
            return format!("{name}: everything is there already.");
        }
        format!(
            "{name}: {} page, {} groups, {} components, {} incidents, {} maintenances, {} updates to bring over.",
            usize::from(self.page.is_some()),
            self.groups.len(),
            self.components.len(),
            self.incidents.len(),
            self.maintenances.len(),
            self.updates(),
        )
    }
}

async fn carry_out(api: &Api, documents: &Documents, plan: Plan) -> anyhow::Result<()> {
    let page = format!("/pages/{}", documents.page.id);
    let updates = plan.updates();
    if let Some(body) = &plan.page {
        api.post("/pages", body).await?;
    }
    for body in &plan.groups {
        api.post(&format!("{page}/groups"), body).await?;
    }
    for body in &plan.components {
        api.post(&format!("{page}/components"), body).await?;
    }
    let progress = ProgressBar::new(updates as u64);
    progress.set_style(ProgressStyle::with_template(
        "{bar:30} {pos}/{len} updates, {per_sec}, {eta} left",
    )?);
    let (incidents, maintenances) = (format!("{page}/incidents"), format!("{page}/maintenances"));
    let lacking = plan.incidents.iter().map(|event| (incidents.as_str(), event));
    let lacking = lacking.chain(plan.maintenances.iter().map(|event| (maintenances.as_str(), event)));
    stream::iter(lacking)
        .map(|(path, event)| tell(api, path, event, &progress))
        .buffer_unordered(EVENTS_AT_ONCE)
        .try_collect::<()>()
        .await?;
    progress.finish();
    settle(api, &page, &documents.components).await
}

/// Tells one event, its updates in the order in which they happened.
async fn tell(api: &Api, path: &str, lacking: &Lacking, progress: &ProgressBar) -> anyhow::Result<()> {
    let event = format!("{path}/{}", lacking.event.id);
    let mut updates = lacking.updates.iter();
    if let Some(first) = updates.next() {
        match lacking.is_new {
            true => api.post(path, &lacking.event.body(first)).await?,
            false => api.post(&format!("{event}/updates"), &first.body()).await?,
        };
        progress.inc(1);
    }
    for update in updates {
        api.post(&format!("{event}/updates"), &update.body()).await?;
        progress.inc(1);
    }
    Ok(())
}

/// What the updates do not tell, the components' own documents do.
async fn settle(api: &Api, page: &str, components: &[Component]) -> anyhow::Result<()> {
    for component in components.iter().filter(|component| !component.group) {
        let path = format!("{page}/components/{}", component.id);
        let now = api.read(&path).await?.unwrap_or_default();
        if now["status"] != json!(component.status) {
            api.patch(&path, &json!({ "status": component.status })).await?;
        }
    }
    Ok(())
}

const EVENTS_AT_ONCE: usize = 16;
