//! Accepts visitors under a permit and serves each connection in a task of its own.

use std::sync::Arc;

#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::{
    net::TcpListener,
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    connection::{Connection, protocol},
    limits::{ACCEPT_PAUSE, DRAIN_MAX, UNSENT_BYTES_MAX},
    visit::Edge,
};

pub struct Listener {
    pub socket: TcpListener,
    pub edge: Arc<Edge>,
    pub connections_max: usize,
}

/// Of every connection that comes over the socket. What was sent and not acknowledged yet is not bounded by it, so it makes no
/// distant visitor wait; without it, replies that nobody reads lie in the kernel, where the edge neither counts nor ends them.
pub fn bound_unsent(socket: &TcpListener) {
    #[cfg(target_os = "linux")]
    if let Err(error) = SockRef::from(socket).set_tcp_notsent_lowat(UNSENT_BYTES_MAX) {
        tracing::warn!("replies that nobody reads will lie in the kernel, which does not bound them: {error}");
    }
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
        let protocol = Arc::new(protocol(&self.edge));
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
