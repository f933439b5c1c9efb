//! Visitors who ask for what is not there, and clients who speak HTTP badly.

use anyhow::{Result, ensure};
use reqwest::Method;
use tests::{Page, System, eventually::eventually, on_every_platform, system::ARRIVAL_MAX};

on_every_platform!(
    unknown_host_and_path_get_a_small_404,
    malformed_request_never_gives_a_5xx,
);

async fn unknown_host_and_path_get_a_small_404(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "home", 2).await?;
    let visitor = &system.regions[0].visitor;
    system.until_shown(&page, &["Component 1"]).await?;

    // A region that is being filled cannot know that there is no such page, and a Worker learns late that it is filled.
    let unknown = eventually("the region knows that it is filled", ARRIVAL_MAX, async || {
        let reply = visitor.visit("unknown.localhost", "/").await?;
        ensure!(reply.status != 503, "an unknown host answers 503");
        Ok(reply)
    })
    .await?;
    let html = unknown.text()?;
    ensure!(unknown.status == 404, "an unknown host answered {}", unknown.status);
    ensure!(
        html.contains("<title>") && html.len() < SMALL_BYTES_MAX,
        "{} bytes: {html}",
        html.len()
    );
    ensure!(!html.contains(&page.name), "the 404 speaks of another page");

    for (method, path) in [(Method::GET, "/nothing/here"), (Method::GET, "/incidents/nobody000000")] {
        let reply = visitor.request(method, &page.host, path, &[]).await?;
        ensure!(reply.status == 404, "{path} answered {}", reply.status);
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let reply = visitor.request(method.clone(), &page.host, "/", &[]).await?;
        ensure!(reply.status == 405, "{method} of a page answered {}", reply.status);
    }
    let forged = [
        ("x-forwarded-host", "other.localhost"),
        ("surrogate-capability", "x"),
        ("spin-client-addr", "x"),
    ];
    let reply = visitor.request(Method::GET, &page.host, "/", &forged).await?;
    ensure!(
        reply.status == 200 && reply.header("surrogate-control").is_none(),
        "{:?}",
        reply.headers
    );
    Ok(())
}

async fn malformed_request_never_gives_a_5xx(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "odd", 2).await?;
    let region = &system.regions[0];
    let visitor = &region.visitor;
    system.until_shown(&page, &["Component 1"]).await?;
    // What makes no request by the rules of workerd's own HTTP never reaches a Worker, and on Cloudflare not even workerd.
    let statuses = if region.platform.is_workerd() {
        200..502
    } else {
        200..500
    };
    let mut failed = Vec::new();
    for request in malformed_requests(&page.host) {
        let shown: String = String::from_utf8_lossy(&request).chars().take(80).collect();
        match visitor.raw(&request).await? {
            Some(status) if statuses.contains(&status) => {}
            // Only who does not even speak HTTP may be hung up on.
            None if !is_http(&request) => {}
            answer => failed.push(format!("{shown:?} answered {answer:?}")),
        }
    }
    ensure!(failed.is_empty(), "{failed:#?}");
    visitor.page(&page.host, "/").await.map(drop)
}

/// Whether it begins as a request line does.
fn is_http(request: &[u8]) -> bool {
    request.first().is_some_and(u8::is_ascii_uppercase)
}

fn malformed_requests(host: &str) -> Vec<Vec<u8>> {
    let long_path = format!("/{}", "a/".repeat(3_000));
    let long_query = format!("/?{}", "q=1&".repeat(3_000));
    let paths = [
        "//",
        "//evil.example/",
        "/%2e%2e/%2e",
        "/%00",
        "/%",
        "/%zz",
        "/\u{e4}",
        "/;.css",
        "/x.css",
        "/./..",
        "/?",
        "/?a=1",
        "/\\",
        "/history/9999-99",
        "/history/%2e%2e",
        "/.pharos/put",
        "/.pharos/",
        "/api/v2/../..",
        &long_path,
        &long_query,
    ];
    let hosts = [
        "",
        " ",
        "..",
        "a b",
        "-",
        "[::1]",
        "[",
        "user@home.localhost",
        "home.localhost:99999",
        "h\u{e4}.de",
        "%00",
    ];
    let long_host = "a".repeat(5_000);
    let get = |host: &str, path: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes();
    let mut requests: Vec<Vec<u8>> = paths.iter().map(|path| get(host, path)).collect();
    requests.extend(hosts.iter().chain([&long_host.as_str()]).map(|host| get(host, "/")));
    requests.extend([
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        b"GET / HTTP/1.0\r\n\r\n".to_vec(),
        format!("GET http://{host}/ HTTP/1.1\r\nHost: other.localhost\r\n\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nHost: other.localhost\r\n\r\n").into_bytes(),
        format!("OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes(),
        format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes(),
        format!("BREW / HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes(),
        format!("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\nabc").into_bytes(),
        format!("POST /.pharos/put HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\nabc").into_bytes(),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nIf-None-Match: \"\u{fffd}\", W/\"x\r\n\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: br;q=9, *;q=-1,,;\r\n\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nRange: bytes=5-1\r\n\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\n{}\r\n", "X-Pad: 1\r\n".repeat(500)).into_bytes(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n".to_vec(),
        b"\x00\x00\x00\r\n\r\n".to_vec(),
    ]);
    requests
}

/// Mostly the one stylesheet; compressed it fits into the first round trip.
const SMALL_BYTES_MAX: usize = 18_000;
