//! The edge for Cloudflare Workers: what `wrangler deploy` builds and ships, made here without an account.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::debian;
use crate::run::{Run, cargo, program, say};
use crate::{npm, paths, toolchain};

pub const TARGET: &str = "wasm32-unknown-unknown";
/// The crate of the bundle.
pub const PACKAGE: &str = "edge-cloudflare";

/// Builds it and checks wrangler.toml.
pub fn build(bindgen: &Path) -> Result<()> {
    debian::need(&[("npm", "npm"), ("pkg-config", "pkg-config")])?;
    debian::need_library("openssl", "libssl-dev")?;
    node_is_new_enough()?;
    packages()?;
    toolchain::need_target(TARGET)?;
    install(WORKER_BUILD)?;
    deploy_dry(bindgen)
}

/// The folder that the build leaves; package.json names it too.
pub fn bundle() -> PathBuf {
    paths::target().join("workers-bundle")
}

/// The real binary, from npm.
pub fn workerd() -> PathBuf {
    paths::root().join("node_modules/workerd/bin/workerd")
}

/// Builds as a deployment does, checks wrangler.toml and stops before it would send anything.
fn deploy_dry(bindgen: &Path) -> Result<()> {
    let out = paths::target().join("workers-dry-run");
    let args = [OsString::from("--outdir"), out.into()];
    wrangler(&["deploy", "--dry-run"])?
        .args(&args)
        .env("WASM_BINDGEN_BIN", bindgen)
        .or_else_say("The build of wrangler.toml says above what is wrong.")
        .telling_progress()
        .run()
}

fn wrangler(args: &[&str]) -> Result<Run> {
    let bin = tools().join("bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&path)))?;
    let run = program("npx", &[&["--no-install", "wrangler"], args].concat())
        .in_folder(paths::root())
        .env("PATH", path)
        .env("CARGO_INSTALL_ROOT", tools())
        .env("CARGO_TARGET_DIR", paths::target());
    let quiet = [
        ("CI", "1"),
        ("WRANGLER_HIDE_BANNER", "true"),
        ("WRANGLER_SEND_METRICS", "false"),
        ("WRANGLER_SEND_ERROR_REPORTS", "false"),
        ("CLOUDFLARE_CF_FETCH_ENABLED", "false"),
    ];
    Ok(quiet.iter().fold(run, |run, (name, value)| run.env(name, value)))
}

/// What package-lock.json names, unless it lies there already.
fn packages() -> Result<()> {
    let modified = |file: &str| std::fs::metadata(paths::root().join(file)).and_then(|file| file.modified());
    if let (Ok(installed), Ok(wanted)) = (
        modified("node_modules/.package-lock.json"),
        modified("package-lock.json"),
    ) && installed >= wanted
        && workerd().is_file()
    {
        return Ok(());
    }
    npm::install(paths::root(), &[])
}

/// Compiled for us alone and not optimised: it runs for seconds. Nothing happens where it is there.
fn install(tool: &str) -> Result<()> {
    let root = tools();
    let args = [OsString::from("--root"), root.clone().into()];
    let fast = [
        "--config",
        "profile.release.opt-level=0",
        "--config",
        "profile.release.lto=false",
    ];
    cargo(&[&["install", "--quiet", "--locked", tool], &fast[..]].concat())
        .args(&args)
        .env("CARGO_TARGET_DIR", root.join("build"))
        .or_else_say("Can this machine reach crates.io?")
        .run()
}

fn tools() -> PathBuf {
    paths::target().join("workers-tools")
}

fn node_is_new_enough() -> Result<()> {
    let version = program("node", &["--version"]).read()?;
    let mut numbers = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(|part| part.parse().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if version < NODE_MIN {
        bail!(
            "wrangler needs Node {}.{} or later, and this is {}.{}",
            NODE_MIN.0,
            NODE_MIN.1,
            version.0,
            version.1
        );
    }
    say(&format!("Node {}.{}", version.0, version.1));
    Ok(())
}

/// As package.json's script wants it.
const WORKER_BUILD: &str = "worker-build@0.8.7";
const NODE_MIN: (u32, u32) = (20, 3);
