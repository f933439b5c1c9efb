//! A backup takes the place of the database: looked at whole first, and as another database than it was, so that regions which
//! have seen more take everything from it.

use std::{
    fs,
    io::{self, Read, Write},
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
use tempfile::NamedTempFile;

use super::{
    Contents, Progress, open_whole,
    place::{belong_to, keep, sync_folder},
    sign_ins::{self, SignIns},
    taken_back,
};

#[derive(Debug, Clone, Copy, Default)]
pub struct How<'a> {
    /// Bytes that come, where that is known.
    pub bytes: Option<u64>,
    /// Takes the place of a database that is there.
    pub replace: bool,
    /// Only looks.
    pub dry_run: bool,
    /// A copy of the database of sign-ins, where the backup is a copy of the origin's alone.
    pub sign_ins: Option<&'a Path>,
}

#[derive(Debug)]
pub struct Restored {
    pub contents: Contents,
    /// What was there before: the last change of that database, where it could be read.
    pub before: Option<Before>,
    /// Nothing where it was only looked at.
    pub sign_ins: Option<SignIns>,
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
    how: How<'_>,
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
    let sign_ins = sign_ins_of(&mut conn, folder, how.sign_ins).await;
    let sign_ins = sign_ins.context("the backup is not used")?;
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
        return Ok(Restored {
            contents,
            before,
            sign_ins: None,
        });
    }
    part.as_file().sync_all()?;
    belong_to(part.path(), folder)?;
    let sign_ins = sign_ins::restore(folder, sign_ins).await;
    let sign_ins = sign_ins.context("the database of sign-ins cannot be restored")?;
    if let Some(before) = &before {
        keep(&file, &before.kept).with_context(|| format!("{} cannot be kept", file.display()))?;
    }
    part.persist(&file)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    sync_folder(folder)?;
    Ok(Restored {
        contents,
        before,
        sign_ins: Some(sign_ins),
    })
}

/// What signs in that comes with the backup, which is without it then.
async fn sign_ins_of(
    backup: &mut Connection,
    folder: &Path,
    named: Option<&Path>,
) -> anyhow::Result<Option<NamedTempFile>> {
    let enclosed = sign_ins::take_out(backup, folder).await?;
    sign_ins::drop_from(backup).await?;
    let Some(named) = named else {
        return Ok(enclosed);
    };
    ensure!(enclosed.is_none(), "it has the sign-ins already; leave --sign-ins out");
    let copied = sign_ins::copied(named, folder).await;
    copied.map(Some).with_context(|| named.display().to_string())
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

/// The last change of the database that is there. Reading it writes its log into the file, unless it is broken.
async fn head(file: &Path) -> Option<i64> {
    let (conn, contents) = open_whole(file).await.ok()?;
    sql::close(conn).await.ok()?;
    Some(contents.head)
}

const KEPT_FILE: &str = "origin.before-restore.db";
const BUFFER_BYTES: usize = 256 * 1024;
