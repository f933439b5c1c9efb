//! From a series to its maintenances. A start is planned once: what was since changed or called off by hand is left alone.

use std::collections::HashMap;

use origin_engine::{
    applied::Applied,
    random,
    rows::id,
    scope::{Kind, Scope},
    sql::{self, Columns as _},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    maintenance::{Maintenance, MaintenancePatch, NewMaintenance},
    maintenance_series::MaintenanceSeries,
    markdown::Body,
    moment::Moment,
    reminder::ReminderMinutes,
    text::Name,
    update::{MaintenanceUpdate, UpdatePatch},
};
use origin_time::recurrence::PlannedStarts;
use page_model::{Id, PageId, status::MaintenanceStatus};

use crate::family;
use sha2::{Digest, Sha256};

/// The next starts of a series as it was at a version.
#[derive(Debug)]
pub struct Plan {
    pub series: Id,
    pub version: i64,
    pub planned: PlannedStarts,
}

pub async fn plan(tx: &mut Tx<'_>, page: &PageId, plan: Plan) -> Result<Applied, Refusal> {
    let scope = &Scope::page(page.clone());
    let found = family::existing::<MaintenanceSeries>(tx.conn, scope, &plan.series).await?;
    if found.version != plan.version {
        return Err(Fault::conflict("the series was changed in the meantime").into());
    }
    let series = found.object;
    let mut known = known(tx, scope, &series).await?;
    let mut first_seq = Some(tx.seq);
    for start_ms in &plan.planned.starts_ms {
        match known.remove(start_ms) {
            Some(Some(own)) => adapt(tx, scope, &series, *start_ms, own).await?,
            // Changed or called off by hand.
            Some(None) => {}
            // A window that runs is not begun beside another one of the series.
            None if *start_ms <= tx.now_ms && is_under_way(tx, page, &series.id).await? => {}
            None => {
                // Each maintenance has a number of its own: its place in the outbox.
                tx.seq = match first_seq.take() {
                    Some(seq) => seq,
                    None => tx.announce(page).await?,
                };
                create(tx, scope, &series, *start_ms).await?;
            }
        }
    }
    for (start_ms, own) in known {
        if let Some(own) = own {
            family::delete::<Maintenance>(tx, scope, &own.id).await?;
            forget(tx, page, &series.id, start_ms).await?;
        }
    }
    let query = sql::query("UPDATE maintenance_series SET plan_at_ms = $3 WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(series.id.as_str());
    query.bind(plan.planned.again_ms).execute(&mut *tx.conn).await?;
    Ok(Applied::done())
}

/// The starts that were planned before, each with its maintenance while the series decides of it. Those whose windows are over
/// are forgotten.
async fn known(
    tx: &mut Tx<'_>,
    scope: &Scope,
    series: &MaintenanceSeries,
) -> Result<HashMap<i64, Option<Maintenance>>, Refusal> {
    let query = sql::query("DELETE FROM occurrences WHERE page_id = $1 AND series_id = $2 AND planned_ms + $3 <= $4");
    let query = query.bind(scope.page.as_str()).bind(series.id.as_str());
    let query = query.bind(ends_ms(series, 0)).bind(tx.now_ms);
    query.execute(&mut *tx.conn).await?;
    let query =
        sql::query("SELECT planned_ms, maintenance_id, seq FROM occurrences WHERE page_id = $1 AND series_id = $2");
    let query = query.bind(scope.page.as_str()).bind(series.id.as_str());
    let mut known = HashMap::new();
    for row in query.fetch_all(&mut *tx.conn).await? {
        let seq: i64 = row.try_get("seq")?;
        let maintenance = family::read::<Maintenance>(tx.conn, scope, &id(&row, "maintenance_id")?).await?;
        let own = maintenance
            .filter(|found| found.version == seq && found.object.status == MaintenanceStatus::Scheduled)
            .map(|found| found.object);
        known.insert(row.try_get("planned_ms")?, own);
    }
    Ok(known)
}

async fn is_under_way(tx: &mut Tx<'_>, page: &PageId, series: &Id) -> sql::Result<bool> {
    let query = sql::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM maintenances
                        WHERE page_id = $1 AND series_id = $2 AND status IN ('in_progress', 'verifying'))",
    );
    let query = query.bind(page.as_str()).bind(series.as_str());
    query.fetch_one(&mut *tx.conn).await
}

async fn create(tx: &mut Tx<'_>, scope: &Scope, series: &MaintenanceSeries, start_ms: i64) -> Result<(), Refusal> {
    let maintenance = derived(series, start_ms, "maintenance");
    if family::read::<Maintenance>(tx.conn, scope, &maintenance)
        .await?
        .is_some()
    {
        // It stems from a series of the same id that was deleted, and has a life of its own.
        return remember(tx, &scope.page, series, start_ms, &maintenance).await;
    }
    let new = NewMaintenance {
        id: Some(maintenance.clone()),
        name: name(series)?,
        status: MaintenanceStatus::Scheduled,
        body: body(series)?,
        at: None,
        displayed_at: None,
        update_id: Some(derived(series, start_ms, "update")),
        starts_at: Moment(start_ms),
        ends_at: Moment(ends_ms(series, start_ms)),
        components: series.components.clone(),
        update_components: None,
        reminder_minutes: ReminderMinutes(series.reminder_minutes.clone()),
        audiences: series.audiences.clone(),
    };
    family::create::<Maintenance>(tx, scope, new).await?;
    let query = sql::query("UPDATE maintenances SET series_id = $3 WHERE page_id = $1 AND id = $2");
    let query = query
        .bind(scope.page.as_str())
        .bind(maintenance.as_str())
        .bind(series.id.as_str());
    query.execute(&mut *tx.conn).await?;
    remember(tx, &scope.page, series, start_ms, &maintenance).await
}

/// Lets an occurrence follow its series.
async fn adapt(
    tx: &mut Tx<'_>,
    scope: &Scope,
    series: &MaintenanceSeries,
    start_ms: i64,
    before: Maintenance,
) -> Result<(), Refusal> {
    let update = derived(series, start_ms, "update");
    let updates = Scope::below(scope.page.clone(), Kind::Maintenance, before.id.clone());
    let written = family::read::<MaintenanceUpdate>(tx.conn, &updates, &update).await?;
    let body_differs = written.is_some_and(|written| written.object.body != series.body);
    let ends_at = Moment(ends_ms(series, start_ms));
    let differs = before.name != series.name
        || before.ends_at != ends_at
        || before.reminder_minutes != series.reminder_minutes
        || before.audiences != series.audiences
        || sorted(&before.components) != sorted(&series.components);
    if !body_differs && !differs {
        return Ok(());
    }
    if body_differs {
        let patch = UpdatePatch {
            body: Some(body(series)?),
            ..UpdatePatch::default()
        };
        family::change::<MaintenanceUpdate>(tx, &updates, &update, patch).await?;
    }
    let patch = MaintenancePatch {
        name: Some(name(series)?),
        ends_at: Some(ends_at),
        components: Some(series.components.clone()),
        reminder_minutes: Some(ReminderMinutes(series.reminder_minutes.clone())),
        audiences: Some(series.audiences.clone()),
        ..MaintenancePatch::default()
    };
    family::change::<Maintenance>(tx, scope, &before.id, patch).await?;
    remember(tx, &scope.page, series, start_ms, &before.id).await
}

async fn remember(
    tx: &mut Tx<'_>,
    page: &PageId,
    series: &MaintenanceSeries,
    start_ms: i64,
    maintenance: &Id,
) -> Result<(), Refusal> {
    let query = sql::query(
        "INSERT INTO occurrences (page_id, series_id, planned_ms, maintenance_id, seq) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (page_id, series_id, planned_ms) DO UPDATE SET seq = excluded.seq",
    );
    let query = query.bind(page.as_str()).bind(series.id.as_str()).bind(start_ms);
    query
        .bind(maintenance.as_str())
        .bind(tx.seq)
        .execute(&mut *tx.conn)
        .await?;
    Ok(())
}

async fn forget(tx: &mut Tx<'_>, page: &PageId, series: &Id, start_ms: i64) -> Result<(), Refusal> {
    let query = sql::query("DELETE FROM occurrences WHERE page_id = $1 AND series_id = $2 AND planned_ms = $3");
    let query = query.bind(page.as_str()).bind(series.as_str()).bind(start_ms);
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

/// The same for the same start, so that a calendar knows an occurrence again that was called off and comes back.
fn derived(series: &MaintenanceSeries, start_ms: i64, what: &str) -> Id {
    let hash = Sha256::digest(format!("{} {start_ms} {what}", series.id));
    random::id_of(&hash)
}

fn ends_ms(series: &MaintenanceSeries, start_ms: i64) -> i64 {
    start_ms + i64::from(series.duration_minutes) * 60_000
}

fn name(series: &MaintenanceSeries) -> Result<Name, Refusal> {
    Name::try_from(series.name.clone()).map_err(|detail| Fault::conflict(detail).into())
}

fn body(series: &MaintenanceSeries) -> Result<Body, Refusal> {
    Body::try_from(series.body.clone()).map_err(|detail| Fault::conflict(detail).into())
}

fn sorted(ids: &[Id]) -> Vec<&Id> {
    let mut ids: Vec<&Id> = ids.iter().collect();
    ids.sort();
    ids
}
