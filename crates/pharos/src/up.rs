//! `pharos up`: everything on one machine, in one process, with a demo page.

mod ready;
mod secrets;

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use anyhow::{Context, bail};
use metrics_exporter_prometheus::PrometheusHandle;
use reqwest::header;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    api::Api,
    config::{self, Problems},
    demo, edge, keys, run,
};
use ready::{Ready, ReadyOrigin, ReadyRegion, ReadySync};

#[derive(clap::Args)]
pub struct Args {
    /// Folder for the databases and keys; what is in it is kept from run to run
    #[arg(long, env = "PHAROS_DATA", default_value = "target/up")]
    data: String,
    /// Port of the first region; the second gets the next one, the push API +10, the admin listeners +20 to +23; 0 takes free ones
    #[arg(long, env = "PHAROS_PORT", default_value = "8080")]
    port: String,
    /// The WASM component that makes the pages
    #[arg(
        long,
        env = "PHAROS_COMPONENT",
        default_value = "target/wasm32-wasip2/release/edge_worker.wasm"
    )]
    component: String,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut problems = Problems::default();
    let data = problems.note("--data", config::folder(&args.data));
    let port = problems.note("--port", ports(&args.port));
    let component = problems.note("--component", config::existing_file(&args.component));
    let (Some(data), Some(port), Some(component)) = (data, port, component) else {
        return Err(problems.into());
    };
    fs::create_dir_all(&data).with_context(|| format!("cannot make the folder {}", data.display()))?;
    let shutdown = run::until_signal()?;
    let mut programs = JoinSet::new();
    let ready = tokio::select! {
        ready = start(&data, port, &component, &mut programs, &shutdown) => Some(ready?),
        () = shutdown.cancelled() => None,
    };
    if let Some(ready) = ready {
        ready.announce(&data)?;
    }
    let mut ended = Ok(());
    while let Some(program) = programs.join_next().await {
        let program = program.context("a program panicked").flatten();
        // One program that ends takes the others with it, so that nothing half-works unnoticed.
        shutdown.cancel();
        ended = ended.and(program);
    }
    ended
}

async fn start(
    data: &Path,
    port: u16,
    component: &Path,
    programs: &mut JoinSet<anyhow::Result<()>>,
    shutdown: &CancellationToken,
) -> anyhow::Result<Ready> {
    let secrets = secrets::secrets(data)?;
    let put_key = secrets::put_key(data)?;
    let metrics = run::metrics()?;

    let origin = origin_api::bind(origin_api::Config {
        listen: local(port, 10),
        admin_listen: local(port, 22),
        data: data.join("origin"),
        sync_token: secrets.sync_token.clone(),
        admin_token: secrets.admin_token.clone(),
        metrics: metrics.clone(),
    });
    let origin = origin.await.context("the origin does not start")?;
    let origin_url = http_url(origin.api_addr);
    let ready_origin = ReadyOrigin {
        api_url: origin_url.clone(),
        admin_url: http_url(origin.admin_addr),
    };
    eprintln!("origin     {origin_url}");
    programs.spawn(origin.run(shutdown.clone()));

    let mut regions = Vec::new();
    for (name, offset) in [("eu-1", 0), ("us-1", 1)] {
        let verify_key = keys::public_half(&put_key);
        let region = edge_host::bind(region_config(
            name,
            offset,
            port,
            component,
            data,
            &verify_key,
            &metrics,
        ));
        let region = region
            .await
            .with_context(|| format!("the region {name} does not start"))?;
        eprintln!("edge {name}  {}", http_url(region.visitor_addr));
        regions.push(ReadyRegion {
            name: name.to_owned(),
            url: http_url(region.visitor_addr),
            admin_url: http_url(region.admin_addr),
        });
        programs.spawn(region.run(shutdown.clone()));
    }

    let sync = kv_sync::bind(kv_sync::Config {
        origin: config::url(&origin_url).map_err(anyhow::Error::msg)?,
        sync_token: secrets.sync_token,
        put_key,
        regions: sync_regions(&regions)?,
        admin_listen: local(port, 23),
        metrics,
    });
    let sync = sync.await.context("the sync does not start")?;
    let ready_sync = ReadySync {
        admin_url: http_url(sync.admin_addr),
    };
    programs.spawn(sync.run(shutdown.clone()));

    let api = Api::new(
        &config::url(&origin_url).map_err(anyhow::Error::msg)?,
        secrets.admin_token.clone(),
    )?;
    let page = demo::load(&api).await.context("the demo page cannot be loaded")?;
    for region in &regions {
        wait_until_served(region).await?;
    }
    Ok(Ready {
        regions,
        push_url: format!("{origin_url}/v1"),
        origin: ready_origin,
        sync: ready_sync,
        token: secrets.admin_token,
        page,
        hosts: vec![demo::HOST.to_owned()],
    })
}

fn region_config(
    name: &str,
    offset: u16,
    port: u16,
    component: &Path,
    data: &Path,
    put_verify_key: &str,
    metrics: &PrometheusHandle,
) -> edge_host::Config {
    edge_host::Config {
        region: name.to_owned(),
        listen: local(port, offset),
        admin_listen: local(port, 20 + offset),
        component: component.to_owned(),
        data: data.join(name),
        variables: edge::variables(name, put_verify_key),
        connections_max: CONNECTIONS_MAX,
        metrics: metrics.clone(),
    }
}

fn sync_regions(regions: &[ReadyRegion]) -> anyhow::Result<Vec<kv_sync::Region>> {
    let region = |region: &ReadyRegion| {
        Ok(kv_sync::Region {
            name: region.name.clone(),
            url: config::url(&region.url).map_err(anyhow::Error::msg)?,
        })
    };
    regions.iter().map(region).collect()
}

async fn wait_until_served(region: &ReadyRegion) -> anyhow::Result<()> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let tries = SERVED_WITHIN.as_millis() / SERVED_POLL.as_millis();
    for _ in 0..tries {
        let visit = client.get(&region.url).header(header::HOST, demo::HOST).send().await;
        if visit.is_ok_and(|response| response.status().is_success()) {
            return Ok(());
        }
        tokio::time::sleep(SERVED_POLL).await;
    }
    bail!(
        "region {} does not serve the demo page; the log above says why",
        region.name
    )
}

fn ports(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(port) if port <= u16::MAX - PORTS_USED => Ok(port),
        _ => Err(format!("{text:?} is not a port from 0 to {}", u16::MAX - PORTS_USED)),
    }
}

fn local(port: u16, offset: u16) -> SocketAddr {
    let port = if port == 0 { 0 } else { port + offset };
    (Ipv4Addr::LOCALHOST, port).into()
}

fn http_url(address: SocketAddr) -> String {
    format!("http://{address}")
}

const PORTS_USED: u16 = 24;
const CONNECTIONS_MAX: usize = 1_000;
const SERVED_WITHIN: Duration = Duration::from_secs(30);
const SERVED_POLL: Duration = Duration::from_millis(50);
