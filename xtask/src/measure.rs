//! `cargo xtask replay` and `cargo xtask bench`: programs of the crate `tests`, built and run in release.

use std::ffi::OsString;

use anyhow::Result;

use crate::debian::{Needed, need};
use crate::run::{cargo, program, say};
use crate::{paths, wasm};

pub fn replay(args: &[OsString]) -> Result<()> {
    become_release("replay", args)
}

pub fn bench(args: &[OsString]) -> Result<()> {
    need(&[
        Needed {
            program: "nginx",
            package: "nginx-light",
        },
        Needed {
            program: "wrk",
            package: "wrk",
        },
    ])?;
    become_release("bench", args)
}

/// Numbers of a dev build would say nothing, so everything that is measured is built in release.
fn become_release(name: &str, args: &[OsString]) -> Result<()> {
    let component = wasm::build()?;
    say("Building pharos in release (some twenty minutes the first time on two cores).");
    let build = [
        "build",
        "--release",
        "--package",
        "pharos",
        "--package",
        "tests",
        "--bins",
    ];
    cargo(&build)
        .or_else_say("The compiler says above what is wrong.")
        .run()?;

    let release = paths::target().join("release");
    let measure = program(release.join(name), &[]).args(args);
    measure
        .env("PHAROS_BIN", release.join("pharos"))
        .env("PHAROS_COMPONENT", component)
        .exec()?;
    Ok(())
}
