//! `cargo xtask check`: what can be said about the code without running it.

mod directions;
mod imports;

use std::path::Path;

use anyhow::Result;

use crate::run::{cargo, say};
use crate::{wasm, workers};

pub fn run() -> Result<()> {
    let component = wasm::build()?;
    all(&component)
}

/// Cheap checks first, so that a slip is told at once.
pub fn all(component: &Path) -> Result<()> {
    cargo(&["fmt", "--all", "--check"])
        .or_else_say("`cargo fmt --all` mends it.")
        .run()?;
    directions::check()?;
    imports::check(component)?;
    dependencies()?;
    lints()
}

fn lints() -> Result<()> {
    clippy(&["--workspace", "--all-targets"])?;
    if !wasm::target_is_installed(wasm::TARGET)? {
        say("Lints on wasm32-wasip2 are left out: they need the target of rustup.");
        return Ok(());
    }
    // In release, so that what the component is built upon is not compiled again.
    clippy(&["--package", "edge-worker", "--target", wasm::TARGET, "--release"])?;
    clippy(&[
        "--package",
        "edge-worker",
        "--target",
        workers::TARGET,
        "--profile",
        "worker",
    ])
}

fn clippy(what: &[&str]) -> Result<()> {
    let remedy = "Mend what stands above; an exception needs `#[expect(…, reason = …)]`.";
    cargo(&[&["clippy"], what, &["--", "--deny", "warnings"]].concat())
        .or_else_say(remedy)
        .run()
}

/// What `deny.toml` asks of everything we build upon.
fn dependencies() -> Result<()> {
    if !cargo(&["deny", "--version"]).succeeds() {
        say("Licences, sources and advisories are left out: `cargo install cargo-deny` brings them in.");
        return Ok(());
    }
    cargo(&["deny", "check", "bans", "licenses", "sources"])
        .or_else_say("deny.toml says why it asks that.")
        .run()?;
    if !cargo(&["deny", "fetch", "db"]).succeeds() {
        say("Advisories are left out: their database cannot be reached from here.");
        return Ok(());
    }
    cargo(&["deny", "check", "advisories"])
        .or_else_say("Update the crate: `cargo update --package NAME`.")
        .run()
}
