use axum::{extract::State, response::Response};
use origin_objects::metric::{MetricPatch, NewMetric, NewMetricPoints};
use origin_store::{
    Change::{Page, Points},
    engine::commit::PageChange::{CreateMetric, DeleteMetric, PatchMetric},
    metrics, pages,
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
    asked: Asked<NewMetric>,
) -> Result<Response, Problem> {
    asked.make(&origin, |new| Page(page, CreateMetric(new))).await
}

pub async fn list(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    Paging(window): Paging,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    pages::expect(&mut view, &page).await?;
    Ok(listed(metrics::list(&mut view, &page, window).await?))
}

pub async fn read(State(origin): State<Origin>, Place((page, id)): Place<(PageId, Id)>) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    found(metrics::read(&mut view, &page, &id).await?, "metric")
}

pub async fn change(
    State(origin): State<Origin>,
    Place((page, id)): Place<(PageId, Id)>,
    asked: Asked<MetricPatch>,
) -> Result<Response, Problem> {
    asked.make(&origin, |patch| Page(page, PatchMetric(id, patch))).await
}

pub async fn delete(
    State(origin): State<Origin>,
    Place((page, id)): Place<(PageId, Id)>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    asked.make(&origin, |Nothing| Page(page, DeleteMetric(id))).await
}

/// A point replaces itself when it is sent again, so the answer to each is not remembered.
pub async fn take_points(
    State(origin): State<Origin>,
    Place((page, id)): Place<(PageId, Id)>,
    asked: Asked<NewMetricPoints>,
) -> Result<Response, Problem> {
    let asked = asked.unremembered();
    asked.make(&origin, |new| Points(page, id, new.points)).await
}
