//! The fallback for machines that reach Debian's packages but not rustup's server.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::{Run, cargo, program, say};
use crate::{debian, paths};

/// Debian's compiler, standard-library sources and WASI libc in a folder of ours; nothing is installed.
pub struct Unpacked {
    folder: PathBuf,
}

impl Unpacked {
    pub fn here() -> Unpacked {
        Unpacked {
            folder: paths::target().join("wasm-toolchain"),
        }
    }

    pub fn is_ready(&self) -> bool {
        self.rustc().is_file()
    }

    pub fn fetch() -> Result<Unpacked> {
        say("Fetching Debian's WASM toolchain into target/wasm-toolchain (once; 140 MB, unpacked 850 MB).");
        let unpacked = Unpacked::here();
        let staging = unpacked.folder.with_extension("part");
        std::fs::create_dir_all(&staging)?;
        debian::download(&packages()?, &staging)?;
        unpack_all(&staging)?;
        // Renamed last, so that an interrupted download is never taken for a toolchain.
        std::fs::rename(&staging, &unpacked.folder).context("cannot put the WASM toolchain in its place")?;
        Ok(unpacked)
    }

    /// The machine's own cargo with Debian's compiler, which builds the standard library from its sources.
    pub fn cargo(&self, args: &[&str]) -> Result<Run> {
        let usr = self.folder.join("usr");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(linkers()?).chain(std::env::split_paths(&path)))?;
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

    /// A target directory of its own, so that two compilers do not undo each other's work.
    pub fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    fn rustc(&self) -> PathBuf {
        self.folder.join("usr/bin/rustc")
    }
}

/// The packages, with the versions in their names that this Debian has: `libstd-rust-web-1.96`, `libllvm22`.
fn packages() -> Result<Vec<OsString>> {
    if debian::is_root() {
        debian::update()?;
    }
    let unneeded = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"];
    let unneeded: Vec<_> = unneeded.iter().map(|kind| format!("--no-{kind}").into()).collect();
    let depends = program("apt-cache", &["depends", "--recurse", "rustc-web"]).args(&unneeded);
    let depends = depends.or_else_say("`sudo apt-get update` may help.").read()?;
    let versioned = depends
        .lines()
        .filter(|line| line.starts_with("libstd-rust-web") || line.starts_with("libllvm"));
    let plain = ["rustc-web", "rust-web-src", "wasi-libc"];
    Ok(plain.into_iter().chain(versioned).map(OsString::from).collect())
}

fn unpack_all(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            program("dpkg", &["--extract"])
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
