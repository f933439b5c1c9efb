//! A guest that asks the origin: what is sent and what comes of it, and that a visit which waits holds nobody up.

use std::{sync::Arc, time::Duration};

use ed25519_dalek::SigningKey;
use edge_host::SignIn;
use page_model::sign_in::{self, HEADER_REGION, HEADER_SIGNATURE, HEADER_TIME};
use reqwest::StatusCode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Mutex, Semaphore},
};

use crate::machine::{Machine, eventually};

/// An origin that does with each question what the question says.
struct Origin {
    url: String,
    /// What was sent, as it came over the wire.
    sent: Arc<Mutex<Vec<String>>>,
    gate: Arc<Semaphore>,
}

impl Origin {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            sent: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
        };
        let (sent, gate) = (Arc::clone(&origin.sent), Arc::clone(&origin.gate));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&sent), Arc::clone(&gate)));
            }
        });
        origin
    }

    async fn asked(&self) -> usize {
        self.sent.lock().await.len()
    }
}

async fn answer(mut stream: TcpStream, sent: Arc<Mutex<Vec<String>>>, gate: Arc<Semaphore>) {
    let mut request = Vec::new();
    while !is_whole(&request) {
        let mut bytes = [0; 4096];
        match stream.read(&mut bytes).await {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&bytes[..count]),
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let question = request.rsplit("\r\n").next().unwrap_or_default().to_owned();
    sent.lock().await.push(request);
    let (head, body) = match question.as_str() {
        "held" => {
            gate.acquire().await.unwrap().forget();
            ("200 OK", "at last".to_owned())
        }
        "never" => std::future::pending().await,
        "elsewhere" => ("307 Temporary Redirect\r\nlocation: /elsewhere", String::new()),
        "large" => ("200 OK", "x".repeat(20_000)),
        "busy" => ("503 Service Unavailable", String::new()),
        other => ("200 OK", format!("so it is: {other}")),
    };
    let reply = format!(
        "HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(reply.as_bytes()).await;
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_some_and(|length| body.len() >= length.parse().unwrap_or(usize::MAX))
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

async fn machine(url: &str) -> Machine {
    let origin = url.parse().unwrap();
    Machine::start_with(Some(SignIn { origin, key: key() })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_origin_is_asked_with_the_regions_own_key() {
    let origin = Origin::start().await;
    let machine = machine(&origin.url).await;
    assert_eq!(
        machine.read("/ask/2000/who").await,
        (StatusCode::OK, "so it is: who".into())
    );
    let sent = origin.sent.lock().await[0].clone();
    let (head, _) = sent.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with(&format!("POST {} HTTP/1.1\r\n", sign_in::PATH)),
        "{head}"
    );
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {head}")).to_owned()
    };
    let time_ms: u64 = header(HEADER_TIME).parse().unwrap();
    let signed = sign_in::headers(&key(), &header(HEADER_REGION), time_ms, b"who");
    let (_, signature) = signed.iter().find(|(name, _)| *name == HEADER_SIGNATURE).unwrap();
    assert_eq!(&header(HEADER_SIGNATURE), signature);
    for name in ["cookie", "authorization", "x-forwarded-for"] {
        assert!(!head.contains(name), "{head}");
    }
    machine.stop().await;
}

/// The visits of one host have half of the places; those that wait for the origin have none.
#[tokio::test(flavor = "multi_thread")]
async fn visits_that_wait_for_the_origin_hold_nobody_up() {
    let origin = Origin::start().await;
    let machine = machine(&origin.url).await;
    machine.put("k", "text").await;
    let waiting: Vec<_> = (0..16)
        .map(|number| {
            // Each another address: equal ones would share one question.
            let request = machine.client.get(machine.url(&format!("/ask/4000/held?{number}")));
            tokio::spawn(async move { request.send().await.unwrap().text().await.unwrap() })
        })
        .collect();
    eventually("all of them are asked for", async || origin.asked().await == 16).await;
    assert_eq!(machine.read("/page/k").await, (StatusCode::OK, "text".into()));
    origin.gate.add_permits(16);
    for one in waiting {
        assert_eq!(one.await.unwrap(), "at last");
    }
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_is_none() {
    let origin = Origin::start().await;
    for question in ["large", "elsewhere", "busy", "never"] {
        // Another machine each, since one asks nothing more for a moment.
        let machine = machine(&origin.url).await;
        let before = origin.asked().await;
        let answer = machine.read(&format!("/ask/300/{question}")).await;
        assert_eq!(answer, (StatusCode::NOT_FOUND, "nobody answered".into()), "{question}");
        assert_eq!(origin.asked().await, before + 1, "{question}: no redirect is followed");
        machine.stop().await;
    }
}

/// A dead origin costs each visit a moment once, and not each visit.
#[tokio::test(flavor = "multi_thread")]
async fn an_origin_that_is_away_is_not_waited_for_again_at_once() {
    let origin = Origin::start().await;
    let machine = machine(&origin.url).await;
    for _ in 0..20 {
        assert_eq!(machine.read("/ask/300/never").await.0, StatusCode::NOT_FOUND);
    }
    let asked = origin.asked().await;
    assert!(asked < 10, "it was asked {asked} times");
    eventually("it is asked again", async || {
        tokio::time::sleep(Duration::from_millis(100)).await;
        machine.read("/ask/2000/who").await.0 == StatusCode::OK
    })
    .await;
    assert!(machine.metric("pharos_edge_questions_unanswered_total", "").await >= 20.0);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_without_a_key_has_no_answer() {
    let machine = Machine::start().await;
    let answer = machine.read("/ask/2000/who").await;
    assert_eq!(answer, (StatusCode::NOT_FOUND, "nobody answered".into()));
    machine.stop().await;
}
