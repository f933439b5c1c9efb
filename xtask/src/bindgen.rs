//! The program that goes with the library wasm-bindgen, built with the same crates as everything here.

use std::path::PathBuf;

use anyhow::Result;

use crate::paths;
use crate::run::{Run, cargo};

pub fn build() -> Result<PathBuf> {
    build_by(cargo(&BUILD))
}

/// By `BUILD` as someone runs it who compiles all else in a way of its own.
pub fn build_by(build: Run) -> Result<PathBuf> {
    build.or_else_say("The compiler says above what is wrong.").run()?;
    Ok(paths::target().join("debug/bindgen"))
}

/// Of the whole workspace, so that all else finds what is compiled here with the same features.
pub const BUILD: [&str; 4] = ["build", "--workspace", "--bin", "bindgen"];
