//! Programs that a task needs from the machine, and Debian's packages that bring them.

use std::{ffi::OsString, path::Path};

use anyhow::{Result, bail};

use crate::run::{Run, program, say};

/// A program and the package that brings it.
pub type Needed = (&'static str, &'static str);

/// Installs what is missing, where this machine and this user can; otherwise says the line to run.
pub fn need(needed: &[Needed]) -> Result<()> {
    let missing = needed.iter().filter(|(program, _)| !is_installed(program));
    let (programs, packages): (Vec<_>, Vec<_>) = missing.copied().unzip();
    if packages.is_empty() {
        return Ok(());
    }
    install(&programs, &packages)
}

fn install(missing: &[&str], packages: &[&str]) -> Result<()> {
    let (missing, line) = (missing.join(" and "), format!("apt-get install {}", packages.join(" ")));
    if !(is_root() && is_installed("apt-get")) {
        bail!("{missing} missing on this machine: install it and try again; on Debian, sudo {line}");
    }
    say(&format!("{missing} missing on this machine: installing it."));
    update()?;
    let install = ["install", "--yes", "--no-install-recommends"];
    apt_get(&[&install[..], packages].concat())
        .or_else_say(format!("Try `{line}` by hand."))
        .run()
}

/// The same for a library with its headers, as `pkg-config` names it.
pub fn need_library(name: &str, package: &str) -> Result<()> {
    if program("pkg-config", &["--exists", name]).succeeds() {
        return Ok(());
    }
    install(&[name], &[package])
}

/// Fetches the lists of packages; only root may.
pub fn update() -> Result<()> {
    apt_get(&["update"])
        .or_else_say("Can this machine reach Debian's packages?")
        .run()
}

/// Fetches packages into a folder, and installs nothing.
pub fn download(packages: &[OsString], folder: &Path) -> Result<()> {
    // The folder may be one that apt's own user cannot enter.
    let download = program("apt-get", &["--option", "APT::Sandbox::User=root", "download"]).args(packages);
    download
        .in_folder(folder)
        .or_else_say("Can this machine reach Debian's packages?")
        .telling_progress()
        .run()
}

pub fn is_root() -> bool {
    program("id", &["-u"]).read().is_ok_and(|id| id.trim() == "0")
}

pub fn is_installed(name: &str) -> bool {
    // Debian keeps servers such as nginx in sbin, which is not on everyone's PATH.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path).chain([Path::new("/usr/sbin").to_path_buf()]);
    folders.any(|folder| folder.join(name).is_file())
}

fn apt_get(args: &[&str]) -> Run {
    let run = program("apt-get", args).env("DEBIAN_FRONTEND", "noninteractive");
    run.telling_progress()
}
