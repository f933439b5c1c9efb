//! Which months have an archive, and since which change it is outdated.

use jiff::tz::TimeZone;
use origin_time::zone;
use page_model::PageId;

use crate::{
    archive::permalinks,
    engine::sql::{self, Columns as _, Connection, Row},
    engine::tx::Tx,
};

pub struct ArchiveMonth {
    pub month: String,
    /// Whether anything began in it; otherwise the regions learn that its archive is gone.
    pub filled: bool,
    pub changed_seq: i64,
}

/// Something in a month changed. A month that is new changes its neighbours too, as they name it.
pub async fn mark(tx: &mut Tx<'_>, page: &PageId, month: &str) -> sql::Result<()> {
    let query = sql::query("UPDATE archive_months SET changed_seq = $3 WHERE page_id = $1 AND month = $2 AND filled");
    let query = query.bind(page.as_str()).bind(month).bind(tx.seq);
    if query.execute(&mut *tx.conn).await?.rows_affected() > 0 {
        return Ok(());
    }
    let query = sql::query(
        "INSERT INTO archive_months (page_id, month, filled, changed_seq) VALUES ($1, $2, TRUE, $3)
         ON CONFLICT (page_id, month) DO UPDATE SET filled = TRUE, changed_seq = excluded.changed_seq",
    );
    query
        .bind(page.as_str())
        .bind(month)
        .bind(tx.seq)
        .execute(&mut *tx.conn)
        .await?;
    mark_neighbours(tx, page, month).await
}

/// A month lost something: it may be empty now.
pub async fn settle(tx: &mut Tx<'_>, page: &PageId, month: &str) -> sql::Result<()> {
    let query = sql::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM incidents WHERE page_id = $1 AND month = $2)
             OR EXISTS (SELECT 1 FROM maintenances WHERE page_id = $1 AND month = $2 AND status <> 'scheduled')",
    );
    let filled: bool = query.bind(page.as_str()).bind(month).fetch_one(&mut *tx.conn).await?;
    if filled {
        return mark(tx, page, month).await;
    }
    let query = sql::query(
        "UPDATE archive_months SET filled = FALSE, changed_seq = $3 WHERE page_id = $1 AND month = $2 AND filled",
    );
    let query = query.bind(page.as_str()).bind(month).bind(tx.seq);
    if query.execute(&mut *tx.conn).await?.rows_affected() > 0 {
        mark_neighbours(tx, page, month).await?;
    }
    Ok(())
}

/// Something changed that every archive shows, such as the name of the page or of a component.
pub async fn mark_all(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query("UPDATE archive_months SET changed_seq = $2 WHERE page_id = $1");
    query.bind(page.as_str()).bind(tx.seq).execute(&mut *tx.conn).await?;
    Ok(())
}

/// The page has another time zone: what happened near midnight belongs to another month now.
pub async fn move_all(tx: &mut Tx<'_>, page: &PageId, zone: &TimeZone) -> sql::Result<()> {
    empty_all(tx, page).await?;
    for family in [&INCIDENTS, &MAINTENANCES] {
        for (id, at_ms) in times(tx.conn, page, family).await? {
            let month = zone::month(zone, at_ms);
            let query = sql::query(family.write).bind(page.as_str()).bind(id).bind(&month);
            query.execute(&mut *tx.conn).await?;
            settle(tx, page, &month).await?;
        }
    }
    permalinks::mark_all(tx, page).await
}

/// The page loses all its archives.
pub async fn empty_all(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query("UPDATE archive_months SET changed_seq = $2, filled = FALSE WHERE page_id = $1");
    query.bind(page.as_str()).bind(tx.seq).execute(&mut *tx.conn).await?;
    Ok(())
}

/// Every month that has or had an archive, oldest first.
pub async fn of_page(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<ArchiveMonth>> {
    let query = sql::query("SELECT month, filled, changed_seq FROM archive_months WHERE page_id = $1 ORDER BY month");
    let rows = query.bind(page.as_str()).fetch_all(conn).await?;
    rows.iter().map(archive_month).collect()
}

fn archive_month(row: &Row) -> sql::Result<ArchiveMonth> {
    Ok(ArchiveMonth {
        month: row.try_get("month")?,
        filled: row.try_get("filled")?,
        changed_seq: row.try_get("changed_seq")?,
    })
}

async fn mark_neighbours(tx: &mut Tx<'_>, page: &PageId, month: &str) -> sql::Result<()> {
    let query = sql::query(
        "UPDATE archive_months SET changed_seq = $3 WHERE page_id = $1 AND month IN (
             (SELECT MAX(month) FROM archive_months WHERE page_id = $1 AND month < $2 AND filled),
             (SELECT MIN(month) FROM archive_months WHERE page_id = $1 AND month > $2 AND filled))",
    );
    query
        .bind(page.as_str())
        .bind(month)
        .bind(tx.seq)
        .execute(&mut *tx.conn)
        .await?;
    Ok(())
}

struct Family {
    read: &'static str,
    write: &'static str,
}

async fn times(conn: &mut Connection, page: &PageId, family: &Family) -> sql::Result<Vec<(String, i64)>> {
    let rows = sql::query(family.read).bind(page.as_str()).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

const INCIDENTS: Family = Family {
    read: "SELECT id, started_at_ms FROM incidents WHERE page_id = $1",
    write: "UPDATE incidents SET month = $3 WHERE page_id = $1 AND id = $2",
};
const MAINTENANCES: Family = Family {
    read: "SELECT id, starts_at_ms FROM maintenances WHERE page_id = $1",
    write: "UPDATE maintenances SET month = $3 WHERE page_id = $1 AND id = $2",
};
