//! `pharos origin`

use crate::{
    config::{self, Problems},
    run,
};

#[derive(clap::Args)]
pub struct Args {
    /// Folder of the database; made if it is missing
    #[arg(long, env = "PHAROS_DATA")]
    data: Option<String>,
    /// Where the push API and the sync side listen
    #[arg(long, env = "PHAROS_LISTEN", default_value = "127.0.0.1:8090")]
    listen: String,
    /// Where /metrics and /healthz listen; keep it away from the public
    #[arg(long, env = "PHAROS_ADMIN_LISTEN", default_value = "127.0.0.1:8092")]
    admin_listen: String,
    /// Secret that `pharos sync` shows
    #[arg(long, env = "PHAROS_SYNC_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    sync_token: Option<String>,
    /// API token with access to everything; make narrower ones with POST /v1/tokens
    #[arg(long, env = "PHAROS_ADMIN_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    admin_token: Option<String>,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut problems = Problems::default();
    let data = problems.required("--data", args.data.as_deref(), config::folder);
    let listen = problems.note("--listen", config::address(&args.listen));
    let admin_listen = problems.note("--admin-listen", config::address(&args.admin_listen));
    let sync_token = problems.required("--sync-token", args.sync_token.as_deref(), config::token);
    let admin_token = problems.required("--admin-token", args.admin_token.as_deref(), config::token);
    let (Some(data), Some(listen), Some(admin_listen), Some(sync_token), Some(admin_token)) =
        (data, listen, admin_listen, sync_token, admin_token)
    else {
        return Err(problems.into());
    };
    let config = origin_api::Config {
        listen,
        admin_listen,
        data,
        sync_token,
        admin_token,
        metrics: run::metrics()?,
    };
    let bound = origin_api::bind(config).await?;
    tracing::info!(api = %bound.api_addr, admin = %bound.admin_addr, "origin listens");
    bound.run(run::until_signal()?).await
}
