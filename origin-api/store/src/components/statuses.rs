//! Status changes of components. A component's status is its latest change, so that history can be reported afterwards.

use origin_objects::status_change::StatusChange;
use page_model::{Id, PageId, status::Status};

use crate::engine::{
    rows::{id, state},
    sql::{self, Connection},
    tx::Tx,
};

/// Adds a change; false if the page has no such component.
pub async fn add(
    tx: &mut Tx<'_>,
    page: &PageId,
    change: &StatusChange,
    at_ms: i64,
    update: Option<&Id>,
) -> sql::Result<bool> {
    let query = sql::query(
        "INSERT INTO status_changes (page_id, component_id, at_ms, ordinal, status, update_id)
         SELECT page_id, id, $3, $4, $5, $6 FROM components WHERE page_id = $1 AND id = $2",
    );
    let query = query
        .bind(page.as_str())
        .bind(change.id.as_str())
        .bind(at_ms)
        .bind(tx.seq);
    let query = query.bind(change.status.as_str()).bind(update.map(Id::as_str));
    if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
        return Ok(false);
    }
    derive(tx, page, &change.id).await?;
    Ok(true)
}

/// The changes that came with an update.
pub async fn of_update(conn: &mut Connection, page: &PageId, update: &Id) -> sql::Result<Vec<StatusChange>> {
    let query = sql::query(
        "SELECT component_id, status FROM status_changes WHERE page_id = $1 AND update_id = $2 ORDER BY component_id",
    );
    let rows = query.bind(page.as_str()).bind(update.as_str()).fetch_all(conn).await?;
    let changes = rows.iter().map(|row| {
        Ok(StatusChange {
            id: id(row, "component_id")?,
            status: state(row, "status")?,
        })
    });
    changes.collect()
}

/// The status of a component at a moment.
pub async fn at(conn: &mut Connection, page: &PageId, component: &Id, at_ms: i64) -> sql::Result<Status> {
    let query = sql::query(
        "SELECT status FROM status_changes WHERE page_id = $1 AND component_id = $2 AND at_ms <= $3
         ORDER BY at_ms DESC, ordinal DESC LIMIT 1",
    );
    let row = query
        .bind(page.as_str())
        .bind(component.as_str())
        .bind(at_ms)
        .fetch_optional(conn)
        .await?;
    row.map_or(Ok(Status::Operational), |row| state(&row, "status"))
}

/// The changes of an update took place at another moment.
pub async fn move_update(tx: &mut Tx<'_>, page: &PageId, update: &Id, at_ms: i64) -> sql::Result<()> {
    let query = sql::query("UPDATE status_changes SET at_ms = $3 WHERE page_id = $1 AND update_id = $2");
    query
        .bind(page.as_str())
        .bind(update.as_str())
        .bind(at_ms)
        .execute(&mut *tx.conn)
        .await?;
    for change in of_update(tx.conn, page, update).await? {
        derive(tx, page, &change.id).await?;
    }
    Ok(())
}

/// The changes of an update never took place.
pub async fn forget_update(tx: &mut Tx<'_>, page: &PageId, update: &Id) -> sql::Result<()> {
    let changes = of_update(tx.conn, page, update).await?;
    let query = sql::query("DELETE FROM status_changes WHERE page_id = $1 AND update_id = $2");
    query
        .bind(page.as_str())
        .bind(update.as_str())
        .execute(&mut *tx.conn)
        .await?;
    for change in changes {
        derive(tx, page, &change.id).await?;
    }
    Ok(())
}

async fn derive(tx: &mut Tx<'_>, page: &PageId, component: &Id) -> sql::Result<()> {
    let query = sql::query(
        "UPDATE components SET seq = $3, updated_at_ms = $4, status = COALESCE(
             (SELECT s.status FROM status_changes s WHERE s.page_id = $1 AND s.component_id = $2
              ORDER BY s.at_ms DESC, s.ordinal DESC LIMIT 1), 'operational')
         WHERE page_id = $1 AND id = $2",
    );
    query
        .bind(page.as_str())
        .bind(component.as_str())
        .bind(tx.seq)
        .bind(tx.now_ms)
        .execute(&mut *tx.conn)
        .await?;
    Ok(())
}
