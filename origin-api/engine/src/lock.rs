//! A database has one process: two would number their changes alike, and the slower one would answer 503 for ever.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Write},
    path::Path,
};

use anyhow::{Context, bail};

/// Held until it is dropped, at the latest when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "what it holds is the lock")] File);

impl Lock {
    /// A file of its own, as the driver has locks of its own on the database.
    pub fn take(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(LOCK_FILE);
        let mut options = OpenOptions::new();
        let opened = options.read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.with_context(|| format!("{} cannot be opened", path.display()))?;
        match file.try_lock() {
            Ok(()) => {
                // Whom it belongs to is told to who comes second; that the lock holds does not hang on it.
                let _ = file.set_len(0);
                let _ = write!(file, "{}", std::process::id());
                Ok(Self(file))
            }
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                let _ = file.take(OWNER_BYTES_MAX).read_to_string(&mut owner);
                let owner = owner.parse().map_or(String::new(), |id: u32| format!(" {id}"));
                bail!(
                    "the database in {} is in use by process{owner}: stop that one, or name another folder with --data",
                    folder.display()
                );
            }
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("{} cannot be locked", path.display()))
            }
        }
    }
}

const LOCK_FILE: &str = "origin.lock";
const OWNER_BYTES_MAX: u64 = 10;
