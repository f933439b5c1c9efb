use axum::{Json, extract::State};
use origin_engine::scope::expect_page;
use origin_objects::{event::Event, fault::Fault};
use origin_store::events;
use page_model::PageId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    problem::Problem,
    push::request::{Ids, LIMIT_MAX, Strict},
    state::Origin,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// The `seq` of the last event that is known.
    #[serde(default)]
    after: i64,
    limit: Option<i64>,
}

/// Events in their order. Whoever has read them all asks on after the last one, whenever they like.
#[derive(Debug, Serialize, ToSchema)]
pub struct Events {
    items: Vec<Event>,
    /// Where to ask on at once; `null` when this was all.
    next: Option<String>,
}

pub async fn list(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    Strict(query): Strict<EventsQuery>,
) -> Result<Json<Events>, Problem> {
    let limit = query.limit.unwrap_or(LIMIT_MAX);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Fault::invalid("limit", format!("a list has between 1 and {LIMIT_MAX} items")).into());
    }
    let mut view = origin.store.view().await?;
    expect_page(&mut view, &page).await?;
    let mut items = events::list(&mut view, &page, query.after, limit + 1).await?;
    let more = items.len() as i64 > limit;
    items.truncate(limit as usize);
    let last = items.last().map(|last| last.seq.to_string());
    Ok(Json(Events {
        next: last.filter(|_| more),
        items,
    }))
}
