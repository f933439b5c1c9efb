//! Whose sequence numbers these are. A region keeps a record of a higher version, so that a database that was put back to an
//! older state must go on behind whatever the regions have seen, and announce every page again.

use origin_objects::fault::Fault;
use page_model::{Id, PageId};

use crate::{
    applied::Applied,
    outbox, random,
    rows::id,
    sql::{self, Columns as _, Connection, execute},
    tx::{Refusal, Tx},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    pub database: Id,
    pub first_seq: i64,
}

pub async fn read(conn: &mut Connection) -> sql::Result<Lineage> {
    let query = sql::query("SELECT database, first_seq FROM lineage");
    let row = query.fetch_one(conn).await?;
    Ok(Lineage {
        database: id(&row, "database")?,
        first_seq: row.try_get("first_seq")?,
    })
}

/// Names a database that has no name yet. Regions that know none were filled by an older version, and may have kept what was
/// left out of an earlier filling: they are given everything again.
pub async fn begin(conn: &mut Connection, now_ms: i64) -> sql::Result<()> {
    let named: i64 = sql::query_scalar("SELECT COUNT(*) FROM lineage")
        .fetch_one(&mut *conn)
        .await?;
    if named > 0 {
        return Ok(());
    }
    let first_seq = outbox::head(conn).await? + 1;
    go_on_from(conn, first_seq, now_ms).await
}

/// The database was put back on purpose: regions may have seen what it does not know, sequence numbers up to `seen` among it.
pub async fn restored(conn: &mut Connection, seen: i64, now_ms: i64) -> sql::Result<()> {
    let first_seq = outbox::head(conn).await?.max(seen) + GAP + 1;
    go_on_from(conn, first_seq, now_ms).await
}

/// Gives it another name, and announces every page once more.
async fn go_on_from(conn: &mut Connection, first_seq: i64, now_ms: i64) -> sql::Result<()> {
    let pages = outbox::pages(conn).await?;
    execute(conn, "BEGIN IMMEDIATE").await?;
    set(conn, first_seq).await?;
    for (seq, page) in (first_seq..).zip(&pages) {
        outbox::append(conn, seq, page, now_ms, false).await?;
    }
    execute(conn, "COMMIT").await
}

/// A region has seen sequence numbers up to `seq` that are not of this database.
pub async fn overtaken(tx: &mut Tx<'_>, database: &Id, seq: i64) -> Result<Applied, Refusal> {
    if !(0..=SEQ_MAX).contains(&seq) {
        return Err(Fault::invalid("seq", format!("at most {SEQ_MAX}")).into());
    }
    // Each region tells of it; the first is enough.
    if read(tx.conn).await?.database != *database {
        return Ok(Applied::done());
    }
    let pages: Vec<PageId> = outbox::pages(tx.conn).await?;
    let behind = seq.max(tx.seq) + GAP;
    tx.go_on_behind(behind);
    set(tx.conn, behind + 1).await?;
    for page in &pages {
        tx.announce_in_passing(page).await?;
    }
    tracing::warn!(
        seq,
        pages = pages.len(),
        "an older state of the database was put back: every region is given every page again"
    );
    Ok(Applied::done())
}

async fn set(conn: &mut Connection, first_seq: i64) -> sql::Result<()> {
    let query = sql::query("INSERT OR REPLACE INTO lineage (one, database, first_seq) VALUES (1, $1, $2)");
    let query = query.bind(random::id().as_str().to_owned()).bind(first_seq);
    query.execute(conn).await?;
    Ok(())
}

/// Another region may have seen more than the one that tells of it: more changes than were made meanwhile.
const GAP: i64 = 1 << 30;
/// JSON numbers are exact up to 2^53.
const SEQ_MAX: i64 = 1 << 52;
