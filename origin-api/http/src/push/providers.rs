//! The identity provider of a page.

use axum::{extract::State, response::Response};
use origin_access::provider;
use origin_engine::{outward::Outward, scope::expect_page};
use origin_objects::{fault::Fault, provider::NewProvider};
use origin_store::{
    Change::Page,
    commit::PageChange::{DeleteProvider, PutProvider},
};
use page_model::PageId;
use tokio::{net::lookup_host, time::timeout};
use url::{Host, Url};

use crate::{
    busy::LOOKUP_TIME_MAX,
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
    mut request: ChangeRequest<NewProvider>,
) -> Result<Response, Problem> {
    expect_reachable(&origin.outward, &request.body_mut().issuer.url).await?;
    let request = request.unremembered();
    request
        .make(&origin, |new| Page(page, PutProvider(Box::new(new))))
        .await
}

pub async fn read(State(origin): State<Origin>, Ids(page): Ids<PageId>) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    expect_page(&mut view, &page).await?;
    found(provider::read(&mut view, &page).await?, "identity provider")
}

pub async fn delete(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    request.make(&origin, |NoBody| Page(page, DeleteProvider)).await
}

/// It is looked up again whenever it is asked; this tells the publisher at once.
async fn expect_reachable(outward: &Outward, issuer: &Url) -> Result<(), Problem> {
    let fault = |detail: String| Fault::invalid("issuer", detail);
    outward.permits(issuer).map_err(fault)?;
    let Some(Host::Domain(name)) = issuer.host() else {
        return Ok(());
    };
    let port = issuer.port_or_known_default().unwrap_or_default();
    let looked_up = timeout(LOOKUP_TIME_MAX, lookup_host((name, port))).await;
    let Ok(Ok(addresses)) = looked_up else {
        return Err(fault(format!("{name} cannot be looked up from here")).into());
    };
    let addresses: Vec<_> = addresses.collect();
    Ok(outward.permits_all(name, &addresses).map_err(fault)?)
}
