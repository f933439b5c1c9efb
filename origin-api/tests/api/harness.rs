//! A real origin on a free port with a folder of its own.

use std::time::Duration;

use ed25519_dalek::SigningKey;
use jiff::{Timestamp, ToSpan};
use metrics_exporter_prometheus::PrometheusBuilder;
use origin_api::{Config, Smtp, Visitors, bind};
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub const ADMIN: &str = "the-admin-token";
pub const SYNC: &str = "the-sync-token";
pub const REGION: &str = "eu-1";

pub const PAGE: &str = "page00000001";
pub const GROUP: &str = "group0000001";
pub const COMPONENT: &str = "comp00000001";
pub const OTHER_COMPONENT: &str = "comp00000002";
pub const INCIDENT: &str = "incident0001";
pub const UPDATE: &str = "update000001";
pub const MAINTENANCE: &str = "maint0000001";
pub const MAINTENANCE_UPDATE: &str = "update000002";

/// Less than a feed waits that nobody ends.
const DRAIN_MAX: Duration = Duration::from_secs(20);

pub struct TestOrigin {
    pub api: String,
    pub admin: String,
    pub visitors: String,
    pub folder: TempDir,
    pub client: Client,
    shutdown: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

/// A body that must be refused: where it is sent, what it is, the status, and the field that is named.
pub type Case = (Method, String, Value, u16, &'static str);

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
        // Nobody listens there: mails wait.
        Self::start_with_mail(folder, "smtp://127.0.0.1:9").await
    }

    pub async fn start_with_mail(folder: TempDir, smtp_url: &str) -> Self {
        Self::start_with(folder, smtp_url, Vec::new()).await
    }

    /// With identity providers on this machine.
    pub async fn start_beside(folder: TempDir, internal_providers: Vec<Url>) -> Self {
        Self::start_with(folder, "smtp://127.0.0.1:9", internal_providers).await
    }

    async fn start_with(folder: TempDir, smtp_url: &str, internal_providers: Vec<Url>) -> Self {
        let client = client();
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let bound = bind(Config {
            listen: ([127, 0, 0, 1], 0).into(),
            socket: None,
            admin_listen: ([127, 0, 0, 1], 0).into(),
            data: folder.path().join("data"),
            sync_token: SYNC.into(),
            admin_token: ADMIN.into(),
            visitors: Some(Visitors {
                listen: ([127, 0, 0, 1], 0).into(),
                region_keys: [(REGION.to_owned(), region_key().verifying_key())].into(),
                smtp: Some(Smtp::parse(smtp_url, "status@pharos.example").expect("a server")),
            }),
            internal_providers,
            metrics,
        });
        let bound = bound.await.expect("the origin binds");
        let shutdown = CancellationToken::new();
        Self {
            api: format!("http://{}", bound.api_addr),
            admin: format!("http://{}", bound.admin_addr),
            visitors: format!("http://{}", bound.visitors_addr.expect("a listener for visitors")),
            folder,
            client,
            running: tokio::spawn(bound.run(shutdown.clone())),
            shutdown,
        }
    }

    /// Stops as an operator would, and gives the folder back.
    pub async fn stop(self) -> TempDir {
        self.shutdown.cancel();
        let ended = tokio::time::timeout(DRAIN_MAX, self.running).await;
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
        let json = body.is_some().then_some(("content-type", "application/json"));
        let headers: Vec<(&str, &str)> = json.into_iter().chain(headers.iter().copied()).collect();
        self.send_as(method, path, token, &headers, body).await
    }

    /// With exactly these headers.
    pub async fn send_as(
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
            request = request.body(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Read::of(request.send().await.expect("the origin answers")).await
    }

    pub async fn put_bytes(&self, path: &str, media_type: &str, bytes: &[u8]) -> Read {
        let request = self.client.put(format!("{}{path}", self.api)).bearer_auth(ADMIN);
        let request = request.header("content-type", media_type).body(bytes.to_vec());
        Read::of(request.send().await.expect("the origin answers")).await
    }

    pub async fn get_bytes(&self, path: &str) -> (reqwest::header::HeaderMap, Vec<u8>) {
        self.try_bytes(path).await.expect("it is there")
    }

    /// Headers and bytes as they came; `None` where there is nothing.
    pub async fn try_bytes(&self, path: &str) -> Option<(reqwest::header::HeaderMap, Vec<u8>)> {
        let request = self.client.get(format!("{}{path}", self.api)).bearer_auth(ADMIN);
        let response = request.send().await.expect("the origin answers");
        if response.status() == StatusCode::NOT_FOUND {
            return None;
        }
        assert_eq!(response.status(), StatusCode::OK);
        let headers = response.headers().clone();
        Some((headers, response.bytes().await.expect("a body").to_vec()))
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
            .map(|bytes| page_model::Record::from_untrusted(bytes).expect("a record"));
        records.collect()
    }

    /// A page with two components and an incident, whose ids are the constants below.
    pub async fn with_sample_page() -> Self {
        Self::start().await.sampled().await
    }

    pub async fn sampled(self) -> Self {
        let origin = self;
        let page = json!({"id": PAGE, "name": "Acme", "hosts": ["status.acme.com"]});
        origin.post("/v1/pages", page).await.expect(201);
        let group = json!({"id": GROUP, "name": "Europe"});
        origin.post(&at("groups"), group).await.expect(201);
        let grouped = json!({"id": COMPONENT, "name": "API", "group_id": GROUP, "started_on": "2026-01-01"});
        origin.post(&at("components"), grouped).await.expect(201);
        let alone = json!({"id": OTHER_COMPONENT, "name": "Webhooks", "started_on": "2026-01-01"});
        origin.post(&at("components"), alone).await.expect(201);
        let incident = json!({"id": INCIDENT, "name": "Slow", "body": "We look.", "update_id": UPDATE});
        origin.post(&at("incidents"), incident).await.expect(201);
        let maintenance = json!({
            "id": MAINTENANCE, "name": "Move", "body": "We move.", "update_id": MAINTENANCE_UPDATE,
            "starts_at": "2090-01-01T00:00:00Z", "ends_at": "2090-01-01T01:00:00Z", "components": [COMPONENT]
        });
        origin.post(&at("maintenances"), maintenance).await.expect(201);
        origin
    }

    /// Asserts that each is refused with its field, and that nothing was stored.
    pub async fn refuses(&self, cases: Vec<Case>) {
        let before = self.stored().await;
        for (method, path, body, status, field) in cases {
            let text = (!body.is_null()).then(|| body.to_string());
            let read = self.send(method.clone(), &path, ADMIN, &[], text).await;
            let sent = format!("{method} {path} {:.200}", body.to_string());
            assert_eq!(read.status.as_u16(), status, "{sent}: {}", read.body);
            assert_eq!(read.header("content-type"), "application/problem+json", "{sent}");
            let named = read.body["field"].as_str().unwrap_or_default();
            assert_eq!(named, field, "{sent}: {}", read.body);
            let detail = read.body["detail"].as_str().unwrap_or_default();
            assert!(!detail.is_empty(), "{sent}");
            assert_eq!(read.body["status"], status, "{sent}");
        }
        assert_eq!(self.stored().await, before);
    }

    /// Plans a maintenance that starts in a second, and waits for its start: what was due before has had its turn.
    pub async fn until_clock_looked(&self, witness: &str) {
        let starts_at = Timestamp::now() + 1.seconds();
        let planned = json!({
            "id": witness, "name": "Witness", "body": "It starts.",
            "starts_at": starts_at.to_string(), "ends_at": (starts_at + 1.hours()).to_string()
        });
        self.post(&at("maintenances"), planned).await.expect(201);
        self.until(&at(&format!("maintenances/{witness}")), "status", "in_progress")
            .await;
    }

    /// Waits until a field holds a value; the bound only catches what never comes.
    pub async fn until(&self, path: &str, field: &str, value: &str) {
        let mut held = Value::Null;
        for _ in 0..300 {
            held = self.get(path).await.expect(200)[field].clone();
            if held == value {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(held, value, "{path}: {field}");
    }

    /// Changes the database behind the origin's back.
    pub async fn execute(&self, sql: &'static str) {
        let mut db = self.database().await;
        sqlx::query(sql).execute(&mut db).await.expect("it is executed");
    }

    async fn database(&self) -> SqliteConnection {
        let file = self.folder.path().join("data/origin.db");
        let options = SqliteConnectOptions::new().filename(file);
        options.connect().await.expect("the database opens")
    }

    /// Rows of each table and the last sequence number: what a refused request must leave as it is.
    pub async fn stored(&self) -> Vec<(String, i64)> {
        let mut db = self.database().await;
        let names = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut db).await.expect("tables");
        let mut stored = Vec::new();
        for name in names {
            let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM {name}"));
            let count = sqlx::query_scalar(count).fetch_one(&mut db).await.expect("a count");
            stored.push((name, count));
        }
        let head = sqlx::query_scalar("SELECT MAX(seq) FROM outbox")
            .fetch_one(&mut db)
            .await;
        stored.push(("head".into(), head.expect("a head")));
        stored
    }

    pub async fn snapshot(&self, page: &str) -> page_model::Snapshot {
        let records = self.records(page, 0).await;
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
        assert!(self.headers.contains_key(name), "no {name}: {self:?}");
        self.headers[name].to_str().expect("text")
    }
}

/// With which the region asks for its visitors.
pub fn region_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// A path below the with_sample_page page.
pub fn at(path: &str) -> String {
    format!("/v1/pages/{PAGE}/{path}")
}

pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().expect("a client")
}
