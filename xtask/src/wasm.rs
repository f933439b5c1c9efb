//! The edge component, and a WASM toolchain for it on any machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::debian;
use crate::paths;
use crate::run::{Run, cargo, program, say};

pub const TARGET: &str = "wasm32-wasip2";

/// Builds the edge component and says where it is.
pub fn build() -> Result<PathBuf> {
    let release = ["build", "--package", "edge-worker", "--release", "--target", TARGET];
    match toolchain()? {
        Toolchain::Installed => compile(cargo(&release))?,
        Toolchain::Debian(unpacked) => {
            compile(unpacked.cargo(&release)?)?;
            std::fs::create_dir_all(paths::component().parent().unwrap_or(paths::root()))?;
            std::fs::copy(unpacked.component(), paths::component()).context("cannot copy the edge component")?;
        }
    }
    Ok(paths::component())
}

/// Whether the compiler in use has a standard library for the target.
pub fn target_is_installed() -> Result<bool> {
    let folder = program("rustc", &["--print", "target-libdir", "--target", TARGET]).read()?;
    Ok(Path::new(folder.trim()).is_dir())
}

fn compile(build: Run) -> Result<()> {
    build.or_else_say("The compiler says above what is wrong.").run()
}

enum Toolchain {
    /// The one of rustup, or whichever `cargo` is.
    Installed,
    Debian(Unpacked),
}

fn toolchain() -> Result<Toolchain> {
    let wanted = std::env::var("PHAROS_WASM_TOOLCHAIN").unwrap_or_default();
    let tries = |name: &str| wanted.is_empty() || wanted == name;
    if tries("installed") && target_is_installed()? {
        return Ok(Toolchain::Installed);
    }
    if tries("rustup") && ask_rustup() {
        return Ok(Toolchain::Installed);
    }
    if tries("debian") && debian::is_installed("apt-get") {
        return Unpacked::fetch().map(Toolchain::Debian);
    }
    let insisted = if wanted.is_empty() {
        String::new()
    } else {
        format!(" (PHAROS_WASM_TOOLCHAIN={wanted})")
    };
    bail!("no compiler for {TARGET}{insisted}: install it with `rustup target add {TARGET}`, then try again")
}

/// A machine may reach the package registries and yet not rustup's server, so this neither asks nor waits for long.
fn ask_rustup() -> bool {
    let mut rustup = Command::new("rustup");
    say(&format!("$ rustup target add {TARGET}"));
    let Ok(mut child) = rustup.args(["target", "add", TARGET]).stdin(Stdio::null()).spawn() else {
        return false;
    };
    let begun = Instant::now();
    while begun.elapsed() < RUSTUP_LIMIT {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(Duration::from_millis(100)),
            Err(_) => break,
        }
    }
    say("rustup's server does not answer.");
    let _ = child.kill().and_then(|()| child.wait());
    false
}

/// Debian's compiler, standard-library sources and WASI libc in a folder of ours; nothing is installed.
struct Unpacked {
    folder: PathBuf,
}

impl Unpacked {
    fn fetch() -> Result<Unpacked> {
        let folder = paths::target().join("wasm-toolchain");
        let unpacked = Unpacked { folder };
        if unpacked.rustc().is_file() {
            return Ok(unpacked);
        }
        say("Fetching Debian's WASM toolchain into target/wasm-toolchain (once, about 140 MB).");
        let packages = packages()?;
        let staging = unpacked.folder.with_extension("part");
        std::fs::create_dir_all(&staging)?;
        for package in &packages {
            unpack(package, &staging)?;
        }
        // Renamed last, so that an interrupted download is never taken for a toolchain.
        std::fs::rename(&staging, &unpacked.folder).context("cannot put the WASM toolchain in its place")?;
        Ok(unpacked)
    }

    /// The machine's own cargo with Debian's compiler, which builds the standard library from its sources.
    ///
    /// It has a target directory of its own, so that two compilers do not undo each other's work.
    fn cargo(&self, args: &[&str]) -> Result<Run> {
        let usr = self.folder.join("usr");
        let linkers = linkers()?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(linkers).chain(std::env::split_paths(&path)))?;
        let libc = usr.join("lib/wasm32-wasi");
        let run = cargo(&[args, &["-Zbuild-std=std,panic_abort"]].concat())
            .env("RUSTC", self.rustc())
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "LD_LIBRARY_PATH",
                usr.join(format!("lib/{}-linux-gnu", std::env::consts::ARCH)),
            )
            .env("CARGO_TARGET_DIR", self.target())
            .env(
                "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS",
                format!("-Lnative={}", libc.display()),
            )
            .env("PATH", path);
        Ok(run)
    }

    fn rustc(&self) -> PathBuf {
        self.folder.join("usr/bin/rustc")
    }

    fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    fn component(&self) -> PathBuf {
        self.target().join(TARGET).join("release/edge_worker.wasm")
    }
}

/// The packages with the versions in their names that this Debian has: `libstd-rust-web-1.96`, `libllvm22`.
fn packages() -> Result<Vec<String>> {
    if debian::is_root() {
        debian::update()?;
    }
    let only_needs = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"];
    let only_needs: Vec<_> = only_needs.iter().map(|kind| format!("--no-{kind}").into()).collect();
    let depends = program("apt-cache", &["depends", "--recurse", "rustc-web"]).args(&only_needs);
    let depends = depends.or_else_say("`sudo apt-get update` may help.").read()?;
    let versioned = depends
        .lines()
        .filter(|line| line.starts_with("libstd-rust-web") || line.starts_with("libllvm"));
    let plain = ["rustc-web", "rust-web-src", "wasi-libc"];
    Ok(plain.into_iter().chain(versioned).map(str::to_owned).collect())
}

fn unpack(package: &str, folder: &Path) -> Result<()> {
    let download = program("apt-get", &["download", package]).in_folder(folder);
    download
        .or_else_say("Can this machine reach Debian's packages?")
        .run()?;
    for entry in std::fs::read_dir(folder)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            program("dpkg", &["-x"])
                .args(&[file.clone().into(), folder.into()])
                .run()?;
            std::fs::remove_file(file)?;
        }
    }
    Ok(())
}

/// `rust-lld` and `wasm-component-ld` come with the machine's own compiler, for its own processor.
fn linkers() -> Result<PathBuf> {
    let sysroot = program("rustc", &["--print", "sysroot"]).read()?;
    let host = format!("lib/rustlib/{}-unknown-linux-gnu/bin", std::env::consts::ARCH);
    Ok(Path::new(sysroot.trim()).join(host))
}

/// Adding a target took 5 to 20 s on a slow line.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);
