//! The database of sign-ins in a backup: enclosed in the copy of the origin's database, so that one file has both.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use origin_engine::{
    clock::now_ms,
    sql::{self, Connection, execute},
};
use origin_sign_in::restored;
use tempfile::NamedTempFile;

use super::place::{belong_to, keep};

/// What signs visitors in after a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIns {
    /// Those that were there go on.
    Kept,
    /// Nothing of before the restore signs anybody in.
    BeginAnew,
}

/// Encloses it in a copy of the origin's, which was made before: what was used until then is known as used.
pub async fn enclose(folder: &Path, copy: &mut Connection, beside: &Path) -> anyhow::Result<()> {
    // A restore by an earlier version left it in the database.
    execute(copy, DROP).await?;
    let file = sql::sign_in_file(folder);
    if !file.is_file() {
        return Ok(());
    }
    let part = NamedTempFile::with_prefix_in(".pharos-backup-", beside)?;
    let mut conn = sql::open_file(&file).await?;
    let copied = sql::copy(&mut conn, part.path()).await;
    copied.with_context(|| format!("{} cannot be copied", file.display()))?;
    sql::close(conn).await?;
    execute(copy, "BEGIN").await?;
    execute(copy, CREATE).await?;
    let (mut file, mut buffer) = (File::open(part.path())?, Vec::with_capacity(PART_BYTES));
    for number in 0_i64.. {
        buffer.clear();
        if Read::by_ref(&mut file)
            .take(PART_BYTES as u64)
            .read_to_end(&mut buffer)?
            == 0
        {
            break;
        }
        let query = sql::query("INSERT INTO enclosed_sign_ins (part, bytes) VALUES ($1, $2)");
        query.bind(number).bind(buffer.clone()).execute(&mut *copy).await?;
    }
    execute(copy, "COMMIT").await?;
    Ok(())
}

/// Takes it out of a backup into a file in `folder`, and reads that whole. Nothing where the backup has none, as one of an earlier
/// version or a copy of the origin's database alone.
pub async fn take_out(backup: &mut Connection, folder: &Path) -> anyhow::Result<Option<NamedTempFile>> {
    if !are_in(backup).await? {
        return Ok(None);
    }
    let mut file = NamedTempFile::with_prefix_in(".pharos-sign-ins-", folder)?;
    for number in 0_i64.. {
        let query = sql::query_scalar("SELECT bytes FROM enclosed_sign_ins WHERE part = $1");
        let bytes: Option<Vec<u8>> = query.bind(number).fetch_optional(&mut *backup).await?;
        match bytes {
            Some(bytes) => file.write_all(&bytes)?,
            None => break,
        }
    }
    file.flush()?;
    sql::close(open_whole(file.path()).await?).await?;
    Ok(Some(file))
}

/// The same from a copy of it that lies beside the backup.
pub async fn copied(from: &Path, folder: &Path) -> anyhow::Result<NamedTempFile> {
    let mut file = NamedTempFile::with_prefix_in(".pharos-sign-ins-", folder)?;
    io::copy(&mut File::open(from)?, &mut file)?;
    file.flush()?;
    sql::close(open_whole(file.path()).await?).await?;
    Ok(file)
}

pub async fn are_in(backup: &mut Connection) -> sql::Result<bool> {
    let query =
        sql::query_scalar("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'enclosed_sign_ins'");
    let found: i64 = query.fetch_one(backup).await?;
    Ok(found > 0)
}

/// The restored database is without it.
pub async fn drop_from(backup: &mut Connection) -> sql::Result<()> {
    execute(backup, DROP).await
}

/// Puts it in its place in `folder`, where one that can be read stays and is told what the backup's knows beyond it.
pub async fn restore(folder: &Path, of_backup: Option<NamedTempFile>) -> anyhow::Result<SignIns> {
    let file = sql::sign_in_file(folder);
    if file.exists() {
        match join(&file, of_backup.as_ref()).await {
            Ok(()) => return Ok(SignIns::Kept),
            Err(error) => tracing::warn!("{} is not used any longer: {error:#}", file.display()),
        }
    }
    let part = match of_backup {
        Some(part) => part,
        None => NamedTempFile::with_prefix_in(".pharos-sign-ins-", folder)?,
    };
    let mut conn = sql::open_file(part.path()).await?;
    sql::migrate_sign_in(&mut conn).await?;
    restored::alone(&mut conn, now_ms()).await?;
    sql::close(conn).await?;
    part.as_file().sync_all()?;
    belong_to(part.path(), folder)?;
    if file.exists() {
        keep(&file, &kept(folder)).with_context(|| format!("{} cannot be kept", file.display()))?;
    }
    part.persist(&file)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(SignIns::BeginAnew)
}

async fn join(file: &Path, of_backup: Option<&NamedTempFile>) -> anyhow::Result<()> {
    let mut conn = open_whole(file).await?;
    sql::migrate_sign_in(&mut conn).await?;
    if let Some(of_backup) = of_backup {
        let mut there = sql::open_file(of_backup.path()).await?;
        sql::migrate_sign_in(&mut there).await?;
        sql::close(there).await?;
        restored::join(&mut conn, of_backup.path()).await?;
    }
    Ok(sql::close(conn).await?)
}

async fn open_whole(file: &Path) -> anyhow::Result<Connection> {
    let mut conn = sql::open_file(file).await.context(DAMAGED)?;
    let faults = sql::faults(&mut conn).await.context(DAMAGED)?;
    ensure!(faults.is_empty(), "{DAMAGED}: {}", faults.join("; "));
    let found: sql::Result<i64> = sql::query_scalar("SELECT COUNT(*) FROM mail_sign_ins")
        .fetch_one(&mut conn)
        .await;
    found.context("it is no database of sign-ins")?;
    Ok(conn)
}

fn kept(folder: &Path) -> PathBuf {
    folder.join("sign-in.before-restore.db")
}

const DAMAGED: &str = "the database of sign-ins is damaged";
const DROP: &str = "DROP TABLE IF EXISTS enclosed_sign_ins";
const CREATE: &str = "CREATE TABLE enclosed_sign_ins (part INTEGER PRIMARY KEY, bytes BLOB NOT NULL)";
/// What of it is in memory at once.
const PART_BYTES: usize = 256 * 1024;
