//! `cargo xtask screenshots`: every state of every page, drawn and photographed.

use std::ffi::OsString;

use anyhow::Result;

use crate::checkers;
use crate::debian::need;
use crate::paths;
use crate::run::{cargo, program};

pub fn run(args: &[OsString]) -> Result<()> {
    need(&[("chromium", "chromium")])?;
    checkers::modules()?;
    cargo(&["run", "--package", "page-render", "--example", "preview"])
        .in_folder(paths::root())
        .or_else_say("The compiler says above what is wrong.")
        .run()?;
    let target = paths::target();
    program("node", &[])
        .args(&[checkers::folder().join("browser/screenshots.mjs").into()])
        .args(&[target.join("preview").into(), target.join("screenshots").into()])
        .args(args)
        .run()
}
