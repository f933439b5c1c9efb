//! A backup takes the place of the database: looked at whole first, and as another database than it was, so that regions which
//! have seen more take everything from it.

use std::{
    ffi::OsString,
    fs,
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use origin_access::revision;
use origin_engine::{
    clock::now_ms,
    lineage,
    lock::Lock,
    sql::{self, Connection},
};
use origin_sign_in::used;
use tempfile::NamedTempFile;

use super::{Contents, Progress, open_whole, sync_folder, taken_back};

#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// Bytes that come, where that is known.
    pub bytes: Option<u64>,
    /// Takes the place of a database that is there.
    pub replace: bool,
    /// Only looks.
    pub dry_run: bool,
}

#[derive(Debug)]
pub struct Restored {
    pub contents: Contents,
    /// What was there before: the last change of that database, where it could be read.
    pub before: Option<Before>,
}

#[derive(Debug)]
pub struct Before {
    pub head: Option<i64>,
    /// Where it is kept.
    pub kept: PathBuf,
    /// By what somebody was let in when the backup was made, or could push, and no longer is: it stays taken back. Nothing where
    /// that database is no later state of the one in the backup, or cannot be read.
    pub taken_back: Option<u64>,
}

/// Puts a backup into `folder`, which no origin uses.
pub async fn restore(
    folder: &Path,
    from: &mut impl Read,
    how: How,
    progress: Progress<'_>,
) -> anyhow::Result<Restored> {
    fs::create_dir_all(folder).with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
    let _lock = Lock::take(folder)?;
    let file = sql::file(folder);
    ensure!(
        how.replace || how.dry_run || !file.exists(),
        "there is a database {} already; look with --dry-run what would come in its place, and put it there with --replace",
        file.display()
    );
    let part = NamedTempFile::with_prefix_in(".pharos-restore-", folder);
    let mut part = part.with_context(|| format!("nothing can be written in {}", folder.display()))?;
    receive(from, &mut part, how.bytes, progress).context("the backup cannot be copied")?;
    let (mut conn, contents) = open_whole(part.path()).await.context("the backup is not used")?;
    sql::migrate(&mut conn)
        .await
        .context("the backup is not used: it cannot be brought to this version; was it made by a later one?")?;
    let before = match file.exists() {
        true => Some(before(&mut conn, &file, folder).await),
        false => None,
    };
    if !how.dry_run {
        let seen = before.as_ref().and_then(|before| before.head).unwrap_or(0);
        lineage::restored(&mut conn, seen, now_ms()).await?;
        revision::restored(&mut conn, now_ms()).await?;
    }
    sql::close(conn).await?;
    if how.dry_run {
        return Ok(Restored { contents, before });
    }
    part.as_file().sync_all()?;
    belong_to(part.path(), folder)?;
    if !sql::sign_in_file(folder).exists() {
        used::forgotten(folder, now_ms()).await?;
        belong_to(&sql::sign_in_file(folder), folder)?;
    }
    if let Some(before) = &before {
        keep(&file, &before.kept).with_context(|| format!("{} cannot be kept", file.display()))?;
    }
    part.persist(&file)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    sync_folder(folder)?;
    Ok(Restored { contents, before })
}

fn receive(from: &mut impl Read, part: &mut NamedTempFile, of: Option<u64>, progress: Progress<'_>) -> io::Result<()> {
    let (mut buffer, mut done) = (vec![0; BUFFER_BYTES], 0);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return part.flush();
        }
        part.write_all(&buffer[..read])?;
        done += read as u64;
        progress(done, of);
    }
}

async fn before(conn: &mut Connection, file: &Path, folder: &Path) -> Before {
    let head = head(file).await;
    let taken_back = match head {
        Some(_) => taken_back::keep(conn, file).await.unwrap_or_default(),
        None => None,
    };
    Before {
        head,
        kept: folder.join(KEPT_FILE),
        taken_back,
    }
}

/// Who owns the folder has to read what lies in it, whoever restores.
fn belong_to(file: &Path, folder: &Path) -> anyhow::Result<()> {
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

/// The last change of the database that is there. Reading it writes its log into the file, unless it is broken.
async fn head(file: &Path) -> Option<i64> {
    let (conn, contents) = open_whole(file).await.ok()?;
    sql::close(conn).await.ok()?;
    Some(contents.head)
}

/// Gives the database that is there another name beside its own, which the backup takes in one step. What is left of its log goes
/// along: the backup must not be read with it.
fn keep(file: &Path, kept: &Path) -> io::Result<()> {
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

const KEPT_FILE: &str = "origin.before-restore.db";
/// SQLite's write-ahead log, and its index.
const LOG_END: &str = "-wal";
const INDEX_END: &str = "-shm";
const BUFFER_BYTES: usize = 256 * 1024;
