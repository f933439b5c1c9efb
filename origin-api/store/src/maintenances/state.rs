//! The state of a maintenance, which follows from its updates.

use origin_compose::timeline::Timeline;
use origin_engine::{
    scope::Parent,
    sql,
    tx::{Refusal, Tx},
};
use page_model::status::MaintenanceStatus;

use crate::{archive::filing, maintenances::components, timelines};

/// Brings all that follows from the updates and from the components up to date, after one was added, corrected or deleted.
pub async fn settle(
    tx: &mut Tx<'_>,
    maintenance: Parent<'_>,
    before: &Timeline<MaintenanceStatus>,
    after: &Timeline<MaintenanceStatus>,
) -> Result<(), Refusal> {
    timelines::keep_statuses(tx, maintenance, before, after).await?;
    let query = sql::query(
        "UPDATE maintenances SET status = $3, announced_at_ms = $4, began_at_ms = $5, completed_at_ms = $6, seq = $7,
             revision = revision + $8
         WHERE page_id = $1 AND id = $2",
    );
    let query = query.bind(maintenance.page.as_str()).bind(maintenance.id.as_str());
    let query = query.bind(after.status().as_str());
    let query = query.bind(after.start_ms().unwrap_or(tx.now_ms));
    let query = query.bind(after.first_ms(MaintenanceStatus::is_under_way));
    let query = query.bind(after.over_ms()).bind(tx.seq);
    // What calendars knew of it is outdated.
    let query = query.bind(i64::from(!before.updates.is_empty()));
    query.execute(&mut *tx.conn).await?;
    components::follow(tx, maintenance, before, after).await?;
    filing::file(tx, maintenance).await
}

/// An update came that leaves everything as it was, but is news to calendars.
pub async fn go_on(tx: &mut Tx<'_>, maintenance: Parent<'_>) -> Result<(), Refusal> {
    let query = sql::query("UPDATE maintenances SET seq = $3, revision = revision + 1 WHERE page_id = $1 AND id = $2");
    let query = query.bind(maintenance.page.as_str()).bind(maintenance.id.as_str());
    query.bind(tx.seq).execute(&mut *tx.conn).await?;
    filing::file(tx, maintenance).await
}

/// Somebody told of a maintenance.
pub async fn mark_told(tx: &mut Tx<'_>, maintenance: Parent<'_>) -> sql::Result<()> {
    let query = sql::query("UPDATE maintenances SET told_at_ms = $3 WHERE page_id = $1 AND id = $2");
    let query = query.bind(maintenance.page.as_str()).bind(maintenance.id.as_str());
    query.bind(tx.now_ms).execute(&mut *tx.conn).await?;
    Ok(())
}

/// Something of a maintenance was changed that is no new update.
pub async fn mark_changed(tx: &mut Tx<'_>, maintenance: Parent<'_>) -> sql::Result<()> {
    let query = sql::query("UPDATE maintenances SET updated_at_ms = $3 WHERE page_id = $1 AND id = $2");
    let query = query.bind(maintenance.page.as_str()).bind(maintenance.id.as_str());
    query.bind(tx.now_ms).execute(&mut *tx.conn).await?;
    mark_told(tx, maintenance).await
}
