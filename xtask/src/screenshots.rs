//! `cargo xtask screenshots`: every state of every page, drawn and photographed.

use std::ffi::OsString;

use anyhow::Result;

use crate::debian::need;
use crate::paths;
use crate::run::{cargo, program};

pub fn run(args: &[OsString]) -> Result<()> {
    need(&[("chromium", "chromium")])?;
    cargo(&["run", "--package", "page-render", "--example", "preview"])
        .in_folder(paths::root())
        .or_else_say("The compiler says above what is wrong.")
        .run()?;
    cargo(&["build", "--package", "bench", "--bin", "screenshots"])
        .or_else_say("The compiler says above what is wrong.")
        .run()?;
    let target = paths::target();
    program(target.join("debug/screenshots"), &[])
        .args(&[target.join("preview").into(), target.join("screenshots").into()])
        .args(args)
        .run()
}
