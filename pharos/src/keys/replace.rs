//! `pharos keys`: a new key takes the place of the one that signs, and no put is refused in between.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use clap::Subcommand;
use ed25519_dalek::SigningKey;
use kv_sync::Region;

use super::file::{KeyFile, public_half};
use crate::{
    config::{self, Problems},
    examples,
};

#[derive(clap::Args)]
pub struct KeysArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the keys of a file, and which of them each region takes
    #[command(after_long_help = examples::KEYS_LIST)]
    List(ListArgs),
    /// Make the next key; it signs nothing before the first one is retired
    #[command(after_long_help = examples::KEYS_ADD)]
    Add(AddArgs),
    /// Take a key out of the file; where it is the one that signs, the next one signs from then on
    #[command(after_long_help = examples::KEYS_RETIRE)]
    Retire(RetireArgs),
}

#[derive(clap::Args)]
struct ListArgs {
    /// File of `pharos sync --put-key-file`
    file: PathBuf,
    /// A region to ask, NAME=URL as for `pharos sync`; once for each region
    #[arg(long = "region", value_name = "NAME=URL")]
    regions: Vec<String>,
}

#[derive(clap::Args)]
struct AddArgs {
    /// File of `pharos sync --put-key-file`
    file: PathBuf,
}

#[derive(clap::Args)]
struct RetireArgs {
    /// File of `pharos sync --put-key-file`
    file: PathBuf,
    /// Public half of the key, as `pharos keys list` shows it
    #[arg(allow_hyphen_values = true)]
    key: String,
    /// A region to ask whether it takes the key that signs from then on, NAME=URL as for `pharos sync`; once for each region
    #[arg(long = "region", value_name = "NAME=URL")]
    regions: Vec<String>,
    /// Do it; without, nothing is changed and what would be done is said
    #[arg(long)]
    confirm: bool,
}

pub async fn run(args: KeysArgs) -> anyhow::Result<()> {
    match args.command {
        Command::List(args) => list(&args).await,
        Command::Add(args) => add(&args.file),
        Command::Retire(args) => retire(&args).await,
    }
}

async fn list(args: &ListArgs) -> anyhow::Result<()> {
    let (keys, regions) = (read(&args.file)?, regions(&args.regions)?);
    let mut all_take_all = true;
    for (at, key) in keys.keys().enumerate() {
        println!("{}  {}", public_half(key), if at == 0 { "signs" } else { "next" });
        for region in &regions {
            let taken = takes(region, key).await;
            all_take_all &= taken.is_ok();
            let said = taken.map_or_else(|why| format!("does not take it: {why}"), |()| "takes it".to_owned());
            println!("    {} {said}", region.name);
        }
    }
    eprintln!("Every region's put_verify_key: {}", keys.public_halves());
    ensure!(all_take_all, "there is a region that does not take every key");
    Ok(())
}

fn add(file: &Path) -> anyhow::Result<()> {
    let mut keys = read(file)?;
    keys.add()?;
    keys.replace(file)?;
    let (signs, shown) = (public_half(&keys.signs), file.display());
    println!("{}", keys.public_halves());
    eprintln!(
        "The next key is in {shown}; {signs} still signs. Now, in this order:\n\
         1. Give every region the line above as its put_verify_key, and restart one after the other.\n\
         2. See that each takes every key:  pharos keys list {shown} --region NAME=URL …\n\
         3. See what retiring would do:     pharos keys retire {shown} {signs} --region NAME=URL …\n\
         4. Do it:                          the same with --confirm"
    );
    Ok(())
}

async fn retire(args: &RetireArgs) -> anyhow::Result<()> {
    let (keys, regions) = (read(&args.file)?, regions(&args.regions)?);
    let left = keys.without(&args.key)?;
    let (signed, signs) = (public_half(&keys.signs), public_half(&left.signs));
    if signs != signed {
        ensure!(
            !regions.is_empty(),
            "{signs} would sign from then on: name every region with --region NAME=URL, so that each is asked whether it takes that one"
        );
        for region in &regions {
            if let Err(why) = takes(region, &left.signs).await {
                anyhow::bail!(
                    "{} does not take {signs}, which would sign from then on: {why}",
                    region.name
                );
            }
            eprintln!("{} takes {signs}.", region.name);
        }
    }
    if !args.confirm {
        eprintln!(
            "{} would be gone for good from {}, and {signs} signs.",
            args.key,
            args.file.display()
        );
        eprintln!("Nothing was changed. Do it with --confirm.");
        return Ok(());
    }
    left.replace(&args.file)?;
    println!("{}", left.public_halves());
    let give = "every region the line above as its put_verify_key, and restart one after the other.";
    match signs == signed {
        true => eprintln!("{} is retired. Now give {give}", args.key),
        false => eprintln!(
            "{} is retired. Now, in this order:\n\
             1. Restart the sync: from then on it signs with the new key.\n\
             2. Only then give {give}",
            args.key
        ),
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<KeyFile> {
    KeyFile::read(file).map_err(anyhow::Error::msg)
}

fn regions(texts: &[String]) -> anyhow::Result<Vec<Region>> {
    let mut problems = Problems::default();
    let parsed = texts
        .iter()
        .filter_map(|text| problems.note("--region", config::region(text)));
    let parsed: Vec<_> = parsed.collect();
    match parsed.len() == texts.len() {
        true => Ok(parsed),
        false => Err(problems.into()),
    }
}

/// Whether the region takes what this key signs; it is told nothing that it would store.
async fn takes(region: &Region, key: &SigningKey) -> Result<(), String> {
    let asked = kv_sync::ask(region.clone(), key.clone()).await;
    asked.map(drop).map_err(|error| format!("{error:#}"))
}
