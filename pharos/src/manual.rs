//! `pharos completions` and `pharos man`, from the definitions that the arguments are parsed by.

use std::{fs, io, path::PathBuf};

use anyhow::Context;
use clap::Command;
use clap_complete::Shell;

#[derive(clap::Args)]
pub struct CompletionsArgs {
    /// The shell that completes
    shell: Shell,
}

pub fn completions(args: &CompletionsArgs, mut command: Command) {
    clap_complete::generate(args.shell, &mut command, NAME, &mut io::stdout());
}

#[derive(clap::Args)]
pub struct ManArgs {
    /// Write a page for each command into this folder, in place of one to standard output
    #[arg(long)]
    to: Option<PathBuf>,
}

pub fn man(args: &ManArgs, command: Command) -> anyhow::Result<()> {
    let command = with_variables(command);
    let Some(folder) = &args.to else {
        return clap_mangen::Man::new(command)
            .render(&mut io::stdout())
            .context("the page cannot be printed");
    };
    fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .with_context(|| format!("the pages cannot be written into {}", folder.display()))
}

/// The manual names them as `--help` does.
fn with_variables(command: Command) -> Command {
    let command = command.mut_args(|arg| match (arg.get_env(), arg.get_help()) {
        (Some(variable), Some(help)) => {
            let help = format!("{help} (variable {})", variable.to_string_lossy());
            arg.help(help)
        }
        _ => arg,
    });
    command.mut_subcommands(with_variables)
}

const NAME: &str = "pharos";
