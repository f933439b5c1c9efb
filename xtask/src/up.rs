//! `cargo xtask up`: build, then become `pharos up`.

use std::ffi::OsString;

use anyhow::Result;

use crate::run::{cargo, program, say};
use crate::{paths, wasm};

pub fn run(args: &[OsString]) -> Result<()> {
    say("Building the edge component for WebAssembly (1 of 2; about a minute the first time).");
    let component = wasm::build()?;
    say("Building pharos (2 of 2; the first time wasmtime and SQLite too, some ten minutes on two cores).");
    // Of the whole workspace, so that check and test find all that is compiled here with the same features.
    cargo(&["build", "--workspace", "--bin", "pharos"])
        .or_else_say("The compiler says above what is wrong.")
        .run_counting()?;

    // As its environment, so that every flag of `pharos up` can still be given.
    let data = std::env::var_os("PHAROS_DATA").unwrap_or_else(|| paths::target().join("up").into());
    program(paths::target().join("debug/pharos"), &["up"])
        .args(args)
        .env("PHAROS_COMPONENT", component)
        .env("PHAROS_DATA", data)
        .exec()?;
    Ok(())
}
