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
    /// When it last showed new points of a metric.
    pub folded_ms: Option<i64>,
}

/// A page whose metrics have points that wait.
#[derive(Debug)]
pub struct Fold {
    pub page: PageId,
    /// When it last showed new points.
    pub folded_ms: i64,
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
             EXISTS (SELECT 1 FROM components c WHERE c.page_id = p.id AND c.status <> 'operational') AS troubled,
             (SELECT f.folded_ms FROM metric_folds f WHERE f.page_id = p.id) AS folded_ms
         FROM pages p",
    );
    let rows = query.fetch_all(&mut *store.reader().await?).await?;
    let days = rows.iter().map(|row| {
        Ok(PageDay {
            page: id(row, "id")?,
            time_zone: row.try_get("time_zone")?,
            composed_ms: row.try_get("composed_ms")?,
            troubled: row.try_get("troubled")?,
            folded_ms: row.try_get("folded_ms")?,
        })
    });
    days.collect()
}

pub async fn folds(store: &Store) -> sqlx::Result<Vec<Fold>> {
    let query = sqlx::query("SELECT page_id, folded_ms FROM metric_folds WHERE waiting > 0");
    let rows = query.fetch_all(&mut *store.reader().await?).await?;
    let folds = rows.iter().map(|row| {
        Ok(Fold {
            page: id(row, "page_id")?,
            folded_ms: row.try_get("folded_ms")?,
        })
    });
    folds.collect()
}
