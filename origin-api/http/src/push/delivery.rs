use axum::{Json, extract::State};
use origin_engine::{clock::now_ms, outbox, scope::expect_page};
use origin_objects::{delivery::Delivery, fault::Fault};
use origin_store::events::deliveries;
use page_model::PageId;
use serde::Deserialize;

use crate::{
    problem::Problem,
    push::request::{Ids, Strict},
    state::Origin,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryQuery {
    /// The `pharos-seq` of a change. Default: any.
    #[serde(default)]
    seq: i64,
}

pub async fn read(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    Strict(query): Strict<DeliveryQuery>,
) -> Result<Json<Delivery>, Problem> {
    let mut view = origin.store.view().await?;
    expect_page(&mut view, &page).await?;
    // No region will ever have it, and who waits should not.
    let last = outbox::latest(&mut view, &page).await?.map_or(0, |last| last.seq);
    if query.seq > last {
        let detail = format!("the page has no change {}; its last one is {last}", query.seq);
        return Err(Fault::invalid("seq", &detail).into());
    }
    Ok(Json(deliveries::read(&mut view, &page, query.seq, now_ms()).await?))
}
