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

/// Healthy is an origin that can write: each question is a small change that is on disk when it is answered.
async fn healthz(State(store): State<Store>) -> (StatusCode, String) {
    match store.writes().await {
        Ok(()) => (StatusCode::OK, "ok\n".into()),
        Err(fault) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", fault.detail)),
    }
}
