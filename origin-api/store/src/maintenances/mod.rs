//! Maintenances.

pub mod cancelled_maintenances;
pub mod maintenance_components;
pub mod maintenance_series;
pub mod maintenance_updates;
pub mod occurrences;
pub mod reminders;

use origin_objects::{
    fault::Fault,
    maintenance::{Maintenance, MaintenancePatch, NewMaintenance, check_times},
    reminder::ReminderMinutes,
};
use origin_time::zone;
use page_model::{Id, PageId, status::MaintenanceStatus};

use crate::{
    archive::{archive_months, permalinks},
    engine::{
        paging::{Listed, Window},
        random,
        rows::{Kept, id, json, moment, of_json, optional_id, optional_moment, state},
        sql::{self, Columns as _, Connection, Row},
        tx::{Answer, Refusal, Tx},
    },
    pages,
    updates::{self, Kind, Parent},
};

pub async fn create(tx: &mut Tx<'_>, page: &PageId, new: NewMaintenance) -> Result<Answer, Refusal> {
    let zone = pages::zone_of(tx.conn, page).await?;
    let at_ms = tx.moment(new.at)?;
    let month = zone::month(&zone, new.starts_at.0);
    let maintenance = new.id.clone().unwrap_or_else(random::id);
    insert(tx, page, &maintenance, &new, at_ms, &month).await?;
    maintenance_components::add(tx, page, &maintenance, &new.components).await?;
    let update = new.update_id.unwrap_or_else(random::id);
    let parent = parent(page, &maintenance);
    let inserted = updates::insert(tx, parent, &update, new.status.as_str(), &new.body, at_ms).await;
    inserted.map_err(crate::incidents::first_update_taken)?;
    match &new.update_components {
        Some(told) => {
            let field = "update_components";
            maintenance_components::tell(tx, parent, &update, told, at_ms, field).await?;
        }
        None if new.status.is_under_way() => {
            maintenance_components::begin(tx, page, &new.components, &update, at_ms).await?;
        }
        None => {}
    }
    reminders::plan(tx, page, &maintenance, new.starts_at.0, &new.reminder_minutes).await?;
    archive_months::settle(tx, page, &month).await?;
    if new.status != MaintenanceStatus::Scheduled {
        permalinks::settle(tx, page, &maintenance).await?;
    }
    let kept = existing(tx.conn, page, &maintenance).await?;
    Ok(Answer::created(
        &kept.object,
        tx.seq,
        format!("/v1/pages/{page}/maintenances/{maintenance}"),
    ))
}

pub async fn change(tx: &mut Tx<'_>, page: &PageId, id: &Id, patch: MaintenancePatch) -> Result<Answer, Refusal> {
    let Kept {
        object: before, seq, ..
    } = existing(tx.conn, page, id).await?;
    tx.expect_version(seq)?;
    let starts_at = patch.starts_at.unwrap_or(before.starts_at);
    let ends_at = patch.ends_at.unwrap_or(before.ends_at);
    check_times(starts_at, ends_at)?;
    let reminder_minutes = patch
        .reminder_minutes
        .unwrap_or(ReminderMinutes(before.reminder_minutes.clone()));
    let old_month = month_of(tx.conn, page, id).await?;
    let month = zone::month(&pages::zone_of(tx.conn, page).await?, starts_at.0);
    let query = sql::query(
        "UPDATE maintenances SET name = $3, starts_at_ms = $4, ends_at_ms = $5, month = $6, reminder_minutes = $7,
             seq = $8, revision = revision + 1
         WHERE page_id = $1 AND id = $2",
    );
    let name = patch.name.map_or(before.name.clone(), |name| name.into_string());
    let query = query
        .bind(page.as_str())
        .bind(id.as_str())
        .bind(name)
        .bind(starts_at.0)
        .bind(ends_at.0);
    let query = query.bind(&month).bind(json(&reminder_minutes)).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    reminders::plan(tx, page, id, starts_at.0, &reminder_minutes).await?;
    if let Some(components) = patch.components {
        maintenance_components::replace(tx, page, &before, &components).await?;
    }
    archive_months::settle(tx, page, &old_month).await?;
    archive_months::settle(tx, page, &month).await?;
    if month != old_month && before.status != MaintenanceStatus::Scheduled {
        permalinks::settle(tx, page, id).await?;
    }
    let kept = existing(tx.conn, page, id).await?;
    Ok(Answer::changed(&kept.object, tx.seq))
}

/// One that has not begun is called off; any other is as if it had never been.
pub async fn delete(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, maintenance).await?;
    tx.expect_version(before.seq)?;
    updates::delete_all(tx, parent(page, maintenance)).await?;
    let query = sql::query("DELETE FROM maintenances WHERE page_id = $1 AND id = $2 RETURNING month, revision");
    let query = query.bind(page.as_str()).bind(maintenance.as_str());
    let row = query.fetch_one(&mut *tx.conn).await?;
    let (month, revision): (String, u32) = (row.try_get("month")?, row.try_get("revision")?);
    if before.object.status == MaintenanceStatus::Scheduled {
        cancelled_maintenances::add(tx, page, &before.object, revision.saturating_add(1)).await?;
    } else {
        permalinks::settle(tx, page, maintenance).await?;
    }
    archive_months::settle(tx, page, &month).await?;
    Ok(Answer::done())
}

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

pub async fn read(conn: &mut Connection, page: &PageId, maintenance: &Id) -> sql::Result<Option<Kept<Maintenance>>> {
    let query = sql::query("SELECT * FROM maintenances WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(maintenance.as_str());
    let Some(row) = query.fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    kept(conn, page, &row).await.map(Some)
}

/// The one that starts last comes first.
pub async fn list(conn: &mut Connection, page: &PageId, window: Window) -> sql::Result<Listed<Maintenance>> {
    let query = sql::query(
        "SELECT * FROM maintenances WHERE page_id = $1 AND (starts_at_ms, ordinal) < ($2, $3)
         ORDER BY starts_at_ms DESC, ordinal DESC LIMIT $4",
    );
    let (sort, ordinal) = window.descending();
    let query = query.bind(page.as_str()).bind(sort).bind(ordinal).bind(window.rows());
    let mut maintenances = Vec::new();
    for row in query.fetch_all(&mut *conn).await? {
        maintenances.push(kept(conn, page, &row).await?);
    }
    Ok(window.cut(maintenances))
}

pub async fn existing(conn: &mut Connection, page: &PageId, maintenance: &Id) -> Result<Kept<Maintenance>, Refusal> {
    let kept = read(conn, page, maintenance).await?;
    kept.ok_or_else(|| absent(page, maintenance).into())
}

pub async fn expect(conn: &mut Connection, page: &PageId, maintenance: &Id) -> Result<(), Refusal> {
    let found = read(conn, page, maintenance).await?;
    found.map(|_| ()).ok_or_else(|| absent(page, maintenance).into())
}

pub fn parent<'a>(page: &'a PageId, maintenance: &'a Id) -> Parent<'a> {
    Parent {
        page,
        kind: Kind::Maintenance,
        id: maintenance,
    }
}

async fn insert(
    tx: &mut Tx<'_>,
    page: &PageId,
    maintenance: &Id,
    new: &NewMaintenance,
    at_ms: i64,
    month: &str,
) -> Result<(), Refusal> {
    let revision = cancelled_maintenances::revive(tx, page, maintenance).await?;
    let query = sql::query(
        "INSERT INTO maintenances (page_id, id, name, status, starts_at_ms, ends_at_ms, completed_at_ms, month,
             announced_at_ms, revision, reminder_minutes, created_at_ms, ordinal, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) ON CONFLICT DO NOTHING",
    );
    let query = query
        .bind(page.as_str())
        .bind(maintenance.as_str())
        .bind(new.name.as_str())
        .bind(new.status.as_str());
    let query = query
        .bind(new.starts_at.0)
        .bind(new.ends_at.0)
        .bind(new.status.is_over().then_some(at_ms));
    let query = query
        .bind(month)
        .bind(at_ms)
        .bind(revision.map_or(0, |last| last.saturating_add(1)));
    let query = query.bind(json(&new.reminder_minutes)).bind(tx.now_ms).bind(tx.seq);
    if query.execute(&mut *tx.conn).await?.rows_affected() > 0 {
        return Ok(());
    }
    Err(Fault::taken("id", format!("the page has a maintenance {maintenance} already")).into())
}

async fn month_of(conn: &mut Connection, page: &PageId, maintenance: &Id) -> sql::Result<String> {
    let query = sql::query_scalar("SELECT month FROM maintenances WHERE page_id = $1 AND id = $2");
    query
        .bind(page.as_str())
        .bind(maintenance.as_str())
        .fetch_one(conn)
        .await
}

async fn kept(conn: &mut Connection, page: &PageId, row: &Row) -> sql::Result<Kept<Maintenance>> {
    let maintenance: Id = id(row, "id")?;
    let maintenance = Maintenance {
        name: row.try_get("name")?,
        status: state(row, "status")?,
        starts_at: moment(row, "starts_at_ms")?,
        ends_at: moment(row, "ends_at_ms")?,
        completed_at: optional_moment(row, "completed_at_ms")?,
        series: optional_id(row, "series_id")?,
        reminder_minutes: of_json(row, "reminder_minutes")?,
        components: maintenance_components::of(conn, page, &maintenance).await?,
        id: maintenance,
    };
    Kept::of(row, maintenance, row.try_get("starts_at_ms")?)
}

fn absent(page: &PageId, maintenance: &Id) -> Fault {
    Fault::absent(format!("page {page} has no maintenance {maintenance}"))
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
