//! The crates of this workspace, as cargo knows them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::run::cargo;

#[derive(Deserialize)]
pub struct Workspace {
    pub packages: Vec<Package>,
}

#[derive(Deserialize)]
pub struct Package {
    pub name: String,
    pub manifest_path: PathBuf,
    pub dependencies: Vec<Dependency>,
    pub targets: Vec<Target>,
}

/// Normal, dev and build dependencies alike; only those of this workspace have a path.
#[derive(Deserialize)]
pub struct Dependency {
    pub name: String,
    pub path: Option<PathBuf>,
}

/// A library, a program, an example, a build script or a suite of tests.
#[derive(Deserialize)]
pub struct Target {
    pub name: String,
    pub kind: Vec<String>,
    pub src_path: PathBuf,
}

impl Workspace {
    pub fn read() -> Result<Workspace> {
        let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps"]).read()?;
        serde_json::from_str(&metadata).context("`cargo metadata` answered something else")
    }
}

impl Package {
    pub fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new(""))
    }
}

impl Target {
    /// Whether other crates can use it.
    pub fn is_library(&self) -> bool {
        self.kind.iter().any(|kind| kind.ends_with("lib"))
    }

    pub fn is_test(&self) -> bool {
        self.kind.iter().any(|kind| kind == "test" || kind == "bench")
    }
}
