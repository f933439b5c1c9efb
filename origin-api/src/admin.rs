//! The admin port: metrics, where the origin stands, whether it lives and whether it is ready.

use axum::{Json, Router, extract::State, routing::get};
use http::StatusCode;
use metrics_exporter_prometheus::PrometheusHandle;
use origin_engine::{clock::now_ms, lineage, sql};
use origin_store::{
    Store,
    events::deliveries::{self, Heard},
};
use serde::Serialize;

pub fn router(store: Store, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/readyz", get(ready))
        .route("/status", get(status))
        .with_state(store)
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/metrics", get(async move || metrics.render()))
}

/// Ready is an origin that can write: each question is a small change that is on disk when it is answered. One that cannot lives all
/// the same, and starting it anew would make no room on its disk.
async fn ready(State(store): State<Store>) -> (StatusCode, String) {
    match store.writes().await {
        Ok(()) => (StatusCode::OK, "ok\n".into()),
        Err(fault) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", fault.detail)),
    }
}

#[derive(Serialize)]
struct Status {
    program: &'static str,
    version: &'static str,
    now_ms: i64,
    /// The last change that is on disk, and of which database it is.
    head: i64,
    database: String,
    first_seq: i64,
    /// Why no change can be made, if none can.
    storage_error: Option<String>,
    /// Regions of which the sync has reported a delivery, and when it last did.
    regions: Vec<Heard>,
}

async fn status(State(store): State<Store>) -> Result<Json<Status>, (StatusCode, String)> {
    let head = *store.head().borrow();
    let storage_error = store.writes().await.err().map(|fault| fault.detail);
    let read = async {
        let mut view = store.view().await?;
        let lineage = lineage::read(&mut view).await?;
        Ok::<_, sql::Error>((lineage, deliveries::heard(&mut view).await?))
    };
    let (lineage, regions) = read.await.map_err(|error| {
        let reason = format!("the database cannot be read: {error}\n");
        (StatusCode::SERVICE_UNAVAILABLE, reason)
    })?;
    Ok(Json(Status {
        program: "origin",
        version: env!("CARGO_PKG_VERSION"),
        now_ms: now_ms(),
        head,
        database: lineage.database.to_string(),
        first_seq: lineage.first_seq,
        storage_error,
        regions,
    }))
}
