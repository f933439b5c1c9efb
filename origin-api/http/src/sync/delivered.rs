//! `POST /sync/delivered`: kv-sync says what a region has stored.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use http::StatusCode;
use origin_objects::{delivery::Delivered, fault::Fault};
use origin_store::{Change, Condition};

use crate::{problem::Problem, state::Origin};

pub async fn delivered(
    State(origin): State<Origin>,
    delivered: Result<Json<Delivered>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let Json(delivered) = delivered.map_err(|rejection| Problem::malformed(rejection.body_text()))?;
    if delivered.delivered.len() > PAGES_MAX || delivered.region.len() > REGION_CHARS_MAX {
        return Err(Fault::too_large(PAGES_MAX).at("delivered").into());
    }
    origin
        .store
        .change(Change::Delivered(delivered), Condition::default())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Pages that one message covers; the feed lists as many at once.
const PAGES_MAX: usize = 1_000;
const REGION_CHARS_MAX: usize = 64;
