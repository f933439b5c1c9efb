//! An origin with nothing behind it, for what the push API alone shows.

use std::path::Path;

use anyhow::Result;
use tempfile::TempDir;

use crate::{
    ports,
    program::{Program, Programs},
    push::Push,
    records::PageRecords,
    system::{self, ADMIN_TOKEN, SYNC_TOKEN},
};

pub struct LoneOrigin {
    pub push: Push,
    pub programs: Programs,
    url: String,
    _origin: Program,
    dir: TempDir,
}

impl LoneOrigin {
    pub async fn start() -> Result<Self> {
        let (programs, dir, api) = (Programs::debug()?, TempDir::with_prefix("pharos-")?, ports::free());
        let mut origin = system::origin(&programs, api, &dir, Vec::new());
        origin.start()?;
        origin.healthy().await?;
        let url = format!("http://{api}");
        Ok(Self {
            push: Push::new(&format!("{url}/v1"), ADMIN_TOKEN)?,
            programs,
            url,
            _origin: origin,
            dir,
        })
    }

    /// For files of a test.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// What the origin composes of a page.
    pub async fn records(&self, page: &str) -> Result<PageRecords> {
        PageRecords::fetch(&self.url, SYNC_TOKEN, page).await
    }
}
