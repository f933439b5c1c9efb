//! Reminds of a maintenance that starts soon: of each moment once.

use origin_engine::{
    applied::Applied,
    scope::Scope,
    sql::{self, Columns as _},
    tx::{Refusal, Tx},
};
use origin_objects::{
    event::{EventKind, UpcomingMaintenance},
    maintenance::Maintenance,
};
use page_model::{Id, PageId, status::MaintenanceStatus};

use crate::{access::audiences, events, family};

/// The clock's change: reminds of all that is due of a maintenance in one event, in the same transaction that marks it as done. A
/// maintenance that has begun needs no reminder.
pub async fn remind(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id) -> Result<Applied, Refusal> {
    let query = sql::query(
        "UPDATE reminders SET done = TRUE WHERE page_id = $1 AND maintenance_id = $2 AND NOT done AND due_ms <= $3
         RETURNING minutes",
    );
    let query = query.bind(page.as_str()).bind(maintenance.as_str()).bind(tx.now_ms);
    let due = query.fetch_all(&mut *tx.conn).await?;
    let due: Vec<u32> = due
        .iter()
        .map(|row| row.try_get("minutes"))
        .collect::<sql::Result<_>>()?;
    let Some(minutes) = due.into_iter().min() else {
        return Ok(Applied::done());
    };
    let maintenance = family::existing::<Maintenance>(tx.conn, &Scope::page(page.clone()), maintenance)
        .await?
        .object;
    if maintenance.status != MaintenanceStatus::Scheduled {
        return Ok(Applied::done());
    }
    let seen_by = audiences::of_event(tx.conn, page, &maintenance.audiences, &maintenance.components).await?;
    let reminded = UpcomingMaintenance {
        id: maintenance.id,
        name: maintenance.name,
        starts_at: maintenance.starts_at,
        ends_at: maintenance.ends_at,
        series: maintenance.series,
        components: maintenance.components,
        audiences: seen_by,
    };
    let what = EventKind::MaintenanceReminder {
        maintenance: reminded,
        minutes,
    };
    events::add(tx, page, &what).await?;
    Ok(Applied::done())
}
