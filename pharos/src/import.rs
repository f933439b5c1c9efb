//! `pharos import`: brings a page over from another product.

mod statuspage;

use crate::examples;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    source: Source,
}

#[derive(clap::Subcommand)]
enum Source {
    /// From the public v2 documents of a Statuspage page; needs no key there
    #[command(after_long_help = examples::IMPORT)]
    Statuspage(statuspage::Args),
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    match args.source {
        Source::Statuspage(args) => statuspage::run(args).await,
    }
}
