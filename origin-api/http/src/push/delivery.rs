use axum::{Json, extract::State};
use origin_objects::delivery::Delivery;
use origin_store::{events::deliveries, pages};
use page_model::PageId;
use serde::Deserialize;

use crate::{
    problem::Problem,
    push::request::{Place, Strict},
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
    Place(page): Place<PageId>,
    Strict(query): Strict<DeliveryQuery>,
) -> Result<Json<Delivery>, Problem> {
    let mut view = origin.store.view().await?;
    pages::expect(&mut view, &page).await?;
    Ok(Json(deliveries::read(&mut view, &page, query.seq).await?))
}
