//! Whose address the guest is told, by where the operator says that it comes from.

use edge_host::{ClientAddress, TrustedHeader};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::machine::Machine;

/// The answer to what is sent over a connection of its own.
async fn sent(machine: &Machine, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
    // The host may cut a connection that it has refused.
    let _ = socket.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// As whom somebody counts who sends these headers.
async fn client(machine: &Machine, before: &[u8], method: &str, headers: &str) -> Option<String> {
    let request = format!("{method} /echo HTTP/1.1\r\nhost: a.example\r\n{headers}connection: close\r\n\r\n");
    let answer = sent(machine, &[before, request.as_bytes()].concat()).await;
    let line = answer.lines().find_map(|line| line.strip_prefix("client = "));
    let line = line.unwrap_or_else(|| panic!("no client in {answer}"));
    line.strip_prefix("Some(\"")
        .map(|client| client.trim_end_matches("\")").to_owned())
}

fn behind(proxies: &str) -> ClientAddress {
    ClientAddress::Header(TrustedHeader {
        name: "x-forwarded-for".parse().unwrap(),
        proxies: vec![proxies.parse().unwrap()],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn header_counts_from_its_proxies_alone() {
    let machine = Machine::start_behind(behind("127.0.0.0/8")).await;
    for method in ["GET", "POST"] {
        for (headers, expected) in [
            ("x-forwarded-for: 203.0.113.9\r\n", Some("203.0.113.9")),
            ("x-forwarded-for: 10.1.1.1, 203.0.113.9\r\n", Some("203.0.113.9")),
            ("x-forwarded-for: 203.0.113.9, 127.0.0.2\r\n", Some("203.0.113.9")),
            ("x-forwarded-for: 10.1.1.1\r\nx-forwarded-for: 203.0.113.9\r\n", None),
            ("x-forwarded-for: 203.0.113.9:80\r\n", None),
            ("x-forwarded-for: 127.0.0.1\r\n", None),
            ("forwarded: for=10.1.1.1\r\nx-real-ip: 10.1.1.1\r\n", None),
            ("pharos-client: 10.1.1.1\r\nspin-client-addr: 10.1.1.1:1\r\n", None),
            ("", None),
        ] {
            let found = client(&machine, b"", method, headers).await;
            assert_eq!(found.as_deref(), expected, "{method} {headers}");
        }
    }
    machine.stop().await;
    let machine = Machine::start_behind(behind("192.0.2.0/24")).await;
    let found = client(&machine, b"", "GET", "x-forwarded-for: 203.0.113.9\r\n").await;
    assert_eq!(found, None, "the connection is no proxy's");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_protocol_comes_first_or_nobody_is_served() {
    let machine = Machine::start_behind(ClientAddress::ProxyProtocol { proxies: Vec::new() }).await;
    let line = b"PROXY TCP4 203.0.113.9 10.0.0.1 1 2\r\n";
    let forged = "x-forwarded-for: 10.1.1.1\r\n";
    for method in ["GET", "POST"] {
        let found = client(&machine, line, method, forged).await;
        assert_eq!(found.as_deref(), Some("203.0.113.9"));
        let local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
        assert_eq!(client(&machine, local, method, forged).await, None);
    }
    for refused in ["", "PROXY nonsense\r\n"] {
        let answer = sent(
            &machine,
            format!("{refused}GET /echo HTTP/1.1\r\nhost: a.example\r\n\r\n").as_bytes(),
        )
        .await;
        assert_eq!(answer, "", "{refused:?}");
    }
    assert_eq!(machine.shed("unannounced").await, 2.0);
    // Two connections of one proxy are two visitors'.
    let other = b"PROXY TCP6 2001:db8::9 2001:db8::1 1 2\r\n";
    assert_eq!(
        client(&machine, other, "POST", "").await.as_deref(),
        Some("2001:db8::9")
    );
    machine.stop().await;
    let elsewhere = vec!["192.0.2.0/24".parse().unwrap()];
    let machine = Machine::start_behind(ClientAddress::ProxyProtocol { proxies: elsewhere }).await;
    let request = [&line[..], b"GET /echo HTTP/1.1\r\nhost: a.example\r\n\r\n"].concat();
    assert_eq!(sent(&machine, &request).await, "", "said by no proxy");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_does_not_make_an_address_count() {
    let machine = Machine::start().await;
    for (headers, counts) in [
        ("", true),
        ("sec-fetch-site: cross-site\r\nsec-fetch-mode: navigate\r\n", true),
        ("sec-fetch-site: cross-site\r\nsec-fetch-mode: no-cors\r\n", false),
        ("x-forwarded-for: 127.0.0.1\r\n", false),
    ] {
        let found = client(&machine, b"", "GET", headers).await;
        assert_eq!(found.is_some(), counts, "{headers}");
    }
    machine.stop().await;
}
