//! Against what the sessions of a page are held. Both numbers are moments, so that a database that was put back never counts
//! below what it counted before.

use origin_engine::{
    applied::Applied,
    scope::expect_page,
    sql::{self, Connection},
    tx::{Refusal, Tx},
};
use page_model::PageId;

/// Of a page that is made: what sessions of a deleted page with its id say is less.
pub fn first_epoch(now_ms: i64) -> i64 {
    now_ms + 1
}

/// Somebody may have lost what they were let in by: sessions are looked at again.
pub async fn raise(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query("UPDATE pages SET access_revision = MAX(access_revision + 1, $2) WHERE id = $1");
    let query = query.bind(page.as_str()).bind(tx.now_ms);
    query.execute(&mut *tx.conn).await.map(|_| ())
}

/// Ends every session of a page.
pub async fn end_sessions(tx: &mut Tx<'_>, page: &PageId) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let query = sql::query("UPDATE pages SET access_epoch = MAX(access_epoch + 1, $2) WHERE id = $1");
    let query = query.bind(page.as_str()).bind(tx.now_ms);
    query.execute(&mut *tx.conn).await?;
    Ok(Applied::deleted())
}

/// Ends every session of every page: a database that was put back knows of none that was ended since.
pub async fn restored(conn: &mut Connection, now_ms: i64) -> sql::Result<()> {
    let query = sql::query("UPDATE pages SET access_epoch = MAX(access_epoch + 1, $1)");
    query.bind(now_ms).execute(conn).await.map(|_| ())
}
