//! A backup: one moment of the database, read back before it has its name. Publishers come first: nothing is held that a push waits
//! for, and what is written goes to the disk bit by bit.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, ensure};
use origin_engine::sql;
use tempfile::{NamedTempFile, TempDir};
use tokio::task::spawn_blocking;

use super::{Contents, Progress, open_whole, place::sync_folder, sign_ins};

/// Writes a backup of the database in `folder` to `to`, which is not there yet. The origin may be at work.
pub async fn make(folder: &Path, to: &Path, progress: Progress<'_>) -> anyhow::Result<Contents> {
    let file = sql::file(folder);
    ensure!(
        file.is_file(),
        "there is no database {}; name the folder of `pharos origin` with --data",
        file.display()
    );
    ensure!(!to.exists(), "{} exists already; name another file", to.display());
    let beside = match to.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Only its owner may read it, and it is gone if anything fails.
    let part = NamedTempFile::with_prefix_in(".pharos-backup-", beside);
    let part = part.with_context(|| format!("nothing can be written in {}", beside.display()))?;
    let aside = TempDir::with_prefix_in(".pharos-backup-", beside)?;
    let copied = async {
        let bytes = hold_and_copy(folder, aside.path(), progress).await?;
        copy(&sql::file(aside.path()), &part, bytes, progress).await
    };
    copied
        .await
        .with_context(|| format!("{} cannot be copied", file.display()))?;
    drop(aside);
    let mut conn = sql::open_file(part.path()).await?;
    let enclosed = sign_ins::enclose(folder, &mut conn, beside).await;
    enclosed.context("the database of sign-ins cannot be put into the backup")?;
    sql::close(conn).await?;
    let read = read_back(part.path(), beside).await;
    let contents = read.context("the copy was read back, and is not kept")?;
    part.as_file().sync_all()?;
    part.persist_noclobber(to)
        .with_context(|| format!("{} cannot be written", to.display()))?;
    sync_folder(beside)?;
    Ok(contents)
}

/// The same to a stream, once it was read back.
pub async fn make_into(folder: &Path, to: &mut impl Write, progress: Progress<'_>) -> anyhow::Result<Contents> {
    let aside = TempDir::with_prefix("pharos-backup-").context("the folder for temporary files cannot be used")?;
    let file = aside.path().join("backup.db");
    let contents = make(folder, &file, progress).await?;
    io::copy(&mut File::open(&file)?, to).context("the backup cannot be written to the output")?;
    to.flush()?;
    Ok(contents)
}

/// Copies the file and its log as they are, and tells how large the database is. SQLite takes much longer to write another one, and
/// for as long as a moment is held the log only grows: what is committed then waits until the disk has its new length too.
async fn hold_and_copy(folder: &Path, to: &Path, progress: Progress<'_>) -> anyhow::Result<u64> {
    let mut conn = sql::open_file(&sql::file(folder)).await?;
    let bytes = sql::copy_bytes_max(&mut conn).await?;
    sql::hold(&mut conn).await?;
    // What is written from the log into the file meanwhile lies in the log still, so no page of the two is lost or torn.
    let (mut read, mut done) = (Vec::new(), 0);
    for of in [sql::file, sql::log_file] {
        let from = match File::open(of(folder)) {
            Ok(from) => Arc::new(from),
            // The log of an origin that was stopped is gone. One that cannot be read holds what was acknowledged last.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        let to = Arc::new(File::create_new(of(to))?);
        read.push(Arc::clone(&from));
        loop {
            let (from, to) = (Arc::clone(&from), Arc::clone(&to));
            let copied = spawn_blocking(move || copy_part(&from, &to)).await??;
            done += copied;
            progress(done.min(bytes), Some(2 * bytes));
            if copied < SYNC_BYTES {
                break;
            }
        }
    }
    sql::close(conn).await?;
    // Closed after the connection: whoever closes a file lets go of all locks that the process has on it (fcntl(2)).
    drop(read);
    Ok(bytes)
}

fn copy_part(from: &File, mut to: &File) -> io::Result<u64> {
    let copied = io::copy(&mut from.take(SYNC_BYTES), &mut to)?;
    // A push that waits for its own bytes would wait for all of these too, were they left until the end.
    to.sync_data()?;
    Ok(copied)
}

async fn copy(file: &Path, to: &NamedTempFile, bytes: u64, progress: Progress<'_>) -> anyhow::Result<()> {
    let mut conn = sql::open_file(file).await?;
    {
        let copying = sql::copy(&mut conn, to.path());
        tokio::pin!(copying);
        let mut on_disk = 0;
        loop {
            tokio::select! {
                copied = &mut copying => break copied?,
                () = tokio::time::sleep(LOOK_INTERVAL) => {
                    let done = to.path().metadata().map_or(0, |file| file.len());
                    progress(bytes + done.min(bytes), Some(2 * bytes));
                    if done >= on_disk + SYNC_BYTES {
                        let file = to.as_file().try_clone()?;
                        spawn_blocking(move || file.sync_data()).await??;
                        on_disk = done;
                    }
                }
            }
        }
    }
    Ok(sql::close(conn).await?)
}

/// Every page of both databases.
async fn read_back(file: &Path, beside: &Path) -> anyhow::Result<Contents> {
    let (mut conn, contents) = open_whole(file).await?;
    sign_ins::take_out(&mut conn, beside).await?;
    sql::close(conn).await?;
    Ok(contents)
}

/// What is on its way to the disk at most when somebody else waits for it.
const SYNC_BYTES: u64 = 4 * 1024 * 1024;
/// How often it is looked how far the copy is.
const LOOK_INTERVAL: Duration = Duration::from_millis(25);
