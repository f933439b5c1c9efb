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

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use crate::{Store, components::check};

    #[tokio::test]
    async fn second_one_on_a_folder_ends_at_once_and_says_what_to_do() {
        let folder = TempDir::new().expect("a folder");
        let (_store, writer) = Store::open(folder.path()).await.expect("it opens");
        let own = std::process::id();
        let expected = format!(
            "the database in {} is in use by process {own}: stop that one, or name another folder with --data",
            folder.path().display()
        );
        let second = Store::open(folder.path()).await.err().expect("it is refused");
        assert_eq!(format!("{second:#}"), expected);
        let checked = check::check(folder.path(), true).await.expect_err("it is refused");
        assert_eq!(format!("{checked:#}"), expected);
        drop(writer);
        Store::open(folder.path()).await.expect("it is free again");
    }
}
