//! `POST /sync/overtaken`: kv-sync has met a region that has seen more than the database has: an older state was put back.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use http::StatusCode;
use origin_store::{Change, Condition};
use page_model::Id;
use serde::Deserialize;

use crate::{problem::Problem, state::Origin};

#[derive(Debug, Deserialize)]
pub struct Overtaken {
    /// The database that the feed named.
    database: Id,
    /// How far the region has come.
    seq: i64,
}

pub async fn overtaken(
    State(origin): State<Origin>,
    overtaken: Result<Json<Overtaken>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let Json(Overtaken { database, seq }) = overtaken.map_err(|rejection| Problem::malformed(rejection.body_text()))?;
    origin
        .store
        .change(Change::Overtaken { database, seq }, Condition::default())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
