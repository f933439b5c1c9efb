//! When a maintenance is to be reminded of, and that it was: each once.

use origin_objects::{
    event::{UpcomingMaintenance, EventKind},
    reminder::ReminderMinutes,
};
use page_model::{Id, PageId, status::MaintenanceStatus};

use crate::{
    engine::{
        sql::{self, Columns as _},
        tx::{Answer, Refusal, Tx},
    },
    events, maintenances,
};

/// Plans the reminders of a maintenance anew, after it was created or changed. One whose moment did not move stays said; one
/// whose moment is past comes too late.
pub async fn plan(
    tx: &mut Tx<'_>,
    page: &PageId,
    maintenance: &Id,
    starts_at_ms: i64,
    minutes: &ReminderMinutes,
) -> Result<(), Refusal> {
    forget_others(tx, page, maintenance, minutes).await?;
    for minutes in &minutes.0 {
        let due_ms = starts_at_ms - i64::from(*minutes) * 60_000;
        let query = sql::query(
            "INSERT INTO reminders (page_id, maintenance_id, minutes, due_ms, done) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (page_id, maintenance_id, minutes) DO UPDATE SET due_ms = excluded.due_ms, done = excluded.done
             WHERE due_ms <> excluded.due_ms",
        );
        let query = query.bind(page.as_str()).bind(maintenance.as_str()).bind(*minutes);
        query
            .bind(due_ms)
            .bind(due_ms <= tx.now_ms)
            .execute(&mut *tx.conn)
            .await?;
    }
    Ok(())
}

async fn forget_others(
    tx: &mut Tx<'_>,
    page: &PageId,
    maintenance: &Id,
    minutes: &ReminderMinutes,
) -> Result<(), Refusal> {
    let query = sql::query_scalar("SELECT minutes FROM reminders WHERE page_id = $1 AND maintenance_id = $2");
    let query = query.bind(page.as_str()).bind(maintenance.as_str());
    let known: Vec<u32> = query.fetch_all(&mut *tx.conn).await?;
    for other in known.into_iter().filter(|known| !minutes.0.contains(known)) {
        let query = sql::query("DELETE FROM reminders WHERE page_id = $1 AND maintenance_id = $2 AND minutes = $3");
        let query = query.bind(page.as_str()).bind(maintenance.as_str());
        query.bind(other).execute(&mut *tx.conn).await?;
    }
    Ok(())
}

/// The clock's change: says all that is due of a maintenance in one event, in the same transaction that marks it as said. A
/// maintenance that has begun needs no reminder.
pub async fn remind(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id) -> Result<Answer, Refusal> {
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
        return Ok(Answer::done());
    };
    let maintenance = maintenances::existing(tx.conn, page, maintenance).await?.object;
    if maintenance.status != MaintenanceStatus::Scheduled {
        return Ok(Answer::done());
    }
    let reminded = UpcomingMaintenance {
        id: maintenance.id,
        name: maintenance.name,
        starts_at: maintenance.starts_at,
        ends_at: maintenance.ends_at,
        series: maintenance.series,
        components: maintenance.components,
    };
    let what = EventKind::MaintenanceReminder {
        maintenance: reminded,
        minutes,
    };
    events::add(tx, page, &what).await?;
    Ok(Answer::done())
}
