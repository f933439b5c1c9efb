use origin_engine::{
    applied::Applied,
    rows::{Versioned, id, json, moment, of_json, zone_name},
    scope::Scope,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    maintenance::Maintenance,
    maintenance_series::{MaintenanceSeries, MaintenanceSeriesPatch, NewMaintenanceSeries, Recurrence},
    moment::Moment,
};
use page_model::{Id, PageId};

use crate::{
    access::audiences,
    family::{self, Family, FamilyChange, Order, delete_row},
};

pub type MaintenanceSeriesChange = FamilyChange<MaintenanceSeries>;

/// A series as it was when it was looked at, readable or not.
#[derive(Debug, Clone)]
pub struct SeriesVersion {
    pub page: String,
    pub series: String,
    pub seq: i64,
}

impl Family for MaintenanceSeries {
    type New = NewMaintenanceSeries;
    type Patch = MaintenanceSeriesPatch;

    const TABLE: &'static str = "maintenance_series";
    const NAME: &'static str = "maintenance series";
    const TAKEN: &'static str = "a series";
    const ORDER: Order = Order::Creation;
    const MOST: Option<(usize, &'static str)> = Some((PAGE_SERIES_MAX, "maintenance series"));

    fn id(new: &NewMaintenanceSeries) -> Option<&Id> {
        new.id.as_ref()
    }

    async fn load(conn: &mut Connection, scope: &Scope, row: &Row) -> sql::Result<Self> {
        let series: Id = id(row, "id")?;
        Ok(Self {
            name: row.try_get("name")?,
            audiences: of_json(row, "audiences")?,
            body: row.try_get("body")?,
            starts_at: moment(row, "starts_at_ms")?,
            duration_minutes: row.try_get("duration_minutes")?,
            recurrence: Recurrence {
                rule: row.try_get("rule")?,
                time_zone: zone_name(row)?,
                exceptions: of_json(row, "exceptions")?,
            },
            reminder_minutes: of_json(row, "reminder_minutes")?,
            components: components(conn, &scope.page, &series).await?,
            id: series,
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewMaintenanceSeries) -> Result<bool, Refusal> {
        check_start(tx, new.starts_at)?;
        audiences::expect(tx.conn, &scope.page, &new.audiences).await?;
        let query = sql::query(
            "INSERT INTO maintenance_series (page_id, id, name, body, starts_at_ms, duration_minutes, rule, time_zone,
                 exceptions, reminder_minutes, plan_at_ms, ordinal, seq, audiences)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13) ON CONFLICT DO NOTHING",
        );
        let query = query
            .bind(scope.page.as_str())
            .bind(id.as_str())
            .bind(new.name.as_str());
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
        let query = query.bind(tx.now_ms).bind(tx.seq).bind(json(&new.audiences));
        if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
            return Ok(false);
        }
        add_components(tx.conn, &scope.page, id, &new.components).await?;
        Ok(true)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        before: Versioned<Self>,
        patch: MaintenanceSeriesPatch,
    ) -> Result<(), Refusal> {
        if let Some(checked) = &patch.checked {
            if checked.version != before.version {
                return Err(Fault::conflict("the series was changed at the same moment; send it again").into());
            }
            checked.verdict.clone()?;
        }
        let before = before.object;
        if let Some(starts_at) = patch.starts_at.filter(|starts_at| *starts_at != before.starts_at) {
            check_start(tx, starts_at)?;
        }
        if let Some(components) = &patch.components {
            let query = sql::query("DELETE FROM maintenance_series_components WHERE page_id = $1 AND series_id = $2");
            let query = query.bind(scope.page.as_str()).bind(id.as_str());
            query.execute(&mut *tx.conn).await?;
            add_components(tx.conn, &scope.page, id, components).await?;
        }
        write(tx, &scope.page, before, patch).await
    }

    /// Calls off what has not begun.
    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, _: Versioned<Self>) -> Result<Applied, Refusal> {
        for maintenance in scheduled(tx.conn, &scope.page, id).await? {
            family::delete::<Maintenance>(tx, scope, &maintenance).await?;
        }
        delete_row::<Self>(tx, scope, id).await?;
        Ok(Applied::deleted())
    }
}

async fn write(
    tx: &mut Tx<'_>,
    page: &PageId,
    before: MaintenanceSeries,
    patch: MaintenanceSeriesPatch,
) -> Result<(), Refusal> {
    let query = sql::query(
        "UPDATE maintenance_series SET name = $3, body = $4, starts_at_ms = $5, duration_minutes = $6, rule = $7,
             time_zone = $8, exceptions = $9, reminder_minutes = $10, plan_at_ms = $11, seq = $12,
             audiences = $13
         WHERE page_id = $1 AND id = $2",
    );
    let audiences = audiences::patched(tx, page, &before.audiences, patch.audiences.as_ref()).await?;
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
    let query = query.bind(tx.now_ms).bind(tx.seq).bind(audiences);
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

/// The clock's change: a series that could not be planned lets the others go first. Changing it plans it at once.
pub async fn postpone(tx: &mut Tx<'_>, failed: SeriesVersion) -> Result<Applied, Refusal> {
    let query = sql::query(
        "UPDATE maintenance_series SET plan_at_ms = $4 WHERE page_id = $1 AND id = $2 AND seq = $3 AND plan_at_ms < $4",
    );
    let query = query.bind(failed.page).bind(failed.series).bind(failed.seq);
    query.bind(tx.now_ms + POSTPONED_MS).execute(&mut *tx.conn).await?;
    Ok(Applied::done())
}

async fn scheduled(conn: &mut Connection, page: &PageId, series: &Id) -> sql::Result<Vec<Id>> {
    let query =
        sql::query("SELECT id FROM maintenances WHERE page_id = $1 AND series_id = $2 AND status = 'scheduled'");
    let rows = query.bind(page.as_str()).bind(series.as_str()).fetch_all(conn).await?;
    rows.iter().map(|row| id(row, "id")).collect()
}

async fn components(conn: &mut Connection, page: &PageId, series: &Id) -> sql::Result<Vec<Id>> {
    let query =
        sql::query("SELECT component_id FROM maintenance_series_components WHERE page_id = $1 AND series_id = $2");
    let rows = query.bind(page.as_str()).bind(series.as_str()).fetch_all(conn).await?;
    rows.iter().map(|row| id(row, "component_id")).collect()
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

const POSTPONED_MS: i64 = 10 * 60 * 1000;
const PAGE_SERIES_MAX: usize = 100;
const PAST_MS_MAX: i64 = 366 * 24 * 60 * 60 * 1000;
