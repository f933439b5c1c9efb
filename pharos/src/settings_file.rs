//! Settings in a TOML file: the names of the flags, a table for each program, and outside of any what all programs share.

use std::{ffi::OsString, fs, path::PathBuf};

use clap::{ArgAction, Command};
use toml::de::{DeTable, DeValue};

use crate::config::Problems;

/// What a file says, in the order of its lines.
#[derive(Debug, Default)]
pub struct SettingsFile {
    path: String,
    settings: Vec<Setting>,
    /// Programs that it has a table for, whatever stands in it.
    programs: Vec<String>,
    problems: Vec<(usize, String)>,
}

#[derive(Debug)]
struct Setting {
    /// `None` for all programs.
    program: Option<String>,
    name: String,
    line: usize,
    values: Vec<String>,
    is_list: bool,
}

/// What a file has settings for.
pub const PROGRAMS: [&str; 5] = ["origin", "sync", "edge", "up", "status"];

impl SettingsFile {
    /// The file that the arguments or the variable name; without either an empty one.
    pub fn named(args: &[OsString]) -> Result<Self, Problems> {
        let Some(path) = path_of(args).or_else(|| std::env::var_os(VARIABLE).map(PathBuf::from)) else {
            return Ok(Self::default());
        };
        let shown = path.display().to_string();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(&shown, &text)),
            Err(error) => {
                let mut problems = Problems::default();
                problems.add(format!("--config: {shown} cannot be read: {error}"));
                Err(problems)
            }
        }
    }

    pub fn parse(path: &str, text: &str) -> Self {
        let mut file = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        let line_at = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let line = error.span().map_or(1, |span| line_at(span.start));
            file.problems.push((line, error.message().replace('\n', ", ")));
        }
        for (name, value) in table.get_ref() {
            let line = line_at(name.span().start);
            match value.get_ref() {
                DeValue::Table(settings) => {
                    if !PROGRAMS.contains(&name.get_ref().as_ref()) {
                        let problem = format!("[{}] is no program; there are {}", name.get_ref(), PROGRAMS.join(", "));
                        file.problems.push((line, problem));
                        continue;
                    }
                    file.programs.push(name.get_ref().to_string());
                    for (setting, value) in settings {
                        let line = line_at(setting.span().start);
                        file.take(Some(name.get_ref().as_ref()), setting.get_ref(), line, value.get_ref());
                    }
                }
                value => file.take(None, name.get_ref(), line, value),
            }
        }
        file.settings.sort_by_key(|setting| setting.line);
        file
    }

    fn take(&mut self, program: Option<&str>, name: &str, line: usize, value: &DeValue<'_>) {
        let shown = full_name(program, name);
        let values = match value {
            DeValue::Array(values) => values.iter().map(|value| text_of(value.get_ref())).collect(),
            value => text_of(value).map(|value| vec![value]),
        };
        match values {
            Some(values) => self.settings.push(Setting {
                program: program.map(str::to_owned),
                name: name.to_owned(),
                line,
                values,
                is_list: matches!(value, DeValue::Array(_)),
            }),
            None => {
                let problem = format!("{shown} is no text, number, true or false, nor a list of texts");
                self.problems.push((line, problem));
            }
        }
    }

    /// The command whose defaults are what the file says; flags and variables come before it. Notes what no program knows.
    pub fn applied(&mut self, command: Command) -> Command {
        let mut problems = Vec::new();
        let command = self.apply(command, &mut problems);
        self.problems.append(&mut problems);
        command
    }

    /// The same once more.
    pub fn command(&self, command: Command) -> Command {
        self.apply(command, &mut Vec::new())
    }

    fn apply(&self, mut command: Command, problems: &mut Vec<(usize, String)>) -> Command {
        for setting in &self.settings {
            let programs = PROGRAMS.iter().copied();
            let programs = programs.filter(|program| setting.program.as_deref().is_none_or(|own| own == *program));
            let mut is_known = false;
            for program in programs {
                let Some(arg) = argument(&command, program, &setting.name) else {
                    continue;
                };
                is_known = true;
                let is_hidden_by_own = setting.program.is_none() && self.own(program, &setting.name).is_some();
                if is_hidden_by_own {
                    continue;
                }
                let takes_many = matches!(arg.get_action(), ArgAction::Append);
                if setting.is_list && !takes_many {
                    let shown = full_name(setting.program.as_deref(), &setting.name);
                    problems.push((setting.line, format!("{shown} takes one value, not a list")));
                    break;
                }
                let id = arg.get_id().clone();
                // As long as the program lives, which reads them once.
                let values: Vec<&'static str> = setting.values.iter().map(|value| &*value.clone().leak()).collect();
                command = command.mut_subcommand(program, |own| own.mut_arg(id, |arg| arg.default_values(values)));
            }
            if !is_known {
                let shown = full_name(setting.program.as_deref(), &setting.name);
                problems.push((
                    setting.line,
                    format!("{shown} is no setting{}", near(&command, setting)),
                ));
            }
        }
        command
    }

    /// Where a setting of a program stands, as `FILE:LINE`.
    pub fn place(&self, program: &str, name: &str) -> Option<String> {
        let shared = self
            .settings
            .iter()
            .find(|setting| setting.program.is_none() && setting.name == name);
        let setting = self.own(program, name).or(shared)?;
        Some(format!("{}:{}", self.path, setting.line))
    }

    pub fn has_program(&self, program: &str) -> bool {
        self.programs.iter().any(|known| known == program)
    }

    /// All that is wrong with the file itself, by line.
    pub fn problems(&self) -> Problems {
        let mut sorted: Vec<_> = self.problems.iter().collect();
        sorted.sort();
        let mut problems = Problems::default();
        for (line, problem) in sorted {
            problems.add(format!("{}:{line}: {problem}", self.path));
        }
        problems
    }

    fn own(&self, program: &str, name: &str) -> Option<&Setting> {
        let mut own = self.settings.iter();
        own.find(|setting| setting.program.as_deref() == Some(program) && setting.name == name)
    }
}

fn argument<'a>(command: &'a Command, program: &str, name: &str) -> Option<&'a clap::Arg> {
    let of_program = command.find_subcommand(program)?.get_arguments();
    let mut settable = of_program.filter(|arg| arg.get_env().is_some() && !arg.is_global_set());
    settable.find(|arg| arg.get_long() == Some(name))
}

/// The setting that was probably meant.
fn near(command: &Command, setting: &Setting) -> String {
    let programs = PROGRAMS
        .iter()
        .filter(|program| setting.program.as_deref().is_none_or(|own| own == **program));
    let of_programs = programs.filter_map(|program| command.find_subcommand(program));
    let names = of_programs
        .flat_map(|program| program.get_arguments())
        .filter_map(|arg| arg.get_long());
    let meant = setting.name.replace('_', "-");
    let likeness = |name: &str| name.chars().zip(meant.chars()).take_while(|(a, b)| a == b).count();
    let nearest = names.max_by_key(|name| (likeness(name), usize::MAX - name.len()));
    match nearest.filter(|name| likeness(name) >= NEAR_CHARS_MIN) {
        Some(name) => format!("; is {name} meant?"),
        None => String::new(),
    }
}

fn full_name(program: Option<&str>, name: &str) -> String {
    program.map_or_else(|| name.to_owned(), |program| format!("{program}.{name}"))
}

fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(is_so) => Some(is_so.to_string()),
        _ => None,
    }
}

/// Before the arguments are parsed, as the file is among what they are parsed with.
fn path_of(args: &[OsString]) -> Option<PathBuf> {
    let mut args = args.iter().take_while(|arg| *arg != "--");
    while let Some(arg) = args.next() {
        if arg == "--config" {
            return args.next().map(PathBuf::from);
        }
        if let Some(path) = arg.to_str().and_then(|arg| arg.strip_prefix("--config=")) {
            return Some(path.into());
        }
    }
    None
}

const VARIABLE: &str = "PHAROS_CONFIG";
const NEAR_CHARS_MIN: usize = 3;
