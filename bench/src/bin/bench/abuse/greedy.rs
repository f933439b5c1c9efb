//! Clients that hold, drip or ask for more than they read, as many as one likes.

use std::{net::SocketAddr, thread, time::Duration};

use anyhow::Result;
use bench::cpu;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    runtime::Builder,
    sync::oneshot,
    task::JoinSet,
    time::{interval, sleep},
};

use super::frames;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    DripHeads,
    DripBodies,
    UnreadReplies,
    NoWindow,
    StalledUploads,
    RandomIds,
}

/// Whom they go for.
#[derive(Clone, Copy)]
pub struct Prey<'a> {
    pub addr: SocketAddr,
    /// Where HTTP/2 is spoken, should that be elsewhere.
    pub http2: SocketAddr,
    /// The path of a large reply.
    pub large: &'a str,
    /// A host with a page.
    pub host: &'a str,
}

impl Prey<'_> {
    fn addr_of(&self, kind: Kind) -> SocketAddr {
        match kind {
            Kind::NoWindow => self.http2,
            _ => self.addr,
        }
    }
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
}

/// Clients that go on until they are dropped. As they stand for other machines, what they themselves compute comes after all
/// others.
pub struct Greedy {
    _until_over: oneshot::Sender<()>,
}

impl Greedy {
    pub fn start(kind: Kind, prey: Prey<'_>, count: usize) -> Result<Self> {
        let (until_over, over) = oneshot::channel();
        let (prey_addr, host) = (prey.addr_of(kind), prey.host.to_owned());
        let first: Vec<_> = (0..count).map(|at| first_words(kind, at, prey.large)).collect();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("greedy".into()).spawn(move || {
            if let Err(error) = cpu::this_thread_after_all_others() {
                eprintln!("the greedy compute as much as all others: {error:#}");
            }
            runtime.block_on(async {
                let mut clients = JoinSet::new();
                match kind {
                    Kind::RandomIds => drop(clients.spawn(random_ids(prey_addr, host))),
                    _ => come(&mut clients, kind, prey_addr, first),
                }
                // It is never told anything but that there is nobody any more.
                let _ = over.await;
            });
        })?;
        Ok(Self {
            _until_over: until_over,
        })
    }
}

/// One after the other.
fn come(clients: &mut JoinSet<()>, kind: Kind, addr: SocketAddr, first: Vec<Vec<u8>>) {
    let count = first.len();
    for (at, first) in first.into_iter().enumerate() {
        let comes_after = ARRIVING.mul_f64(at as f64 / count as f64);
        clients.spawn(async move {
            sleep(comes_after).await;
            // Who is cut off comes back, a little later.
            loop {
                let _ = hold(kind, addr, &first).await;
                sleep(DRIP).await;
            }
        });
    }
}

async fn hold(kind: Kind, addr: SocketAddr, first: &[u8]) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4_096)?;
    let mut stream = socket.connect(addr).await?;
    stream.write_all(first).await?;
    let drip: &[u8] = match kind {
        Kind::NoWindow => frames::PING,
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
        Kind::NoWindow => no_window(large, &format!("{at}.localhost")),
        Kind::RandomIds => Vec::new(),
    }
}

/// The preface, a window of 0 and four requests.
fn no_window(path: &str, host: &str) -> Vec<u8> {
    let mut bytes = frames::preface(&[frames::WINDOW_OF_0]);
    for stream in [1, 3, 5, 7] {
        bytes.extend(frames::get(stream, path, host));
    }
    bytes
}

/// Each at an address that nobody asked for before, every other one at a host of its own.
async fn random_ids(addr: SocketAddr, host: String) {
    let mut turn = interval(Duration::from_secs(1) / RANDOM_IDS_PER_S);
    let mut visits = JoinSet::new();
    for at in 0_u64.. {
        turn.tick().await;
        let request = random_request(at, &host, "connection: close\r\n");
        visits.spawn(async move {
            let mut stream = TcpStream::connect(addr).await?;
            stream.write_all(request.as_bytes()).await?;
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
        });
        while visits.try_join_next().is_some() {}
    }
}

/// For an incident that is not there: of the page at the host, or at a host that is not there either.
pub fn random_request(at: u64, host: &str, headers: &str) -> String {
    let id = at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
    match at % 2 {
        0 => format!("GET /incidents/{id:012x} HTTP/1.1\r\nhost: {host}\r\n{headers}\r\n"),
        _ => format!("GET /incidents/{id:012x} HTTP/1.1\r\nhost: {id:012x}.localhost\r\n{headers}\r\n"),
    }
}

const RANDOM_IDS_PER_S: u32 = 500;
/// Until all of them are there: each comes at its own time.
pub const ARRIVING: Duration = Duration::from_secs(2);
const DRIP: Duration = Duration::from_secs(2);
/// Nobody reads, so nobody sees that the other side has closed.
const HELD: Duration = Duration::from_secs(30);
