//! Members of an audience: one by one, and all of them as a CSV file.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, State},
    response::{IntoResponse, Response},
};
use origin_access::members::{self, MembersChange::*, MembersOf};
use origin_objects::{fault::Fault, mail::MailAddress, member::NewMembers};
use origin_store::Change::Members;
use page_model::{Id, PageId};
use serde::Deserialize;

use crate::{
    problem::Problem,
    push::{
        reply::{found, listed},
        request::{ChangeRequest, Ids, NoBody, Paging, Strict, condition, page_of},
    },
    state::Origin,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CsvQuery {
    /// Nothing is changed; the answer says what would be.
    #[serde(default)]
    dry_run: bool,
}

/// A file of all members.
pub struct CsvBody(NewMembers);

pub async fn list(
    State(origin): State<Origin>,
    Ids((page, audience)): Ids<(PageId, Id)>,
    Paging(window): Paging,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    let of = MembersOf { page, audience };
    Ok(listed(members::list(&mut view, &of, window).await?))
}

pub async fn read(
    State(origin): State<Origin>,
    Ids((page, audience, address)): Ids<(PageId, Id, String)>,
) -> Result<Response, Problem> {
    let (of, address) = (MembersOf { page, audience }, parse(&address)?);
    let mut view = origin.store.view().await?;
    members::expect_audience(&mut view, &of).await?;
    found(members::read(&mut view, &of, &address).await?, "member")
}

pub async fn put(
    State(origin): State<Origin>,
    Ids((page, audience, address)): Ids<(PageId, Id, String)>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    let (of, address) = (MembersOf { page, audience }, parse(&address)?);
    request.make(&origin, |NoBody| Members(of, Put(address))).await
}

pub async fn delete(
    State(origin): State<Origin>,
    Ids((page, audience, address)): Ids<(PageId, Id, String)>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    let (of, address) = (MembersOf { page, audience }, parse(&address)?);
    request.make(&origin, |NoBody| Members(of, Delete(address))).await
}

/// Whoever is not in the file is a member no longer.
pub async fn put_all(
    State(origin): State<Origin>,
    Ids((page, audience)): Ids<(PageId, Id)>,
    Strict(query): Strict<CsvQuery>,
    request: ChangeRequest<CsvBody>,
) -> Result<Response, Problem> {
    let of = MembersOf { page, audience };
    if !query.dry_run {
        return request.make(&origin, |CsvBody(new)| Members(of, PutAll(new))).await;
    }
    let mut view = origin.store.view().await?;
    let changed = members::compare(&mut view, &of, &request.body().0).await?;
    Ok(axum::Json(changed).into_response())
}

impl FromRequest<Origin> for ChangeRequest<CsvBody> {
    type Rejection = Problem;
    async fn from_request(request: Request, origin: &Origin) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), origin).await;
        let bytes = bytes.map_err(|_| Fault::too_large(MEMBERS_BYTES_MAX))?;
        let condition = condition(&parts, &bytes)?;
        // Tens of thousands of names take some milliseconds.
        let page = page_of(&mut parts).await;
        let (length, parsed) = (bytes.len(), move || NewMembers::parse(&bytes));
        let members = origin.long_work.for_publisher(page.as_ref(), length, parsed).await??;
        Ok(Self::new(CsvBody(members), condition, parts.uri.path()))
    }
}

fn parse(address: &str) -> Result<MailAddress, Problem> {
    MailAddress::parse(address).map_err(|detail| Fault::invalid("address", detail).into())
}

/// As many as an audience has, of some sixty letters each.
pub const MEMBERS_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Files that are received at the same time.
pub const MEMBERS_AT_ONCE_MAX: usize = 4;
