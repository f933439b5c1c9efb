//! `cargo xtask check`: what can be said about the code without running it.

mod circles;
mod code;
mod dependencies;
mod directions;
mod imports;
mod sizes;
mod tally;
mod walks;
mod workspace;

use std::path::Path;

use anyhow::{Result, bail};

use crate::run::{cargo, say};
use crate::{paths, toolchain, wasm, workers};
use code::Code;
pub use tally::Tally;
use workspace::Workspace;

pub fn run() -> Result<()> {
    say("Checking format, structure, what is built upon, and lints (some minutes the first time).");
    let mut tally = Tally::default();
    source(&mut tally)?;
    built(&wasm::build()?, &mut tally)?;
    println!("{}", tally.closing_line());
    Ok(())
}

/// Cheap checks first, so that a slip is told at once.
pub fn all(component: &Path) -> Result<Tally> {
    let mut tally = Tally::default();
    source(&mut tally)?;
    built(component, &mut tally)?;
    Ok(tally)
}

/// What can be said without a build.
fn source(tally: &mut Tally) -> Result<()> {
    cargo(&["fmt", "--all", "--check"])
        .or_else_say("`cargo fmt --all` mends it.")
        .run()?;
    tally.passed("format");
    structure(tally)?;
    dependencies::check(tally)
}

/// All that is wrong is told at once: one slip often has several faces.
fn structure(tally: &mut Tally) -> Result<()> {
    let workspace = Workspace::read()?;
    let code = Code::read(&workspace, paths::root())?;
    let checks = [
        ("directions of crates", directions::check(&workspace)),
        ("no circle of files", circles::check(&code)),
        ("sizes of files and crates", sizes::check(&code)),
        (
            "walks of ARCHITECTURE.md",
            walks::check(&code, &workspace, paths::root()),
        ),
    ];
    let mut wrong = Vec::new();
    for (name, outcome) in checks {
        match outcome {
            Ok(()) => tally.passed(name),
            Err(error) => wrong.push(format!("{error:#}")),
        }
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n\n"));
    }
    Ok(())
}

fn built(component: &Path, tally: &mut Tally) -> Result<()> {
    imports::check(component)?;
    tally.passed("imports of the component");
    lints(tally)
}

fn lints(tally: &mut Tally) -> Result<()> {
    clippy(&["--workspace", "--all-targets"])?;
    tally.passed("lints");
    // Debian's compiler builds the guests then, and brings no clippy.
    if wasm::is_built_by_debian()? {
        let why = "the standard library for it is Debian's";
        tally.skipped("lints on wasm32-wasip2", why);
        tally.skipped("lints on wasm32-unknown-unknown", why);
        return Ok(());
    }
    toolchain::need_target(workers::TARGET)?;
    // In release, so that what the component is built upon is not compiled again.
    clippy(&["--package", "edge-worker", "--target", wasm::TARGET, "--release"])?;
    tally.passed("lints on wasm32-wasip2");
    clippy(&[
        "--package",
        "edge-worker",
        "--target",
        workers::TARGET,
        "--profile",
        "worker",
    ])?;
    tally.passed("lints on wasm32-unknown-unknown");
    Ok(())
}

fn clippy(what: &[&str]) -> Result<()> {
    let remedy = "Mend what stands above; an exception needs `#[expect(…, reason = …)]`.";
    cargo(&[&["clippy"], what, &["--", "--deny", "warnings"]].concat())
        .or_else_say(remedy)
        .run()
}
