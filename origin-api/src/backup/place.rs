//! How a file takes its place in the folder of the database.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
};

use anyhow::Context;

/// Who owns the folder has to read what lies in it, whoever restores.
pub fn belong_to(file: &Path, folder: &Path) -> anyhow::Result<()> {
    let (is, owner) = (file.metadata()?, folder.metadata()?);
    if (is.uid(), is.gid()) == (owner.uid(), owner.gid()) {
        return Ok(());
    }
    chown(file, Some(owner.uid()), Some(owner.gid())).with_context(|| {
        format!(
            "{} cannot be given to the owner of its folder; restore as that user, or as root",
            file.display()
        )
    })
}

/// Gives a database that is there another name beside its own, which what is restored takes in one step. What is left of its log goes
/// along: the backup must not be read with it.
pub fn keep(file: &Path, kept: &Path) -> io::Result<()> {
    for end in ["", LOG_END, INDEX_END] {
        remove(&with_end(kept, end))?;
    }
    fs::hard_link(file, kept).or_else(|_| fs::copy(file, kept).map(|_| ()))?;
    let log = with_end(file, LOG_END);
    if log.exists() {
        fs::rename(log, with_end(kept, LOG_END))?;
    }
    remove(&with_end(file, INDEX_END))
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(end);
    name.into()
}

/// A new name in a folder lasts once the folder does.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// SQLite's write-ahead log, and its index.
const LOG_END: &str = "-wal";
const INDEX_END: &str = "-shm";
