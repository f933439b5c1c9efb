//! `pharos sync`

use ed25519_dalek::SigningKey;
use metrics_exporter_prometheus::PrometheusHandle;
use reqwest::Url;

use crate::{
    config::{self, Problems},
    keys, run,
    traces::TraceArgs,
};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    road: RoadArgs,
    /// Where /metrics, /status, /healthz and /readyz listen; keep it away from the public
    #[arg(long, env = "PHAROS_ADMIN_LISTEN", default_value = "127.0.0.1:8093")]
    admin_listen: String,
    #[command(flatten)]
    pub traces: TraceArgs,
}

/// Between which programs a sync carries, and as whom.
#[derive(clap::Args)]
pub struct RoadArgs {
    /// The origin's address, such as http://127.0.0.1:8090
    #[arg(long, env = "PHAROS_ORIGIN")]
    origin: Option<String>,
    /// The secret that the origin was given as --sync-token
    #[arg(long, env = "PHAROS_SYNC_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    sync_token: Option<String>,
    /// File that `pharos keygen` wrote; where `pharos keys add` put more keys in it, the first one signs
    #[arg(long, env = "PHAROS_PUT_KEY_FILE")]
    put_key_file: Option<String>,
    /// A region and the address of its edge, NAME=URL; once for each region
    #[arg(long = "region", env = "PHAROS_REGIONS", value_delimiter = ',')]
    regions: Vec<String>,
}

/// What they say.
pub struct Road {
    pub origin: Url,
    pub sync_token: String,
    pub put_key: SigningKey,
    pub regions: Vec<kv_sync::Region>,
}

impl RoadArgs {
    /// `None` where something is wrong with them, which is noted.
    pub fn road(&self, problems: &mut Problems) -> Option<Road> {
        let origin = problems.required("--origin", self.origin.as_deref(), config::url);
        let sync_token = problems.required("--sync-token", self.sync_token.as_deref(), config::token);
        let put_key = problems.required("--put-key-file", self.put_key_file.as_deref(), config::put_key_file);
        let regions = regions(&self.regions, problems);
        Some(Road {
            origin: origin?,
            sync_token: sync_token?,
            put_key: put_key?,
            regions: regions?,
        })
    }
}

/// What the arguments say, or all that is wrong with them.
pub fn config(args: &Args, metrics: PrometheusHandle) -> Result<kv_sync::Config, Problems> {
    let mut problems = Problems::default();
    let traces = problems.optional("--otlp-endpoint", args.traces.otlp_endpoint.as_deref(), config::url);
    let road = args.road.road(&mut problems);
    let admin_listen = problems.note("--admin-listen", config::address(&args.admin_listen));
    let (Some(_), Some(road), Some(admin_listen)) = (traces, road, admin_listen) else {
        return Err(problems);
    };
    Ok(kv_sync::Config {
        origin: road.origin,
        sync_token: road.sync_token,
        put_key: road.put_key,
        regions: road.regions,
        admin_listen,
        metrics,
    })
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let config = config(&args, run::metrics("sync")?)?;
    let put_key = keys::public_half(&config.put_key);
    let bound = kv_sync::bind(config).await?;
    tracing::info!(admin = %bound.admin_addr, put_key, "sync runs");
    bound.run(run::until_signal()?).await
}

pub fn regions(texts: &[String], problems: &mut Problems) -> Option<Vec<kv_sync::Region>> {
    if texts.is_empty() {
        problems.add(
            "--region is missing: name at least one region as NAME=URL (flag --region or variable PHAROS_REGIONS)",
        );
    }
    let regions: Vec<_> = texts
        .iter()
        .filter_map(|text| problems.note("--region", config::region(text)))
        .collect();
    for (at, region) in regions.iter().enumerate() {
        if regions[..at].iter().any(|other| other.name == region.name) {
            problems.add(format!("--region: {} stands twice", region.name));
            return None;
        }
    }
    (!texts.is_empty() && regions.len() == texts.len()).then_some(regions)
}
