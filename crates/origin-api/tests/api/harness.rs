//! A real origin on a free port with a folder of its own.

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use origin_api::{Config, bind};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub const ADMIN: &str = "the-admin-token";
pub const SYNC: &str = "the-sync-token";

pub struct TestOrigin {
    pub api: String,
    pub admin: String,
    pub folder: TempDir,
    client: Client,
    shutdown: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

/// A response read whole.
#[derive(Debug)]
pub struct Read {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl TestOrigin {
    pub async fn start() -> Self {
        Self::start_in(TempDir::new().expect("a temporary folder")).await
    }

    pub async fn start_in(folder: TempDir) -> Self {
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let bound = bind(Config {
            listen: ([127, 0, 0, 1], 0).into(),
            admin_listen: ([127, 0, 0, 1], 0).into(),
            data: folder.path().join("data"),
            sync_token: SYNC.into(),
            admin_token: ADMIN.into(),
            metrics,
        });
        let bound = bound.await.expect("the origin binds");
        let shutdown = CancellationToken::new();
        Self {
            api: format!("http://{}", bound.api_addr),
            admin: format!("http://{}", bound.admin_addr),
            folder,
            client: client(),
            running: tokio::spawn(bound.run(shutdown.clone())),
            shutdown,
        }
    }

    /// Stops as an operator would, and gives the folder back.
    pub async fn stop(self) -> TempDir {
        self.shutdown.cancel();
        let ended = tokio::time::timeout(Duration::from_secs(5), self.running).await;
        ended
            .expect("the origin drains")
            .expect("it does not panic")
            .expect("it ends well");
        self.folder
    }

    pub async fn get(&self, path: &str) -> Read {
        self.send(Method::GET, path, ADMIN, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Read {
        self.send(Method::POST, path, ADMIN, &[], Some(body.to_string())).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Read {
        self.send(Method::PATCH, path, ADMIN, &[], Some(body.to_string())).await
    }

    pub async fn delete(&self, path: &str) -> Read {
        self.send(Method::DELETE, path, ADMIN, &[], None).await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Read {
        let mut request = self.client.request(method, format!("{}{path}", self.api));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Read::of(request.send().await.expect("the origin answers")).await
    }

    /// What the regions would be given of a page.
    pub async fn records(&self, page: &str, after: u64) -> Vec<page_model::Record> {
        #[derive(serde::Deserialize)]
        struct Composed {
            records: Vec<serde_bytes::ByteBuf>,
        }
        let url = format!("{}/sync/pages/{page}/records?after={after}", self.api);
        let response = self
            .client
            .get(url)
            .bearer_auth(SYNC)
            .send()
            .await
            .expect("the origin answers");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "application/cbor");
        let bytes = response.bytes().await.expect("a body");
        let composed: Composed = page_model::body::decode(&bytes).expect("CBOR");
        let records = composed
            .records
            .iter()
            .map(|bytes| page_model::Record::from_stranger(bytes).expect("a record"));
        records.collect()
    }

    pub async fn snapshot(&self, page: &str) -> page_model::Snapshot {
        let records = self.records(page, u64::MAX >> 1).await;
        let snapshot = records
            .iter()
            .find(|record| matches!(record.key, page_model::Key::Snapshot(..)));
        page_model::body::decode_compressed(&snapshot.expect("a snapshot").body).expect("it decodes")
    }
}

impl Read {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("a body");
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).expect("JSON")
        };
        Self { status, headers, body }
    }

    /// Asserts a status and gives the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("no {name}: {self:?}"))
            .to_str()
            .expect("text")
    }
}

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().expect("a client")
}
