//! What of a request decides which reply it gets, and what changes nothing.

use reqwest::{Method, RequestBuilder, StatusCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::machine::Machine;

#[tokio::test(flavor = "multi_thread")]
async fn undeclared_parameters_and_foreign_cookies_change_nothing() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let before = machine.guest_calls().await;
    let get = |path: &str| machine.client.get(machine.url(path));
    let asks: [&dyn Fn() -> RequestBuilder; 6] = [
        &|| get("/uptime"),
        &|| get("/uptime?utm_source=mail&fbclid=1"),
        &|| get("/uptime?"),
        &|| get("/uptime").header("cookie", "session=1; theme=dark"),
        &|| get("/uptime").header("cookie", "_ga=2").header("cookie", "b=c"),
        &|| {
            get("/uptime?utm_source=mail")
                .header("x-mine", "1")
                .header("referer", "https://evil.example/")
        },
    ];
    for ask in asks {
        assert_eq!(ask().send().await.unwrap().text().await.unwrap(), "none");
    }
    assert_eq!(machine.guest_calls().await - before, 1.0, "one call for all");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn declared_parameters_have_replies_of_their_own() {
    let machine = Machine::start().await;
    let before = machine.guest_calls().await;
    for _ in 0..2 {
        for (path, expected) in [
            ("/search?q=api&utm_source=mail", "q=api"),
            ("/search?x=1&q=%61pi&q=other", "q=api"),
            ("/search?q=web", "q=web"),
            ("/search?q=web&lang=de", "lang=de&q=web"),
            ("/search?lang=de&q=web", "lang=de&q=web"),
            ("/search", "none"),
        ] {
            assert_eq!(machine.read(path).await.1, expected, "{path}");
        }
    }
    assert_eq!(machine.guest_calls().await - before, 4.0);
    machine.stop().await;
}

/// A component that is newer than its host has addresses whose parameters the host does not know.
#[tokio::test(flavor = "multi_thread")]
async fn unknown_addresses_keep_their_whole_query() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let before = machine.guest_calls().await;
    for _ in 0..2 {
        for path in ["/page/k", "/page/k?", "/page/k?a=1", "/page/k?a=2", "/page/k?a=1&b=2"] {
            assert_eq!(machine.read(path).await, (StatusCode::OK, "text".into()));
        }
    }
    assert_eq!(machine.guest_calls().await - before, 5.0);
    assert!(machine.read("/echo?b=2&a=%31").await.1.contains("/echo?b=2&a=%31\n"));
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spellings_of_a_host_share_a_reply() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let before = machine.guest_calls().await;
    for host in [
        "a.example",
        "A.Example",
        "a.example:80",
        "a.example:8443",
        "a.example.",
        "a.example:",
        "A.EXAMPLE.:1",
    ] {
        let answer = speak(&machine, &format!("GET /page/k HTTP/1.1\r\nhost: {host}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{host}: {answer}");
    }
    assert_eq!(machine.guest_calls().await - before, 1.0);
    machine.stop().await;
}

/// RFC 9112, sections 3.2 and 3.2.2.
#[tokio::test(flavor = "multi_thread")]
async fn absolute_form_names_the_host() {
    let machine = Machine::start().await;
    for (request, host) in [
        (
            "GET http://a.example/echo HTTP/1.1\r\nhost: b.example\r\n",
            Some("a.example"),
        ),
        (
            "GET http://a.example:81/echo HTTP/1.1\r\nhost: a.example\r\n",
            Some("a.example"),
        ),
        ("GET http://a.example/echo HTTP/1.0\r\n", Some("a.example")),
        ("GET http://a.example/echo HTTP/1.1\r\n", None),
        (
            "GET http://a.example/echo HTTP/1.1\r\nhost: a.example\r\nhost: a.example\r\n",
            None,
        ),
        ("GET http://a.example/echo HTTP/1.1\r\nhost: a b\r\n", None),
        ("GET /page/k HTTP/1.1\r\n", None),
        ("GET /page/k HTTP/1.1\r\nhost: a.example\r\nhost: a.example\r\n", None),
        ("POST /echo HTTP/1.1\r\ncontent-length: 0\r\n", None),
        (
            "POST /.pharos/put HTTP/1.1\r\nhost: a.example\r\nhost: b.example\r\ncontent-length: 0\r\n",
            None,
        ),
    ] {
        let answer = speak(&machine, request).await;
        match host {
            Some(host) => assert!(
                answer.contains(&format!("GET http://{host}/echo\n")),
                "{request:?}: {answer}"
            ),
            None => assert!(answer.contains(" 400 "), "{request:?}: {answer}"),
        }
    }
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn not_modified_keeps_what_browsers_check() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    // Cold, warm, and past the cache.
    for cookie in ["", "", "__Host-pharos-session=x"] {
        let request = machine
            .client
            .get(machine.url("/page/k"))
            .header("cookie", cookie)
            .header("if-none-match", "\"text\"");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{cookie}");
        assert_eq!(answer.headers()["access-control-allow-origin"], "*", "{cookie}");
    }
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_wait_for_a_failed_call_get_the_same_answer() {
    let machine = Machine::start().await;
    for failure in ["problem", "trap"] {
        machine.put("api", failure).await;
        let visits: Vec<_> = (0..8)
            .map(|_| tokio::spawn(machine.client.get(machine.url("/api/v2/status.json")).send()))
            .collect();
        let mut answers = Vec::new();
        for visit in visits {
            let answer = visit.await.unwrap().unwrap();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{failure}");
            assert_eq!(
                answer.headers()["content-type"],
                "application/problem+json",
                "{failure}"
            );
            answers.push(answer.text().await.unwrap());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{failure}: {answers:?}");
    }
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_come_in_the_format_of_their_address() {
    let machine = Machine::start().await;
    machine.put("api", "trap").await;
    for (path, content_type) in [
        ("/api/v2/status.json", "application/problem+json"),
        ("/do/trap", "text/html; charset=utf-8"),
    ] {
        let answer = machine
            .client
            .request(Method::GET, machine.url(path))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(answer.headers()["content-type"], content_type, "{path}");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
    }
    machine.stop().await;
}

async fn speak(machine: &Machine, head: &str) -> String {
    let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
    let request = format!("{head}connection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The host may cut a connection that it has refused.
    let _ = socket.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}
