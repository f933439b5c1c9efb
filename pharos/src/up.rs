//! `pharos up`: everything on one machine, in one process, with a demo page.

mod mailbox;
mod ready;
mod secrets;

use std::{
    collections::HashMap,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context, bail};
use ed25519_dalek::VerifyingKey;
use metrics_exporter_prometheus::PrometheusHandle;
use reqwest::{Url, header};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{self, Problems},
    demo, edge,
    keys::KeyFile,
    run,
    traces::TraceArgs,
};
use mailbox::Mailbox;
use push_client::Api;
use ready::{Ready, ReadyOrigin, ReadyRegion, ReadySync};
use secrets::Secrets;

#[derive(clap::Args)]
pub struct Args {
    /// Folder for the databases and keys; what is in it is kept from run to run
    #[arg(long, env = "PHAROS_DATA", default_value = "target/up")]
    data: String,
    /// Port of the first region; the second gets the next one, the push API +10, the listener for visitors +11, the mail server +12, the mails in the browser +13, the admin listeners +20 to +23; 0 takes free ones
    #[arg(long, env = "PHAROS_PORT", default_value = "8080")]
    port: String,
    /// The WASM component that makes the pages
    #[arg(
        long,
        env = "PHAROS_COMPONENT",
        default_value = "target/wasm32-wasip2/release/edge_steps.wasm"
    )]
    component: String,
    /// Folder of compiled components, so that a start need not compile; what lies in it is run as it is [default: `compiled` in --data]
    #[arg(long, env = "PHAROS_COMPILED")]
    compiled: Option<String>,
    /// An identity provider on this machine, whose customers sign in to the private page; `cargo xtask up --provider` starts one
    #[arg(long, env = "PHAROS_PROVIDER")]
    provider: Option<String>,
    #[command(flatten)]
    pub traces: TraceArgs,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut problems = Problems::default();
    let data = problems.note("--data", config::folder(&args.data));
    let port = problems.note("--port", ports(&args.port));
    let component = problems.note("--component", config::component(&args.component));
    let compiled = problems.optional("--compiled", args.compiled.as_deref(), config::folder);
    let provider = problems.optional("--provider", args.provider.as_deref(), config::url);
    problems.optional("--otlp-endpoint", args.traces.otlp_endpoint.as_deref(), config::url);
    let (Some(data), Some(port), Some(component), Some(compiled), Some(provider)) =
        (data, port, component, compiled, provider)
    else {
        return Err(problems.into());
    };
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let compiled = compiled.unwrap_or_else(|| data.join(edge::COMPILED));
    fs::create_dir_all(&data).with_context(|| format!("cannot make the folder {}", data.display()))?;
    let shutdown = run::until_signal()?;
    let mut machine = Machine::new(data, port, component, compiled, shutdown.clone())?;
    machine.provider = provider;
    let started = tokio::select! {
        started = machine.start() => started.map(Some),
        () = shutdown.cancelled() => Ok(None),
    };
    match started {
        Ok(Some(ready)) => ready.announce(&machine.data)?,
        Ok(None) => {}
        Err(error) => {
            shutdown.cancel();
            let _ = machine.wait().await;
            return Err(error);
        }
    }
    machine.wait().await
}

/// The programs that run in this process, and what they share.
struct Machine {
    data: PathBuf,
    port: u16,
    component: PathBuf,
    compiled: PathBuf,
    provider: Option<Url>,
    secrets: Secrets,
    put_keys: KeyFile,
    metrics: PrometheusHandle,
    programs: JoinSet<anyhow::Result<()>>,
    shutdown: CancellationToken,
}

impl Machine {
    fn new(
        data: PathBuf,
        port: u16,
        component: PathBuf,
        compiled: PathBuf,
        shutdown: CancellationToken,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            secrets: secrets::secrets(&data)?,
            put_keys: secrets::put_keys(&data)?,
            metrics: run::metrics("up")?,
            programs: JoinSet::new(),
            data,
            port,
            component,
            compiled,
            provider: None,
            shutdown,
        })
    }

    async fn start(&mut self) -> anyhow::Result<Ready> {
        let mailbox = Mailbox::bind(self.address(12), self.address(13)).await;
        let mailbox = mailbox.context("the mail server does not start")?;
        let (smtp, mails_url) = (mailbox.smtp_addr, http_url(mailbox.web_addr));
        self.programs.spawn(mailbox.run(self.shutdown.clone()));
        let origin = self.start_origin(smtp).await.context("the origin does not start")?;
        let mut regions = Vec::new();
        for (name, offset) in REGIONS {
            let region = self.start_region(name, offset, &origin).await;
            regions.push(region.with_context(|| format!("the region {name} does not start"))?);
        }
        let sync = self
            .start_sync(&origin, &regions)
            .await
            .context("the sync does not start")?;
        // Only now: an address that is told and then goes away, for want of a port, misleads.
        eprintln!("origin     {}", origin.api_url);
        for region in &regions {
            eprintln!("edge {}  {}", region.name, region.url);
        }
        let api = Api::new(&parsed(&origin.api_url)?, self.secrets.admin_token.clone())?;
        let page = demo::load(&api).await.context("the demo page cannot be loaded")?;
        demo::load_private(&api)
            .await
            .context("the private demo page cannot be loaded")?;
        demo::load_partners(&api)
            .await
            .context("the demo page for partners cannot be loaded")?;
        if let Some(provider) = &self.provider {
            let issuer = provider.as_str().trim_end_matches('/');
            let loaded = demo::load_provider(&api, issuer).await;
            loaded.context("the identity provider of the private demo page cannot be set")?;
        }
        for region in &regions {
            wait_until_served(region).await?;
        }
        Ok(Ready {
            push_url: format!("{}/v1", origin.api_url),
            regions,
            origin,
            sync,
            token: self.secrets.admin_token.clone(),
            page,
            mails_url,
            hosts: [demo::HOST, demo::PRIVATE_HOST, demo::PARTNERS_HOST]
                .map(str::to_owned)
                .to_vec(),
        })
    }

    async fn start_origin(&mut self, smtp: SocketAddr) -> anyhow::Result<ReadyOrigin> {
        let smtp = origin_api::Smtp::parse(&format!("smtp://{smtp}"), demo::MAIL_FROM);
        let origin = origin_api::bind(origin_api::Config {
            listen: self.address(10),
            socket: None,
            admin_listen: self.address(22),
            data: self.data.join("origin"),
            sync_token: self.secrets.sync_token.clone(),
            admin_token: self.secrets.admin_token.clone(),
            visitors: Some(origin_api::Visitors {
                listen: self.address(11),
                region_keys: self.region_keys()?,
                smtp: Some(smtp.map_err(anyhow::Error::msg)?),
            }),
            internal_providers: self.provider.iter().cloned().collect(),
            metrics: self.metrics.clone(),
        });
        let origin = origin.await?;
        let visitors = origin.visitors_addr.context("the listener for visitors is not bound")?;
        let ready = ReadyOrigin {
            api_url: http_url(origin.api_addr),
            visitors_url: http_url(visitors),
            admin_url: http_url(origin.admin_addr),
        };
        self.programs.spawn(origin.run(self.shutdown.clone()));
        Ok(ready)
    }

    fn region_keys(&self) -> anyhow::Result<HashMap<String, VerifyingKey>> {
        let key = |(region, _): (&str, u16)| {
            let key = secrets::sign_in_key(&self.data, region)?;
            Ok((region.to_owned(), key.verifying_key()))
        };
        REGIONS.into_iter().map(key).collect()
    }

    async fn start_region(&mut self, name: &str, offset: u16, origin: &ReadyOrigin) -> anyhow::Result<ReadyRegion> {
        let sign_in = edge_host::SignIn {
            origin: parsed(&origin.visitors_url)?,
            key: secrets::sign_in_key(&self.data, name)?,
        };
        let region = edge_host::bind(edge_host::Config {
            region: name.to_owned(),
            listen: self.address(offset),
            socket: None,
            admin_listen: self.address(20 + offset),
            component: self.component.clone(),
            compiled: self.compiled.clone(),
            data: self.data.join(name),
            put_verify_key: Some(self.put_keys.public_halves()),
            sign_in: Some(sign_in),
            client_address: edge_host::ClientAddress::Peer,
            connections_max: CONNECTIONS_MAX,
            metrics: self.metrics.clone(),
        });
        let region = region.await?;
        let ready = ReadyRegion {
            name: name.to_owned(),
            url: http_url(region.visitor_addr),
            admin_url: http_url(region.admin_addr),
        };
        self.programs.spawn(region.run(self.shutdown.clone()));
        Ok(ready)
    }

    async fn start_sync(&mut self, origin: &ReadyOrigin, regions: &[ReadyRegion]) -> anyhow::Result<ReadySync> {
        let region = |region: &ReadyRegion| {
            Ok(kv_sync::Region {
                name: region.name.clone(),
                url: parsed(&region.url)?,
            })
        };
        let sync = kv_sync::bind(kv_sync::Config {
            origin: parsed(&origin.api_url)?,
            sync_token: self.secrets.sync_token.clone(),
            put_key: self.put_keys.signs.clone(),
            regions: regions.iter().map(region).collect::<anyhow::Result<_>>()?,
            admin_listen: self.address(23),
            metrics: self.metrics.clone(),
        });
        let sync = sync.await?;
        let ready = ReadySync {
            admin_url: http_url(sync.admin_addr),
        };
        self.programs.spawn(sync.run(self.shutdown.clone()));
        Ok(ready)
    }

    /// Until every program has ended. One that ends takes the others with it, so that nothing half-works unnoticed.
    async fn wait(&mut self) -> anyhow::Result<()> {
        let mut ended = Ok(());
        while let Some(program) = self.programs.join_next().await {
            self.shutdown.cancel();
            ended = ended.and(program.context("a program panicked").flatten());
        }
        ended
    }

    /// Port 0 stands for a free one everywhere.
    fn address(&self, offset: u16) -> SocketAddr {
        let port = if self.port == 0 { 0 } else { self.port + offset };
        (Ipv4Addr::LOCALHOST, port).into()
    }
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

fn http_url(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn parsed(url: &str) -> anyhow::Result<Url> {
    config::url(url).map_err(anyhow::Error::msg)
}

/// Names of the regions, and how far their ports are from the first.
const REGIONS: [(&str, u16); 2] = [("eu-1", 0), ("us-1", 1)];
const PORTS_USED: u16 = 24;
const CONNECTIONS_MAX: usize = 1_000;
const SERVED_WITHIN: Duration = Duration::from_secs(30);
const SERVED_POLL: Duration = Duration::from_millis(50);
