//! The components of a maintenance, and how they follow its course.

use origin_objects::{fault::Fault, maintenance::Maintenance, status_change::StatusChange};
use page_model::{
    Id, PageId,
    status::{MaintenanceStatus, Status},
};

use crate::{
    components::statuses,
    engine::{
        rows::id,
        scope::Parent,
        sql::{self, Connection},
        tx::{Refusal, Tx},
    },
    updates::{self, Update},
};

pub async fn add(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id, components: &[Id]) -> Result<(), Refusal> {
    for (index, component) in components.iter().enumerate() {
        let query = sql::query(
            "INSERT INTO maintenance_components (page_id, maintenance_id, component_id)
             SELECT page_id, $2, id FROM components WHERE page_id = $1 AND id = $3",
        );
        let query = query
            .bind(page.as_str())
            .bind(maintenance.as_str())
            .bind(component.as_str());
        if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
            let detail = format!("the page has no component {component}");
            return Err(Fault::invalid(format!("components[{index}]"), detail).into());
        }
    }
    Ok(())
}

/// Adds the status changes that an update names: history, or what the course alone would not bring.
pub async fn add_changes(
    tx: &mut Tx<'_>,
    maintenance: Parent<'_>,
    update: &Id,
    changes: &[StatusChange],
    at_ms: i64,
    field: &str,
) -> Result<(), Refusal> {
    for (index, change) in changes.iter().enumerate() {
        if !statuses::add(tx, maintenance.page, change, at_ms, Some(update)).await? {
            let detail = format!("the page has no component {}", change.id);
            return Err(Fault::invalid(format!("{field}[{index}].id"), detail).into());
        }
        let query = sql::query(
            "INSERT INTO maintenance_components (page_id, maintenance_id, component_id) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
        );
        let query = query.bind(maintenance.page.as_str()).bind(maintenance.id.as_str());
        query.bind(change.id.as_str()).execute(&mut *tx.conn).await?;
    }
    Ok(())
}

/// Components that come or go while the maintenance is under way follow at once.
pub async fn replace(
    tx: &mut Tx<'_>,
    maintenance: Parent<'_>,
    before: &Maintenance,
    components: &[Id],
) -> Result<(), Refusal> {
    let page = maintenance.page;
    let query = sql::query("DELETE FROM maintenance_components WHERE page_id = $1 AND maintenance_id = $2");
    let query = query.bind(page.as_str()).bind(before.id.as_str());
    query.execute(&mut *tx.conn).await?;
    add(tx, page, &before.id, components).await?;
    let last: Option<Update<MaintenanceStatus>> = updates::last(tx.conn, maintenance, i64::MAX).await?;
    let Some(last) = last.filter(|_| before.status.is_under_way()) else {
        return Ok(());
    };
    let (gone, come) = (
        differing(&before.components, components),
        differing(components, &before.components),
    );
    end(tx, page, &gone, &last.id, tx.now_ms).await?;
    begin(tx, page, &come, &last.id, tx.now_ms).await?;
    Ok(())
}

pub async fn of(conn: &mut Connection, page: &PageId, maintenance: &Id) -> sql::Result<Vec<Id>> {
    let query =
        sql::query("SELECT component_id FROM maintenance_components WHERE page_id = $1 AND maintenance_id = $2");
    let rows = query
        .bind(page.as_str())
        .bind(maintenance.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| id(row, "component_id")).collect()
}

/// A component with an outage keeps it: maintenance does not paint over trouble.
pub async fn begin(tx: &mut Tx<'_>, page: &PageId, components: &[Id], update: &Id, at_ms: i64) -> sql::Result<()> {
    turn(
        tx,
        page,
        components,
        update,
        at_ms,
        Status::Operational,
        Status::UnderMaintenance,
    )
    .await
}

pub async fn end(tx: &mut Tx<'_>, page: &PageId, components: &[Id], update: &Id, at_ms: i64) -> sql::Result<()> {
    turn(
        tx,
        page,
        components,
        update,
        at_ms,
        Status::UnderMaintenance,
        Status::Operational,
    )
    .await
}

async fn turn(
    tx: &mut Tx<'_>,
    page: &PageId,
    components: &[Id],
    update: &Id,
    at_ms: i64,
    from: Status,
    to: Status,
) -> sql::Result<()> {
    for component in components {
        if statuses::at(tx.conn, page, component, at_ms).await? != from {
            continue;
        }
        let change = StatusChange {
            id: component.clone(),
            status: to,
        };
        statuses::add(tx, page, &change, at_ms, Some(update)).await?;
    }
    Ok(())
}

fn differing(these: &[Id], those: &[Id]) -> Vec<Id> {
    these.iter().filter(|id| !those.contains(id)).cloned().collect()
}
