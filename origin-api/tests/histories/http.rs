//! The origin's own router on a socket: the same requests as HTTP.

use origin_engine::outward::Outward;
use origin_http::{listener, router::router, state::Origin as State};
use origin_store::Store;
use page_model::{PageId, Record, body};
use reqwest::{Client, Method, StatusCode};
use serde::Deserialize;
use serde_bytes::ByteBuf;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{reference::facts::Refused, told::Request};

pub struct Http {
    base: String,
    client: Client,
    _stop: DropGuard,
}

#[derive(Deserialize)]
struct Composed {
    records: Vec<ByteBuf>,
}

impl Http {
    pub async fn serve(store: Store) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let stop = CancellationToken::new();
        let socket = TcpListener::bind(("127.0.0.1", 0)).await.expect("a socket");
        let base = format!("http://{}", socket.local_addr().expect("an address"));
        let state = State::new(store, None, ADMIN, SYNC, Outward::default(), stop.clone()).expect("threads");
        tokio::spawn(listener::serve(socket, router(state), stop.clone()));
        Self {
            base,
            client: Client::builder().no_proxy().build().expect("a client"),
            _stop: stop.drop_guard(),
        }
    }

    pub async fn send(&self, page: &PageId, request: Request) -> Result<(), Refused> {
        let method = Method::from_bytes(request.method.as_bytes()).expect("a method");
        let url = format!("{}/v1/pages/{page}/{}", self.base, request.path);
        let mut sent = self.client.request(method, url).bearer_auth(ADMIN);
        if !request.body.is_null() {
            sent = sent.json(&request.body);
        }
        let status = sent.send().await.expect("an answer").status();
        if status.is_success() {
            Ok(())
        } else {
            Err(Refused(status.as_u16()))
        }
    }

    /// `None` where there is no such component.
    pub async fn component(&self, page: &PageId, component: &str) -> Option<Value> {
        let url = format!("{}/v1/pages/{page}/components/{component}", self.base);
        let read = self.client.get(url).bearer_auth(ADMIN).send().await.expect("an answer");
        match read.status() {
            StatusCode::NOT_FOUND => None,
            _ => Some(read.json().await.expect("JSON")),
        }
    }

    pub async fn records(&self, page: &PageId) -> Vec<Record> {
        let url = format!("{}/sync/pages/{page}/records?after=0", self.base);
        let read = self.client.get(url).bearer_auth(SYNC).send().await.expect("an answer");
        let composed: Composed = body::decode(&read.bytes().await.expect("bytes")).expect("records");
        let records = composed.records.iter().map(|bytes| Record::from_untrusted(bytes));
        records.map(|record| record.expect("a record")).collect()
    }
}

const ADMIN: &str = "the-admin-token";
const SYNC: &str = "the-sync-token";
