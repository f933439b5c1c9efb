//! The audit log.

use axum::{Extension, extract::State, response::Response};
use origin_engine::{audit, paging::Window, scope::absent_page, scope::page_exists};
use origin_objects::fault::Fault;
use page_model::PageId;
use serde::Deserialize;

use crate::{
    caller::Caller,
    problem::Problem,
    push::{
        reply::listed,
        request::{Ids, Strict, window},
    },
    state::Origin,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    limit: Option<i64>,
    after: Option<String>,
    /// Only what was done to those, such as `audience`.
    kind: Option<String>,
}

/// Of a page, also of one that is deleted.
pub async fn of_page(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    Strict(query): Strict<AuditQuery>,
) -> Result<Response, Problem> {
    let (kind, window) = parsed(query)?;
    let mut view = origin.store.view().await?;
    let entries = audit::list(&mut view, Some(&page), kind.as_deref(), window).await?;
    if entries.items.is_empty() && !page_exists(&mut view, &page).await? {
        return Err(absent_page(&page).into());
    }
    Ok(listed(entries))
}

/// What belongs to no page: tokens for all pages.
pub async fn of_no_page(
    State(origin): State<Origin>,
    Extension(caller): Extension<Caller>,
    Strict(query): Strict<AuditQuery>,
) -> Result<Response, Problem> {
    caller.expect_all_pages()?;
    let (kind, window) = parsed(query)?;
    let mut view = origin.store.view().await?;
    Ok(listed(audit::list(&mut view, None, kind.as_deref(), window).await?))
}

fn parsed(query: AuditQuery) -> Result<(Option<String>, Window), Problem> {
    let is_kind = |kind: &String| kind.len() <= KIND_CHARS_MAX && !kind.is_empty();
    if query.kind.as_ref().is_some_and(|kind| !is_kind(kind)) {
        return Err(Fault::invalid("kind", "a kind is a name such as \"audience\"").into());
    }
    Ok((query.kind, window(query.limit, query.after)?))
}

const KIND_CHARS_MAX: usize = 40;
