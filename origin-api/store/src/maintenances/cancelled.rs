//! Maintenances that were called off before they began: calendars that know them must take them back.

use origin_compose::rows::CancelledMaintenance;
use origin_engine::{
    rows::{id, json, of_json},
    sql::{self, Columns as _, Row},
    tx::Tx,
};
use origin_objects::{audiences::Audiences, maintenance::Maintenance};
use page_model::{Id, PageId};

/// It is seen by those who saw the maintenance: whom it was for, and which components it was about.
pub async fn add(
    tx: &mut Tx<'_>,
    page: &PageId,
    maintenance: &Maintenance,
    revision: u32,
    audiences: &Audiences,
) -> sql::Result<()> {
    let query = sql::query(
        "INSERT INTO cancelled_maintenances (page_id, id, name, starts_at_ms, ends_at_ms, cancelled_at_ms, revision,
             audiences)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    );
    let query = query
        .bind(page.as_str())
        .bind(maintenance.id.as_str())
        .bind(&maintenance.name);
    let query = query.bind(maintenance.starts_at.0).bind(maintenance.ends_at.0);
    let query = query.bind(tx.now_ms).bind(revision).bind(json(audiences));
    query.execute(&mut *tx.conn).await?;
    forget(tx, page).await
}

/// A maintenance with an id that was called off is planned again. Answers its last revision.
pub async fn revive(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id) -> sql::Result<Option<u32>> {
    let query =
        sql::query_scalar("DELETE FROM cancelled_maintenances WHERE page_id = $1 AND id = $2 RETURNING revision");
    let query = query.bind(page.as_str()).bind(maintenance.as_str());
    query.fetch_optional(&mut *tx.conn).await
}

/// Those called off since the moment `$5`, newest start first.
pub const SINCE: &str = "
    SELECT * FROM cancelled_maintenances WHERE page_id = $1 AND cancelled_at_ms >= $5
    ORDER BY starts_at_ms DESC, id LIMIT 50";

pub fn cancelled(row: &Row) -> sql::Result<CancelledMaintenance> {
    Ok(CancelledMaintenance {
        id: id(row, "id")?,
        audiences: of_json(row, "audiences")?,
        name: row.try_get("name")?,
        starts_at_ms: row.try_get("starts_at_ms")?,
        ends_at_ms: row.try_get("ends_at_ms")?,
        cancelled_at_ms: row.try_get("cancelled_at_ms")?,
        revision: row.try_get("revision")?,
    })
}

/// Keeps the ones that were called off last.
async fn forget(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query(
        "DELETE FROM cancelled_maintenances WHERE page_id = $1 AND id NOT IN
             (SELECT id FROM cancelled_maintenances WHERE page_id = $1 ORDER BY cancelled_at_ms DESC, id LIMIT $2)",
    );
    query
        .bind(page.as_str())
        .bind(CANCELLED_MAX)
        .execute(&mut *tx.conn)
        .await?;
    Ok(())
}

/// Called-off maintenances that a page remembers.
const CANCELLED_MAX: i64 = 50;
/// The limit in the query.
const _: () = assert!(CANCELLED_MAX == 50);
