use axum::{extract::State, response::Response};
use page_model::PageId;

use super::{
    answer::found,
    request::{Asked, Nothing, Place},
};
use crate::{
    objects::announcement::NewAnnouncement,
    origin::Origin,
    problem::Problem,
    store::{
        Change::Page,
        announcements,
        change::PageChange::{DeleteAnnouncement, PutAnnouncement},
        pages,
    },
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
