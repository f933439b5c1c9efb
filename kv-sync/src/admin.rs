//! `/metrics`, `/status`, `/healthz` and `/readyz`, for the operator only.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    board::{Board, RegionStatus},
    clock::now_ms,
};

#[derive(Clone)]
struct Admin {
    metrics: PrometheusHandle,
    board: Board,
    draining: CancellationToken,
}

#[derive(Serialize)]
struct Status {
    program: &'static str,
    version: &'static str,
    now_ms: u64,
    regions: Vec<RegionStatus>,
}

pub async fn serve(listener: TcpListener, metrics: PrometheusHandle, board: Board, shutdown: CancellationToken) {
    let routes = Router::new()
        .route("/metrics", get(render))
        .route("/status", get(status))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(Admin {
            metrics,
            board,
            draining: shutdown.clone(),
        });
    let served = axum::serve(listener, routes).with_graceful_shutdown(shutdown.cancelled_owned());
    if let Err(error) = served.await {
        tracing::error!(%error, "the admin listener ended");
    }
}

async fn render(State(admin): State<Admin>) -> String {
    admin.board.measure(now_ms());
    admin.metrics.render()
}

async fn status(State(admin): State<Admin>) -> Json<Status> {
    let now_ms = now_ms();
    Json(Status {
        program: "sync",
        version: env!("CARGO_PKG_VERSION"),
        now_ms,
        regions: admin.board.status(now_ms),
    })
}

/// Ready is a sync that reads the origin and puts into every region.
async fn ready(State(admin): State<Admin>) -> (StatusCode, String) {
    if admin.draining.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "This sync is stopping.\n".to_owned());
    }
    match admin.board.not_ready() {
        reasons if reasons.is_empty() => (StatusCode::OK, "ok\n".to_owned()),
        reasons => (StatusCode::SERVICE_UNAVAILABLE, reasons.join("\n") + "\n"),
    }
}
