//! A socket served until it is told to stop. A connection is accepted only when there is a permit for it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::wrong_tokens::Peer;

pub async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) {
    let connections = TaskTracker::new();
    let cut_off = CancellationToken::new();
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    while let Some(((stream, peer), permit)) = next(&listener, &permits, &shutdown).await {
        let connection = connection((stream, peer), router.clone(), shutdown.clone(), permit);
        connections.spawn(cut_off.clone().run_until_cancelled_owned(connection));
    }
    drop(listener);
    connections.close();
    if timeout(DRAIN_MAX, connections.wait()).await.is_err() {
        tracing::warn!("connections were still busy when the time to drain was over; they are cut off");
        cut_off.cancel();
        connections.wait().await;
    }
}

/// Ends with the client, or after the request under way once the origin was told to stop.
async fn connection(
    (stream, peer): (TcpStream, SocketAddr),
    router: Router,
    shutdown: CancellationToken,
    _permit: OwnedSemaphorePermit,
) {
    let builder = builder();
    let told = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        request
    });
    let serving = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(told));
    tokio::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = shutdown.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn next(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<((TcpStream, SocketAddr), OwnedSemaphorePermit)> {
    let accepted = async {
        let permit = permits.clone().acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    // Answers are small and awaited; without this the kernel may hold one back for 40 ms.
                    let _ = stream.set_nodelay(true);
                    return Some(((stream, peer), permit));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        accepted = accepted => accepted,
        () = shutdown.cancelled() => None,
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX);
    builder
}

const CONNECTIONS_MAX: usize = 4_096;
/// Requests at once on one HTTP/2 connection.
const STREAMS_MAX: u32 = 128;
/// How long a client may take over the head of a request.
const HEADER_TIME_MAX: Duration = Duration::from_secs(15);
/// How long requests under way may take after the origin was told to stop.
const DRAIN_MAX: Duration = Duration::from_secs(10);
/// After an error such as too many open files, before the next try.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
