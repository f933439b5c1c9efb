//! Packages from npm's registry, as a lock file names them.

use std::path::Path;

use anyhow::Result;

use crate::run::program;

/// What the packages bring to run when they are installed is not run.
pub const NO_SCRIPTS: &[&str] = &["--ignore-scripts"];

/// Installs what the lock file of a folder names, in place of what lies there.
pub fn install(folder: &Path, options: &[&str]) -> Result<()> {
    let quiet = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    program("npm", &[&quiet[..], options].concat())
        .in_folder(folder)
        .or_else_say("Can this machine reach npm's registry?")
        .telling_progress()
        .run()
}
