//! Visitors who send too little, too much or too slowly, or who go away.

use std::time::Duration;

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
            _ => b"PUT /kv/k HTTP/1.1\r\nhost: a.example\r\ncontent-length: 4000000\r\n\r\nsome",
        };
        socket.write_all(part).await.unwrap();
        slow.push(socket);
    }
    for _ in 0..20 {
        assert_eq!(machine.read("/private/k").await, (StatusCode::OK, "text".into()));
    }
    machine.put("k", "new").await;
    assert_eq!(machine.read("/page/k").await.1, "new");
    assert!(
        machine.metric("pharos_edge_connections", "").await > 200.0,
        "the slow ones are still there"
    );
    // A head that does not arrive ends its connection.
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), slow[1].read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "a slow head still holds its connection");
    drop(slow);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_wait() {
    let data = TempDir::new().unwrap();
    let machine = Machine::start_on(data.path(), 2).await;
    let first = TcpStream::connect(machine.visitors).await.unwrap();
    let _second = TcpStream::connect(machine.visitors).await.unwrap();
    let third = tokio::spawn(machine.client.get(machine.url("/echo")).send());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!third.is_finished());
    drop(first);
    assert_eq!(third.await.unwrap().unwrap().status(), StatusCode::OK);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_connections_break_nothing() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    for round in 0..60 {
        let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
        let path = ["/slow/100/k", "/slow/100/k?own", "/after/50/mark", "/do/trap"][round % 4];
        let request = format!("GET {path} HTTP/1.1\r\nhost: {round}.example\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(round as u64 % 7 * 5)).await;
        drop(socket);
    }
    assert_eq!(machine.read("/private/k").await, (StatusCode::OK, "text".into()));
    // The call that a visitor left behind still fills the cache.
    let host = "once.example";
    let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
    socket
        .write_all(format!("GET /slow/300/k HTTP/1.1\r\nhost: {host}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(socket);
    tokio::time::sleep(Duration::from_millis(400)).await;
    let before = machine.guest_calls().await;
    let page = machine
        .client
        .get(machine.url("/slow/300/k"))
        .header("host", host)
        .send()
        .await
        .unwrap();
    assert_eq!(page.text().await.unwrap(), "text");
    assert_eq!(machine.guest_calls().await, before);
    let open = async || machine.metric("pharos_edge_connections", "").await <= 1.0;
    eventually("the connections are closed", Duration::from_secs(5), open).await;
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
