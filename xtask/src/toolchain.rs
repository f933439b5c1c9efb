//! Standard libraries for WebAssembly, as rustup has them.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::run::{program, say};

/// The compiler in use gets a standard library for a target that only rustup has.
pub fn need_target(target: &str) -> Result<()> {
    if target_is_installed(target)? || ask_rustup(target) {
        return Ok(());
    }
    bail!("no compiler for {target}: install it with `rustup target add {target}`, then try again")
}

/// Whether the compiler in use has a standard library for the target.
pub fn target_is_installed(target: &str) -> Result<bool> {
    let folder = program("rustc", &["--print", "target-libdir", "--target", target]).read()?;
    Ok(Path::new(folder.trim()).is_dir())
}

/// A machine may reach the package registries and yet not rustup's server, so this neither asks nor waits for long.
pub fn ask_rustup(target: &str) -> bool {
    say(&format!("$ rustup target add {target}"));
    let mut rustup = Command::new("rustup");
    let Ok(mut child) = rustup.args(["target", "add", target]).stdin(Stdio::null()).spawn() else {
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

/// Adding a target took 5 to 20 s on a slow line.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);
