use origin_objects::{
    fault::Fault,
    maintenance_series::{MaintenanceSeries, MaintenanceSeriesPatch, NewMaintenanceSeries, Recurrence},
    moment::Moment,
};
use page_model::{Id, PageId};

use crate::{
    engine::{
        paging::{Listed, Window},
        random,
        rows::{Kept, id, json, moment, of_json},
        sql::{self, Columns as _, Connection, Row},
        tx::{Answer, Refusal, Tx},
    },
    maintenances, pages,
};

pub async fn create(tx: &mut Tx<'_>, page: &PageId, new: NewMaintenanceSeries) -> Result<Answer, Refusal> {
    if !pages::exists(tx.conn, page).await? {
        return Err(pages::absent(page).into());
    }
    room(tx.conn, page).await?;
    check_start(tx, new.starts_at)?;
    let series = new.id.unwrap_or_else(random::id);
    let query = sql::query(
        "INSERT INTO maintenance_series (page_id, id, name, body, starts_at_ms, duration_minutes, rule, time_zone,
             exceptions, reminder_minutes, plan_at_ms, ordinal, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) ON CONFLICT DO NOTHING",
    );
    let query = query.bind(page.as_str()).bind(series.as_str()).bind(new.name.as_str());
    let query = query
        .bind(new.body.text)
        .bind(new.starts_at.0)
        .bind(new.duration_minutes);
    let query = query
        .bind(new.recurrence.rule)
        .bind(new.recurrence.time_zone.into_string());
    let query = query
        .bind(json(&new.recurrence.exceptions))
        .bind(json(&new.reminder_minutes));
    let query = query.bind(tx.now_ms).bind(tx.seq);
    if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
        return Err(Fault::taken("id", format!("the page has a series {series} already")).into());
    }
    add_components(tx.conn, page, &series, &new.components).await?;
    let kept = existing(tx.conn, page, &series).await?;
    let location = format!("/v1/pages/{page}/maintenance-series/{series}");
    Ok(Answer::created(&kept.object, tx.seq, location))
}

pub async fn change(
    tx: &mut Tx<'_>,
    page: &PageId,
    series: &Id,
    patch: MaintenanceSeriesPatch,
) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, series).await?;
    tx.expect_version(before.seq)?;
    if patch.checked_with.is_some_and(|seq| seq != before.seq) {
        return Err(Fault::conflict("the series was changed at the same moment; send it again").into());
    }
    if let Some(starts_at) = patch
        .starts_at
        .filter(|starts_at| *starts_at != before.object.starts_at)
    {
        check_start(tx, starts_at)?;
    }
    if let Some(components) = &patch.components {
        let query = sql::query("DELETE FROM maintenance_series_components WHERE page_id = $1 AND series_id = $2");
        let query = query.bind(page.as_str()).bind(series.as_str());
        query.execute(&mut *tx.conn).await?;
        add_components(tx.conn, page, series, components).await?;
    }
    write(tx, page, before.object, patch).await?;
    let kept = existing(tx.conn, page, series).await?;
    Ok(Answer::changed(&kept.object, tx.seq))
}

/// Calls off what has not begun.
pub async fn delete(tx: &mut Tx<'_>, page: &PageId, series: &Id) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, series).await?;
    tx.expect_version(before.seq)?;
    // The version that was asked for is the series'; its maintenances have their own.
    tx.condition.if_match = None;
    let query =
        sql::query("SELECT id FROM maintenances WHERE page_id = $1 AND series_id = $2 AND status = 'scheduled'");
    let query = query.bind(page.as_str()).bind(series.as_str());
    for row in query.fetch_all(&mut *tx.conn).await? {
        maintenances::delete(tx, page, &id(&row, "id")?).await?;
    }
    let query = sql::query("DELETE FROM maintenance_series WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(series.as_str());
    query.execute(&mut *tx.conn).await?;
    Ok(Answer::done())
}

pub async fn read(conn: &mut Connection, page: &PageId, series: &Id) -> sql::Result<Option<Kept<MaintenanceSeries>>> {
    let query = sql::query("SELECT * FROM maintenance_series WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(series.as_str());
    let Some(row) = query.fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    kept(conn, page, &row).await.map(Some)
}

/// In the order in which they were created.
pub async fn list(conn: &mut Connection, page: &PageId, window: Window) -> sql::Result<Listed<MaintenanceSeries>> {
    let query =
        sql::query("SELECT * FROM maintenance_series WHERE page_id = $1 AND ordinal > $2 ORDER BY ordinal LIMIT $3");
    let (_, ordinal) = window.ascending();
    let query = query.bind(page.as_str()).bind(ordinal).bind(window.rows());
    let mut series = Vec::new();
    for row in query.fetch_all(&mut *conn).await? {
        series.push(kept(conn, page, &row).await?);
    }
    Ok(window.cut(series))
}

pub async fn existing(conn: &mut Connection, page: &PageId, series: &Id) -> Result<Kept<MaintenanceSeries>, Refusal> {
    let kept = read(conn, page, series).await?;
    kept.ok_or_else(|| Fault::absent(format!("page {page} has no maintenance series {series}")).into())
}

async fn write(
    tx: &mut Tx<'_>,
    page: &PageId,
    before: MaintenanceSeries,
    patch: MaintenanceSeriesPatch,
) -> Result<(), Refusal> {
    let query = sql::query(
        "UPDATE maintenance_series SET name = $3, body = $4, starts_at_ms = $5, duration_minutes = $6, rule = $7,
             time_zone = $8, exceptions = $9, reminder_minutes = $10, plan_at_ms = $11, seq = $12
         WHERE page_id = $1 AND id = $2",
    );
    let recurrence = patch.recurrence.unwrap_or(before.recurrence);
    let reminder_minutes = patch
        .reminder_minutes
        .map_or(before.reminder_minutes, |minutes| minutes.0);
    let query = query.bind(page.as_str()).bind(before.id.as_str());
    let query = query.bind(patch.name.map_or(before.name, |name| name.into_string()));
    let query = query.bind(patch.body.map_or(before.body, |body| body.text));
    let query = query.bind(patch.starts_at.unwrap_or(before.starts_at).0);
    let query = query.bind(patch.duration_minutes.unwrap_or(before.duration_minutes));
    let query = query.bind(recurrence.rule).bind(recurrence.time_zone.into_string());
    let query = query.bind(json(&recurrence.exceptions)).bind(json(&reminder_minutes));
    query.bind(tx.now_ms).bind(tx.seq).execute(&mut *tx.conn).await?;
    Ok(())
}

async fn add_components(conn: &mut Connection, page: &PageId, series: &Id, components: &[Id]) -> Result<(), Refusal> {
    for (index, component) in components.iter().enumerate() {
        let query = sql::query(
            "INSERT INTO maintenance_series_components (page_id, series_id, component_id)
             SELECT page_id, $2, id FROM components WHERE page_id = $1 AND id = $3",
        );
        let query = query.bind(page.as_str()).bind(series.as_str()).bind(component.as_str());
        if query.execute(&mut *conn).await?.rows_affected() == 0 {
            let detail = format!("the page has no component {component}");
            return Err(Fault::invalid(format!("components[{index}]"), detail).into());
        }
    }
    Ok(())
}

/// A rule is walked from its first start on.
fn check_start(tx: &Tx<'_>, starts_at: Moment) -> Result<(), Refusal> {
    if starts_at.0 >= tx.now_ms - PAST_MS_MAX {
        return Ok(());
    }
    Err(Fault::invalid("starts_at", "a series starts at most a year ago").into())
}

async fn room(conn: &mut Connection, page: &PageId) -> Result<(), Refusal> {
    let query = sql::query_scalar("SELECT COUNT(*) FROM maintenance_series WHERE page_id = $1");
    let count: i64 = query.bind(page.as_str()).fetch_one(conn).await?;
    if count < PAGE_SERIES_MAX {
        return Ok(());
    }
    Err(Fault::conflict(format!("a page has at most {PAGE_SERIES_MAX} maintenance series")).into())
}

pub async fn kept(conn: &mut Connection, page: &PageId, row: &Row) -> sql::Result<Kept<MaintenanceSeries>> {
    let series: Id = id(row, "id")?;
    let query =
        sql::query("SELECT component_id FROM maintenance_series_components WHERE page_id = $1 AND series_id = $2");
    let query = query.bind(page.as_str()).bind(series.as_str());
    let components = query.fetch_all(conn).await?;
    let components = components.iter().map(|row| id(row, "component_id"));
    let series = MaintenanceSeries {
        id: series,
        name: row.try_get("name")?,
        body: row.try_get("body")?,
        starts_at: moment(row, "starts_at_ms")?,
        duration_minutes: row.try_get("duration_minutes")?,
        recurrence: Recurrence {
            rule: row.try_get("rule")?,
            time_zone: id(row, "time_zone")?,
            exceptions: of_json(row, "exceptions")?,
        },
        reminder_minutes: of_json(row, "reminder_minutes")?,
        components: components.collect::<sql::Result<_>>()?,
    };
    Kept::of(row, series, 0)
}

const PAGE_SERIES_MAX: i64 = 100;
const PAST_MS_MAX: i64 = 366 * 24 * 60 * 60 * 1000;
