//! The admin port: metrics and health.

use axum::{Router, extract::State, routing::get};
use http::StatusCode;
use metrics_exporter_prometheus::PrometheusHandle;
use origin_store::Store;

pub fn router(store: Store, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .with_state(store)
        .route("/metrics", get(async move || metrics.render()))
}

/// Healthy is an origin whose database answers and whose writer works.
async fn healthz(State(store): State<Store>) -> (StatusCode, &'static str) {
    if store.answers().await {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
    }
}
