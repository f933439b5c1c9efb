//! `pharos import`: brings a page over from another product.

use std::path::PathBuf;

use statuspage_import::Import;

use crate::{
    config::{self, Problems},
    examples,
};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    source: Source,
}

#[derive(clap::Subcommand)]
enum Source {
    /// From the public v2 documents of a Statuspage page; needs no key there
    #[command(after_long_help = examples::IMPORT)]
    Statuspage(Statuspage),
}

#[derive(clap::Args)]
struct Statuspage {
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
    /// Take the documents' word where the page was changed here
    #[arg(long)]
    theirs: bool,
    /// Where to remember what was brought over; default: a file of the page in $XDG_STATE_HOME/pharos/import
    #[arg(long, env = "PHAROS_IMPORT_STATE")]
    state: Option<PathBuf>,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let Source::Statuspage(args) = args.source;
    let mut problems = Problems::default();
    let url = problems.required("--api", args.api.as_deref(), config::url);
    let token = problems.required("--token", args.token.as_deref(), |token| Ok(token.to_owned()));
    let (Some(url), Some(token)) = (url, token) else {
        return Err(problems.into());
    };
    let import = Import {
        source: args.source,
        url,
        token,
        hosts: args.hosts,
        dry_run: args.dry_run,
        theirs: args.theirs,
        state: args.state,
    };
    statuspage_import::import(import).await
}
