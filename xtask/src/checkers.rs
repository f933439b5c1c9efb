//! Programs from npm and PyPI that the tests hold what is served against; versions are pinned in `tests/checkers`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::debian::need;
use crate::run::{Run, program};
use crate::{npm, paths};

pub fn install() -> Result<()> {
    need(&[
        ("chromium", "chromium"),
        ("firefox-esr", "firefox-esr"),
        ("java", "default-jre-headless"),
        ("openssl", "openssl"),
        ("pdftotext", "poppler-utils"),
        ("python3", "python3-venv"),
    ])?;
    modules()?;
    let installed = paths::target().join("checkers/installed.txt");
    let wanted = folder().join("requirements.txt");
    if is_older(&installed, &wanted) {
        python(&wanted)?;
        std::fs::copy(&wanted, &installed)?;
    }
    Ok(())
}

/// Those from npm, Playwright among them.
pub fn modules() -> Result<()> {
    need(&[("node", "nodejs"), ("npm", "npm")])?;
    let folder = folder();
    let modules = folder.join("node_modules/.package-lock.json");
    if is_older(&modules, &folder.join("package-lock.json")) {
        npm::install(&folder, npm::NO_SCRIPTS)?;
    }
    Ok(())
}

pub fn folder() -> PathBuf {
    paths::root().join("tests/checkers")
}

fn python(requirements: &Path) -> Result<()> {
    let environment = paths::target().join("checkers");
    let file = |path: &Path| path.display().to_string();
    program("python3", &["-m", "venv", &file(&environment)])
        .or_else_say("On Debian, python3-venv brings what is missing.")
        .run()?;
    // The program `pip` names the folder in which it was made: in a copy of that folder it would install into the first one.
    let pip: Run = program(
        environment.join("bin/python"),
        &["-m", "pip", "install", "--quiet", "--requirement", &file(requirements)],
    );
    pip.or_else_say("Can this machine reach Python's packages?").run()
}

/// Whether a file is missing or was made before another one changed.
fn is_older(made: &Path, from: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    match (changed(made), changed(from)) {
        (Some(made), Some(from)) => made < from,
        _ => true,
    }
}
