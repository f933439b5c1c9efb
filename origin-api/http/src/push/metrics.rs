//! Points of a metric.

use axum::{extract::State, response::Response};
use origin_objects::metric::NewMetricPoints;
use origin_store::Change::Points;
use page_model::{Id, PageId};

use crate::{
    problem::Problem,
    push::request::{ChangeRequest, Ids},
    state::Origin,
};

/// A point replaces itself when it is sent again, so the reply to each is not remembered.
pub async fn take_points(
    State(origin): State<Origin>,
    Ids((page, metric)): Ids<(PageId, Id)>,
    request: ChangeRequest<NewMetricPoints>,
) -> Result<Response, Problem> {
    let request = request.unremembered();
    request.make(&origin, |new| Points(page, metric, new.points)).await
}
