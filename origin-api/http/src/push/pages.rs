use axum::{Extension, extract::State, response::Response};
use origin_objects::page::{NewPage, PagePatch};
use origin_store::{
    Change::Page,
    engine::{
        commit::PageChange::{Create, Delete, Patch},
        random,
    },
    pages,
};
use page_model::PageId;

use crate::{
    caller::Caller,
    problem::Problem,
    push::{
        answer::{found, listed},
        request::{Asked, Nothing, Paging, Place},
    },
    state::Origin,
};

pub async fn create(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    asked: Asked<NewPage>,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    asked
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
    Ok(listed(pages::list(&mut view, caller.page.as_ref(), window).await?))
}

pub async fn read(State(origin): State<Origin>, Place(page): Place<PageId>) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    found(pages::read(&mut view, &page).await?, "page")
}

pub async fn change(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    asked: Asked<PagePatch>,
) -> Result<Response, Problem> {
    asked.make(&origin, |patch| Page(page, Patch(Box::new(patch)))).await
}

/// Takes the page back in every region. A token for this page only goes with it.
pub async fn delete(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    asked.make(&origin, |Nothing| Page(page, Delete)).await
}
