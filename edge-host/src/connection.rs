//! One connection of visitors, from its first byte until it goes or is cut.

use std::{future::pending, net::SocketAddr, pin::pin, sync::Arc};

use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Instant, interval, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    client, ending,
    limits::{
        CONNECTION_GOING_MAX, CONNECTION_LOOK, HEAD_BYTES_MAX, HEAD_READ_MAX, HEADERS_MAX, HTTP2_ERRORS_MAX,
        HTTP2_RECEIVE_BYTES_MAX, HTTP2_RESETS_MAX, HTTP2_SEND_BYTES_MAX, HTTP2_STREAMS_MAX, STALL_MAX, YOUNG_MAX,
    },
    patience::{Activity, Streams, Verdict},
    stall_timeout::StallTimeout,
    visit::{Edge, Visitor},
};

pub struct Connection {
    pub edge: Arc<Edge>,
    pub protocol: Arc<Builder<Streams>>,
    pub permit: OwnedSemaphorePermit,
}

impl Connection {
    pub async fn serve(
        self,
        mut socket: TcpStream,
        address: SocketAddr,
        shutdown: CancellationToken,
        kill: CancellationToken,
    ) {
        let arriving = self.edge.client_address.arrive(address.ip(), &mut socket);
        let arrived = tokio::select! {
            biased;
            arrived = arriving => arrived,
            () = shutdown.cancelled() => return,
        };
        let arrived = match arrived {
            Ok(arrived) => arrived,
            Err(error) => {
                self.edge.metrics.shed.unannounced.increment(1);
                tracing::debug!(%address, "a connection was refused: {error}");
                return;
            }
        };
        let client = self.edge.client_address.of_connection(&arrived);
        let Some(_part) = self.edge.clients.connect(client) else {
            self.edge.metrics.shed.connections.increment(1);
            turn_away(socket).await;
            return;
        };
        self.edge.metrics.connections.increment(1);
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%address, "a connection ended before it began: {error}");
        }
        if let Err(error) = self.visits(socket, arrived, &shutdown, &kill).await {
            tracing::debug!(%address, "a connection ended early: {error}");
        }
        self.edge.metrics.connections.decrement(1);
    }

    /// All visits that come over it, as long as it is worth its slot.
    async fn visits(
        &self,
        socket: TcpStream,
        connection: client::Connection,
        shutdown: &CancellationToken,
        kill: &CancellationToken,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let activity = Activity::new(self.edge.metrics.shed.clone());
        let visitor = Visitor {
            edge: Arc::clone(&self.edge),
            connection,
            activity: Arc::clone(&activity),
        };
        let socket = TokioIo::new(StallTimeout::new(socket, STALL_MAX));
        let mut connection = pin!(self.protocol.serve_connection(socket, visitor));
        let mut look = interval(CONNECTION_LOOK);
        let (mut goes_until, mut is_stopping) = (None, false);
        // Who has only just come has not asked yet, and would be turned away.
        let asks_until = Instant::now() + YOUNG_MAX;
        let stops = async || {
            shutdown.cancelled().await;
            sleep_until(asks_until).await;
        };
        loop {
            tokio::select! {
                result = connection.as_mut() => {
                    if let Err(error) = &result {
                        ending::count(&**error, &self.edge.metrics.shed, activity.has_visited());
                    }
                    return result;
                }
                () = kill.cancelled() => return Ok(()),
                () = activity.cut.cancelled() => return Err("it gave up too many visits".into()),
                () = until(goes_until) => return Err("it was open without a visit and did not go".into()),
                () = stops(), if !is_stopping => {
                    is_stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
                _ = look.tick() => match activity.verdict(self.slots_press(), self.edge.replies.press()) {
                    Verdict::Stays => {}
                    Verdict::Cut => return Err("it did not read its reply in time".into()),
                    Verdict::Goes if is_stopping || goes_until.is_some() => {}
                    Verdict::Goes => {
                        self.edge.metrics.shed.idle.increment(1);
                        goes_until = Some(Instant::now() + CONNECTION_GOING_MAX);
                        connection.as_mut().graceful_shutdown();
                    }
                },
            }
        }
    }

    fn slots_press(&self) -> bool {
        self.permit.semaphore().available_permits() == 0
    }
}

/// A visit that came while the connection was told to go has this long too.
async fn until(end: Option<Instant>) {
    match end {
        Some(end) => sleep_until(end).await,
        None => pending().await,
    }
}

/// Says at once that others come first, to those who speak HTTP/1; the others see that the connection ends.
async fn turn_away(mut socket: TcpStream) {
    // Who does not even read this loses nothing by it.
    let _ = timeout(CONNECTION_LOOK, socket.write_all(TURNED_AWAY)).await;
}

/// HTTP/1.1, and HTTP/2 without TLS for a proxy in front.
pub fn protocol(edge: &Edge) -> Builder<Streams> {
    let mut protocol = Builder::new(Streams {
        replies: edge.replies.clone(),
        shed: edge.metrics.shed.clone(),
    });
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
        .max_concurrent_streams(HTTP2_STREAMS_MAX)
        .initial_stream_window_size(HTTP2_RECEIVE_BYTES_MAX)
        .initial_connection_window_size(HTTP2_RECEIVE_BYTES_MAX)
        .max_send_buf_size(HTTP2_SEND_BYTES_MAX)
        .max_pending_accept_reset_streams(HTTP2_RESETS_MAX)
        .max_local_error_reset_streams(HTTP2_ERRORS_MAX);
    protocol
}

const TURNED_AWAY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-type: text/plain; charset=utf-8\r\n\
cache-control: no-store\r\ncontent-length: 47\r\nconnection: close\r\n\r\nThere are too many connections from your side.\n";
