//! A guest that does, path by path, what edge-host must bear.
//!
//! - `/echo`: the request as the guest sees it
//! - `/kv/KEY`: GET, PUT and DELETE of a KV key; `/keys`: all keys; `/variable/NAME`
//! - `/page/KEY`: a cacheable reply that depends on KEY and shows its value
//! - `/negotiated/KEY`: the same, but it shows what the guest is told of the visitor's language and media type
//! - `/uptime`, `/search`: the same of the key `k`, with the query that the guest is told of; addresses that the host knows
//! - `/api/v2/status.json`: after a moment it fails as the value of the key `api` says
//! - `/slow/MS/KEY`: the same, but after reading the value it waits
//! - `/held/GATE/KEY`: the same, but after reading the value it writes `held/GATE`, and waits until GATE is written
//! - `/unless-failing/KEY`: the same, unless the value is the name of a failure: see `fail`
//! - `/private/KEY`: the same without leave to cache; `/cookie/KEY`: with leave, but it sets a cookie
//! - `/do/FAILURE`: fails at once
//! - `/after/GATE/KEY`: replies, then waits until GATE is written, then takes a moment, then writes `done` under KEY
//! - `/after/loop/KEY`: replies, then writes `begun` under KEY and loops

use std::{future::pending, hint::black_box};

use bytes::Bytes;
use http_body_util::BodyExt;
use spin_sdk::{
    http::{FullBody, Method, Request, Response, StatusCode},
    http_service,
    key_value::Store,
    variables,
    wasip3::{clocks::monotonic_clock, wit_bindgen::spawn},
};

#[http_service]
async fn handle(request: Request) -> Response<FullBody<Bytes>> {
    let path = request.uri().path().to_owned();
    let (verb, rest) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
    match verb {
        "echo" => echo(request),
        "kv" => kv(request, rest).await,
        "keys" => text(store().await.get_keys().await.collect().await.unwrap().join("\n")),
        "variable" => match variables::get(rest).await {
            Ok(value) => text(value),
            Err(error) => reply(StatusCode::NOT_FOUND, error.to_string()),
        },
        "page" => page(rest, value(rest).await),
        "negotiated" => negotiated(&request, rest),
        "uptime" | "search" => page("k", request.uri().query().unwrap_or("none").to_owned()),
        "api" => {
            wait(300).await;
            fail(&value("api").await).await
        }
        "slow" => slow(rest).await,
        "held" => held(rest).await,
        "unless-failing" => unless_failing(rest).await,
        "private" => text(value(rest).await),
        "cookie" => with(page(rest, value(rest).await), "set-cookie", "a=b"),
        "do" => fail(rest).await,
        "after" => after(rest),
        _ => reply(StatusCode::NOT_FOUND, "no such path"),
    }
}

fn echo(request: Request) -> Response<FullBody<Bytes>> {
    let mut lines = vec![format!("{} {}", request.method(), request.uri())];
    for (name, value) in request.headers() {
        lines.push(format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())));
    }
    text(lines.join("\n"))
}

async fn kv(request: Request, key: &str) -> Response<FullBody<Bytes>> {
    let store = store().await;
    let result = match *request.method() {
        Method::PUT => {
            let body = request.into_body().collect().await.expect("a body").to_bytes();
            store.set(key, body).await.map(|()| Some(Vec::new()))
        }
        Method::DELETE => store.delete(key).await.map(|()| Some(Vec::new())),
        _ => store.get(key).await,
    };
    match result {
        Ok(Some(value)) => text(value),
        Ok(None) => reply(StatusCode::NOT_FOUND, "no such key"),
        Err(error) => reply(StatusCode::BAD_REQUEST, error.to_string()),
    }
}

fn negotiated(request: &Request, key: &str) -> Response<FullBody<Bytes>> {
    let header = |name| {
        request
            .headers()
            .get(name)
            .map_or("-", |value| value.to_str().expect("text"))
    };
    page(key, format!("{} {}", header("accept-language"), header("accept")))
}

async fn slow(rest: &str) -> Response<FullBody<Bytes>> {
    let (ms, key) = rest.split_once('/').expect("/slow/MS/KEY");
    let value = value(key).await;
    wait(ms.parse().expect("milliseconds")).await;
    page(key, value)
}

async fn held(rest: &str) -> Response<FullBody<Bytes>> {
    let (gate, key) = rest.split_once('/').expect("/held/GATE/KEY");
    let value = value(key).await;
    write(&format!("held/{gate}"), "yes").await;
    opened(gate).await;
    page(key, value)
}

async fn unless_failing(key: &str) -> Response<FullBody<Bytes>> {
    let value = value(key).await;
    match FAILURES.contains(&&*value) {
        true => fail(&value).await,
        false => page(key, value),
    }
}

async fn fail(failure: &str) -> Response<FullBody<Bytes>> {
    match failure {
        "trap" => panic!("told to trap"),
        "loop" => endless(),
        "bomb" => bomb(),
        "deadlock" => pending().await,
        "wait" => {
            wait(60_000).await;
            text("sorry for the delay")
        }
        "private" => text("for you alone"),
        "error" => reply(StatusCode::INTERNAL_SERVER_ERROR, "told to fail"),
        "problem" => problem(),
        _ => reply(StatusCode::NOT_FOUND, "no such failure"),
    }
}

fn problem() -> Response<FullBody<Bytes>> {
    let response = reply(StatusCode::SERVICE_UNAVAILABLE, "{\"status\":503}");
    with(response, "content-type", "application/problem+json")
}

fn after(rest: &str) -> Response<FullBody<Bytes>> {
    let rest = rest.to_owned();
    spawn(async move {
        let (gate, key) = rest.split_once('/').expect("/after/GATE/KEY");
        if gate == "loop" {
            // The reply's body is written by another task of the guest, which must get its turn first.
            wait(20).await;
            write(key, "begun").await;
            endless();
        }
        opened(gate).await;
        // Long enough that a host which does not wait is gone by then.
        wait(200).await;
        write(key, "done").await;
    });
    text("see you")
}

fn endless() -> ! {
    loop {
        black_box(());
    }
}

fn bomb() -> ! {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![1u8; 1 << 20]));
    }
}

async fn value(key: &str) -> String {
    let value = store().await.get(key).await.expect("a KV that answers");
    String::from_utf8(value.unwrap_or_default()).expect("text")
}

async fn store() -> Store {
    Store::open_default().await.expect("the default store")
}

async fn write(key: &str, value: &str) {
    store().await.set(key, value).await.expect("a write");
}

/// Waits until the key is written.
async fn opened(gate: &str) {
    while !store().await.exists(gate).await.expect("a KV that answers") {
        wait(5).await;
    }
}

async fn wait(ms: u64) {
    monotonic_clock::wait_for(ms * 1_000_000).await;
}

fn page(key: &str, body: String) -> Response<FullBody<Bytes>> {
    let etag = format!("\"{}\"", body.get(..20).unwrap_or(&body));
    let page = with(text(body), "surrogate-control", "max-age=60");
    let page = with(page, "access-control-allow-origin", "*");
    with(with(page, "surrogate-key", &format!("other {key}")), "etag", &etag)
}

fn with(mut response: Response<FullBody<Bytes>>, name: &'static str, value: &str) -> Response<FullBody<Bytes>> {
    response
        .headers_mut()
        .insert(name, value.parse().expect("a header value"));
    response
}

fn text(body: impl Into<Bytes>) -> Response<FullBody<Bytes>> {
    reply(StatusCode::OK, body)
}

fn reply(status: StatusCode, body: impl Into<Bytes>) -> Response<FullBody<Bytes>> {
    let mut response = Response::new(FullBody::new(body.into()));
    *response.status_mut() = status;
    response
}

const FAILURES: [&str; 7] = ["trap", "loop", "bomb", "deadlock", "wait", "private", "error"];
