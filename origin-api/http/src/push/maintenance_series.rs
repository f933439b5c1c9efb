//! Maintenance series: their rules are walked before and after the writer writes.

use axum::{
    extract::State,
    response::Response,
    routing::{MethodRouter, get},
};
use origin_clock::planning::plan_due;
use origin_engine::scope::Scope;
use origin_objects::maintenance_series::{
    CheckedTogether, MaintenanceSeries, MaintenanceSeriesPatch, NewMaintenanceSeries,
};
use origin_store::family;
use page_model::{Id, PageId};

use crate::{
    problem::Problem,
    push::{
        family::{change, create, delete, list, read},
        request::{ChangeRequest, ObjectOf, ScopeOf},
    },
    state::Origin,
};

pub fn collection() -> MethodRouter<Origin> {
    get(list::<MaintenanceSeries>).post(create_planned)
}

pub fn object() -> MethodRouter<Origin> {
    get(read::<MaintenanceSeries>)
        .patch(change_planned)
        .delete(delete::<MaintenanceSeries>)
}

async fn create_planned(
    State(origin): State<Origin>,
    scope: ScopeOf<MaintenanceSeries>,
    request: ChangeRequest<NewMaintenanceSeries>,
) -> Result<Response, Problem> {
    let page = scope.0.page.clone();
    let created = create(State(origin.clone()), scope, request).await?;
    planned(&origin, &page).await;
    Ok(created)
}

async fn change_planned(
    State(origin): State<Origin>,
    series: ObjectOf<MaintenanceSeries>,
    mut request: ChangeRequest<MaintenanceSeriesPatch>,
) -> Result<Response, Problem> {
    let page = series.0.page.clone();
    check_together(&origin, &series.0, &series.1, request.body_mut()).await?;
    let changed = change(State(origin.clone()), series, request).await?;
    planned(&origin, &page).await;
    Ok(changed)
}

/// A rule makes sense with its start only. Checking walks it, which the writer does not do.
async fn check_together(
    origin: &Origin,
    scope: &Scope,
    id: &Id,
    patch: &mut MaintenanceSeriesPatch,
) -> Result<(), Problem> {
    if patch.recurrence.is_none() && patch.starts_at.is_none() {
        return Ok(());
    }
    let stored = family::read::<MaintenanceSeries>(&mut *origin.store.reader().await?, scope, id).await?;
    let Some(stored) = stored else {
        return Ok(());
    };
    let starts_at = patch.starts_at.unwrap_or(stored.object.starts_at);
    let recurrence = patch.recurrence.as_ref().unwrap_or(&stored.object.recurrence);
    patch.checked = Some(CheckedTogether {
        version: stored.version,
        verdict: recurrence.check(starts_at),
    });
    Ok(())
}

/// Its occurrences are there when the reply comes; should that fail, the clock plans them.
async fn planned(origin: &Origin, page: &PageId) {
    if let Err(problem) = plan_due(&origin.store, Some(page)).await {
        tracing::warn!(?problem, "a series is planned later");
    }
}
