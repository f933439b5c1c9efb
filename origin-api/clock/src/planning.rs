//! Plans the next occurrences of the series that are due. Rules are walked here, off the writer's thread: what a stranger
//! writes into one costs the writer nothing.

use origin_engine::{clock::now_ms, rows::Versioned, tx::Refusal};
use origin_objects::{fault::Fault, maintenance_series::MaintenanceSeries};
use origin_store::{
    Change, Condition, Store,
    agenda::{self, DueSeries},
    commit::PageChange,
    maintenances::{occurrences::Plan, series::SeriesVersion},
};
use origin_time::recurrence::PlannedStarts;
use page_model::{Id, PageId};

/// Plans what is due, of all pages or of one, and answers when to look again. A series that cannot be planned is postponed, so
/// that it does not keep the others waiting.
pub async fn plan_due(store: &Store, page: Option<&PageId>) -> Result<Option<i64>, Refusal> {
    let now_ms = now_ms();
    for DueSeries { version, series } in agenda::series(store, page, now_ms).await? {
        let planned = match series {
            Ok((page, series)) => plan(store, page, series, now_ms).await,
            Err(unreadable) => Err(unreadable.into_fault()),
        };
        if let Err(refused) = planned {
            put_off(store, version, &refused).await;
        }
    }
    Ok(agenda::next_series(store).await?)
}

async fn put_off(store: &Store, failed: SeriesVersion, refused: &Fault) {
    agenda::count("series", "refused");
    let (page, series) = (&failed.page, &failed.series);
    tracing::warn!(
        ?refused,
        page,
        series,
        "a series could not be planned; it is tried again"
    );
    // Where nothing can be written there is nothing wrong with the series.
    if refused.passes() {
        return;
    }
    if let Err(refused) = store.change(Change::PostponeSeries(failed), Condition::default()).await {
        tracing::warn!(?refused, "a series could not be postponed");
    }
}

async fn plan(store: &Store, page: PageId, series: Versioned<MaintenanceSeries>, now_ms: i64) -> Result<(), Fault> {
    let (id, version): (Id, i64) = (series.object.id.clone(), series.version);
    let walk = tokio::task::spawn_blocking(move || planned(&series.object, now_ms));
    let planned = walk.await.map_err(|error| {
        tracing::error!(%error, "walking a rule failed");
        Fault::internal()
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
