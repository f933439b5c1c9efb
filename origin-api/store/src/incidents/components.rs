//! The components that an incident touches, and the last status that it gave each.

use origin_objects::{fault::Fault, status_change::StatusChange};
use page_model::{Id, PageId, status::Status};

use crate::{
    components::statuses,
    engine::{
        rows::{id, state},
        scope::Parent,
        sql::{self, Connection, Row},
        tx::{Refusal, Tx},
    },
};

/// Adds the status changes of an update.
pub async fn add_changes(
    tx: &mut Tx<'_>,
    incident: Parent<'_>,
    update: &Id,
    changes: &[StatusChange],
    at_ms: i64,
) -> Result<(), Refusal> {
    for (index, change) in changes.iter().enumerate() {
        if !statuses::add(tx, incident.page, change, at_ms, Some(update)).await? {
            let detail = format!("the page has no component {}", change.id);
            return Err(Fault::invalid(format!("components[{index}].id"), detail).into());
        }
        touch(tx, incident, change).await?;
    }
    Ok(())
}

/// The status changes that resolving brings: operational again, or what another open incident still gives them.
pub async fn released(conn: &mut Connection, page: &PageId, incident: &Id) -> sql::Result<Vec<StatusChange>> {
    let mut changes = of(conn, page, incident).await?;
    changes.retain(|change| change.status != Status::Operational);
    for change in &mut changes {
        let query = sql::query(
            "SELECT c.status FROM incident_components c JOIN incidents i ON i.page_id = c.page_id AND i.id = c.incident_id
             WHERE c.page_id = $1 AND c.component_id = $2 AND c.incident_id <> $3 AND i.resolved_at_ms IS NULL",
        );
        let query = query
            .bind(page.as_str())
            .bind(change.id.as_str())
            .bind(incident.as_str());
        let others = query.fetch_all(&mut *conn).await?;
        let held: Vec<Status> = others
            .iter()
            .map(|row| state(row, "status"))
            .collect::<Result<_, _>>()?;
        change.status = held.into_iter().max().unwrap_or(Status::Operational);
    }
    Ok(changes)
}

/// Finds anew the last status that the incident gave each component, after its history was changed.
pub async fn recount(tx: &mut Tx<'_>, incident: Parent<'_>) -> Result<(), Refusal> {
    let query = sql::query("DELETE FROM incident_components WHERE page_id = $1 AND incident_id = $2");
    query
        .bind(incident.page.as_str())
        .bind(incident.id.as_str())
        .execute(&mut *tx.conn)
        .await?;
    let query = sql::query(
        "SELECT s.component_id AS id, s.status FROM updates u
         JOIN status_changes s ON s.page_id = u.page_id AND s.update_id = u.id
         WHERE u.page_id = $1 AND u.parent_kind = 'incident' AND u.parent_id = $2 ORDER BY s.at_ms, s.ordinal",
    );
    let query = query.bind(incident.page.as_str()).bind(incident.id.as_str());
    for row in query.fetch_all(&mut *tx.conn).await? {
        touch(tx, incident, &change(&row)?).await?;
    }
    Ok(())
}

pub async fn of(conn: &mut Connection, page: &PageId, incident: &Id) -> sql::Result<Vec<StatusChange>> {
    let query = sql::query(
        "SELECT component_id AS id, status FROM incident_components WHERE page_id = $1 AND incident_id = $2",
    );
    let rows = query
        .bind(page.as_str())
        .bind(incident.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter().map(change).collect()
}

async fn touch(tx: &mut Tx<'_>, incident: Parent<'_>, change: &StatusChange) -> sql::Result<()> {
    let query = sql::query(
        "INSERT INTO incident_components (page_id, incident_id, component_id, status) VALUES ($1, $2, $3, $4)
         ON CONFLICT (page_id, incident_id, component_id) DO UPDATE SET status = excluded.status",
    );
    let query = query.bind(incident.page.as_str()).bind(incident.id.as_str());
    query
        .bind(change.id.as_str())
        .bind(change.status.as_str())
        .execute(&mut *tx.conn)
        .await?;
    Ok(())
}

fn change(row: &Row) -> sql::Result<StatusChange> {
    Ok(StatusChange {
        id: id(row, "id")?,
        status: state(row, "status")?,
    })
}
