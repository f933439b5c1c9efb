//! A command that shows itself before it runs and says what to do when it fails.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Stderr, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::paths;

pub struct Run {
    command: Command,
    remedy: String,
}

/// Cargo itself, in the workspace's own target directory and without what `cargo run` put into our environment.
pub fn cargo(args: &[&str]) -> Run {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut run = program(cargo, args).env("CARGO_TARGET_DIR", paths::target());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_this_package) {
            run.command.env_remove(name);
        }
    }
    run
}

pub fn program(name: impl AsRef<OsStr>, args: &[&str]) -> Run {
    let mut command = Command::new(name);
    command.args(args);
    Run {
        command,
        remedy: String::new(),
    }
}

impl Run {
    pub fn args(mut self, args: &[OsString]) -> Run {
        self.command.args(args);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Run {
        self.command.env(name, value);
        self
    }

    pub fn in_folder(mut self, folder: &Path) -> Run {
        self.command.current_dir(folder);
        self
    }

    /// What a person should do when this fails, as a sentence.
    pub fn or_else_say(mut self, remedy: impl Into<String>) -> Run {
        self.remedy = remedy.into();
        self
    }

    /// What it prints tells how far it is, and is no result.
    pub fn telling_progress(mut self) -> Run {
        self.command.stdout(io::stderr());
        self
    }

    pub fn run(mut self) -> Result<()> {
        self.show();
        let status = self.command.status().with_context(|| self.unstarted())?;
        self.judge(status)
    }

    /// Runs a build and tells how far it is. In a terminal cargo does so itself, elsewhere it only names what it compiles.
    pub fn run_counting(mut self) -> Result<()> {
        if io::stderr().is_terminal() {
            return self.run();
        }
        let all = crates()?;
        let mut compiled = 0;
        self.read_progress(|line, to| {
            if !line.trim_start().starts_with("Compiling ") {
                return to.write_all(line.as_bytes());
            }
            compiled += 1;
            writeln!(to, "{} ({compiled} of {all} at most)", line.trim_end())
        })
    }

    /// Runs with what it prints shown and also handed, line by line, to `each`.
    pub fn run_reading(mut self, mut each: impl FnMut(&str)) -> Result<()> {
        self.show();
        let command = self.command.stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| self.unstarted())?;
        let stdout = child.stdout.take().context("a piped stdout is there once")?;
        read_lines(stdout, |line| {
            each(line);
            io::stdout().write_all(line.as_bytes())
        })?;
        self.judge(child.wait()?)
    }

    /// The same with what it prints to stderr, where many programs tell their progress.
    pub fn run_reading_progress(mut self, mut each: impl FnMut(&str)) -> Result<()> {
        self.read_progress(|line, to| {
            each(line);
            to.write_all(line.as_bytes())
        })
    }

    fn read_progress(&mut self, mut each: impl FnMut(&str, &mut Stderr) -> io::Result<()>) -> Result<()> {
        self.show();
        let command = self.command.stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| self.unstarted())?;
        let stderr = child.stderr.take().context("a piped stderr is there once")?;
        read_lines(stderr, |line| each(line, &mut io::stderr()))?;
        self.judge(child.wait()?)
    }

    /// Runs silently and gives what it printed.
    pub fn read(mut self) -> Result<String> {
        let output = self
            .command
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| self.unstarted())?;
        self.judge(output.status)?;
        String::from_utf8(output.stdout).with_context(|| format!("`{}` printed no UTF-8", self.line()))
    }

    /// Whether it runs and succeeds, silently.
    pub fn succeeds(mut self) -> bool {
        let silent = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        silent.status().is_ok_and(|status| status.success())
    }

    /// Becomes the program, so that a signal to this process is a signal to it.
    pub fn exec(mut self) -> Result<Infallible> {
        self.show();
        Err(self.command.exec()).with_context(|| self.unstarted())
    }

    fn show(&self) {
        say(&format!("$ {}", self.line()));
    }

    fn judge(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            bail!("`{}` failed ({status}). {}", self.line(), self.remedy);
        }
        Ok(())
    }

    fn unstarted(&self) -> String {
        format!("`{}` does not start. {}", self.line(), self.remedy)
    }

    /// The command as one would type it.
    fn line(&self) -> String {
        let program = self.command.get_program();
        let name = Path::new(program).file_name().unwrap_or(program);
        let words = std::iter::once(name).chain(self.command.get_args());
        words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
    }
}

fn read_lines(from: impl Read, mut each: impl FnMut(&str) -> io::Result<()>) -> io::Result<()> {
    let mut lines = BufReader::new(from);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        each(&String::from_utf8_lossy(&line))?;
        line.clear();
    }
    Ok(())
}

/// How many crates there are to compile at most: all that the workspace is built upon.
fn crates() -> Result<usize> {
    let tree = cargo(&["tree", "--workspace", "--prefix", "none", "--format", "{p}"]).read()?;
    let crates: BTreeSet<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    Ok(crates.len())
}

/// A line of progress. It goes to stderr, so that stdout holds results only.
pub fn say(line: &str) {
    eprintln!("{line}");
}

/// Build scripts such as ring's watch these names, so each nested build would compile them again.
fn is_of_this_package(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn progress_is_no_result() {
        let is_one = ["-c", "test /dev/fd/1 -ef /dev/fd/2"];
        program("sh", &is_one)
            .telling_progress()
            .run()
            .expect("it goes to stderr");
    }
}
