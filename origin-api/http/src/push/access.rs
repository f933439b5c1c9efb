//! What a page has for its visitors, of what it may have.

use axum::{Json, extract::State};
use origin_access::overview;
use origin_engine::scope::absent_page;
use origin_objects::access::PageAccess;
use page_model::PageId;

use crate::{problem::Problem, push::request::Ids, state::Origin};

pub async fn read(State(origin): State<Origin>, Ids(page): Ids<PageId>) -> Result<Json<PageAccess>, Problem> {
    let mut view = origin.store.view().await?;
    let access = overview::of_page(&mut view, &page).await?;
    Ok(Json(access.ok_or_else(|| absent_page(&page))?))
}
