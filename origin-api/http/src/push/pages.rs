use axum::{Extension, extract::State, response::Response};
use origin_engine::random;
use origin_objects::page::{NewPage, PagePatch};
use origin_store::{
    Change::Page,
    commit::PageChange::{Create, Delete, Patch},
    pages::page,
};
use page_model::PageId;

use crate::{
    caller::Caller,
    problem::Problem,
    push::{
        reply::{found, listed},
        request::{ChangeRequest, Ids, NoBody, Paging},
    },
    state::Origin,
};

pub async fn create(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    request: ChangeRequest<NewPage>,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    request
        .make(&origin, |new| {
            let page = new.id.clone().unwrap_or_else(random::page_id);
            Page(page, Create(Box::new(new)))
        })
        .await
}

pub async fn list(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    Paging(window): Paging,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    Ok(listed(page::list(&mut view, caller.page.as_ref(), window).await?))
}

pub async fn read(State(origin): State<Origin>, Ids(id): Ids<PageId>) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    found(page::read(&mut view, &id).await?.map(|found| found.object), "page")
}

pub async fn change(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    request: ChangeRequest<PagePatch>,
) -> Result<Response, Problem> {
    request.make(&origin, |patch| Page(page, Patch(Box::new(patch)))).await
}

/// Takes the page back in every region. A token for this page only goes with it.
pub async fn delete(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    request.make(&origin, |NoBody| Page(page, Delete)).await
}
