//! Plans the next occurrences of the series that are due. Rules are walked here, off the writer's thread: what a stranger
//! writes into one costs the writer nothing.

use origin_objects::{fault::Fault, maintenance_series::MaintenanceSeries};
use origin_store::{
    Change, Condition, Store,
    engine::{clock::now_ms, commit::PageChange, rows::Versioned, tx::Refusal},
    load::agenda,
    maintenances::occurrences::Plan,
};
use origin_time::recurrence::PlannedStarts;
use page_model::{Id, PageId};

/// Plans what is due, of all pages or of one, and answers when to look again.
pub async fn plan_due(store: &Store, page: Option<&PageId>) -> Result<Option<i64>, Refusal> {
    let now_ms = now_ms();
    for (page, series) in agenda::series(store, page, now_ms).await? {
        let id = series.object.id.clone();
        if let Err(refused) = plan(store, page, series, now_ms).await {
            tracing::warn!(?refused, series = %id, "a series could not be planned; it is tried again");
        }
    }
    Ok(agenda::next_series(store).await?)
}

async fn plan(store: &Store, page: PageId, series: Versioned<MaintenanceSeries>, now_ms: i64) -> Result<(), Fault> {
    let (id, version): (Id, i64) = (series.object.id.clone(), series.version);
    let walk = tokio::task::spawn_blocking(move || planned(&series.object, now_ms));
    let planned = walk.await.map_err(|error| {
        tracing::error!(%error, "walking a rule failed");
        Fault::unavailable()
    })??;
    let plan = Plan {
        series: id,
        version,
        planned,
    };
    let change = Change::Page(page, PageChange::PlanMaintenances(plan));
    store.change(change, Condition::default()).await.map(|_| ())
}

fn planned(series: &MaintenanceSeries, now_ms: i64) -> Result<PlannedStarts, Fault> {
    let schedule = series.recurrence.schedule(series.starts_at);
    let schedule = schedule.map_err(|detail| Fault::invalid("recurrence.rule", detail))?;
    let length_ms = i64::from(series.duration_minutes) * 60_000;
    Ok(schedule.plan(now_ms, length_ms, AHEAD_MS, OCCURRENCES_MAX))
}

/// Sixty days.
const AHEAD_MS: i64 = 60 * 24 * 60 * 60 * 1000;
/// Occurrences of a series that are planned at once.
const OCCURRENCES_MAX: usize = 20;
