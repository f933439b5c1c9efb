//! Clients that hold, drip or ask for more than they read, as many as one likes.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::{interval, sleep},
};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    DripHeads,
    DripBodies,
    UnreadReplies,
    NoWindow,
    StalledUploads,
    RandomIds,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::DripHeads,
        Self::DripBodies,
        Self::UnreadReplies,
        Self::NoWindow,
        Self::StalledUploads,
        Self::RandomIds,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::DripHeads => "heads that drip",
            Self::DripBodies => "bodies that drip",
            Self::UnreadReplies => "replies that nobody reads",
            Self::NoWindow => "HTTP/2 windows of 0",
            Self::StalledUploads => "uploads that stall",
            Self::RandomIds => "500 random ids a second",
        }
    }

    /// Whether a server of static files can be asked so too.
    pub fn is_for_files(self) -> bool {
        !matches!(self, Self::NoWindow | Self::StalledUploads)
    }
}

/// Clients that go on until they are dropped.
pub struct Greedy {
    _clients: JoinSet<()>,
}

impl Greedy {
    /// `large` is the path of a large reply.
    pub async fn start(kind: Kind, addr: SocketAddr, count: usize, large: &str) -> Self {
        let mut clients = JoinSet::new();
        if kind == Kind::RandomIds {
            clients.spawn(random_ids(addr));
            return Self { _clients: clients };
        }
        for at in 0..count {
            let first = first_words(kind, at, large);
            clients.spawn(async move {
                // Who is cut off comes back, a little later.
                loop {
                    let _ = hold(kind, addr, &first).await;
                    sleep(DRIP).await;
                }
            });
        }
        Self { _clients: clients }
    }
}

async fn hold(kind: Kind, addr: SocketAddr, first: &[u8]) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4_096)?;
    let mut stream = socket.connect(addr).await?;
    stream.write_all(first).await?;
    let drip: &[u8] = match kind {
        Kind::NoWindow => PING,
        Kind::DripHeads | Kind::DripBodies => b"x",
        Kind::UnreadReplies | Kind::StalledUploads | Kind::RandomIds => b"",
    };
    if drip.is_empty() {
        sleep(HELD).await;
        return Ok(());
    }
    loop {
        sleep(DRIP).await;
        stream.write_all(drip).await?;
    }
}

fn first_words(kind: Kind, at: usize, large: &str) -> Vec<u8> {
    let host = format!("host: {at}.localhost\r\n");
    match kind {
        Kind::DripHeads => format!("GET / HTTP/1.1\r\n{host}x: ").into_bytes(),
        Kind::DripBodies => {
            format!("POST /.pharos/sign-in HTTP/1.1\r\n{host}content-length: 8000\r\n\r\nx").into_bytes()
        }
        Kind::StalledUploads => {
            format!("POST /.pharos/put HTTP/1.1\r\n{host}content-length: 4000000\r\n\r\nx").into_bytes()
        }
        Kind::UnreadReplies => format!("GET {large} HTTP/1.1\r\n{host}\r\n").into_bytes(),
        Kind::NoWindow => no_window(large),
        Kind::RandomIds => Vec::new(),
    }
}

/// The preface, a window of 0 and four requests.
fn no_window(path: &str) -> Vec<u8> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
    let mut block = Vec::new();
    for (name, value) in [
        (":method", "GET"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "greedy.localhost"),
    ] {
        block.push(0);
        for text in [name, value] {
            block.push(text.len() as u8);
            block.extend(text.as_bytes());
        }
    }
    for stream in [1, 3, 5, 7] {
        bytes.extend([0, 0, block.len() as u8, 1, 5, 0, 0, 0, stream]);
        bytes.extend(&block);
    }
    bytes
}

/// Each at a host and an address that nobody asked for before.
async fn random_ids(addr: SocketAddr) {
    let mut turn = interval(Duration::from_secs(1) / RANDOM_IDS_PER_S);
    let mut visits = JoinSet::new();
    for at in 0_u64.. {
        turn.tick().await;
        visits.spawn(async move {
            let mut stream = TcpStream::connect(addr).await?;
            let id = at.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let request =
                format!("GET /incidents/{id:x}?{at} HTTP/1.1\r\nhost: {id:x}.localhost\r\nconnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await?;
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
        });
        while visits.try_join_next().is_some() {}
    }
}

const RANDOM_IDS_PER_S: u32 = 500;
const DRIP: Duration = Duration::from_secs(2);
/// Nobody reads, so nobody sees that the other side has closed.
const HELD: Duration = Duration::from_secs(30);
const PING: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
