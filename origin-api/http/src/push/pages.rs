use axum::{Extension, extract::State, response::Response};
use origin_engine::random;
use origin_objects::page::{NewPage, PagePatch};
use origin_store::{
    Change::Page,
    commit::PageChange::{Create, Delete, Patch},
    pages::page,
};
use page_model::{Host, PageId};

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
    Extension(caller): Extension<Caller>,
    Ids(page): Ids<PageId>,
    request: ChangeRequest<PagePatch>,
) -> Result<Response, Problem> {
    if let (Some(hosts), Some(_)) = (&request.body().hosts, &caller.page) {
        claims_none(&origin, &caller, &page, hosts).await?;
    }
    request.make(&origin, |patch| Page(page, Patch(Box::new(patch)))).await
}

/// A token for one page may order and give up its hosts, but claim none: another page may be about to have it.
async fn claims_none(origin: &Origin, caller: &Caller, page: &PageId, hosts: &[Host]) -> Result<(), Problem> {
    let mut view = origin.store.view().await?;
    let has = page::read(&mut view, page).await?.map(|found| found.object.hosts);
    let has = has.unwrap_or_default();
    match hosts.iter().position(|host| !has.contains(host)) {
        None => Ok(()),
        Some(at) => caller
            .expect_all_pages_for(&format!("cannot claim the host {}", hosts[at]))
            .map_err(|problem| problem.at(format!("hosts[{at}]"))),
    }
}

/// Takes the page back in every region. The tokens for this page alone go with it, so none of them can do it.
pub async fn delete(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    Ids(page): Ids<PageId>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    caller.expect_all_pages_for("cannot delete it")?;
    request.make(&origin, |NoBody| Page(page, Delete)).await
}
