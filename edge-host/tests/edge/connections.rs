//! Visitors who send too little, too much or too slowly, or who go away.

use reqwest::StatusCode;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::machine::{Machine, eventually};

async fn speak(machine: &Machine, request: &str) -> String {
    let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The host may cut a connection that it has refused.
    let _ = socket.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_one_valid_host() {
    let machine = Machine::start().await;
    let cases = [
        ("GET /echo HTTP/1.1\r\nconnection: close\r\n\r\n", "400"),
        ("GET /echo HTTP/1.0\r\n\r\n", "400"),
        ("GET /echo HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n", "400"),
        (
            "GET /echo HTTP/1.1\r\nhost: u@a.example\r\nconnection: close\r\n\r\n",
            "400",
        ),
        (
            "GET /echo HTTP/1.1\r\nhost: a.example\r\nhost: b.example\r\nconnection: close\r\n\r\n",
            "400",
        ),
        (
            "GET http://b.example/echo HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n",
            "200",
        ),
        (
            "OPTIONS * HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n",
            "400",
        ),
        (
            "CONNECT a.example:80 HTTP/1.1\r\nhost: a.example:80\r\nconnection: close\r\n\r\n",
            "400",
        ),
        (
            "GET /echo HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n",
            "200",
        ),
        (
            "GET http://a.example/echo HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n",
            "200",
        ),
    ];
    for (request, status) in cases {
        let answer = speak(&machine, request).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")) || answer.starts_with(&format!("HTTP/1.0 {status}")),
            "{request:?} was answered {answer:?}"
        );
    }
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_large_heads() {
    let machine = Machine::start().await;
    let many = format!(
        "GET /echo HTTP/1.1\r\nhost: a.example\r\n{}\r\n",
        "x: y\r\n".repeat(100)
    );
    let answer = speak(&machine, &many).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let large = format!(
        "GET /echo HTTP/1.1\r\nhost: a.example\r\nx: {}\r\n\r\n",
        "x".repeat(400_000)
    );
    let answer = speak(&machine, &large).await;
    // The operating system may drop the answer together with what was not read.
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert_eq!(machine.guest_calls().await, 0.0);
    eventually("they are counted", async || machine.shed("heads").await >= 2.0).await;
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_senders_do_not_delay_others() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let mut slow = Vec::new();
    for at in 0..200 {
        let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
        let part: &[u8] = match at % 3 {
            0 => b"",
            1 => b"GET /private/k HT",
            _ => b"PUT /kv/k HTTP/1.1\r\nhost: a.example\r\ncontent-length: 4000\r\n\r\nsome",
        };
        socket.write_all(part).await.unwrap();
        slow.push(socket);
    }
    for _ in 0..20 {
        assert_eq!(machine.read("/private/k").await, (StatusCode::OK, "text".into()));
    }
    machine.put("k", "new").await;
    assert_eq!(machine.read("/page/k").await.1, "new");
    assert!(machine.connections().await > 200.0, "the slow ones are still there");
    // A head that does not arrive ends its connection, before a body that does not arrive, which is given longer.
    let (mut head, mut body) = (slow.swap_remove(1), slow.swap_remove(2));
    tokio::select! {
        biased;
        _ = head.read_u8() => {}
        _ = body.read_u8() => panic!("a slow head still holds its connection"),
    }
    let mut answer = [0; 12];
    body.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
    for reason in ["heads", "slow_bodies"] {
        eventually(reason, async || machine.shed(reason).await >= 60.0).await;
    }
    drop(slow);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_wait() {
    let data = TempDir::new().unwrap();
    let machine = Machine::start_on(data.path(), 2).await;
    let mut first = TcpStream::connect(machine.visitors).await.unwrap();
    let _second = TcpStream::connect(machine.visitors).await.unwrap();
    let mut third = TcpStream::connect(machine.visitors).await.unwrap();
    let request = b"GET /echo HTTP/1.1\r\nhost: a.example\r\nconnection: keep-alive\r\n\r\n";
    third.write_all(request).await.unwrap();
    // The third has asked before the first, which gets one answer after the other.
    for _ in 0..20 {
        first.write_all(request).await.unwrap();
        assert_eq!(first.read_u8().await.unwrap(), b'H');
        eventually("the whole answer is there", async || {
            first.try_read(&mut [0; 1024]).is_ok_and(|count| count < 1024)
        })
        .await;
    }
    assert_eq!(machine.connections().await, 2.0);
    let mut answer = [0; 12];
    assert!(third.try_read(&mut answer).is_err(), "the third one was answered");
    drop(first);
    third.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_connections_break_nothing() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    for round in 0..60 {
        let before = machine.guest_calls().await;
        let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
        let path = ["/slow/20/k", "/slow/20/k?own", "/after/k/mark", "/do/trap"][round % 4];
        let request = format!("GET {path} HTTP/1.1\r\nhost: {round}.example\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        // Some go away at once, some when the guest is called, some when the answer begins.
        match round % 3 {
            0 => {}
            1 => eventually("the guest is called", async || machine.guest_calls().await > before).await,
            _ => assert_eq!(socket.read_u8().await.unwrap(), b'H'),
        }
        drop(socket);
    }
    assert_eq!(machine.read("/private/k").await, (StatusCode::OK, "text".into()));
    let closed = async || machine.connections().await <= 1.0;
    eventually("the connections are closed", closed).await;
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_call_that_a_visitor_left_behind_fills_the_cache() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
    let request = b"GET /held/gate/k HTTP/1.1\r\nhost: once.example\r\n\r\n";
    socket.write_all(request).await.unwrap();
    machine.until_held("gate").await;
    let open = machine.connections().await;
    drop(socket);
    let closed = async || machine.connections().await < open;
    eventually("the visitor is gone", closed).await;
    machine.put("gate", "open").await;
    let before = machine.guest_calls().await;
    for _ in 0..2 {
        let visit = machine.client.get(machine.url("/held/gate/k"));
        let page = visit.header("host", "once.example").send().await.unwrap();
        assert_eq!(page.text().await.unwrap(), "text");
    }
    assert_eq!(machine.guest_calls().await, before);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn admin_port_serves_metrics_and_health() {
    let machine = Machine::start().await;
    let health = machine
        .client
        .get(format!("http://{}/healthz", machine.admin))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (health.status(), health.text().await.unwrap()),
        (StatusCode::OK, "ok\n".into())
    );
    let ready = machine.client.get(format!("http://{}/readyz", machine.admin));
    let ready = ready.send().await.unwrap();
    assert_eq!(
        ready.status(),
        StatusCode::SERVICE_UNAVAILABLE,
        "it has nothing to serve"
    );
    let reason = ready.text().await.unwrap();
    assert!(reason.contains("nothing to serve yet"), "{reason}");
    let elsewhere = machine
        .client
        .get(format!("http://{}/", machine.admin))
        .send()
        .await
        .unwrap();
    assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        machine.read("/metrics").await.0,
        StatusCode::NOT_FOUND,
        "visitors do not see the metrics"
    );
    machine.stop().await;
}
