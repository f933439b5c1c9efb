//! What the benchmark runs beside Pharos: our files for Node with their packages from npm, and Vigil from crates.io. All of it lies
//! in target/peers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::debian::{need, need_library};
use crate::run::{cargo, say};
use crate::{npm, paths};

pub fn folder() -> PathBuf {
    paths::target().join("peers")
}

pub fn install() -> Result<()> {
    node()?;
    vigil()
}

/// The packages again only when the lock file is another one.
fn node() -> Result<()> {
    let (from, to) = (paths::root().join("bench/peers"), folder().join("node"));
    let lock = to.join("package-lock.json");
    let is_installed =
        to.join("node_modules").is_dir() && fs::read(&lock).ok() == fs::read(from.join("package-lock.json")).ok();
    copy_folder(&from, &to)?;
    if is_installed {
        return Ok(());
    }
    let outcome = npm::install(&to, npm::NO_SCRIPTS);
    if outcome.is_err() {
        // Otherwise the next run takes what is half there for whole.
        fs::remove_file(&lock)?;
    }
    outcome
}

/// The program, and what it reads at its start, which `cargo install` leaves in the crate's source.
fn vigil() -> Result<()> {
    let folder = folder().join("vigil");
    let assets = folder.join("assets");
    if folder.join("bin/vigil").is_file() && assets.is_dir() {
        return Ok(());
    }
    need(&[("pkg-config", "pkg-config")])?;
    need_library("openssl", "libssl-dev")?;
    say("Building Vigil, a peer (once; some ten minutes on two cores).");
    let build = folder.join("build");
    let root = folder.display().to_string();
    cargo(&[
        "install",
        "vigil-server",
        "--version",
        VIGIL,
        "--locked",
        "--root",
        &root,
    ])
    .env("CARGO_TARGET_DIR", &build)
    .or_else_say("Can this machine reach crates.io?")
    .run()?;
    copy_folder(&source(&format!("vigil-server-{VIGIL}"))?.join("res/assets"), &assets)?;
    fs::remove_dir_all(&build).context("what Vigil was built from cannot be removed")
}

/// Where cargo unpacked a crate.
fn source(name: &str) -> Result<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registries = home.context("neither CARGO_HOME nor HOME is set")?.join("registry/src");
    let entries = fs::read_dir(&registries).with_context(|| format!("{} cannot be read", registries.display()))?;
    for registry in entries {
        let source = registry?.path().join(name);
        if source.is_dir() {
            return Ok(source);
        }
    }
    bail!("the source of {name} is not in {}", registries.display())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_name() == "node_modules" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

const VIGIL: &str = "1.29.0";
