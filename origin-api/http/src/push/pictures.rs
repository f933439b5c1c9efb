//! A page's logo and favicon: the picture itself is the body.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use origin_objects::{fault::Fault, picture::Role};
use origin_store::{
    Change::Page,
    engine::{
        commit::PageChange::{DeletePicture, PutPicture},
        tx::etag,
    },
    pages::{self, assets},
};
use page_model::PageId;

use crate::{
    problem::Problem,
    push::request::{Asked, Nothing, PictureBody, Place},
    state::Origin,
};

pub async fn put_logo(
    origin: State<Origin>,
    page: Place<PageId>,
    asked: Asked<PictureBody>,
) -> Result<Response, Problem> {
    put(origin, page, asked, Role::Logo).await
}

pub async fn put_favicon(
    origin: State<Origin>,
    page: Place<PageId>,
    asked: Asked<PictureBody>,
) -> Result<Response, Problem> {
    put(origin, page, asked, Role::Favicon).await
}

pub async fn read_logo(origin: State<Origin>, page: Place<PageId>) -> Result<Response, Problem> {
    read(origin, page, Role::Logo).await
}

pub async fn read_favicon(origin: State<Origin>, page: Place<PageId>) -> Result<Response, Problem> {
    read(origin, page, Role::Favicon).await
}

pub async fn delete_logo(
    origin: State<Origin>,
    page: Place<PageId>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    delete(origin, page, asked, Role::Logo).await
}

pub async fn delete_favicon(
    origin: State<Origin>,
    page: Place<PageId>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    delete(origin, page, asked, Role::Favicon).await
}

async fn put(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    asked: Asked<PictureBody>,
    role: Role,
) -> Result<Response, Problem> {
    asked
        .make(&origin, |PictureBody(picture)| Page(page, PutPicture(role, picture)))
        .await
}

/// With a policy under which a drawing runs nothing, as it comes from a publisher.
async fn read(State(origin): State<Origin>, Place(page): Place<PageId>, role: Role) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    pages::expect(&mut view, &page).await?;
    let kept = assets::read(&mut view, &page, role).await?;
    let kept = kept.ok_or_else(|| Fault::absent(format!("the page has no {}", role.as_str())))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            kept.object.asset.name.kind().media_type().to_owned(),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::ETAG, etag(kept.seq)),
    ];
    Ok((headers, kept.object.bytes).into_response())
}

async fn delete(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    asked: Asked<Nothing>,
    role: Role,
) -> Result<Response, Problem> {
    asked.make(&origin, |Nothing| Page(page, DeletePicture(role))).await
}
