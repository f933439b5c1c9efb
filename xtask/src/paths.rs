//! Where things lie. All paths are absolute, so that xtask works from any folder of the workspace.

use std::path::{Path, PathBuf};

pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

pub fn target() -> PathBuf {
    root().join("target")
}
