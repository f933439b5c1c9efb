//! `pharos edge`

use crate::{
    config::{self, Problems},
    run,
};

#[derive(clap::Args)]
pub struct Args {
    /// Name of this region, as `pharos sync --region` calls it
    #[arg(long, env = "PHAROS_REGION")]
    region: Option<String>,
    /// Folder of the region's store; made if it is missing, and filled by the sync
    #[arg(long, env = "PHAROS_DATA")]
    data: Option<String>,
    /// Where visitors and the sync are served
    #[arg(long, env = "PHAROS_LISTEN", default_value = "0.0.0.0:8080")]
    listen: String,
    /// Where /metrics and /healthz listen; keep it away from the public
    #[arg(long, env = "PHAROS_ADMIN_LISTEN", default_value = "127.0.0.1:8091")]
    admin_listen: String,
    /// The WASM component that makes the pages: edge_steps.wasm
    #[arg(long, env = "PHAROS_COMPONENT")]
    component: Option<String>,
    /// Folder of compiled components, so that a start need not compile; what lies in it is run as it is [default: `compiled` in --data]
    #[arg(long, env = "PHAROS_COMPILED")]
    compiled: Option<String>,
    /// The public key that `pharos keygen` printed
    #[arg(long, env = "PHAROS_PUT_VERIFY_KEY", allow_hyphen_values = true)]
    put_verify_key: Option<String>,
    /// Most connections at a time; further ones wait
    #[arg(long, env = "PHAROS_CONNECTIONS_MAX", default_value = "10000")]
    connections_max: String,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut problems = Problems::default();
    let region = problems.required("--region", args.region.as_deref(), config::region_name);
    let data = problems.required("--data", args.data.as_deref(), config::folder);
    let listen = problems.note("--listen", config::address(&args.listen));
    let admin_listen = problems.note("--admin-listen", config::address(&args.admin_listen));
    let component = problems.required("--component", args.component.as_deref(), config::component);
    let compiled = problems.optional("--compiled", args.compiled.as_deref(), config::folder);
    let key = args.put_verify_key.as_deref();
    let put_key = problems.required("--put-verify-key", key, config::verify_key);
    let connections_max = problems.note("--connections-max", connections(&args.connections_max));
    let (Some(region), Some(data), Some(compiled), Some(component)) = (region, data, compiled, component) else {
        return Err(problems.into());
    };
    let (Some(listen), Some(admin_listen), Some(_), Some(connections_max)) =
        (listen, admin_listen, put_key, connections_max)
    else {
        return Err(problems.into());
    };
    let config = edge_host::Config {
        put_verify_key: key.map(str::to_owned),
        region,
        listen,
        admin_listen,
        component,
        compiled: compiled.unwrap_or_else(|| data.join(COMPILED)),
        data,
        connections_max,
        metrics: run::metrics()?,
    };
    let bound = edge_host::bind(config).await?;
    tracing::info!(visitors = %bound.visitor_addr, admin = %bound.admin_addr, "edge listens");
    bound.run(run::until_signal()?).await
}

fn connections(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if (1..=1_000_000).contains(&count) => Ok(count),
        _ => Err(format!("{text:?} is not a number from 1 to 1000000")),
    }
}

/// Where compiled components lie in a folder of data, unless another place is given.
pub const COMPILED: &str = "compiled";
