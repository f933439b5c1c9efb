use axum::{extract::State, response::Response};
use origin_engine::scope::expect_page;
use origin_objects::announcement::NewAnnouncement;
use origin_store::{
    Change::Page,
    commit::PageChange::{DeleteAnnouncement, PutAnnouncement},
    pages::announcements,
};
use page_model::PageId;

use crate::{
    problem::Problem,
    push::{
        reply::found,
        request::{ChangeRequest, Ids, NoBody},
    },
    state::Origin,
};

pub async fn put(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    request: ChangeRequest<NewAnnouncement>,
) -> Result<Response, Problem> {
    request.make(&origin, |new| Page(page, PutAnnouncement(new))).await
}

pub async fn read(State(origin): State<Origin>, Ids(page): Ids<PageId>) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    expect_page(&mut view, &page).await?;
    found(announcements::read(&mut view, &page).await?, "announcement")
}

pub async fn delete(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    request.make(&origin, |NoBody| Page(page, DeleteAnnouncement)).await
}
