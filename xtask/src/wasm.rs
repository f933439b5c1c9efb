//! Guests for WebAssembly, and a toolchain for them on any machine.

mod unpacked;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::debian;
use crate::run::{Run, cargo};
use crate::toolchain::{ask_rustup, target_is_installed};
use crate::{paths, renderer};
use unpacked::Unpacked;

pub const TARGET: &str = "wasm32-wasip2";
/// The crates of the two components.
pub const HOST: &str = "edge-steps";
pub const SPIN: &str = "edge-spin";

/// What the tests need.
pub struct Guests {
    pub components: Components,
    /// One that misbehaves on request, for the tests of edge-host; it is a workspace of its own.
    pub on_trial: PathBuf,
}

/// The gateway as a component, once for each interface that hosts speak.
pub struct Components {
    /// What `pharos edge` runs: it is driven step by step.
    pub host: PathBuf,
    /// What `spin.toml` names: it answers HTTP by itself.
    pub spin: PathBuf,
}

pub fn build_all(bindgen: &Path) -> Result<Guests> {
    Ok(Guests {
        components: build_whole(bindgen)?,
        on_trial: build_on_trial()?,
    })
}

/// The guest that misbehaves on request.
pub fn build_on_trial() -> Result<PathBuf> {
    let manifest = paths::root().join("edge-host/tests/guest/Cargo.toml");
    build_guest(&["--manifest-path", &manifest.to_string_lossy()], "test_guest.wasm")
}

/// Builds both components with the renderer for browsers in them.
pub fn build_whole(bindgen: &Path) -> Result<Components> {
    renderer::build(bindgen)?;
    build_both()
}

/// The same, with the renderer only if that was built before.
pub fn build_both() -> Result<Components> {
    Ok(Components {
        host: build()?,
        spin: build_guest(&["--package", SPIN], "edge_spin.wasm")?,
    })
}

/// Builds the component for `pharos edge` and says where it is, whichever toolchain built it. It takes the renderer along
/// if that was built before; a newcomer need not wait for it.
pub fn build() -> Result<PathBuf> {
    build_guest(&["--package", HOST], "edge_steps.wasm")
}

/// Whether the guests are built by Debian's compiler and not by the one in use.
pub fn is_built_by_debian() -> Result<bool> {
    Ok(matches!(toolchain()?, Toolchain::Debian(_)))
}

fn build_guest(which: &[&str], file: &str) -> Result<PathBuf> {
    let args = [&["build", "--release", "--target", TARGET], which].concat();
    let remedy = "The compiler says above what is wrong.";
    let folder = Path::new(TARGET).join("release");
    let place = paths::target().join(&folder);
    match toolchain()? {
        Toolchain::Installed => with_renderer(cargo(&args)).or_else_say(remedy).run()?,
        Toolchain::Debian(unpacked) => {
            with_renderer(unpacked.cargo(&args)?).or_else_say(remedy).run()?;
            put(&unpacked.target().join(&folder).join(file), &place).with_context(|| format!("cannot copy {file}"))?;
        }
    }
    Ok(place.join(file))
}

fn with_renderer(run: Run) -> Run {
    match renderer::built() {
        Some(folder) => run.env("PHAROS_RENDERER", folder),
        None => run,
    }
}

/// Replaces rather than overwrites: the file there may be a hard link into cargo's own cache, or in use.
fn put(built: &Path, place: &Path) -> Result<()> {
    let part = place.join("part.wasm");
    std::fs::create_dir_all(place)?;
    std::fs::copy(built, &part)?;
    std::fs::rename(&part, place.join(built.file_name().unwrap_or_default()))?;
    Ok(())
}

enum Toolchain {
    /// The one of rustup, or whichever `cargo` is.
    Installed,
    Debian(Unpacked),
}

fn toolchain() -> Result<Toolchain> {
    let wanted = std::env::var("PHAROS_WASM_TOOLCHAIN").unwrap_or_default();
    let tries = |name: &str| wanted.is_empty() || wanted == name;
    if tries("installed") && target_is_installed(TARGET)? {
        return Ok(Toolchain::Installed);
    }
    // Fetched once, it spares every later build the wait for rustup's server.
    if tries("debian") && Unpacked::here().is_ready() {
        return Ok(Toolchain::Debian(Unpacked::here()));
    }
    if tries("rustup") && ask_rustup(TARGET) {
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
