//! `cargo xtask up`: build, then become `pharos up`.

use std::ffi::OsString;

use anyhow::Result;

use crate::run::{cargo, program, say};
use crate::{paths, wasm};

pub fn run(args: &[OsString]) -> Result<()> {
    say("Building the edge component for WebAssembly (1 of 2; about a minute the first time).");
    let component = wasm::build()?;
    say("Building pharos (2 of 2; the first time wasmtime and SQLite too, some ten minutes on two cores).");
    cargo(&["build", "--package", "pharos"])
        .or_else_say("The compiler says above what is wrong.")
        .run()?;

    let pharos = program(paths::target().join("debug/pharos"), &["up", "--component"]).args(&[component.into()]);
    pharos.args(&data(args)).args(args).exec()?;
    Ok(())
}

/// Where the databases lie, unless the arguments say so.
fn data(args: &[OsString]) -> Vec<OsString> {
    let chosen = args
        .iter()
        .any(|arg| arg.to_string_lossy().split('=').next() == Some("--data"));
    if chosen {
        Vec::new()
    } else {
        vec!["--data".into(), paths::target().join("up").into()]
    }
}
