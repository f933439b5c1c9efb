use axum::{extract::State, response::Response};
use origin_objects::group::{GroupPatch, NewGroup};
use origin_store::{
    Change::Page,
    components::groups,
    engine::commit::PageChange::{CreateGroup, DeleteGroup, PatchGroup},
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
    asked: Asked<NewGroup>,
) -> Result<Response, Problem> {
    asked.make(&origin, |new| Page(page, CreateGroup(new))).await
}

pub async fn list(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    Paging(window): Paging,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    pages::expect(&mut view, &page).await?;
    Ok(listed(groups::list(&mut view, &page, window).await?))
}

pub async fn read(State(origin): State<Origin>, Place((page, id)): Place<(PageId, Id)>) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    found(groups::read(&mut view, &page, &id).await?, "group")
}

pub async fn change(
    State(origin): State<Origin>,
    Place((page, id)): Place<(PageId, Id)>,
    asked: Asked<GroupPatch>,
) -> Result<Response, Problem> {
    asked.make(&origin, |patch| Page(page, PatchGroup(id, patch))).await
}

pub async fn delete(
    State(origin): State<Origin>,
    Place((page, id)): Place<(PageId, Id)>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    asked.make(&origin, |Nothing| Page(page, DeleteGroup(id))).await
}
