//! A backup: one moment of the database, read back before it has its name.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    time::Duration,
};

use anyhow::{Context, ensure};
use origin_engine::sql;
use tempfile::{NamedTempFile, TempDir};

use super::{Contents, Progress, open_whole, sync_folder};

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
    copy(&file, part.path(), progress)
        .await
        .with_context(|| format!("{} cannot be copied", file.display()))?;
    let (conn, contents) = open_whole(part.path())
        .await
        .context("the copy was read back, and is not kept")?;
    sql::close(conn).await?;
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

async fn copy(file: &Path, to: &Path, progress: Progress<'_>) -> sql::Result<()> {
    let mut conn = sql::open_file(file).await?;
    let bytes = sql::copy_bytes_max(&mut conn).await?;
    {
        let copying = sql::copy(&mut conn, to);
        tokio::pin!(copying);
        loop {
            tokio::select! {
                copied = &mut copying => break copied?,
                () = tokio::time::sleep(LOOK_INTERVAL) => {
                    let done = to.metadata().map_or(0, |file| file.len());
                    progress(done.min(bytes), Some(bytes));
                }
            }
        }
    }
    sql::close(conn).await
}

const LOOK_INTERVAL: Duration = Duration::from_millis(200);
