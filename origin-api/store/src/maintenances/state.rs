//! The state of a maintenance, which follows from its updates.

use page_model::{Id, PageId, status::MaintenanceStatus};

use crate::{
    archive::{archive_months, permalinks},
    engine::{
        rows::state,
        sql::{self, Columns as _},
        tx::{Refusal, Tx},
    },
};

/// Brings what follows from the updates up to date.
pub async fn derive(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id) -> Result<(), Refusal> {
    let query = sql::query("SELECT status, month FROM maintenances WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(maintenance.as_str());
    let row = query.fetch_one(&mut *tx.conn).await?;
    let (before, month): (MaintenanceStatus, String) = (state(&row, "status")?, row.try_get("month")?);
    let query = sql::query(DERIVE)
        .bind(page.as_str())
        .bind(maintenance.as_str())
        .bind(tx.seq);
    let now: MaintenanceStatus = state(&query.fetch_one(&mut *tx.conn).await?, "status")?;
    if (before == MaintenanceStatus::Scheduled) != (now == MaintenanceStatus::Scheduled) {
        permalinks::settle(tx, page, maintenance).await?;
    }
    Ok(archive_months::settle(tx, page, &month).await?)
}

const DERIVE: &str = "
    UPDATE maintenances SET seq = $3, revision = revision + 1,
        announced_at_ms = (SELECT MIN(at_ms) FROM updates
                           WHERE page_id = $1 AND parent_kind = 'maintenance' AND parent_id = $2),
        status = (SELECT status FROM updates WHERE page_id = $1 AND parent_kind = 'maintenance' AND parent_id = $2
                  ORDER BY at_ms DESC, ordinal DESC LIMIT 1),
        completed_at_ms = CASE
            WHEN (SELECT status FROM updates WHERE page_id = $1 AND parent_kind = 'maintenance' AND parent_id = $2
                  ORDER BY at_ms DESC, ordinal DESC LIMIT 1) = 'completed'
            THEN (SELECT MIN(at_ms) FROM updates WHERE page_id = $1 AND parent_kind = 'maintenance'
                  AND parent_id = $2 AND status = 'completed')
            END
    WHERE page_id = $1 AND id = $2 RETURNING status";
