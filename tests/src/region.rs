//! One region: its edge as a process, its store, and a reader of its pages.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    ports,
    program::{Program, Programs, strings},
    visitor::Visitor,
};

pub struct Region {
    pub name: String,
    pub edge: Program,
    pub visitor: Visitor,
    data: PathBuf,
}

impl Region {
    pub fn new(programs: &Programs, name: &str, put_verify_key: &str, dir: &Path) -> Result<Self> {
        let (listen, admin) = (ports::free(), ports::free());
        let data = dir.join(format!("edge-{name}"));
        let mut args = strings(&["edge", "--region", name, &format!("--put-verify-key={put_verify_key}")]);
        args.extend(strings(&[
            "--listen",
            &listen.to_string(),
            "--admin-listen",
            &admin.to_string(),
        ]));
        args.extend(strings(&["--component", &programs.component.display().to_string()]));
        args.extend(strings(&["--data", &data.display().to_string()]));
        Ok(Self {
            name: name.to_owned(),
            edge: Program::new(programs, &format!("edge-{name}"), args, dir).with_admin(admin),
            visitor: Visitor::new(listen)?,
            data,
        })
    }

    /// Takes everything that the region has stored; it must not run.
    pub fn wipe(&mut self) -> Result<()> {
        ensure!(
            !self.edge.is_running(),
            "{} must be killed before it is wiped",
            self.name
        );
        fs::remove_dir_all(&self.data).with_context(|| format!("the store of {} cannot be wiped", self.name))
    }
}
