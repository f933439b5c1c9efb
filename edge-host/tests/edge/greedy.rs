//! Peers that take slots and memory and give nothing for it. What is waited for here are the host's own limits.

use std::time::Duration;

use reqwest::StatusCode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::{
    frames::{DATA, GOAWAY, HEADERS, INITIAL_WINDOW_SIZE, PING, Peer, RST_STREAM, SETTINGS, WINDOW_UPDATE},
    machine::{Machine, eventually},
};

/// Asks for a megabyte under each of the names, and lets nothing of it come.
async fn no_window(machine: &Machine, path: &str) -> Peer {
    let mut peer = Peer::meet(machine, &[(INITIAL_WINDOW_SIZE, 0)]).await;
    for stream in 0..60 {
        assert!(peer.get(2 * stream + 1, path).await);
    }
    peer
}

/// The same over as many connections of HTTP/1.
async fn unread(machine: &Machine, path: &str, count: usize) -> Vec<TcpStream> {
    let mut sockets = Vec::new();
    for _ in 0..count {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut socket = socket.connect(machine.visitors).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: a.example\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        sockets.push(socket);
    }
    sockets
}

/// Reads on, with a sign of life now and then.
async fn pinging(mut peer: Peer) {
    loop {
        match timeout(Duration::from_millis(500), peer.next()).await {
            Ok(Some(_)) => {}
            Ok(None) => return,
            Err(_) => drop(peer.send(PING, 0, 0, &[0; 8]).await),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_reads_does_not_stay_in_memory() {
    let machine = Machine::start().await;
    let filled = machine
        .client
        .post(machine.url("/.pharos/put"))
        .body("fill large 1000000");
    assert_eq!(filled.send().await.unwrap().status(), StatusCode::OK);
    machine.put("k", "text").await;
    let bytes = async || machine.metric("pharos_edge_replies_bytes", "").await;
    let of_http1 = unread(&machine, "/private/large", 30).await;
    // All but what the operating system takes, which is little: neither ends a reply nor counts it.
    eventually("what HTTP/1 does not read is counted", async || {
        bytes().await >= 25_000_000.0
    })
    .await;
    let peers = [
        no_window(&machine, "/private/large").await,
        no_window(&machine, "/private/large").await,
    ];
    let reading = peers.map(|peer| tokio::spawn(pinging(peer)));
    let most = 112.0 * 1024.0 * 1024.0;
    eventually("replies press", async || bytes().await > 96.0 * 1024.0 * 1024.0).await;
    eventually("replies press no more", async || {
        // Others are served all the while.
        assert_eq!(machine.read("/private/k").await, (StatusCode::OK, "text".into()));
        let bytes = bytes().await;
        assert!(bytes <= most, "{bytes} bytes of replies");
        bytes <= 96.0 * 1024.0 * 1024.0
    })
    .await;
    let slow = machine.shed("slow").await;
    assert!(slow >= 10.0, "{slow} were too slow");
    eventually("those of HTTP/1 are cut", async || machine.connections().await <= 5.0).await;
    drop(of_http1);
    assert!(
        reading.iter().all(|reading| !reading.is_finished()),
        "streams are reset, not their connection"
    );
    for reading in reading {
        reading.abort();
    }
    eventually("the replies are gone", async || bytes().await < 1_000_000.0).await;
    machine.stop().await;
}

/// A window of one byte takes what is left of each reply off the guest's hands.
#[tokio::test(flavor = "multi_thread")]
async fn reply_of_which_the_end_is_not_read_is_not_over() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let mut peer = Peer::meet(&machine, &[(INITIAL_WINDOW_SIZE, 1)]).await;
    let mut given_up = 0;
    for at in 0..1_000 {
        let stream = 2 * at + 1;
        let is_begun = peer.get(stream, "/private/k").await
            && peer
                .until(|frame| frame.kind == DATA && frame.stream == stream)
                .await
                .is_some();
        if !is_begun || !peer.send(RST_STREAM, 0, stream, &8_u32.to_be_bytes()).await {
            break;
        }
        given_up += 1;
    }
    assert!((200..999).contains(&given_up), "{given_up} were given up");
    assert_eq!(machine.shed("given_up").await, 1.0);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_nobody_reads_are_small() {
    let machine = Machine::start().await;
    let mut peer = Peer::meet(&machine, &[]).await;
    assert!(peer.get(1, "/echo").await);
    let (mut stream_window, mut more) = (65_535, 0);
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    while let Some(frame) = peer.next().await {
        match frame.kind {
            SETTINGS => {
                let mut settings = frame.payload.chunks_exact(6);
                let window = settings.find(|setting| setting[..2] == INITIAL_WINDOW_SIZE.to_be_bytes());
                stream_window = window.map_or(stream_window, |window| number(&window[2..]));
            }
            WINDOW_UPDATE => more += number(&frame.payload),
            HEADERS => break,
            _ => {}
        }
    }
    assert!(stream_window <= 65_535, "{stream_window} bytes in a stream");
    assert_eq!(more, 0, "bytes of a connection beyond 65,535");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_are_told_to_go() {
    let machine = Machine::start().await;
    let mut peer = Peer::meet(&machine, &[]).await;
    assert!(peer.get(1, "/echo").await);
    let mut pings = 0;
    let goaway = loop {
        match timeout(Duration::from_millis(500), peer.next()).await {
            Ok(Some(frame)) if frame.kind == GOAWAY => break frame,
            Ok(Some(_)) => {}
            Ok(None) => panic!("closed without a word"),
            Err(_) => {
                pings += 1;
                assert!(pings < 200, "it stays as long as it pings");
                assert!(peer.send(PING, 0, 0, &[0; 8]).await);
            }
        }
    };
    assert!(pings > 20, "after {pings} pings");
    assert_eq!(goaway.error(), 0);
    assert!(peer.until(|_| false).await.is_none());
    // One that drips its first words is no better.
    eventually("the slot is free", async || machine.connections().await <= 1.0).await;
    assert!(machine.shed("idle").await >= 1.0);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_that_are_given_up_cost_their_own_connection() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let before = machine.guest_calls().await;
    let mut sent = 0;
    let mut peer = Peer::meet(&machine, &[]).await;
    // Each is answered or at least begun before it is reset, so that no library counts it as a reset too early.
    for at in 0..10_000 {
        let stream = 2 * at + 1;
        if !peer.get(stream, &format!("/slow/1/k?{at}")).await {
            break;
        }
        tokio::time::sleep(Duration::from_micros(500)).await;
        if !peer.send(RST_STREAM, 0, stream, &8_u32.to_be_bytes()).await {
            break;
        }
        sent += 1;
    }
    assert!(sent < 9_999, "ten thousand were taken");
    let calls = machine.guest_calls().await - before;
    assert!(
        calls < 1_000.0,
        "{calls} guest calls for {sent} visits that nobody wanted"
    );
    assert_eq!(machine.read("/private/k").await, (StatusCode::OK, "text".into()));
    machine.stop().await;
}

/// Goes away at once, or once the reply begins; neither in order.
async fn give_up(machine: &Machine, at: usize) {
    let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
    let request = format!("GET /private/{at} HTTP/1.1\r\nhost: {at}.example\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    if at.is_multiple_of(2) {
        assert_eq!(socket.read_u8().await.unwrap(), b'H');
    }
    socket.set_zero_linger().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_leave_nothing_behind() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let before = machine.guest_calls().await;
    let (lanes, each) = (8, 250);
    let machine_of = &machine;
    let lane = |lane: usize| async move {
        for at in (0..lanes * each).skip(lane).step_by(lanes) {
            give_up(machine_of, at).await;
            // At a host and an address that nobody asked for before.
            let visit = machine_of.client.get(machine_of.url(&format!("/page/{at:x}?{at}")));
            let reply = visit.header("host", format!("{at:x}.example")).send().await.unwrap();
            assert_eq!(reply.status(), StatusCode::OK);
        }
    };
    futures_util::future::join_all((0..lanes).map(lane)).await;
    let calls = machine.guest_calls().await - before;
    let most = (2 * lanes * each) as f64;
    assert!((most / 2.0..=most).contains(&calls), "{calls} guest calls");
    eventually("nobody is there", async || {
        machine.connections().await <= 1.0 + lanes as f64
    })
    .await;
    let of = async |name: &str| machine.metric(name, "").await;
    let (replies, cached) = (
        of("pharos_edge_replies_bytes").await,
        of("pharos_edge_cache_bytes").await,
    );
    assert!(replies <= 1_000.0, "{replies} bytes of replies that nobody reads");
    assert!(cached <= 4_000_000.0, "{cached} bytes of {most} small replies");
    let instances = of("pharos_edge_guest_instances").await;
    assert!(instances <= 300.0, "{instances} instances");
    assert_eq!(machine.read("/private/k").await, (StatusCode::OK, "text".into()));
    machine.stop().await;
}
