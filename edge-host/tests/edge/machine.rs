//! An edge machine of a test, and its visitors.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use edge_host::{ClientAddress, Config, SignIn, bind};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use reqwest::{Client, Method, Response, StatusCode};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub struct Machine {
    pub visitors: SocketAddr,
    pub admin: SocketAddr,
    pub client: Client,
    pub shutdown: CancellationToken,
    pub region: String,
    running: JoinHandle<anyhow::Result<()>>,
    _data: Option<TempDir>,
}

impl Machine {
    pub async fn start() -> Self {
        Self::start_with(None).await
    }

    /// One that asks an origin for visitors.
    pub async fn start_with(sign_in: Option<SignIn>) -> Self {
        let data = TempDir::new().unwrap();
        let machine = Self::start_as(data.path(), 1_000, sign_in, ClientAddress::Peer).await;
        Self {
            _data: Some(data),
            ..machine
        }
    }

    /// One behind a proxy.
    pub async fn start_behind(client_address: ClientAddress) -> Self {
        let data = TempDir::new().unwrap();
        let machine = Self::start_as(data.path(), 1_000, None, client_address).await;
        Self {
            _data: Some(data),
            ..machine
        }
    }

    pub async fn start_on(data: &Path, connections_max: usize) -> Self {
        Self::start_as(data, connections_max, None, ClientAddress::Peer).await
    }

    /// One that takes puts which are signed with the key.
    pub async fn start_filled_by(put_verify_key: &str) -> Self {
        let data = TempDir::new().unwrap();
        let (sign_in, client_address) = (None, ClientAddress::Peer);
        let machine = Self::start_for(data.path(), 1_000, sign_in, client_address, put_verify_key).await;
        Self {
            _data: Some(data),
            ..machine
        }
    }

    /// A small one behind a proxy.
    pub async fn start_small_behind(client_address: ClientAddress, connections_max: usize) -> Self {
        let data = TempDir::new().unwrap();
        let machine = Self::start_as(data.path(), connections_max, None, client_address).await;
        Self {
            _data: Some(data),
            ..machine
        }
    }

    async fn start_as(
        data: &Path,
        connections_max: usize,
        sign_in: Option<SignIn>,
        client_address: ClientAddress,
    ) -> Self {
        Self::start_for(data, connections_max, sign_in, client_address, "a-key").await
    }

    async fn start_for(
        data: &Path,
        connections_max: usize,
        sign_in: Option<SignIn>,
        client_address: ClientAddress,
        put_verify_key: &str,
    ) -> Self {
        // First, as the machine too may need what it installs.
        let client = client();
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let region = format!("test-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = Config {
            region: region.clone(),
            listen: any,
            socket: None,
            admin_listen: any,
            component: GUEST.clone(),
            // Of all tests: compiling takes longer than most of them.
            compiled: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiled"),
            data: data.into(),
            put_verify_key: Some(put_verify_key.to_owned()),
            sign_in,
            client_address,
            connections_max,
            metrics: METRICS.clone(),
        };
        let bound = bind(config).await.unwrap();
        let (visitors, admin, shutdown) = (bound.visitor_addr, bound.admin_addr, CancellationToken::new());
        let running = tokio::spawn(bound.run(shutdown.clone()));
        Self {
            visitors,
            admin,
            client,
            shutdown,
            region,
            running,
            _data: None,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.visitors)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    /// The status and body of a GET.
    pub async fn read(&self, path: &str) -> (StatusCode, String) {
        let response = self.get(path).await;
        (response.status(), response.text().await.unwrap())
    }

    pub async fn put(&self, key: &str, value: &str) {
        let request = self
            .client
            .request(Method::PUT, self.url(&format!("/kv/{key}")))
            .body(value.to_owned());
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "PUT /kv/{key}");
    }

    /// One of this machine's metrics, by its name and labels as they stand in the Prometheus text.
    pub async fn metric(&self, name: &str, label: &str) -> f64 {
        let url = format!("http://{}/metrics", self.admin);
        let text = self.client.get(url).send().await.unwrap().text().await.unwrap();
        let region = format!("region=\"{}\"", self.region);
        let is_it = |line: &&str| line.starts_with(name) && line.contains(&region) && line.contains(label);
        let line = text.lines().find(is_it);
        line.map_or(0.0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
    }

    pub async fn guest_calls(&self) -> f64 {
        self.metric("pharos_edge_guest_calls_total", "").await
    }

    pub async fn visits(&self, outcome: &str) -> f64 {
        self.metric("pharos_edge_visits_total", &format!("outcome=\"{outcome}\""))
            .await
    }

    /// What was not served for this reason.
    pub async fn shed(&self, reason: &str) -> f64 {
        self.metric("pharos_edge_shed_total", &format!("reason=\"{reason}\""))
            .await
    }

    pub async fn timeouts(&self) -> f64 {
        self.metric("pharos_edge_guest_failures_total", "\"timeout\"").await
    }

    pub async fn connections(&self) -> f64 {
        self.metric("pharos_edge_connections", "").await
    }

    /// Waits until a call of `/held/GATE/…` has read its value and waits for its gate.
    pub async fn until_held(&self, gate: &str) {
        let path = format!("/kv/held/{gate}");
        eventually("the guest waits at its gate", async || {
            self.read(&path).await.0.is_success()
        })
        .await;
    }

    pub async fn stop(self) {
        self.shutdown.cancel();
        drop(self.client);
        self.running.await.unwrap().unwrap();
    }
}

/// Asks until it is so. The bound only catches what never comes.
pub async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < WAIT_MAX, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A visitor with connections of its own.
pub fn client() -> Client {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(WAIT_MAX).build().unwrap()
}

const WAIT_MAX: Duration = Duration::from_secs(30);

/// The recorder is one for the process; the machines' regions tell their metrics apart.
static METRICS: LazyLock<PrometheusHandle> = LazyLock::new(|| PrometheusBuilder::new().install_recorder().unwrap());

/// The guest, built once. `PHAROS_TEST_GUEST` names one that is built already, for machines without the WASM target.
static GUEST: LazyLock<PathBuf> = LazyLock::new(|| {
    if let Some(built) = std::env::var_os("PHAROS_TEST_GUEST") {
        return built.into();
    }
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = crate_dir.join("../../target");
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--release",
            "--target",
            "wasm32-wasip2",
            "--target-dir",
        ])
        .arg(&target)
        .current_dir(crate_dir.join("tests/guest"))
        .status()
        .unwrap();
    assert!(
        status.success(),
        "the test guest does not build; is the target installed? rustup target add wasm32-wasip2"
    );
    target.join("wasm32-wasip2/release/test_guest.wasm")
});
