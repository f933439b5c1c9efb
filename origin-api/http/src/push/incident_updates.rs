use axum::{extract::State, response::Response};
use origin_objects::update::{NewIncidentUpdate, UpdatePatch};
use origin_store::{
    Change::Page,
    engine::commit::PageChange::{CreateIncidentUpdate, DeleteIncidentUpdate, PatchIncidentUpdate},
    incidents::{self, incident_updates},
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
    Place((page, incident)): Place<(PageId, Id)>,
    asked: Asked<NewIncidentUpdate>,
) -> Result<Response, Problem> {
    asked
        .make(&origin, |new| Page(page, CreateIncidentUpdate(incident, new)))
        .await
}

pub async fn list(
    State(origin): State<Origin>,
    Place((page, incident)): Place<(PageId, Id)>,
    Paging(window): Paging,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    incidents::expect(&mut view, &page, &incident).await?;
    Ok(listed(
        incident_updates::list(&mut view, &page, &incident, window).await?,
    ))
}

pub async fn read(
    State(origin): State<Origin>,
    Place((page, incident, id)): Place<(PageId, Id, Id)>,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    found(
        incident_updates::read(&mut view, &page, &incident, &id).await?,
        "update",
    )
}

pub async fn change(
    State(origin): State<Origin>,
    Place((page, incident, id)): Place<(PageId, Id, Id)>,
    asked: Asked<UpdatePatch>,
) -> Result<Response, Problem> {
    asked
        .make(&origin, |patch| Page(page, PatchIncidentUpdate(incident, id, patch)))
        .await
}

pub async fn delete(
    State(origin): State<Origin>,
    Place((page, incident, id)): Place<(PageId, Id, Id)>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    asked
        .make(&origin, |Nothing| Page(page, DeleteIncidentUpdate(incident, id)))
        .await
}
