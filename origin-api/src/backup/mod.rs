//! Both databases as one file, and back.

mod make;
mod place;
mod restore;
mod sign_ins;
mod taken_back;

pub use make::{make, make_into};
pub use restore::{Before, How, Restored, restore};
pub use sign_ins::SignIns;

use std::path::Path;

use anyhow::{Context, ensure};
use origin_engine::sql::{self, Connection};

/// What a database file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The last change that it has.
    pub head: i64,
    /// When that was made, in milliseconds since 1970; nothing where there never was a page.
    pub last_change_ms: Option<i64>,
    pub pages: u64,
    /// Whether it is a backup that has the database of sign-ins too.
    pub has_sign_ins: bool,
}

/// Told how many bytes are done, and of how many where that is known.
pub type Progress<'a> = &'a (dyn Fn(u64, Option<u64>) + Sync);

/// Opens a file, reads the whole of it back, and says what it holds. It may be of another version of Pharos.
async fn open_whole(file: &Path) -> anyhow::Result<(Connection, Contents)> {
    let opened = sql::open_file(file).await;
    let mut conn = opened.context("it is damaged, or no database at all")?;
    let faults = sql::faults(&mut conn).await;
    let faults = faults.context("it is damaged, or no database at all")?;
    ensure!(faults.is_empty(), "it is damaged: {}", faults.join("; "));
    let contents = contents(&mut conn).await;
    let contents = contents.context("it is no database of a Pharos origin")?;
    Ok((conn, contents))
}

async fn contents(conn: &mut Connection) -> sql::Result<Contents> {
    let pages: i64 = sql::query_scalar("SELECT COUNT(*) FROM pages")
        .fetch_one(&mut *conn)
        .await?;
    let last = sql::query_as("SELECT COALESCE(MAX(seq), 0), MAX(at_ms) FROM outbox");
    let (head, last_change_ms) = last.fetch_one(&mut *conn).await?;
    Ok(Contents {
        head,
        last_change_ms,
        pages: u64::try_from(pages).unwrap_or(0),
        has_sign_ins: sign_ins::are_in(conn).await?,
    })
}
