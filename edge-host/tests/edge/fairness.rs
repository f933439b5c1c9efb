//! What one client may have while others want something too. Clients are told apart here by what a proxy says of them.

use edge_host::{ClientAddress, TrustedHeader};
use reqwest::StatusCode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::machine::{Machine, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn crowd_of_one_client_keeps_no_other_waiting() {
    let machine = Machine::start_behind(ClientAddress::Header(TrustedHeader {
        name: "x-forwarded-for".parse().unwrap(),
        proxies: vec!["127.0.0.0/8".parse().unwrap()],
    }))
    .await;
    machine.put("k", "text").await;
    let before = machine.guest_calls().await;
    let of = |client: &'static str, host: String, path: &'static str| {
        let visit = machine.client.get(machine.url(path)).header("host", host);
        // As browsers do where another site asks: it counts for the client all the same.
        visit
            .header("x-forwarded-for", client)
            .header("sec-fetch-site", "cross-site")
            .send()
    };
    // Each at a host of its own: no host's part holds them back.
    let crowd: Vec<_> = (0..700)
        .map(|at| tokio::spawn(of("192.0.2.1", format!("{at}.example"), "/held/gate/k")))
        .collect();
    eventually("some of the crowd are sent away at once", async || {
        machine.visits("failed").await >= 150.0
    })
    .await;
    assert!(machine.guest_calls().await > before);
    for at in 0..5 {
        let reply = of("198.51.100.2", format!("quiet-{at}.example"), "/private/k")
            .await
            .unwrap();
        assert_eq!(reply.text().await.unwrap(), "text");
    }
    machine.put("gate", "open").await;
    let mut sent_away = 0;
    for visit in crowd {
        let reply = visit.await.unwrap().unwrap();
        if reply.status() == StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!(reply.headers()["retry-after"], "5");
            sent_away += 1;
        }
    }
    assert!(sent_away >= 150, "{sent_away} of 700 were sent away");
    machine.stop().await;
}

/// The header of the PROXY protocol, version 2, for a client of IPv4.
fn proxied(client: [u8; 4]) -> Vec<u8> {
    let mut bytes = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c".to_vec();
    bytes.extend(client);
    bytes.extend([127, 0, 0, 1, 4, 210, 0, 80]);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_does_not_take_every_slot() {
    let behind = ClientAddress::ProxyProtocol { proxies: Vec::new() };
    let machine = Machine::start_small_behind(behind, 256).await;
    let connect = async |client: [u8; 4]| {
        let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
        let request = b"GET /echo HTTP/1.1\r\nhost: a.example\r\n\r\n";
        socket
            .write_all(&[&proxied(client)[..], request].concat())
            .await
            .unwrap();
        let mut answer = vec![0; 2_048];
        let length = socket.read(&mut answer).await.unwrap();
        (socket, String::from_utf8_lossy(&answer[..length]).into_owned())
    };
    let mut held = Vec::new();
    for at in 0..64 {
        let (socket, answer) = connect([192, 0, 2, 1]).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "connection {at}: {answer}");
        held.push(socket);
    }
    let (_, answer) = connect([192, 0, 2, 1]).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("\r\nretry-after: 5\r\n"), "{answer}");
    let (_, answer) = connect([198, 51, 100, 2]).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    held.truncate(32);
    eventually("the client has slots again", async || {
        connect([192, 0, 2, 1]).await.1.starts_with("HTTP/1.1 200")
    })
    .await;
    assert!(machine.shed("connections").await >= 1.0);
    machine.stop().await;
}
