//! The operator's port: `/metrics`, `/status`, `/healthz` and `/readyz`. Visitors never reach it.

mod status;

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Instant,
};

use bytes::Bytes;
use edge_kv::Kv;
use http::{HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use metrics_exporter_prometheus::PrometheusHandle;
use page_model::put::Cursor;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{interval, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::{
    limits::{ACCEPT_PAUSE, ADMIN_CONNECTIONS_MAX, HEAD_READ_MAX, METRICS_UPKEEP, STALL_MAX},
    stall_timeout::StallTimeout,
    visit::Edge,
};

pub struct Admin {
    pub region: String,
    pub edge: Arc<Edge>,
    pub kv: Arc<Kv>,
    pub metrics: PrometheusHandle,
    /// When the cursor was last read, and as what.
    pub read: Mutex<Option<(Instant, Option<Cursor>)>>,
    /// Cancelled once the host is told to stop.
    pub draining: CancellationToken,
}

impl Admin {
    /// Serves for ever; the caller drops it when the drain is over.
    pub async fn run(self, socket: TcpListener) {
        let admin = Arc::new(self);
        tokio::join!(Arc::clone(&admin).accept(socket), admin.upkeep());
    }

    async fn accept(self: Arc<Self>, socket: TcpListener) {
        let permits = Arc::new(Semaphore::new(ADMIN_CONNECTIONS_MAX));
        while let Ok(permit) = Arc::clone(&permits).acquire_owned().await {
            match socket.accept().await {
                Ok((socket, _)) => {
                    let admin = Arc::clone(&self);
                    tokio::spawn(async move {
                        admin.serve(socket).await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::warn!("an admin connection could not be accepted: {error}");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn serve(self: Arc<Self>, socket: TcpStream) {
        let answer = service_fn(async |request| Ok::<_, Infallible>(self.answer(&request).await));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_READ_MAX)
            .serve_connection(TokioIo::new(StallTimeout::new(socket, STALL_MAX)), answer);
        if let Err(error) = connection.await {
            tracing::debug!("an admin connection ended early: {error}");
        }
    }

    async fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/metrics") => text(StatusCode::OK, self.render()),
            (&Method::GET | &Method::HEAD, "/healthz") => text(StatusCode::OK, "ok\n".into()),
            (&Method::GET | &Method::HEAD, "/readyz") => self.ready(),
            (&Method::GET | &Method::HEAD, "/status") => self.status().await,
            (_, "/metrics" | "/healthz" | "/readyz" | "/status") => {
                text(StatusCode::METHOD_NOT_ALLOWED, "Use GET.\n".into())
            }
            _ => text(
                StatusCode::NOT_FOUND,
                "Here are /metrics, /status, /healthz and /readyz.\n".into(),
            ),
        }
    }

    fn render(&self) -> String {
        self.edge.metrics.cache_bytes.set(self.edge.cache.bytes() as f64);
        self.edge.metrics.cache_entries.set(self.edge.cache.entries() as f64);
        self.edge.metrics.admissions.set(self.edge.admissions.entries() as f64);
        self.show_cursor();
        self.edge.metrics.replies_bytes.set(self.edge.replies.bytes() as f64);
        self.metrics.render()
    }

    /// Without it, measured values would pile up while nobody scrapes.
    async fn upkeep(&self) {
        let mut upkeep = interval(METRICS_UPKEEP);
        loop {
            upkeep.tick().await;
            self.metrics.run_upkeep();
            self.show_cursor();
        }
    }
}

fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
    );
    response
}
