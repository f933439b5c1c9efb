//! "Page X changed at seq N", written in the transaction of the change itself.

use page_model::PageId;

use crate::{
    rows::id,
    sql::{self, Columns as _, Connection, Row},
};

/// A page has one row: its last change is all that anybody asks for.
pub async fn append(conn: &mut Connection, seq: i64, page: &PageId, at_ms: i64, awaited: bool) -> sql::Result<()> {
    let query = sql::query(
        "INSERT INTO outbox (seq, page_id, at_ms, awaited_seq) VALUES ($1, $2, $3, $4)
         ON CONFLICT (page_id) DO UPDATE SET seq = excluded.seq, at_ms = excluded.at_ms,
             awaited_seq = MAX(awaited_seq, excluded.awaited_seq)",
    );
    let query = query.bind(seq).bind(page.as_str()).bind(at_ms);
    let query = query.bind(if awaited { seq } else { 0 });
    query.execute(&mut *conn).await?;
    // It may bring trouble or points, which let time move the page sooner than its midnight.
    let query = sql::query("UPDATE pages SET look_at_ms = $2 WHERE id = $1 AND look_at_ms > $2");
    let query = query.bind(page.as_str()).bind(at_ms + MOVES_MS_MIN);
    query.execute(conn).await?;
    Ok(())
}

/// A change was made later than its transaction began.
pub async fn set_moment(conn: &mut Connection, seq: i64, at_ms: i64) -> sql::Result<()> {
    let query = sql::query("UPDATE outbox SET at_ms = $2 WHERE seq = $1");
    query.bind(seq).bind(at_ms).execute(conn).await?;
    Ok(())
}

pub async fn head(conn: &mut Connection) -> sql::Result<i64> {
    // A database that goes on behind what regions have seen may have no page yet.
    let head = "SELECT COALESCE(MAX(seq), 0) FROM
        (SELECT MAX(seq) AS seq FROM outbox UNION ALL SELECT MAX(first_seq) - 1 FROM lineage) AS seqs";
    sql::query_scalar(head).fetch_one(conn).await
}

/// A page's last change.
#[derive(Debug, Clone, Copy)]
pub struct Latest {
    pub seq: i64,
    pub at_ms: i64,
    /// The last one that somebody waits for.
    pub awaited_seq: i64,
}

pub async fn latest(conn: &mut Connection, page: &PageId) -> sql::Result<Option<Latest>> {
    let row = sql::query(LATEST).bind(page.as_str()).fetch_optional(conn).await?;
    row.as_ref().map(latest_of).transpose()
}

pub fn latest_of(row: &Row) -> sql::Result<Latest> {
    Ok(Latest {
        seq: row.try_get("seq")?,
        at_ms: row.try_get("at_ms")?,
        awaited_seq: row.try_get("awaited_seq")?,
    })
}

pub const LATEST: &str = "SELECT seq, at_ms, awaited_seq FROM outbox WHERE page_id = $1";

/// Every page that ever was, deleted ones too.
pub async fn pages(conn: &mut Connection) -> sql::Result<Vec<PageId>> {
    let rows = sql::query("SELECT page_id FROM outbox ORDER BY page_id")
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| id(row, "page_id")).collect()
}

/// A page and its last change.
#[derive(Debug)]
pub struct Changed {
    pub page: PageId,
    pub seq: i64,
    /// The last change that somebody waits for.
    pub awaited_seq: i64,
    /// When the last change was made.
    pub at_ms: i64,
}

/// Pages that changed after `after`, each with its last change, ascending.
pub async fn changed(conn: &mut Connection, after: i64, limit: i64) -> sql::Result<Vec<Changed>> {
    let query = sql::query(CHANGED);
    let rows = query.bind(after).bind(limit).fetch_all(conn).await?;
    let changed = rows.iter().map(|row| {
        Ok(Changed {
            page: id(row, "page_id")?,
            seq: row.try_get("seq")?,
            awaited_seq: row.try_get("awaited_seq")?,
            at_ms: row.try_get("at_ms")?,
        })
    });
    changed.collect()
}

pub const CHANGED: &str = "SELECT page_id, seq, awaited_seq, at_ms FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2";

/// Shortest time after which time itself changes a page that stands still: the ten minutes of trouble.
pub const MOVES_MS_MIN: i64 = 10 * 60 * 1000;
