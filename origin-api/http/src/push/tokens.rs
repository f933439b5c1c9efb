use axum::{Extension, extract::State, response::Response};
use origin_objects::token::{NewToken, TokenPatch};
use origin_store::{
    Change::{CreateToken, DeleteToken, PatchToken},
    accounts::tokens,
};
use page_model::Id;

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
    asked: Asked<NewToken>,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    asked.make(&origin, CreateToken).await
}

pub async fn list(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    Paging(window): Paging,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    Ok(listed(tokens::list(&mut *origin.store.view().await?, window).await?))
}

pub async fn read(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    Place(id): Place<Id>,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    found(tokens::read(&mut *origin.store.view().await?, &id).await?, "token")
}

pub async fn change(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    Place(id): Place<Id>,
    asked: Asked<TokenPatch>,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    asked.make(&origin, |patch| PatchToken(id, patch)).await
}

pub async fn delete(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    Place(id): Place<Id>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    asked.make(&origin, |Nothing| DeleteToken(id)).await
}
