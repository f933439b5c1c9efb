//! `pharos completions` and `pharos man`, from the definitions that the arguments are parsed by.

use std::{fs, io, path::PathBuf};

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::Cli;

#[derive(clap::Args)]
pub struct CompletionsArgs {
    /// The shell that completes
    shell: Shell,
}

pub fn completions(args: &CompletionsArgs) {
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut io::stdout());
}

#[derive(clap::Args)]
pub struct ManArgs {
    /// Write a page for each command into this folder, in place of one to standard output
    #[arg(long)]
    to: Option<PathBuf>,
}

pub fn man(args: &ManArgs) -> anyhow::Result<()> {
    let Some(folder) = &args.to else {
        return clap_mangen::Man::new(Cli::command())
            .render(&mut io::stdout())
            .context("the page cannot be printed");
    };
    fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .with_context(|| format!("the pages cannot be written into {}", folder.display()))
}

const NAME: &str = "pharos";
