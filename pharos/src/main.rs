//! The command line of Pharos: composes the programs, holds no logic of its own.

mod access;
mod allocator;
mod backup;
mod check_history;
mod client_address;
mod config;
mod demo;
mod edge;
mod examples;
mod import;
mod keys;
mod log;
mod manual;
mod origin;
mod run;
mod session;
mod settings;
mod settings_file;
mod status;
mod sync;
mod traces;
mod up;
mod version;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use config::Problems;
use settings_file::{PROGRAMS, SettingsFile};

/// Incident status pages, served by WebAssembly at the edge.
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct Cli {
    /// A TOML file with settings: the names of the flags, in a table for each program; flags and variables come before it
    #[arg(long, global = true, env = "PHAROS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything on this machine: origin, sync, two edge regions and a demo page
    #[command(after_long_help = examples::UP)]
    Up(up::Args),
    /// Run the origin: the push API and the database, the only place where truth is written
    #[command(after_long_help = examples::ORIGIN)]
    Origin(origin::Args),
    /// Run the sync: carries what changed from the origin to every region
    #[command(after_long_help = examples::SYNC)]
    Sync(sync::Args),
    /// Run an edge machine: serves pages with the WASM component from its own store
    #[command(after_long_help = examples::EDGE)]
    Edge(edge::Args),
    /// Say where every region stands, what does not work and why
    ///
    /// LAG counts from when the origin made the first change that a region lacks. The origin says how old it is, so that clocks
    /// which differ do not change it; that they differ is named as a problem of its own.
    #[command(after_long_help = examples::STATUS)]
    Status(status::Args),
    /// Look at the settings: are they right, what is in force, and where does it come from
    #[command(after_long_help = examples::CONFIG)]
    Config(settings::Args),
    /// Make the key that signs what is put into regions, and print its public half
    #[command(after_long_help = examples::KEYGEN)]
    Keygen(keys::Args),
    /// Replace the key that signs what is put into regions, without a gap: list, add, retire
    #[command(after_long_help = examples::KEYS)]
    Keys(keys::KeysArgs),
    /// Make the history of all components again from what was said of them, and tell whether it differs
    #[command(after_long_help = examples::CHECK_HISTORY)]
    CheckHistory(check_history::Args),
    /// Write a backup of the origin's database, while the origin is at work
    #[command(after_long_help = examples::BACKUP)]
    Backup(backup::Args),
    /// Put a backup in the place of the origin's database; every region is filled anew from it
    #[command(after_long_help = examples::RESTORE)]
    Restore(backup::RestoreArgs),
    /// Say what this build reads and writes, and beside what it may run
    #[command(after_long_help = examples::VERSION)]
    Version(version::Args),
    /// Let somebody into a private page from the origin's machine
    #[command(after_long_help = examples::SESSION)]
    Session(session::Args),
    /// Say who sees a page: audiences, links, sessions, over the push API
    #[command(after_long_help = examples::ACCESS)]
    Access(access::Args),
    /// Bring a page with its history over from another product
    #[command(after_long_help = examples::IMPORT)]
    Import(import::Args),
    /// Print what completes the commands in a shell
    #[command(after_long_help = examples::COMPLETIONS)]
    Completions(manual::CompletionsArgs),
    /// Print the manual page
    #[command(after_long_help = examples::MAN)]
    Man(manual::ManArgs),
}

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let (cli, file) = match parsed(&args) {
        Ok(parsed) => parsed,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(EXIT_CONFIG);
        }
    };
    // One TLS stack, chosen here; an error only says that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let _sending = match log::begin(traced(&cli.command)) {
        Ok(sending) => sending,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let program = args.iter().skip(1).filter_map(|arg| arg.to_str());
    let program = program
        .into_iter()
        .find(|arg| PROGRAMS.contains(arg))
        .unwrap_or_default()
        .to_owned();
    match ended(cli.command, &file) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => match error.downcast::<Problems>() {
            Ok(mut problems) => {
                problems.located(|name| file.place(&program, name));
                eprintln!("{problems}");
                ExitCode::from(EXIT_CONFIG)
            }
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

/// Which program it is, and where its traces go.
fn traced(command: &Command) -> Option<(&'static str, &str)> {
    match command {
        Command::Up(args) => args.traces.otlp_endpoint.as_deref().map(|endpoint| ("up", endpoint)),
        Command::Origin(args) => args
            .traces
            .otlp_endpoint
            .as_deref()
            .map(|endpoint| ("origin", endpoint)),
        Command::Sync(args) => args.traces.otlp_endpoint.as_deref().map(|endpoint| ("sync", endpoint)),
        Command::Edge(args) => args.traces.otlp_endpoint.as_deref().map(|endpoint| ("edge", endpoint)),
        _ => None,
    }
}

/// The arguments, with what the file of settings says where neither they nor a variable do.
fn parsed(args: &[OsString]) -> Result<(Cli, SettingsFile), Problems> {
    let mut file = SettingsFile::named(args)?;
    let command = file.applied(Cli::command());
    let matches = command.get_matches_from(args);
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let problems = file.problems();
    // The command that looks at the file says more.
    match problems.is_empty() || matches!(cli.command, Command::Config(_)) {
        true => Ok((cli, file)),
        false => Err(problems),
    }
}

/// Whether all is well, where it ended without an error.
fn ended(command: Command, file: &SettingsFile) -> anyhow::Result<bool> {
    match command {
        Command::Up(args) => run::block_on(up::run(args)),
        Command::Origin(args) => run::block_on(origin::run(args)),
        Command::Sync(args) => run::block_on(sync::run(args)),
        Command::Edge(args) => run::block_on(edge::run(args)),
        Command::Status(args) => return run::block_on(status::run(args)),
        Command::Config(args) => settings::run(&args, file, Cli::command()),
        Command::Keygen(args) => keys::run(&args),
        Command::Keys(args) => run::block_on(keys::replace(args)),
        Command::CheckHistory(args) => run::block_on(check_history::run(args)),
        Command::Backup(args) => run::block_on(backup::run(args)),
        Command::Restore(args) => run::block_on(backup::restore(args)),
        Command::Version(args) => run::block_on(version::run(args)),
        Command::Session(args) => run::block_on(session::run(args)),
        Command::Access(args) => run::block_on(access::run(args)),
        Command::Import(args) => run::block_on(import::run(args)),
        Command::Completions(args) => {
            manual::completions(&args, Cli::command());
            Ok(())
        }
        Command::Man(args) => manual::man(&args, Cli::command()),
    }
    .map(|()| true)
}

/// As clap exits for arguments that it refuses itself.
const EXIT_CONFIG: u8 = 2;
