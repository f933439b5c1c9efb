//! Which months have an archive, and since which change it is outdated.

use origin_engine::{
    sql::{self, Columns as _, Row},
    tx::Tx,
};
use page_model::{Id, PageId};

pub struct ArchiveMonth {
    pub month: String,
    /// Whether an event touched it; otherwise the regions learn that its archive is gone.
    pub filled: bool,
    pub changed_seq: i64,
}

/// A month that is new changes its neighbours too, as they name it.
async fn mark(tx: &mut Tx<'_>, page: &PageId, month: &str) -> sql::Result<()> {
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

/// Something in a month changed, came or went: it may be empty now.
pub async fn settle(tx: &mut Tx<'_>, page: &PageId, month: &str) -> sql::Result<()> {
    let query = sql::query_scalar("SELECT EXISTS (SELECT 1 FROM event_months WHERE page_id = $1 AND month = $2)");
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

/// A component has another name, which archives show of events that go on; what is over keeps the names that it was told with.
pub async fn mark_named(tx: &mut Tx<'_>, page: &PageId, component: &Id) -> sql::Result<()> {
    mark_where(tx, NAMED, page, component).await
}

/// A component has another place on the page, or none: the order in which events name their components.
pub async fn mark_placed(tx: &mut Tx<'_>, page: &PageId, component: &Id) -> sql::Result<()> {
    mark_where(tx, PLACED, page, component).await
}

async fn mark_where(tx: &mut Tx<'_>, sql: &'static str, page: &PageId, component: &Id) -> sql::Result<()> {
    let query = sql::query(sql).bind(page.as_str()).bind(component.as_str());
    query.bind(tx.seq).execute(&mut *tx.conn).await?;
    Ok(())
}

/// Something changed that every archive shows, such as the name of the page.
pub async fn mark_all(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query("UPDATE archive_months SET changed_seq = $2 WHERE page_id = $1");
    query.bind(page.as_str()).bind(tx.seq).execute(&mut *tx.conn).await?;
    Ok(())
}

/// The page loses all its archives.
pub async fn empty_all(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query("UPDATE archive_months SET changed_seq = $2, filled = FALSE WHERE page_id = $1");
    query.bind(page.as_str()).bind(tx.seq).execute(&mut *tx.conn).await?;
    Ok(())
}

/// Every month that has or had an archive, oldest first.
pub const OF_PAGE: &str = "SELECT month, filled, changed_seq FROM archive_months WHERE page_id = $1 ORDER BY month";

pub fn archive_month(row: &Row) -> sql::Result<ArchiveMonth> {
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

macro_rules! mark_months {
    ($incidents:literal, $maintenances:literal) => {
        concat!(
            "UPDATE archive_months SET changed_seq = $3 WHERE page_id = $1 AND filled AND month IN (
                 SELECT m.month FROM incident_components c
                 JOIN incidents e ON e.page_id = c.page_id AND e.id = c.incident_id
                 JOIN event_months m ON m.page_id = c.page_id AND m.kind = 'incident' AND m.event_id = c.incident_id
                 WHERE c.page_id = $1 AND c.component_id = $2",
            $incidents,
            " UNION
                 SELECT m.month FROM maintenance_components c
                 JOIN maintenances e ON e.page_id = c.page_id AND e.id = c.maintenance_id
                 JOIN event_months m ON m.page_id = c.page_id AND m.kind = 'maintenance' AND m.event_id = c.maintenance_id
                 WHERE c.page_id = $1 AND c.component_id = $2",
            $maintenances,
            ")"
        )
    };
}

pub(crate) const NAMED: &str = mark_months!(" AND e.resolved_at_ms IS NULL", " AND e.completed_at_ms IS NULL");
pub(crate) const PLACED: &str = mark_months!("", "");
