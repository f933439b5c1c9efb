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
    let first_seq = outbox::head(conn).await?.max(seen) + gap() + 1;
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
    let behind = seq.max(tx.seq) + gap();
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

/// How far a database goes on behind what was seen of the one before. By chance: the cursor of a region may be late by a second of changes,
/// and two databases that begin with the same backup must not number theirs alike, or what the first left would be kept for the second's.
fn gap() -> i64 {
    GAP.saturating_add_unsigned(random::below(GAP.unsigned_abs()))
}

/// Another region may have seen more than the one that tells of it: more changes than were made meanwhile.
const GAP: i64 = 1 << 30;
/// JSON numbers are exact up to 2^53.
const SEQ_MAX: i64 = 1 << 52;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn databases_that_begin_with_one_backup_number_their_changes_apart() {
        let mut first_seqs = Vec::new();
        for _ in 0..2 {
            let (mut conn, _readers) = sql::open_in_memory().await.expect("a database");
            begin(&mut conn, 0).await.expect("a name");
            restored(&mut conn, 2_033, 1).await.expect("another");
            first_seqs.push(read(&mut conn).await.expect("its name").first_seq);
        }
        assert!(first_seqs.iter().all(|seq| *seq > 2_033 + GAP), "{first_seqs:?}");
        assert_ne!(first_seqs[0], first_seqs[1]);
    }
}
