//! When a maintenance is to be reminded of.

use origin_engine::{
    sql,
    tx::{Refusal, Tx},
};
use origin_objects::reminder::ReminderMinutes;
use page_model::{Id, PageId};

/// Plans the reminders of a maintenance anew, after it was created or changed. One whose moment did not move stays done; one
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
