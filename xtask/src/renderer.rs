//! The renderer for browsers: `page-browser` as wasm-bindgen makes it, in gzip, for the edge component to take along.

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
    // Beside the bundle, so that what both stand on is compiled once.
    cargo(&[
        "build",
        "--package",
        "page-browser",
        "--package",
        workers::PACKAGE,
        "--target",
        workers::TARGET,
        "--profile",
        "worker",
    ])
    .or_else_say("The compiler says above what is wrong.")
    .run()?;
    let module = paths::target().join(workers::TARGET).join("worker/page_browser.wasm");
    let made = paths::target().join("renderer-made");
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
            &place(&made),
            &place(&module),
        ],
    )
    .run()?;
    for file in ["complete.js", "complete_bg.wasm"] {
        let bytes = std::fs::read(made.join(file)).with_context(|| format!("wasm-bindgen has made no {file}"))?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&bytes)?;
        keep(&gzip.finish()?, &folder().join(format!("{file}.gz")))?;
    }
    Ok(())
}

/// Leaves a file alone that holds these bytes: a new one would have every guest compiled again.
fn keep(bytes: &[u8], file: &Path) -> Result<()> {
    if std::fs::read(file).is_ok_and(|held| held == bytes) {
        return Ok(());
    }
    std::fs::create_dir_all(folder())?;
    std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))
}
