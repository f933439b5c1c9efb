//! `pharos session`

use std::time::Duration;

use clap::Subcommand;
use origin_api::MintedSession;
use page_model::{Host, Id, PageId};

use crate::{
    config::{self, Problems},
    examples,
};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a session of a private page, for when nobody gets in otherwise; its audit log tells of it
    #[command(after_long_help = examples::SESSION)]
    Mint(MintArgs),
}

#[derive(clap::Args)]
struct MintArgs {
    /// Folder of the database; its origin may be at work
    #[arg(long, env = "PHAROS_DATA")]
    data: Option<String>,
    /// The page
    #[arg(long)]
    page: PageId,
    /// The host of the page at which the session counts
    #[arg(long)]
    host: Host,
    /// The audience whose part of the page it shows
    #[arg(long)]
    audience: Id,
    /// How long it counts, such as 30m or 4h; at most 24h
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    lasts: Duration,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let Command::Mint(args) = args.command;
    let mut problems = Problems::default();
    let Some(data) = problems.required("--data", args.data.as_deref(), config::folder) else {
        return Err(problems.into());
    };
    let wanted = MintedSession {
        page: args.page,
        host: args.host,
        audience: args.audience,
        lasts: args.lasts,
    };
    let session = origin_api::mint_session(&data, &wanted).await?;
    let is_this_machine = wanted.host.as_str() == "localhost" || wanted.host.as_str().ends_with(".localhost");
    let prefix = if is_this_machine { "" } else { "__Host-" };
    println!("{prefix}pharos-session={session}");
    eprintln!(
        "Send it as a cookie to {}, and to nobody else: who has it is let in.",
        wanted.host
    );
    Ok(())
}

fn time(text: &str) -> Result<Duration, String> {
    let of = |unit: &str, seconds: u64| {
        let number = text.strip_suffix(unit)?.parse::<u64>().ok()?;
        Some(Duration::from_secs(number.checked_mul(seconds)?))
    };
    let found = of("m", 60).or_else(|| of("h", 3_600));
    found.ok_or_else(|| "a time is a number with its unit, such as 30m or 4h".to_owned())
}
