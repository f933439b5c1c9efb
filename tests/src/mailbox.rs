//! The mail server of a journey: aiosmtpd, which `cargo xtask test` installs.

use std::{
    collections::HashMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{
    checkers,
    eventually::eventually,
    program::{Program, strings},
};

pub struct Mailbox {
    pub server: Program,
    folder: PathBuf,
}

/// A mail as Python's own library reads it.
#[derive(Debug, Deserialize)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    /// By their names in lower case.
    pub headers: HashMap<String, String>,
    pub defects: Vec<String>,
    pub text: String,
    pub html: String,
}

impl Mailbox {
    pub fn open(addr: SocketAddr, dir: &Path) -> Result<Self> {
        let folder = dir.join("mails");
        fs::create_dir_all(&folder)?;
        let script = checkers::root().join("tests/checkers/mailbox.py");
        let args = [
            &script.display().to_string(),
            &addr.port().to_string(),
            &folder.display().to_string(),
        ];
        let args = strings(&args.map(String::as_str));
        let mut server = Program::of(&checkers::python_program()?, "mailbox", args, dir);
        server.start()?;
        Ok(Self { server, folder })
    }

    /// All that were taken, once there are so many.
    pub async fn until(&self, count: usize) -> Result<Vec<Taken>> {
        eventually(&format!("{count} mails are there"), MAIL_MAX, async || {
            let mut files: Vec<PathBuf> = fs::read_dir(&self.folder)?
                .map(|file| Ok(file?.path()))
                .collect::<Result<_>>()?;
            files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
            files.sort();
            ensure!(files.len() == count, "there are {}", files.len());
            let taken = files.iter().map(|file| Ok(serde_json::from_slice(&fs::read(file)?)?));
            taken.collect()
        })
        .await
    }
}

impl Taken {
    /// Path and query of the link.
    pub fn link(&self) -> Result<&str> {
        let link = self
            .text
            .lines()
            .find(|line| line.starts_with("http"))
            .context("there is no link")?;
        let at = link.find("/.pharos/link").context("the link leads elsewhere")?;
        Ok(&link[at..])
    }

    /// What stands before it.
    pub fn origin(&self) -> Result<&str> {
        let link = self
            .text
            .lines()
            .find(|line| line.starts_with("http"))
            .context("there is no link")?;
        Ok(link.split("/.pharos/").next().unwrap_or_default())
    }

    pub fn code(&self) -> Result<&str> {
        let is_code = |line: &&str| line.len() == 9 && line.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
        self.text
            .lines()
            .map(str::trim)
            .find(is_code)
            .context("there is no code")
    }
}

/// A mail server that just started is tried again after some seconds.
const MAIL_MAX: Duration = Duration::from_secs(60);
