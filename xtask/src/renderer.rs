//! The renderer for browsers: `page-browser` as wasm-bindgen makes it, in gzip, for the edge component to take along.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};

use crate::paths;
use crate::run::{cargo, program};
use crate::{toolchain, workers};

/// The folder of its two files, if they were built.
pub fn built() -> Option<PathBuf> {
    Some(folder()).filter(|folder| folder.join("complete_bg.wasm.gz").is_file())
}

fn folder() -> PathBuf {
    paths::target().join("renderer")
}

pub fn build(bindgen: &Path) -> Result<()> {
    toolchain::need_target(workers::TARGET)?;
    cargo(&[
        "build",
        "--package",
        "page-browser",
        "--target",
        workers::TARGET,
        "--profile",
        "worker",
    ])
    .or_else_say("The compiler says above what is wrong.")
    .run()?;
    let folder = folder();
    let module = paths::target().join(workers::TARGET).join("worker/page_browser.wasm");
    let place = |path: &PathBuf| path.display().to_string();
    program(
        bindgen,
        &[
            "--target",
            "web",
            "--no-typescript",
            "--out-name",
            "complete",
            "--out-dir",
            &place(&folder),
            &place(&module),
        ],
    )
    .run()?;
    for file in ["complete.js", "complete_bg.wasm"] {
        let bytes = std::fs::read(folder.join(file)).with_context(|| format!("wasm-bindgen has made no {file}"))?;
        let mut gzip = GzEncoder::new(File::create(folder.join(format!("{file}.gz")))?, Compression::best());
        gzip.write_all(&bytes)?;
        gzip.finish()?;
    }
    Ok(())
}
