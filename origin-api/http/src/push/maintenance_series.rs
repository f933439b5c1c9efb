use axum::{extract::State, response::Response};
use origin_clock::planning::plan_due;
use origin_objects::maintenance_series::{MaintenanceSeriesPatch, NewMaintenanceSeries};
use origin_store::{
    Change::Page,
    engine::commit::PageChange::{CreateMaintenanceSeries, DeleteMaintenanceSeries, PatchMaintenanceSeries},
    maintenances::maintenance_series,
    pages,
};
use page_model::{Id, PageId};

use crate::{
    problem::Problem,
    push::{
        answer::{found, listed},
        request::{Asked, Nothing, Paging, Place},
    },
    state::Origin,
};

pub async fn create(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    asked: Asked<NewMaintenanceSeries>,
) -> Result<Response, Problem> {
    let made = asked
        .make(&origin, |new| {
            Page(page.clone(), CreateMaintenanceSeries(Box::new(new)))
        })
        .await?;
    planned(&origin, &page).await;
    Ok(made)
}

pub async fn list(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    Paging(window): Paging,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    pages::expect(&mut view, &page).await?;
    Ok(listed(maintenance_series::list(&mut view, &page, window).await?))
}

pub async fn read(State(origin): State<Origin>, Place((page, id)): Place<(PageId, Id)>) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    found(
        maintenance_series::read(&mut view, &page, &id).await?,
        "maintenance series",
    )
}

pub async fn change(
    State(origin): State<Origin>,
    Place((page, id)): Place<(PageId, Id)>,
    mut asked: Asked<MaintenanceSeriesPatch>,
) -> Result<Response, Problem> {
    check_together(&origin, &page, &id, asked.body_mut()).await?;
    let made = asked
        .make(&origin, |patch| {
            Page(page.clone(), PatchMaintenanceSeries(id, Box::new(patch)))
        })
        .await?;
    planned(&origin, &page).await;
    Ok(made)
}

pub async fn delete(
    State(origin): State<Origin>,
    Place((page, id)): Place<(PageId, Id)>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    asked
        .make(&origin, |Nothing| Page(page, DeleteMaintenanceSeries(id)))
        .await
}

/// A rule makes sense with its start only. Checking walks it, which is done before the change comes to the writer.
async fn check_together(
    origin: &Origin,
    page: &PageId,
    id: &Id,
    patch: &mut MaintenanceSeriesPatch,
) -> Result<(), Problem> {
    if patch.recurrence.is_none() && patch.starts_at.is_none() {
        return Ok(());
    }
    let Some(stored) = maintenance_series::read(&mut *origin.store.reader().await?, page, id).await? else {
        return Ok(());
    };
    let starts_at = patch.starts_at.unwrap_or(stored.object.starts_at);
    patch
        .recurrence
        .as_ref()
        .unwrap_or(&stored.object.recurrence)
        .check(starts_at)?;
    patch.checked_with = Some(stored.seq);
    Ok(())
}

/// Its occurrences are there when the answer comes; should that fail, the clock plans them.
async fn planned(origin: &Origin, page: &PageId) {
    if let Err(problem) = plan_due(&origin.store, Some(page)).await {
        tracing::warn!(?problem, "a series is planned later");
    }
}
