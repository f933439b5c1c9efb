//! `pharos config`: is the file right, and what is in force?

use clap::{ArgAction, ArgMatches, Command, FromArgMatches, parser::ValueSource};
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::{
    config::{Problems, flag_of},
    edge, examples, origin,
    settings_file::{PROGRAMS, SettingsFile},
    sync,
};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Asked,
}

#[derive(clap::Subcommand)]
enum Asked {
    /// Say all that is wrong with the settings, by file, line and name; nothing is opened
    #[command(after_long_help = examples::CONFIG_CHECK)]
    Check(Programs),
    /// Print what is in force, and where each value comes from; secrets are not shown
    #[command(after_long_help = examples::CONFIG_PRINT)]
    Print(Programs),
}

#[derive(clap::Args)]
struct Programs {
    /// Of which programs: origin, sync, edge, up, status [default: those that the file has a table for, or all]
    #[arg(value_parser = PROGRAMS)]
    programs: Vec<String>,
}

/// `command` is all that can be typed.
pub fn run(args: &Args, file: &SettingsFile, command: Command) -> anyhow::Result<()> {
    let command = file.command(command);
    match &args.command {
        Asked::Check(asked) => {
            check(&command, file, &chosen(asked, file))?;
            println!("All settings are right.");
        }
        Asked::Print(asked) => {
            for program in chosen(asked, file) {
                print(&command, file, program)?;
            }
        }
    }
    Ok(())
}

fn chosen(asked: &Programs, file: &SettingsFile) -> Vec<&'static str> {
    let is_asked = |program: &&str| match asked.programs.is_empty() {
        true => file.has_program(program),
        false => asked.programs.iter().any(|asked| asked == program),
    };
    let chosen: Vec<_> = PROGRAMS.into_iter().filter(is_asked).collect();
    if chosen.is_empty() { PROGRAMS.to_vec() } else { chosen }
}

fn check(command: &Command, file: &SettingsFile, programs: &[&str]) -> Result<(), Problems> {
    let mut all = file.problems();
    for program in programs {
        let matches = match parsed(command, program) {
            Ok(matches) => matches,
            Err(error) => {
                all.add(format!(
                    "{program}: {}",
                    error.to_string().lines().next().unwrap_or_default()
                ));
                continue;
            }
        };
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let found = match *program {
            "origin" => of(&matches, |args| origin::config(args, metrics).err()),
            "sync" => of(&matches, |args| sync::config(args, metrics).err()),
            "edge" => of(&matches, |args| edge::config(args, metrics).err()),
            _ => None,
        };
        for problem in found.iter().flat_map(Problems::lines) {
            let name = flag_of(problem).unwrap_or_default();
            let text = problem.trim_start_matches("--");
            match file
                .place(program, name)
                .filter(|_| is_of_file(command, &matches, program, name))
            {
                Some(place) => all.add(format!("{place}: {program}.{text}")),
                None => all.add(format!("{program}.{text}")),
            }
        }
    }
    if all.is_empty() { Ok(()) } else { Err(all) }
}

fn of<A: FromArgMatches>(matches: &ArgMatches, problems: impl FnOnce(&A) -> Option<Problems>) -> Option<Problems> {
    A::from_arg_matches(matches).ok().and_then(|args| problems(&args))
}

/// What the program would be run with, without a flag.
fn parsed(command: &Command, program: &str) -> Result<ArgMatches, clap::Error> {
    let mut matches = command.clone().try_get_matches_from(["pharos", program])?;
    let (_, own) = matches.remove_subcommand().unwrap_or_default();
    Ok(own)
}

fn is_of_file(command: &Command, matches: &ArgMatches, program: &str, name: &str) -> bool {
    let own = command
        .find_subcommand(program)
        .into_iter()
        .flat_map(Command::get_arguments);
    let id = own
        .filter(|arg| arg.get_long() == Some(name))
        .map(|arg| arg.get_id().as_str())
        .next();
    id.is_some_and(|id| matches.value_source(id) == Some(ValueSource::DefaultValue))
}

fn print(command: &Command, file: &SettingsFile, program: &str) -> anyhow::Result<()> {
    let matches = parsed(command, program)?;
    println!("[{program}]");
    let own = command
        .find_subcommand(program)
        .into_iter()
        .flat_map(Command::get_arguments);
    for arg in own.filter(|arg| !arg.is_global_set()) {
        let (Some(name), Some(variable)) = (arg.get_long(), arg.get_env()) else {
            continue;
        };
        let values = matches.get_raw(arg.get_id().as_str());
        let values: Vec<String> = values
            .into_iter()
            .flatten()
            .map(|value| value.to_string_lossy().into_owned())
            .collect();
        let source = match matches.value_source(arg.get_id().as_str()) {
            _ if values.is_empty() => {
                println!("# {name} is not set");
                continue;
            }
            Some(ValueSource::EnvVariable) => variable.to_string_lossy().into_owned(),
            _ => file.place(program, name).unwrap_or_else(|| "default".to_owned()),
        };
        let shown = match (arg.is_hide_env_values_set(), arg.get_action()) {
            (true, _) => "\"(secret)\"".to_owned(),
            (false, ArgAction::Append) => format!("{values:?}"),
            (false, _) => format!("{:?}", values.concat()),
        };
        println!("{name} = {shown}  # {source}");
    }
    println!();
    Ok(())
}
