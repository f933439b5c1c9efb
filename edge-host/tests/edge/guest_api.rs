//! What the guest is given: its requests, the KV, variables.

use reqwest::{Method, StatusCode};
use tempfile::TempDir;

use crate::machine::Machine;

#[tokio::test(flavor = "multi_thread")]
async fn guest_gets_host_and_client_address() {
    let machine = Machine::start().await;
    let request = machine
        .client
        .post(machine.url("/echo?x=1"))
        .header("host", "status.example:81");
    let request = request
        .header("spin-client-addr", "6.6.6.6:6")
        .header("spin-full-url", "http://evil/");
    let request = request
        .header("surrogate-capability", "evil")
        .header("connection", "x-hop")
        .header("x-hop", "1");
    let text = request
        .header("x-mine", "kept")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "POST http://status.example:81/echo?x=1");
    assert!(lines.contains(&"x-mine: kept"), "{text}");
    assert_eq!(lines.last(), Some(&"client = Some(\"127.0.0.1\")"), "{text}");
    for forged in ["6.6.6.6", "evil", "x-hop", "spin-", "surrogate-", "host:", "connection"] {
        assert!(!text.contains(forged), "{forged} reached the guest: {text}");
    }
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shared_requests_carry_only_what_is_in_the_key() {
    let machine = Machine::start().await;
    let request = machine
        .client
        .get(machine.url("/echo"))
        .header("accept-encoding", "gzip;q=0.5, zstd");
    let text = request
        .header("x-forwarded-host", "evil")
        .header("accept-language", "de-CH, fr;q=0.9")
        .send()
        .await
        .unwrap();
    let text = text.text().await.unwrap();
    let names: Vec<_> = text
        .lines()
        .skip(1)
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "accept-encoding",
            "accept-language",
            "surrogate-capability",
            "client = Some(\"127.0.0.1\")"
        ],
        "{text}"
    );
    assert!(
        text.contains("surrogate-capability: pharos=\"Surrogate/1.0\"\n"),
        "{text}"
    );
    assert!(text.contains("accept-encoding: gzip\n"), "{text}");
    assert!(text.contains("accept-language: de\n"), "{text}");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_survive_a_restart() {
    let data = TempDir::new().unwrap();
    let machine = Machine::start_on(data.path(), 100).await;
    machine.put("site/a.example", "one").await;
    machine.put("html/a.example/public/index", "two").await;
    machine.stop().await;

    let machine = Machine::start_on(data.path(), 100).await;
    assert_eq!(machine.read("/kv/site/a.example").await.1, "one");
    assert_eq!(machine.read("/kv/html/a.example/public/index").await.1, "two");
    assert_eq!(machine.read("/kv/snapshot/gone").await.0, StatusCode::NOT_FOUND);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn put_of_many_records_is_one_commit() {
    let machine = Machine::start().await;
    let put = machine.client.post(machine.url("/.pharos/put")).body("many 200");
    assert_eq!(put.send().await.unwrap().text().await.unwrap(), "200");
    assert_eq!(machine.metric("pharos_edge_kv_writes_total", "").await, 200.0);
    assert_eq!(machine.metric("pharos_edge_kv_commits_total", "").await, 1.0);
    assert_eq!(machine.read("/kv/site/199").await.1, "x");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_values_have_limits() {
    let machine = Machine::start().await;
    let set = async |key: String, bytes: usize| {
        let put = machine.client.post(machine.url("/.pharos/put"));
        put.body(format!("fill {key} {bytes}")).send().await.unwrap().status()
    };
    assert_eq!(set("k".repeat(256), 1_000_000).await, StatusCode::OK);
    assert_eq!(set("k".repeat(257), 1).await, StatusCode::BAD_REQUEST);
    assert_eq!(set("k".into(), 1_000_001).await, StatusCode::BAD_REQUEST);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_have_limits_by_their_address() {
    let machine = Machine::start().await;
    let sent = async |method, path: &str, bytes: usize| {
        let request = machine
            .client
            .request(method, machine.url(path))
            .body(vec![b'x'; bytes]);
        request.send().await.unwrap().status()
    };
    assert_eq!(sent(Method::PUT, "/kv/k", 8 * 1024).await, StatusCode::OK);
    for (method, path, bytes) in [
        (Method::PUT, "/kv/k", 8 * 1024 + 1),
        (Method::PUT, "/.pharos/put", 8 * 1024 + 1),
        (Method::POST, "/.pharos/sign-in", 8 * 1024 + 1),
        (Method::POST, "/.pharos/put", 4 * 1024 * 1024 + 1),
    ] {
        assert_eq!(
            sent(method, path, bytes).await,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{bytes} bytes to {path}"
        );
    }
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_is_told_of_its_region() {
    let machine = Machine::start().await;
    let told = machine.read("/region").await.1;
    assert!(told.starts_with("test-") && told.ends_with(" a-key"), "{told}");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_a_put_rests_on_the_guest_is_told_only_the_beginning() {
    let machine = Machine::start().await;
    machine.put("k", "0123456789").await;
    assert_eq!(machine.read("/head/3/k").await, (StatusCode::OK, "012".into()));
    assert_eq!(machine.read("/head/0/k").await.1, "");
    assert_eq!(machine.read("/head/4294967295/k").await.1, "0123456789");
    assert_eq!(machine.read("/head/3/absent").await.1, "");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn part_of_a_record_is_attached_by_the_host() {
    let machine = Machine::start().await;
    machine.put("k", "0123456789").await;
    assert_eq!(machine.read("/part/k/2/3").await, (StatusCode::OK, "234".into()));
    assert_eq!(machine.read("/part/k/0/10").await.1, "0123456789");
    for beyond in ["/part/k/8/3", "/part/k/4294967295/2", "/part/absent/0/1"] {
        assert_eq!(
            machine.read(beyond).await.0,
            StatusCode::SERVICE_UNAVAILABLE,
            "{beyond}"
        );
    }
    assert_eq!(machine.read("/private/k").await.1, "0123456789");
    machine.stop().await;
}

/// What a put reads and what it writes is one step: none of two puts at once may be lost.
#[tokio::test(flavor = "multi_thread")]
async fn puts_at_once_lose_nothing() {
    let machine = Machine::start().await;
    let post = |body: &'static str| machine.client.post(machine.url("/.pharos/put")).body(body).send();
    let puts: Vec<_> = (0..20).map(|_| tokio::spawn(post("site/count"))).collect();
    let mut told = Vec::new();
    for put in puts {
        let put = put.await.unwrap().unwrap();
        assert_eq!(put.status(), StatusCode::OK);
        told.push(put.text().await.unwrap());
    }
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 20, "two were told the same count: {told:?}");
    assert_eq!(machine.read("/kv/site/count").await.1, "20");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn put_that_fails_stores_nothing() {
    let machine = Machine::start().await;
    for failure in ["trap", "bomb", "steps", "no-reply"] {
        let put = machine.client.post(machine.url("/.pharos/put"));
        let status = put.body(format!("site/a {failure}")).send().await.unwrap().status();
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{failure}");
        assert_eq!(machine.read("/kv/site/a").await.0, StatusCode::NOT_FOUND, "{failure}");
    }
    machine.stop().await;
}
