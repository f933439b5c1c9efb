//! A page's logos and favicon: the picture itself is the body.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use origin_engine::{etag, scope::expect_page};
use origin_objects::{fault::Fault, picture::Role};
use origin_store::{
    Change::Page,
    commit::PageChange::{DeletePicture, PutPicture},
    pages::assets,
};
use page_model::PageId;

use crate::{
    problem::Problem,
    push::request::{ChangeRequest, Ids, NoBody, PictureBody},
    state::Origin,
};

pub async fn put_logo(
    origin: State<Origin>,
    page: Ids<PageId>,
    request: ChangeRequest<PictureBody>,
) -> Result<Response, Problem> {
    put(origin, page, request, Role::Logo).await
}

pub async fn put_logo_dark(
    origin: State<Origin>,
    page: Ids<PageId>,
    request: ChangeRequest<PictureBody>,
) -> Result<Response, Problem> {
    put(origin, page, request, Role::LogoDark).await
}

pub async fn put_favicon(
    origin: State<Origin>,
    page: Ids<PageId>,
    request: ChangeRequest<PictureBody>,
) -> Result<Response, Problem> {
    put(origin, page, request, Role::Favicon).await
}

pub async fn read_logo(origin: State<Origin>, page: Ids<PageId>) -> Result<Response, Problem> {
    read(origin, page, Role::Logo).await
}

pub async fn read_logo_dark(origin: State<Origin>, page: Ids<PageId>) -> Result<Response, Problem> {
    read(origin, page, Role::LogoDark).await
}

pub async fn read_favicon(origin: State<Origin>, page: Ids<PageId>) -> Result<Response, Problem> {
    read(origin, page, Role::Favicon).await
}

pub async fn delete_logo(
    origin: State<Origin>,
    page: Ids<PageId>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    delete(origin, page, request, Role::Logo).await
}

pub async fn delete_logo_dark(
    origin: State<Origin>,
    page: Ids<PageId>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    delete(origin, page, request, Role::LogoDark).await
}

pub async fn delete_favicon(
    origin: State<Origin>,
    page: Ids<PageId>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    delete(origin, page, request, Role::Favicon).await
}

async fn put(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    request: ChangeRequest<PictureBody>,
    role: Role,
) -> Result<Response, Problem> {
    request
        .make(&origin, |PictureBody(picture)| Page(page, PutPicture(role, picture)))
        .await
}

/// Its ETag is of what names it, which is a hash of its bytes. With a policy under which a drawing runs nothing, as it comes from a publisher.
async fn read(State(origin): State<Origin>, Ids(page): Ids<PageId>, role: Role) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    expect_page(&mut view, &page).await?;
    let found = assets::read(&mut view, &page, role).await?;
    let found = found.ok_or_else(|| Fault::absent(format!("the page has no {}", role.as_str())))?;
    let headers = [
        (header::CONTENT_TYPE, found.asset.name.kind().media_type().to_owned()),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::ETAG, etag::of(&found.asset)),
    ];
    Ok((headers, found.bytes).into_response())
}

async fn delete(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    request: ChangeRequest<NoBody>,
    role: Role,
) -> Result<Response, Problem> {
    request.make(&origin, |NoBody| Page(page, DeletePicture(role))).await
}
