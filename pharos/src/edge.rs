//! `pharos edge`

use edge_host::SignIn;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::{
    client_address,
    config::{self, Problems},
    run,
    traces::TraceArgs,
};

#[derive(clap::Args)]
pub struct Args {
    /// Name of this region, as `pharos sync --region` calls it
    #[arg(long, env = "PHAROS_REGION")]
    region: Option<String>,
    /// Folder of the region's store; made if it is missing, and filled by the sync
    #[arg(long, env = "PHAROS_DATA")]
    data: Option<String>,
    /// Where visitors and the sync are served; a socket that systemd hands over (a `.socket` unit) takes its place
    #[arg(long, env = "PHAROS_LISTEN", default_value = "0.0.0.0:8080")]
    listen: String,
    /// Where /metrics, /status, /healthz and /readyz listen; keep it away from the public
    #[arg(long, env = "PHAROS_ADMIN_LISTEN", default_value = "127.0.0.1:8091")]
    admin_listen: String,
    /// The WASM component that makes the pages: edge_steps.wasm
    #[arg(long, env = "PHAROS_COMPONENT")]
    component: Option<String>,
    /// Folder of compiled components, so that a start need not compile; what lies in it is run as it is [default: `compiled` in --data]
    #[arg(long, env = "PHAROS_COMPILED")]
    compiled: Option<String>,
    /// The public key that `pharos keygen` printed; while it is replaced, the next one too, with a comma between
    #[arg(long, env = "PHAROS_PUT_VERIFY_KEY", allow_hyphen_values = true)]
    put_verify_key: Option<String>,
    /// The origin's listener for visitors, such as https://origin.example:8443; without it nobody is let in to private pages
    #[arg(long, env = "PHAROS_VISITORS_URL")]
    visitors_url: Option<String>,
    /// File with this region's own key, which `pharos keygen` wrote; the origin knows its public half (--region-key)
    #[arg(long, env = "PHAROS_SIGN_IN_KEY_FILE")]
    sign_in_key_file: Option<String>,
    /// Where visitors' addresses come from: `peer`, `proxy-protocol [from CIDR,…]` or `header NAME from CIDR,…`
    #[arg(long, env = "PHAROS_CLIENT_ADDRESS", default_value = "peer")]
    client_address: String,
    /// Most connections at a time; further ones wait
    #[arg(long, env = "PHAROS_CONNECTIONS_MAX", default_value = "10000")]
    connections_max: String,
    #[command(flatten)]
    pub traces: TraceArgs,
}

/// What the arguments say, or all that is wrong with them.
pub fn config(args: &Args, metrics: PrometheusHandle) -> Result<edge_host::Config, Problems> {
    let mut problems = Problems::default();
    let traces = problems.optional("--otlp-endpoint", args.traces.otlp_endpoint.as_deref(), config::url);
    let region = problems.required("--region", args.region.as_deref(), config::region_name);
    let data = problems.required("--data", args.data.as_deref(), config::folder);
    let listen = problems.note("--listen", config::address(&args.listen));
    let admin_listen = problems.note("--admin-listen", config::address(&args.admin_listen));
    let component = problems.required("--component", args.component.as_deref(), config::component);
    let compiled = problems.optional("--compiled", args.compiled.as_deref(), config::folder);
    let key = args.put_verify_key.as_deref();
    let put_key = problems.required("--put-verify-key", key, config::verify_keys);
    let connections_max = problems.note("--connections-max", connections(&args.connections_max));
    let client_address = problems.note("--client-address", client_address::parse(&args.client_address));
    let sign_in = sign_in(
        args.visitors_url.as_deref(),
        args.sign_in_key_file.as_deref(),
        &mut problems,
    );
    let (Some(region), Some(data), Some(compiled), Some(component)) = (region, data, compiled, component) else {
        return Err(problems);
    };
    let (Some(listen), Some(admin_listen), Some(_), Some(client_address), Some(connections_max), Some(sign_in)) =
        (listen, admin_listen, put_key, client_address, connections_max, sign_in)
    else {
        return Err(problems);
    };
    if traces.is_none() {
        return Err(problems);
    }
    Ok(edge_host::Config {
        put_verify_key: key.map(str::to_owned),
        region,
        listen,
        socket: None,
        admin_listen,
        component,
        compiled: compiled.unwrap_or_else(|| data.join(COMPILED)),
        data,
        sign_in,
        client_address,
        connections_max,
        metrics,
    })
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let config = edge_host::Config {
        socket: run::socket()?,
        ..config(&args, run::metrics("edge")?)?
    };
    let lets_in = config.sign_in.is_some();
    let bound = edge_host::bind(config).await?;
    tracing::info!(visitors = %bound.visitor_addr, admin = %bound.admin_addr, "edge listens");
    if !lets_in {
        tracing::info!("nobody is let in to private pages here (--visitors-url, --sign-in-key-file)");
    }
    bound.run(run::until_signal()?).await
}

/// Both settings, or neither.
fn sign_in(url: Option<&str>, key_file: Option<&str>, problems: &mut Problems) -> Option<Option<SignIn>> {
    let origin = problems.optional("--visitors-url", url, config::url);
    let key = problems.optional("--sign-in-key-file", key_file, config::put_key_file);
    match (origin?, key?) {
        (Some(origin), Some(key)) => Some(Some(SignIn { origin, key })),
        (None, None) => Some(None),
        (Some(_), None) => {
            problems.add("--visitors-url needs --sign-in-key-file, the key that this region signs its questions with");
            None
        }
        (None, Some(_)) => {
            problems.add("--sign-in-key-file needs --visitors-url, where the origin is asked");
            None
        }
    }
}

fn connections(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if (1..=1_000_000).contains(&count) => Ok(count),
        _ => Err(format!("{text:?} is not a number from 1 to 1000000")),
    }
}

/// Where compiled components lie in a folder of data, unless another place is given.
pub const COMPILED: &str = "compiled";
