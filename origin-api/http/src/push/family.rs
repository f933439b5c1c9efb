//! The five verbs of every family of a page.

use axum::{
    extract::State,
    response::Response,
    routing::{MethodRouter, get},
};
use origin_store::Change;
use origin_store::family::{self, Family, FamilyChange, Verb};

use crate::{
    problem::Problem,
    push::{
        reply::{found, listed},
        request::{ChangeRequest, NoBody, ObjectOf, Paging, ScopeOf},
    },
    state::Origin,
};

/// What the address of a family's list takes: listing and creating.
pub fn collection<F: Family>() -> MethodRouter<Origin>
where
    Change: From<FamilyChange<F>>,
{
    get(list::<F>).post(create::<F>)
}

/// What the address of one object takes: reading, changing and deleting.
pub fn object<F: Family>() -> MethodRouter<Origin>
where
    Change: From<FamilyChange<F>>,
{
    get(read::<F>).patch(change::<F>).delete(delete::<F>)
}

pub async fn list<F: Family>(
    State(origin): State<Origin>,
    ScopeOf(scope, _): ScopeOf<F>,
    Paging(window): Paging,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    scope.expect(&mut view).await?;
    Ok(listed(family::list::<F>(&mut view, &scope, window).await?))
}

pub async fn create<F: Family>(
    State(origin): State<Origin>,
    ScopeOf(scope, _): ScopeOf<F>,
    request: ChangeRequest<F::New>,
) -> Result<Response, Problem>
where
    Change: From<FamilyChange<F>>,
{
    let change = |new| FamilyChange {
        scope,
        verb: Verb::Create(new),
    };
    request.make(&origin, |new| change(new).into()).await
}

pub async fn read<F: Family>(
    State(origin): State<Origin>,
    ObjectOf(scope, id, _): ObjectOf<F>,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    found(
        family::read::<F>(&mut view, &scope, &id)
            .await?
            .map(|found| found.object),
        F::NAME,
    )
}

pub async fn change<F: Family>(
    State(origin): State<Origin>,
    ObjectOf(scope, id, _): ObjectOf<F>,
    request: ChangeRequest<F::Patch>,
) -> Result<Response, Problem>
where
    Change: From<FamilyChange<F>>,
{
    let change = |patch| FamilyChange {
        scope,
        verb: Verb::Change(id, patch),
    };
    request.make(&origin, |patch| change(patch).into()).await
}

pub async fn delete<F: Family>(
    State(origin): State<Origin>,
    ObjectOf(scope, id, _): ObjectOf<F>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem>
where
    Change: From<FamilyChange<F>>,
{
    let change = FamilyChange {
        scope,
        verb: Verb::Delete(id),
    };
    request.make(&origin, |NoBody| change.into()).await
}
