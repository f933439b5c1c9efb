//! Puts while strangers send to the put address: what the head of a put shows is looked at before its body is read.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use page_model::put;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::machine::Machine;

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

/// The head of a put of this body, signed with the key.
fn head(machine: &Machine, key: &SigningKey, time_ms: u64, body: &[u8], length: usize) -> String {
    let signature = URL_SAFE_NO_PAD.encode(put::sign(key, &machine.region, time_ms, body));
    format!(
        "POST /.pharos/put HTTP/1.1\r\nhost: a.example\r\ncontent-length: {length}\r\n{}: {}\r\n{}: {time_ms}\r\n{}: {}\r\n{}: \
         {signature}\r\n\r\n",
        put::HEADER_REGION,
        machine.region,
        put::HEADER_TIME,
        put::HEADER_DIGEST,
        put::digest(body),
        put::HEADER_SIGNATURE,
    )
}

/// What is answered to these bytes, up to the end of the first packet.
async fn answered(machine: &Machine, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
    socket.write_all(bytes).await.unwrap();
    let mut answer = vec![0; 4_096];
    let length = socket.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn stalled_uploads_do_not_close_the_put_address() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let verify_key = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    let machine = Machine::start_filled_by(&verify_key).await;
    let mut stalled = Vec::new();
    for at in 0..150 {
        let path = ["/.pharos/put", "/kv/k", "/.pharos/sign-in"][at % 3];
        let mut socket = TcpStream::connect(machine.visitors).await.unwrap();
        let begun = format!("POST {path} HTTP/1.1\r\nhost: {at}.example\r\ncontent-length: 8000\r\n\r\nsome");
        socket.write_all(begun.as_bytes()).await.unwrap();
        stalled.push(socket);
    }
    for count in 1..=3 {
        let body = b"site/count";
        let put = head(&machine, &key, now_ms(), body, body.len());
        let answer = answered(&machine, &[put.as_bytes(), body].concat()).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with(&format!("true {count}")), "{answer}");
    }
    drop(stalled);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn puts_of_strangers_are_refused_by_their_head() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let verify_key = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    let machine = Machine::start_filled_by(&format!("a-key, {verify_key}")).await;
    let (stranger, now) = (SigningKey::from_bytes(&[8; 32]), now_ms());
    let body = [b'x'; 1_000];
    for (what, head) in [
        ("another key", head(&machine, &stranger, now, &body, body.len())),
        ("another time", head(&machine, &key, now - 120_000, &body, body.len())),
        (
            "another region",
            head(&machine, &key, now, &body, body.len()).replace(&machine.region, "elsewhere"),
        ),
        (
            "another digest",
            head(&machine, &key, now, &body, body.len()).replace(&put::digest(&body), &put::digest(b"")),
        ),
    ] {
        // Not one byte of the body is sent.
        let answer = answered(&machine, head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{what}: {answer}");
    }
    assert_eq!(machine.guest_calls().await, 0.0);
    // An older sync says no digest; the guest then looks at its signature.
    let older = machine
        .client
        .post(machine.url(put::PATH))
        .body("site/count")
        .send()
        .await
        .unwrap();
    assert_eq!(older.text().await.unwrap(), "true 1");
    machine.stop().await;
}
