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

use crate::run::{Run, cargo, program, say};
use crate::wasm::Components;
use crate::{paths, toolchain, wasm, workers};
use code::Code;
pub use tally::Tally;
use workspace::Workspace;

pub fn run() -> Result<()> {
    say("Checking format, structure, what is built upon, and lints (some minutes the first time).");
    let mut tally = Tally::default();
    source(&mut tally)?;
    components(&wasm::build_both()?, &mut tally)?;
    clippy(&["--workspace", "--all-targets"])?;
    tally.passed("lints");
    println!("{}", tally.closing_line());
    Ok(())
}

/// What can be said without a build.
pub fn source(tally: &mut Tally) -> Result<()> {
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

/// What the components ask of their hosts, and how their code looks to the compiler of WebAssembly.
pub fn components(components: &Components, tally: &mut Tally) -> Result<()> {
    imports::check(components)?;
    tally.passed("imports of the components");
    // Debian's compiler builds the guests then, and brings no clippy.
    if wasm::is_built_by_debian()? {
        let why = "the standard library for it is Debian's";
        tally.skipped("lints on wasm32-wasip2", why);
        tally.skipped("lints on wasm32-unknown-unknown", why);
        return Ok(());
    }
    toolchain::need_target(workers::TARGET)?;
    // In release, so that what the component is built upon is not compiled again.
    let packages = ["--package", wasm::HOST, "--package", wasm::SPIN];
    clippy(&[&packages[..], &["--target", wasm::TARGET, "--release"]].concat())?;
    tally.passed("lints on wasm32-wasip2");
    clippy(&[
        "--package",
        workers::PACKAGE,
        "--target",
        workers::TARGET,
        "--profile",
        "worker",
    ])?;
    tally.passed("lints on wasm32-unknown-unknown");
    Ok(())
}

/// The compiler itself with clippy's lints in it: who builds all the same need not have all analysed twice.
pub fn linting(run: Run) -> Result<Run> {
    let sysroot = program("rustc", &["--print", "sysroot"]).read()?;
    let driver = Path::new(sysroot.trim()).join("bin/clippy-driver");
    if !driver.is_file() {
        bail!("clippy is missing: `rustup component add clippy` brings it");
    }
    Ok(run
        .env("RUSTC_WORKSPACE_WRAPPER", driver)
        // As cargo-clippy hands its arguments to the driver.
        .env("CLIPPY_ARGS", "--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__")
        .or_else_say(LINTS_REMEDY))
}

fn clippy(what: &[&str]) -> Result<()> {
    cargo(&[&["clippy"], what, &["--", "--deny", "warnings"]].concat())
        .or_else_say(LINTS_REMEDY)
        .run()
}

const LINTS_REMEDY: &str = "Mend what stands above; an exception needs `#[expect(…, reason = …)]`.";
