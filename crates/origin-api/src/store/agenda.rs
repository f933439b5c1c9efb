//! What the clock looks at.

use page_model::{Id, PageId};
use sqlx::Row;

use super::{Store, rows::id};

/// A maintenance that starts or ends next.
#[derive(Debug)]
pub struct Turn {
    pub page: PageId,
    pub maintenance: Id,
    pub at_ms: i64,
}

/// A page and when it was last composed.
#[derive(Debug)]
pub struct PageDay {
    pub page: PageId,
    pub time_zone: String,
    pub composed_ms: i64,
    /// Whether a component is not operational.
    pub troubled: bool,
}

/// Maintenances that were over when they were first told are history: whoever tells it says when they began and ended.
pub async fn turns(store: &Store) -> sqlx::Result<Vec<Turn>> {
    let query = sqlx::query(
        "SELECT page_id, id, CASE WHEN status = 'scheduled' THEN starts_at_ms ELSE ends_at_ms END AS at_ms
         FROM maintenances WHERE completed_at_ms IS NULL AND ends_at_ms >= created_at_ms",
    );
    let rows = query.fetch_all(&mut *store.reader().await?).await?;
    let turns = rows.iter().map(|row| {
        Ok(Turn {
            page: id(row, "page_id")?,
            maintenance: id(row, "id")?,
            at_ms: row.try_get("at_ms")?,
        })
    });
    turns.collect()
}

pub async fn days(store: &Store) -> sqlx::Result<Vec<PageDay>> {
    let query = sqlx::query(
        "SELECT p.id, p.time_zone,
             (SELECT o.at_ms FROM outbox o WHERE o.page_id = p.id ORDER BY o.seq DESC LIMIT 1) AS composed_ms,
             EXISTS (SELECT 1 FROM components c WHERE c.page_id = p.id AND c.status <> 'operational') AS troubled
         FROM pages p",
    );
    let rows = query.fetch_all(&mut *store.reader().await?).await?;
    let days = rows.iter().map(|row| {
        Ok(PageDay {
            page: id(row, "id")?,
            time_zone: row.try_get("time_zone")?,
            composed_ms: row.try_get("composed_ms")?,
            troubled: row.try_get("troubled")?,
        })
    });
    days.collect()
}
