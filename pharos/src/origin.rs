//! `pharos origin`

use std::collections::HashMap;

use metrics_exporter_prometheus::PrometheusHandle;
use origin_api::{Smtp, Visitors};

use crate::{
    allocator,
    config::{self, Problems},
    run,
    traces::TraceArgs,
};

#[derive(clap::Args)]
pub struct Args {
    /// Folder of the database; made if it is missing
    #[arg(long, env = "PHAROS_DATA")]
    data: Option<String>,
    /// Where the push API and the sync side listen; a socket that systemd hands over (a `.socket` unit) takes its place
    #[arg(long, env = "PHAROS_LISTEN", default_value = "127.0.0.1:8090")]
    listen: String,
    /// Where /metrics, /status, /healthz and /readyz listen; keep it away from the public
    #[arg(long, env = "PHAROS_ADMIN_LISTEN", default_value = "127.0.0.1:8092")]
    admin_listen: String,
    /// Secret that `pharos sync` shows
    #[arg(long, env = "PHAROS_SYNC_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    sync_token: Option<String>,
    /// API token with access to everything; make narrower ones with POST /v1/tokens
    #[arg(long, env = "PHAROS_ADMIN_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    admin_token: Option<String>,
    /// Where edges ask for the visitors of private pages; behind TLS unless it is this machine
    #[arg(long, env = "PHAROS_VISITORS_LISTEN", default_value = "127.0.0.1:8094")]
    visitors_listen: String,
    /// A region that may ask for visitors, and the public half of its own key, NAME=KEY; once for each region. Without any
    /// nobody is let in to private pages
    #[arg(long = "region-key", env = "PHAROS_REGION_KEY", value_delimiter = ',')]
    region_keys: Vec<String>,
    /// The server that takes mails for those who sign in by one: smtps://user:password@host, smtp://host:587 (with STARTTLS),
    /// or smtp://127.0.0.1:1025 on this machine
    #[arg(long, env = "PHAROS_SMTP_URL", hide_env_values = true, requires = "mail_from")]
    smtp_url: Option<String>,
    /// The address that mails come from
    #[arg(long, env = "PHAROS_MAIL_FROM", requires = "smtp_url")]
    mail_from: Option<String>,
    /// An identity provider that is not public, https://idp.corp; once for each. http:// is for this machine alone
    #[arg(long = "internal-provider", env = "PHAROS_INTERNAL_PROVIDER", value_delimiter = ',')]
    internal_providers: Vec<String>,
    #[command(flatten)]
    pub traces: TraceArgs,
}

/// What the arguments say, or all that is wrong with them.
pub fn config(args: &Args, metrics: PrometheusHandle) -> Result<origin_api::Config, Problems> {
    let mut problems = Problems::default();
    let traces = problems.optional("--otlp-endpoint", args.traces.otlp_endpoint.as_deref(), config::url);
    let data = problems.required("--data", args.data.as_deref(), config::folder);
    let listen = problems.note("--listen", config::address(&args.listen));
    let admin_listen = problems.note("--admin-listen", config::address(&args.admin_listen));
    let sync_token = problems.required("--sync-token", args.sync_token.as_deref(), config::token);
    let admin_token = problems.required("--admin-token", args.admin_token.as_deref(), config::token);
    let visitors = visitors(args, &mut problems);
    let internal_providers = args.internal_providers.iter();
    let internal_providers: Vec<_> = internal_providers
        .map(|url| problems.note("--internal-provider", config::url(url)))
        .collect();
    let internal_providers: Option<Vec<_>> = internal_providers.into_iter().collect();
    let (Some(data), Some(listen), Some(admin_listen), Some(sync_token)) = (data, listen, admin_listen, sync_token)
    else {
        return Err(problems);
    };
    let (Some(admin_token), Some(visitors), Some(internal_providers)) = (admin_token, visitors, internal_providers)
    else {
        return Err(problems);
    };
    if traces.is_none() {
        return Err(problems);
    }
    Ok(origin_api::Config {
        listen,
        socket: None,
        admin_listen,
        data,
        sync_token,
        admin_token,
        visitors,
        internal_providers,
        metrics,
    })
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    allocator::give_back_early();
    let config = origin_api::Config {
        socket: run::socket()?,
        ..config(&args, run::metrics("origin")?)?
    };
    let bound = origin_api::bind(config).await?;
    tracing::info!(api = %bound.api_addr, admin = %bound.admin_addr, "origin listens");
    match bound.visitors_addr {
        Some(visitors) => tracing::info!(%visitors, "regions may ask for visitors of private pages"),
        None => tracing::info!("no region may ask for visitors: nobody is let in to private pages (--region-key)"),
    }
    Box::pin(bound.run(run::until_signal()?)).await
}

/// `Some(None)` where no region has a key.
fn visitors(args: &Args, problems: &mut Problems) -> Option<Option<Visitors>> {
    let listen = problems.note("--visitors-listen", config::address(&args.visitors_listen));
    let smtp = smtp(args, problems);
    let mut region_keys = HashMap::new();
    let mut is_whole = true;
    for text in &args.region_keys {
        match problems.note("--region-key", config::region_key(text)) {
            Some((region, key)) if region_keys.insert(region.clone(), key).is_some() => {
                problems.add(format!("--region-key: {region} stands twice"));
                is_whole = false;
            }
            Some(_) => {}
            None => is_whole = false,
        }
    }
    let visitors = Visitors {
        listen: listen?,
        region_keys,
        smtp: smtp?,
    };
    is_whole.then(|| Some(visitors).filter(|visitors| !visitors.region_keys.is_empty()))
}

/// `Some(None)` where no mail is sent.
fn smtp(args: &Args, problems: &mut Problems) -> Option<Option<Smtp>> {
    match (&args.smtp_url, &args.mail_from) {
        (Some(url), Some(from)) => problems
            .note("--smtp-url, --mail-from", Smtp::parse(url, from))
            .map(Some),
        _ => Some(None),
    }
}
