//! Accepts visitors under a permit and serves each connection in a task of its own.

use std::{net::SocketAddr, pin::pin, sync::Arc};

use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    limits::{
        ACCEPT_PAUSE, DRAIN_MAX, HEAD_BYTES_MAX, HEAD_READ_MAX, HEADERS_MAX, HTTP2_STREAMS_MAX, STALL_MAX, YOUNG_MAX,
    },
    stall_timeout::StallTimeout,
    visit::{Edge, Visitor},
};

pub struct Listener {
    pub socket: TcpListener,
    pub edge: Arc<Edge>,
    pub connections_max: usize,
}

impl Listener {
    /// Serves until `shutdown`, then lets visits in flight finish, within `DRAIN_MAX`.
    pub async fn run(self, shutdown: CancellationToken) {
        let (connections, kill) = (TaskTracker::new(), CancellationToken::new());
        tokio::select! {
            () = self.accept(&connections, &shutdown, &kill) => {}
            () = shutdown.cancelled() => {}
        }
        drop(self.socket);
        connections.close();
        if timeout(DRAIN_MAX, connections.wait()).await.is_err() {
            tracing::warn!(
                connections = connections.len(),
                "connections did not finish in time and are cut"
            );
            kill.cancel();
            connections.wait().await;
        }
    }

    async fn accept(&self, connections: &TaskTracker, shutdown: &CancellationToken, kill: &CancellationToken) {
        let permits = Arc::new(Semaphore::new(self.connections_max));
        let protocol = Arc::new(protocol());
        // The semaphore is never closed, so this loop ends only with its task.
        while let Ok(permit) = Arc::clone(&permits).acquire_owned().await {
            let (socket, address) = match self.socket.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!("a connection could not be accepted: {error}");
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let connection = Connection {
                edge: Arc::clone(&self.edge),
                protocol: Arc::clone(&protocol),
                permit,
            };
            // Tokens of their own: all connections waiting on one token would share its lock.
            let (shutdown, kill) = (shutdown.child_token(), kill.child_token());
            connections.spawn(connection.serve(socket, address, shutdown, kill));
        }
    }
}

struct Connection {
    edge: Arc<Edge>,
    protocol: Arc<Builder<TokioExecutor>>,
    permit: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(
        self,
        mut socket: TcpStream,
        address: SocketAddr,
        shutdown: CancellationToken,
        kill: CancellationToken,
    ) {
        let accepted = Instant::now();
        let arriving = self.edge.client_address.arrive(address.ip(), &mut socket);
        let arrived = tokio::select! {
            biased;
            arrived = arriving => arrived,
            () = shutdown.cancelled() => return,
        };
        let connection = match arrived {
            Ok(connection) => connection,
            Err(error) => {
                tracing::debug!(%address, "a connection was refused: {error}");
                return;
            }
        };
        self.edge.metrics.connections.increment(1);
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%address, "a connection ended before it began: {error}");
        }
        let visitor = Visitor {
            edge: Arc::clone(&self.edge),
            connection,
        };
        let socket = TokioIo::new(StallTimeout::new(socket, STALL_MAX));
        let mut connection = pin!(self.protocol.serve_connection(socket, visitor));
        let result = tokio::select! {
            result = connection.as_mut() => result,
            () = shutdown.cancelled() => {
                // Who has only just come has not asked yet, and would be turned away.
                let young = YOUNG_MAX.saturating_sub(accepted.elapsed());
                match timeout(young, connection.as_mut()).await {
                    Ok(result) => result,
                    Err(_) => {
                        connection.as_mut().graceful_shutdown();
                        tokio::select! {
                            result = connection => result,
                            () = kill.cancelled() => Ok(()),
                        }
                    }
                }
            }
        };
        if let Err(error) = result {
            tracing::debug!(%address, "a connection ended early: {error}");
        }
        self.edge.metrics.connections.decrement(1);
        drop(self.permit);
    }
}

/// HTTP/1.1, and HTTP/2 without TLS for a proxy in front.
fn protocol() -> Builder<TokioExecutor> {
    let mut protocol = Builder::new(TokioExecutor::new());
    protocol
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_READ_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX);
    protocol
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_BYTES_MAX as u32)
        .max_concurrent_streams(HTTP2_STREAMS_MAX);
    protocol
}
