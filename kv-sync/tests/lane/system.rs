//! kv-sync itself, between a scripted origin and scripted regions.

use std::{
    net::SocketAddr,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::Router;
use ed25519_dalek::SigningKey;
use page_model::{AudienceId, Host, Key, PageId, Record, key::Month};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{origin::Origin, region::Region};

/// Runs until it is dropped or stopped.
pub struct Sync {
    shutdown: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

impl Sync {
    pub async fn start(origin: &Origin, regions: &[&Region]) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let url = |addr: SocketAddr| format!("http://{addr}").parse().expect("a URL");
        let regions = regions.iter().map(|region| kv_sync::Region {
            name: region.name.clone(),
            url: url(region.addr),
        });
        let bound = kv_sync::bind(kv_sync::Config {
            origin: url(origin.addr),
            sync_token: TOKEN.to_owned(),
            put_key: SigningKey::from_bytes(&PUT_KEY),
            regions: regions.collect(),
            admin_listen: "127.0.0.1:0".parse().expect("an address"),
            metrics: metrics_exporter_prometheus::PrometheusBuilder::new()
                .build_recorder()
                .handle(),
        });
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(bound.await.expect("kv-sync binds").run(shutdown.clone()));
        Self { shutdown, running }
    }

    /// As a signal does: it ends by itself.
    pub async fn stop(self) {
        self.shutdown.cancel();
        let ended = tokio::time::timeout(WAIT_MAX, self.running).await;
        ended.expect("it ends").expect("no panic").expect("no error");
    }
}

pub async fn serve(routes: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    addr
}

/// Waits for what takes a moment; the bound only catches what never comes.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + WAIT_MAX;
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub fn page(number: u64) -> String {
    format!("page{number:08}")
}

/// The records of a page: a snapshot, an archive for each of these months, then the site that names them.
pub fn records(page: &str, version: u64, months: usize) -> Vec<Record> {
    let id = PageId::parse(page).expect("a page id");
    let public = AudienceId::public;
    let archive = |number: usize| {
        let month = Month::parse(&format!("{}-{:02}", 1000 + number / 12, number % 12 + 1)).expect("a month");
        // An archive stays what it is when the page changes.
        Record::new(
            Key::Archive(id.clone(), public(), month),
            id.clone(),
            1,
            b"a month".to_vec(),
        )
    };
    let current = |key| Record::new(key, id.clone(), version, format!("change {version}").into_bytes());
    let mut records = vec![current(Key::Snapshot(id.clone(), public()))];
    records.extend((0..months).map(archive));
    records.push(current(Key::Site(Host::parse(&host(page)).expect("a host"))));
    records
}

pub fn host(page: &str) -> String {
    format!("{page}.localhost")
}

pub fn names(records: &[Record]) -> Vec<(String, u64)> {
    records
        .iter()
        .map(|record| (record.key.to_string(), record.version))
        .collect()
}

pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

pub const TOKEN: &str = "a sync token";
pub const PUT_KEY: [u8; 32] = [7; 32];
pub const WAIT_MAX: Duration = Duration::from_secs(60);
