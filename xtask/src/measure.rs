//! `cargo xtask replay` and `cargo xtask bench`: programs of the crate `bench`, built and run in release.

use std::ffi::OsString;

use anyhow::Result;

use crate::debian::need;
use crate::run::{cargo, program, say};
use crate::{bindgen, paths, wasm, workers};

pub fn replay(args: &[OsString]) -> Result<()> {
    become_release("replay", args)
}

pub fn bench(args: &[OsString]) -> Result<()> {
    need(&[("nginx", "nginx-light"), ("wrk", "wrk")])?;
    workers::build(&bindgen::build()?)?;
    become_release("bench", args)
}

/// Numbers of a dev build would say nothing, so everything that is measured is built in release.
fn become_release(name: &str, args: &[OsString]) -> Result<()> {
    let component = wasm::build()?;
    say("Building pharos in release (some ten minutes the first time on two cores).");
    cargo(&[
        "build",
        "--release",
        "-p",
        "pharos",
        "-p",
        "bench",
        "-p",
        "tests",
        "--bins",
    ])
    .or_else_say("The compiler says above what is wrong.")
    .run()?;

    let release = paths::target().join("release");
    program(release.join(name), &[])
        .args(args)
        .env("PHAROS_BIN", release.join("pharos"))
        .env("PHAROS_COMPONENT", component)
        .env("PHAROS_WORKERS_BUNDLE", workers::bundle())
        .env("PHAROS_WORKERD", workers::workerd())
        .exec()?;
    Ok(())
}
