use axum::{extract::State, response::Response};
use origin_objects::announcement::NewAnnouncement;
use origin_store::{
    Change::Page,
    engine::commit::PageChange::{DeleteAnnouncement, PutAnnouncement},
    pages::{self, announcements},
};
use page_model::PageId;

use crate::{
    problem::Problem,
    push::{
        answer::found,
        request::{Asked, Nothing, Place},
    },
    state::Origin,
};

pub async fn put(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    asked: Asked<NewAnnouncement>,
) -> Result<Response, Problem> {
    asked.make(&origin, |new| Page(page, PutAnnouncement(new))).await
}

pub async fn read(State(origin): State<Origin>, Place(page): Place<PageId>) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    pages::expect(&mut view, &page).await?;
    found(announcements::read(&mut view, &page).await?, "announcement")
}

pub async fn delete(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    asked.make(&origin, |Nothing| Page(page, DeleteAnnouncement)).await
}
