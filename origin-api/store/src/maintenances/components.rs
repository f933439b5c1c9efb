//! The components of a maintenance: those that it was given, and those that its updates named.

use origin_compose::timeline::Timeline;
use origin_engine::{
    scope::Parent,
    sql,
    tx::{Refusal, Tx},
};
use page_model::{Id, status::MaintenanceStatus};

use crate::{
    access::audiences,
    components::{statuses, words},
};

/// Gives a maintenance its components, in place of those that it had.
pub async fn list(tx: &mut Tx<'_>, maintenance: Parent<'_>, components: &[Id]) -> Result<(), Refusal> {
    let query = sql::query("DELETE FROM maintenance_components WHERE page_id = $1 AND maintenance_id = $2 AND listed");
    let query = query.bind(maintenance.page.as_str()).bind(maintenance.id.as_str());
    query.execute(&mut *tx.conn).await?;
    for (index, component) in components.iter().enumerate() {
        let name = words::name_of(tx.conn, maintenance.page, component).await?;
        let name = name.ok_or_else(|| words::absent(component).at(format!("components[{index}]")))?;
        touch(tx, maintenance, component, &name, true).await?;
    }
    Ok(())
}

/// Notes the components that the updates name beside those that were given, and lets all of them follow.
pub async fn follow(
    tx: &mut Tx<'_>,
    maintenance: Parent<'_>,
    before: &Timeline<MaintenanceStatus>,
    after: &Timeline<MaintenanceStatus>,
) -> sql::Result<()> {
    if before.components() != after.components() || before.listed != after.listed {
        audiences::mark_event(tx, maintenance.page).await?;
        let query =
            sql::query("DELETE FROM maintenance_components WHERE page_id = $1 AND maintenance_id = $2 AND NOT listed");
        let query = query.bind(maintenance.page.as_str()).bind(maintenance.id.as_str());
        query.execute(&mut *tx.conn).await?;
        for (component, name) in after.components() {
            touch(tx, maintenance, component, name, false).await?;
        }
    }
    statuses::follow_event(tx, maintenance, before, after).await
}

async fn touch(tx: &mut Tx<'_>, maintenance: Parent<'_>, component: &Id, name: &str, listed: bool) -> sql::Result<()> {
    let query = sql::query(
        "INSERT INTO maintenance_components (page_id, maintenance_id, component_id, component_name, listed)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (page_id, maintenance_id, component_id)
         DO UPDATE SET component_name = excluded.component_name, listed = listed OR excluded.listed",
    );
    let query = query.bind(maintenance.page.as_str()).bind(maintenance.id.as_str());
    let query = query.bind(component.as_str()).bind(name).bind(listed);
    query.execute(&mut *tx.conn).await?;
    Ok(())
}
