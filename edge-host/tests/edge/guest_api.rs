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
    assert!(
        lines.contains(&"surrogate-capability: pharos=\"Surrogate/1.0\""),
        "{text}"
    );
    let address: Vec<_> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("spin-client-addr: "))
        .collect();
    assert_eq!(address.len(), 1, "{text}");
    assert!(address[0].starts_with("127.0.0.1:"), "{text}");
    for forged in ["6.6.6.6", "evil", "x-hop"] {
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
            "spin-client-addr",
            "surrogate-capability"
        ],
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
    machine.put("snapshot/gone", "three").await;
    let gone = machine
        .client
        .request(Method::DELETE, machine.url("/kv/snapshot/gone"))
        .send()
        .await
        .unwrap();
    assert_eq!(gone.status(), StatusCode::OK);
    machine.stop().await;

    let machine = Machine::start_on(data.path(), 100).await;
    assert_eq!(machine.read("/kv/site/a.example").await.1, "one");
    assert_eq!(machine.read("/kv/html/a.example/public/index").await.1, "two");
    assert_eq!(machine.read("/kv/snapshot/gone").await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        machine.read("/keys").await.1,
        "html/a.example/public/index\nsite/a.example"
    );
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_writes_share_a_commit() {
    let machine = Machine::start().await;
    let put = |at| {
        machine
            .client
            .put(machine.url(&format!("/kv/site/{at}")))
            .body("x")
            .send()
    };
    let puts: Vec<_> = (0..200).map(|at| tokio::spawn(put(at))).collect();
    for put in puts {
        assert_eq!(put.await.unwrap().unwrap().status(), StatusCode::OK);
    }
    let commits = machine.metric("pharos_edge_kv_commits_total", "").await;
    assert_eq!(machine.metric("pharos_edge_kv_writes_total", "").await, 200.0);
    assert!(commits < 150.0, "200 writes took {commits} commits");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_values_have_limits() {
    let machine = Machine::start().await;
    let set = async |key: String, bytes: usize| {
        let url = machine.url(&format!("/kv/{key}"));
        let response = machine
            .client
            .request(Method::PUT, url)
            .body(vec![b'x'; bytes])
            .send()
            .await
            .unwrap();
        (response.status(), response.text().await.unwrap())
    };
    assert_eq!(set("k".repeat(256), 1_000_000).await.0, StatusCode::OK);
    let (status, words) = set("k".repeat(257), 1).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(words.contains("257 bytes"), "{words}");
    let (status, words) = set("k".into(), 1_000_001).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(words.contains("1000001 bytes"), "{words}");
    assert_eq!(
        set("k".into(), 4 * 1024 * 1024 + 1).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_are_those_of_the_config() {
    let machine = Machine::start().await;
    assert!(machine.read("/variable/region").await.1.starts_with("test-"));
    assert_eq!(machine.read("/variable/secret").await.0, StatusCode::NOT_FOUND);
    machine.stop().await;
}
