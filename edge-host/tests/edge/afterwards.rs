//! Work that the guest does after its reply.

use reqwest::StatusCode;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::machine::{Machine, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn finishes_work_after_the_reply() {
    let machine = Machine::start().await;
    // The work waits for its gate, so a reply that waited for the work would never come.
    assert_eq!(
        machine.read("/after/gate/mark").await,
        (StatusCode::OK, "see you".into())
    );
    assert_eq!(machine.read("/kv/mark").await.0, StatusCode::NOT_FOUND);
    machine.put("gate", "open").await;
    eventually("the mark is written", async || {
        machine.read("/kv/mark").await.1 == "done"
    })
    .await;
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_do_not_wait_for_work_after_another_reply() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    for round in 0..3 {
        assert_eq!(machine.read(&format!("/after/loop/{round}")).await.1, "see you");
        // Of such work no more is done at once, and the third waits for its turn.
        if round < 2 {
            let begun = format!("/kv/{round}");
            eventually("the work loops", async || machine.read(&begun).await.1 == "begun").await;
        }
        for _ in 0..5 {
            assert_eq!(machine.read("/private/k").await.1, "text");
        }
    }
    assert_eq!(
        machine.timeouts().await,
        0.0,
        "the visits waited until the work was ended"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn draining_finishes_visits_and_work_after_them() {
    let data = TempDir::new().unwrap();
    let machine = Machine::start_on(data.path(), 100).await;
    machine.put("k", "text").await;
    machine.read("/after/gate/mark").await;
    let held = tokio::spawn(machine.client.get(machine.url("/held/gate/k")).send());
    machine.until_held("gate").await;
    // A visit whose body is still to come when the machine stops opens the gate.
    let mut opening = TcpStream::connect(machine.visitors).await.unwrap();
    let head = b"PUT /kv/gate HTTP/1.1\r\nhost: a.example\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n";
    opening.write_all(head).await.unwrap();
    assert!(heard(&mut opening).await.starts_with("HTTP/1.1 100"));
    let (visitors, client) = (machine.visitors, machine.client.clone());
    machine.shutdown.cancel();
    eventually("no new connection is accepted", async || {
        TcpStream::connect(visitors).await.is_err()
    })
    .await;
    assert!(!held.is_finished());
    opening.write_all(b"open").await.unwrap();
    assert!(heard(&mut opening).await.starts_with("HTTP/1.1 200"));
    assert_eq!(held.await.unwrap().unwrap().text().await.unwrap(), "text");
    drop(client);
    machine.stop().await;

    let machine = Machine::start_on(data.path(), 100).await;
    assert_eq!(machine.read("/kv/mark").await.1, "done");
    machine.stop().await;
}

/// What comes next on the connection.
async fn heard(socket: &mut TcpStream) -> String {
    let mut bytes = [0; 1024];
    let count = socket.read(&mut bytes).await.unwrap();
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}
