use axum::{Json, extract::State};
use page_model::PageId;
use serde::Deserialize;

use super::request::{Place, Strict};
use crate::{
    objects::delivery::Delivery,
    origin::Origin,
    problem::Problem,
    store::{deliveries, pages},
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
