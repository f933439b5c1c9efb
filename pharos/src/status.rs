//! `pharos status`: what an operator asks first, from the admin listeners.

mod report;
mod table;

use std::{path::Path, time::Duration};

use anyhow::Context;
use futures_util::future::join_all;
use reqwest::{Client, Url};
use serde_json::Value;

use crate::config::{self, Problems};
use report::{Asked, Report};

#[derive(clap::Args)]
pub struct Args {
    /// The origin's admin listener
    #[arg(long, env = "PHAROS_ORIGIN_ADMIN", default_value = "http://127.0.0.1:8092")]
    origin_admin: String,
    /// The sync's admin listener
    #[arg(long, env = "PHAROS_SYNC_ADMIN", default_value = "http://127.0.0.1:8093")]
    sync_admin: String,
    /// An edge's admin listener; once for each. Without any, the sync alone says how the regions are
    #[arg(long = "edge-admin", env = "PHAROS_EDGE_ADMIN", value_delimiter = ',')]
    edge_admins: Vec<String>,
    /// The file `ready.json` of a `pharos up`, with the addresses of all
    #[arg(long, conflicts_with_all = ["origin_admin", "sync_admin", "edge_admins"])]
    up: Option<String>,
    /// Print all that was found as JSON
    #[arg(long)]
    json: bool,
}

/// Ends with 1 where something needs the operator.
pub async fn run(args: Args) -> anyhow::Result<bool> {
    let addresses = addresses(&args)?;
    let client = Client::builder()
        .no_proxy()
        .timeout(ANSWER_MAX)
        .build()
        .context("cannot set up an HTTP client")?;
    let ask = |url: Url| ask(client.clone(), url);
    let (origin, sync, edges) = tokio::join!(
        ask(addresses.origin),
        ask(addresses.sync),
        join_all(addresses.edges.into_iter().map(ask)),
    );
    let report = Report::new(origin, sync, edges, report::now_ms());
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => print!("{}", table::text(&report)),
    }
    Ok(report.problems.is_empty())
}

struct Addresses {
    origin: Url,
    sync: Url,
    edges: Vec<Url>,
}

fn addresses(args: &Args) -> anyhow::Result<Addresses> {
    if let Some(file) = &args.up {
        return of_up(Path::new(file));
    }
    let mut problems = Problems::default();
    let origin = problems.note("--origin-admin", config::url(&args.origin_admin));
    let sync = problems.note("--sync-admin", config::url(&args.sync_admin));
    let edges = args.edge_admins.iter();
    let edges: Vec<_> = edges
        .map(|url| problems.note("--edge-admin", config::url(url)))
        .collect();
    let (Some(origin), Some(sync), Some(edges)) = (origin, sync, edges.into_iter().collect()) else {
        return Err(problems.into());
    };
    Ok(Addresses { origin, sync, edges })
}

fn of_up(file: &Path) -> anyhow::Result<Addresses> {
    let shown = file.display();
    let bytes = std::fs::read(file).with_context(|| format!("{shown} cannot be read; is `pharos up` ready?"))?;
    let ready: Value = serde_json::from_slice(&bytes).with_context(|| format!("{shown} is no ready.json"))?;
    let url = |of: &Value| -> anyhow::Result<Url> {
        let text = of["admin_url"].as_str();
        let text = text.with_context(|| format!("{shown} names no admin listener"))?;
        config::url(text).map_err(anyhow::Error::msg)
    };
    let regions = ready["regions"].as_array();
    Ok(Addresses {
        origin: url(&ready["origin"])?,
        sync: url(&ready["sync"])?,
        edges: regions.into_iter().flatten().map(url).collect::<anyhow::Result<_>>()?,
    })
}

async fn ask(client: Client, admin: Url) -> Asked {
    let url = admin.to_string();
    let mut status = admin;
    status.set_path("/status");
    let answer = async {
        let response = client.get(status).send().await?.error_for_status()?;
        response.json::<Value>().await
    };
    match answer.await {
        Ok(said) => Asked::Answered { url, said },
        Err(error) => Asked::Away {
            url,
            error: chain(&error),
        },
    }
}

fn chain(error: &reqwest::Error) -> String {
    // What was asked stands before it.
    let mut text = String::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    match text.is_empty() {
        true => error.to_string(),
        false => text,
    }
}

const ANSWER_MAX: Duration = Duration::from_secs(5);
