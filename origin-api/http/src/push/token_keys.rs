//! Keys for platform tokens.

use axum::{extract::State, response::Response};
use origin_access::token_keys;
use origin_engine::{paging::Listed, scope::expect_page};
use origin_objects::token_key::{NewTokenKey, TokenKey};
use origin_store::{
    Change::Page,
    commit::PageChange::{DeleteTokenKey, PutTokenKey},
};
use page_model::{Id, PageId};

use crate::{
    problem::Problem,
    push::{
        reply::{found, listed},
        request::{ChangeRequest, Ids, NoBody},
    },
    state::Origin,
};

pub async fn put(
    State(origin): State<Origin>,
    Ids((page, key)): Ids<(PageId, Id)>,
    request: ChangeRequest<NewTokenKey>,
) -> Result<Response, Problem> {
    let request = request.unremembered();
    request
        .make(&origin, |new| Page(page, PutTokenKey(key, Box::new(new))))
        .await
}

/// A page has few: the list is whole.
pub async fn list(State(origin): State<Origin>, Ids(page): Ids<PageId>) -> Result<Response, Problem> {
    let items = all(&origin, &page).await?;
    Ok(listed(Listed { items, next: None }))
}

pub async fn read(State(origin): State<Origin>, Ids((page, key)): Ids<(PageId, Id)>) -> Result<Response, Problem> {
    let all = all(&origin, &page).await?;
    found(all.into_iter().find(|known| known.id == key), "key")
}

pub async fn delete(
    State(origin): State<Origin>,
    Ids((page, key)): Ids<(PageId, Id)>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    request.make(&origin, |NoBody| Page(page, DeleteTokenKey(key))).await
}

async fn all(origin: &Origin, page: &PageId) -> Result<Vec<TokenKey>, Problem> {
    let mut view = origin.store.view().await?;
    expect_page(&mut view, page).await?;
    let known = token_keys::known(&mut view, page).await?;
    Ok(known.into_iter().map(|known| known.key).collect())
}
