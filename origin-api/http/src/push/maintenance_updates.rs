use axum::{extract::State, response::Response};
use origin_objects::update::{NewMaintenanceUpdate, UpdatePatch};
use origin_store::{
    Change::Page,
    engine::commit::PageChange::{CreateMaintenanceUpdate, DeleteMaintenanceUpdate, PatchMaintenanceUpdate},
    maintenances::{self, maintenance_updates},
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
    Place((page, maintenance)): Place<(PageId, Id)>,
    asked: Asked<NewMaintenanceUpdate>,
) -> Result<Response, Problem> {
    asked
        .make(&origin, |new| Page(page, CreateMaintenanceUpdate(maintenance, new)))
        .await
}

pub async fn list(
    State(origin): State<Origin>,
    Place((page, maintenance)): Place<(PageId, Id)>,
    Paging(window): Paging,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    maintenances::expect(&mut view, &page, &maintenance).await?;
    Ok(listed(
        maintenance_updates::list(&mut view, &page, &maintenance, window).await?,
    ))
}

pub async fn read(
    State(origin): State<Origin>,
    Place((page, maintenance, id)): Place<(PageId, Id, Id)>,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    found(
        maintenance_updates::read(&mut view, &page, &maintenance, &id).await?,
        "update",
    )
}

pub async fn change(
    State(origin): State<Origin>,
    Place((page, maintenance, id)): Place<(PageId, Id, Id)>,
    asked: Asked<UpdatePatch>,
) -> Result<Response, Problem> {
    asked
        .make(&origin, |patch| {
            Page(page, PatchMaintenanceUpdate(maintenance, id, patch))
        })
        .await
}

pub async fn delete(
    State(origin): State<Origin>,
    Place((page, maintenance, id)): Place<(PageId, Id, Id)>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    asked
        .make(&origin, |Nothing| Page(page, DeleteMaintenanceUpdate(maintenance, id)))
        .await
}
