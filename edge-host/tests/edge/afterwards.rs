//! Work that the guest does after its reply.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tempfile::TempDir;

use crate::machine::{Machine, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn finishes_work_after_the_reply() {
    let machine = Machine::start().await;
    let start = Instant::now();
    assert_eq!(machine.read("/after/1500/mark").await.1, "see you");
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "the reply did not wait for the work"
    );
    assert_eq!(machine.read("/kv/mark").await.0, StatusCode::NOT_FOUND);
    eventually("the mark is written", Duration::from_secs(4), async || {
        machine.read("/kv/mark").await.1 == "done"
    })
    .await;
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_do_not_wait_for_work_after_another_reply() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    for _ in 0..3 {
        assert_eq!(machine.read("/after/loop").await.1, "see you");
        tokio::time::sleep(Duration::from_millis(50)).await;
        let start = Instant::now();
        for _ in 0..5 {
            assert_eq!(machine.read("/private/k").await.1, "text");
        }
        assert!(
            start.elapsed() < Duration::from_secs(1),
            "visits took {:?}",
            start.elapsed()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn draining_finishes_visits_and_work_after_them() {
    let data = TempDir::new().unwrap();
    let machine = Machine::start_on(data.path(), 100).await;
    machine.put("k", "text").await;
    machine.read("/after/1000/mark").await;
    let slow = tokio::spawn(machine.client.get(machine.url("/slow/700/k")).send());
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (visitors, client) = (machine.visitors, machine.client.clone());
    machine.shutdown.cancel();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(
        tokio::net::TcpStream::connect(visitors).await.is_err(),
        "no new connection is accepted"
    );
    assert_eq!(slow.await.unwrap().unwrap().text().await.unwrap(), "text");
    drop(client);
    machine.stop().await;

    let machine = Machine::start_on(data.path(), 100).await;
    assert_eq!(machine.read("/kv/mark").await.1, "done");
    machine.stop().await;
}
