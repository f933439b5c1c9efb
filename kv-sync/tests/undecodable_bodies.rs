//! kv-sync reads envelopes and never a record's body: one that no reader could decode arrives in the region unharmed.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Query, State},
    routing::{get, post},
};
use ed25519_dalek::SigningKey;
use page_model::{
    AudienceId, Host, Key, PageId, Record, body,
    key::Month,
    put::{self, Batch, Outcome, Receipt},
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;

/// An origin with one change, and a region that stores whatever it is sent.
struct Stub {
    records: Vec<Record>,
    stored: mpsc::Sender<Vec<ByteBuf>>,
}

#[tokio::test]
async fn record_with_undecodable_body_reaches_the_region_unchanged() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let (stored, mut received) = mpsc::channel(16);
    let stub = Arc::new(Stub {
        records: records(),
        stored,
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url: reqwest::Url = format!("http://{}", listener.local_addr().expect("an address"))
        .parse()
        .expect("a URL");
    let routes = Router::new()
        .route("/sync/feed", get(feed))
        .route("/sync/pages/{page}/records", get(page_records))
        .route("/sync/delivered", post(async || Json(Value::Null)))
        .route(put::PATH, post(put_batch))
        .with_state(stub.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let sync = kv_sync::bind(kv_sync::Config {
        origin: url.clone(),
        sync_token: "token".to_owned(),
        put_key: SigningKey::from_bytes(&[7; 32]),
        regions: vec![kv_sync::Region {
            name: "eu-1".to_owned(),
            url,
        }],
        admin_listen: "127.0.0.1:0".parse().expect("an address"),
        metrics: metrics_exporter_prometheus::PrometheusBuilder::new()
            .build_recorder()
            .handle(),
    });
    let sync = sync.await.expect("kv-sync binds");
    tokio::spawn(sync.run(CancellationToken::new()));

    let mut arrived = Vec::new();
    let arrival = async {
        while arrived.len() < stub.records.len() {
            arrived.extend(received.recv().await.expect("the stub sends"));
        }
    };
    timeout(ARRIVAL_MAX, arrival).await.expect("every record arrives");
    let sent: Vec<Vec<u8>> = stub.records.iter().map(Record::to_bytes).collect();
    assert_eq!(arrived, sent);
}

/// One of each kind that has a body, and none of the bodies is CBOR or deflated.
fn records() -> Vec<Record> {
    let page = PageId::parse("northwind001").expect("a page id");
    let public = AudienceId::public();
    let month = Month::parse("2026-11").expect("a month");
    let keys = [
        Key::Snapshot(page.clone(), public.clone()),
        Key::Archive(page.clone(), public, month),
        Key::Site(Host::parse("status.northwind.example").expect("a host")),
    ];
    let record = |key| Record::new(key, page.clone(), SEQ, b"\xff\x00 no CBOR, no deflate".to_vec());
    keys.into_iter().map(record).collect()
}

#[derive(Deserialize)]
struct FeedQuery {
    after: u64,
    wait_ms: u64,
}

async fn feed(Query(query): Query<FeedQuery>) -> Json<Value> {
    if query.after >= SEQ {
        tokio::time::sleep(Duration::from_millis(query.wait_ms)).await;
        return Json(json!({
            "head": SEQ, "complete": true, "database": "d4tabase0001", "first_seq": 1, "changes": []
        }));
    }
    let changes = json!([{ "page": "northwind001", "seq": SEQ }]);
    Json(json!({ "head": SEQ, "complete": true, "database": "d4tabase0001", "first_seq": 1, "changes": changes }))
}

#[derive(Serialize)]
struct PageRecords {
    seq: u64,
    records: Vec<ByteBuf>,
}

async fn page_records(State(stub): State<Arc<Stub>>) -> Vec<u8> {
    let records = stub.records.iter().map(|record| ByteBuf::from(record.to_bytes()));
    body::encode(&PageRecords {
        seq: SEQ,
        records: records.collect(),
    })
}

async fn put_batch(State(stub): State<Arc<Stub>>, bytes: Bytes) -> Vec<u8> {
    let batch: Batch = body::decode(&bytes).expect("a batch");
    let receipt = Receipt {
        outcomes: vec![Outcome::Stored; batch.records.len()],
        ..Receipt::default()
    };
    // Once the test has all that it waits for nobody receives any more.
    let _ = stub.stored.send(batch.records).await;
    body::encode(&receipt)
}

const SEQ: u64 = 7;
const ARRIVAL_MAX: Duration = Duration::from_secs(10);
