//! `cargo xtask rolling`: the next version takes the place of this one and goes back, while visitors come and publishers push.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::run::{cargo, say};
use crate::{paths, test};

/// The next version is today's sources with another format and words that nobody knows (`page/model/src/next.rs`). Both are built in
/// the same folder, one after the other, as all that does not stand on `page-model` is the same.
pub fn run() -> Result<()> {
    say("Building the next version, then this one again: what stands on page-model is compiled twice.");
    for build in [&["xtask", "wasm"][..], &["build", "--workspace", "--bin", "pharos"]] {
        cargo(build).env(AS_NEXT, "1").run()?;
    }
    let next = paths::target().join("next");
    fs::create_dir_all(&next)?;
    for built in ["debug/pharos", "wasm32-wasip2/release/edge_steps.wasm"] {
        let name = Path::new(built).file_name().context("a file")?;
        let (from, part, to) = (paths::target().join(built), next.join("part"), next.join(name));
        // Beside and renamed: an earlier one may be at work.
        fs::copy(&from, &part).with_context(|| format!("{} cannot be copied", from.display()))?;
        fs::rename(part, to)?;
    }
    test::run(&["--run-ignored", "ignored-only", "-E", "test(rolling_upgrade)"].map(Into::into))
}

const AS_NEXT: &str = "PHAROS_BUILD_AS_NEXT";
