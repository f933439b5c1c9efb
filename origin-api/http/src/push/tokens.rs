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
        reply::{found, listed},
        request::{ChangeRequest, Ids, NoBody, Paging},
    },
    state::Origin,
};

pub async fn create(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    request: ChangeRequest<NewToken>,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    request.make(&origin, CreateToken).await
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
    Ids(id): Ids<Id>,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    found(
        tokens::read(&mut *origin.store.view().await?, &id)
            .await?
            .map(|found| found.object),
        "token",
    )
}

pub async fn change(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    Ids(id): Ids<Id>,
    request: ChangeRequest<TokenPatch>,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    request.make(&origin, |patch| PatchToken(id, patch)).await
}

pub async fn delete(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    Ids(id): Ids<Id>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    request.make(&origin, |NoBody| DeleteToken(id)).await
}
