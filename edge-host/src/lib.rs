//! An edge machine of our own: the gateway as a component on wasmtime, with a durable KV and a response cache.
//!
//! A visit goes `listener` → `visit` → `target` → `cache`, and only if it must → `collapse` → `guest`, whose steps
//! read and write the `kv`. A write to the KV ends every cached reply that depends on its key: see `writes`.

mod admin;
mod answers;
mod body;
mod cache;
mod client;
mod clients;
mod connection;
mod ending;
mod forward;
mod limits;
mod listener;
mod metrics;
mod patience;
mod refresh;
mod replies;
mod reply_body;
mod stall_timeout;
mod target;
mod visit;

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use anyhow::Context;
pub use client::{ClientAddress, TrustedHeader};
pub use edge_guest::SignIn;
use edge_guest::{Guest, GuestImports, now_ms};
use edge_kv::{Kv, Writes, sweep};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{net::TcpListener, sync::Semaphore, task::spawn_blocking, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    admin::Admin,
    body::Bodies,
    cache::{ResponseCache, admissions::Admissions, collapse::Collapse},
    clients::Clients,
    limits::{DRAIN_MAX, REFRESHES_MAX},
    listener::{Listener, bound_unsent},
    metrics::Metrics,
    replies::Replies,
    visit::Edge,
};

/// What one region's edge needs to run.
pub struct Config {
    pub region: String,
    /// Where visitors come in.
    pub listen: SocketAddr,
    /// The open socket at which they do, in the place of `listen`: it outlives this process, and who comes while the next one starts
    /// waits there.
    pub socket: Option<std::net::TcpListener>,
    /// Where the operator asks for metrics and health.
    pub admin_listen: SocketAddr,
    /// The component, a `.wasm` file.
    pub component: PathBuf,
    /// The folder of compiled components; made if it is not there. What lies in it is run: only who may replace this
    /// program may write there.
    pub compiled: PathBuf,
    /// The region's directory; made if it is not there.
    pub data: PathBuf,
    /// Verifies what is put, as `pharos keygen` prints it; without it nobody can put.
    pub put_verify_key: Option<String>,
    /// How visitors of private pages are let in; without, nobody is.
    pub sign_in: Option<SignIn>,
    /// Where the addresses of visitors come from.
    pub client_address: ClientAddress,
    pub connections_max: usize,
    pub metrics: PrometheusHandle,
}

/// An edge whose sockets are bound and whose component is compiled.
pub struct Bound {
    pub visitor_addr: SocketAddr,
    pub admin_addr: SocketAddr,
    region: String,
    visitors: TcpListener,
    admins: TcpListener,
    connections_max: usize,
    metrics: PrometheusHandle,
    kv: Arc<Kv>,
    edge: Arc<Edge>,
}

pub async fn bind(mut config: Config) -> anyhow::Result<Bound> {
    let (visitors, visitor_addr) = match config.socket.take() {
        Some(socket) => take_over(socket)?,
        None => listen(config.listen).await?,
    };
    bound_unsent(&visitors);
    let (admins, admin_addr) = listen(config.admin_listen).await?;
    let (connections_max, metrics) = (config.connections_max, config.metrics.clone());
    let region = config.region.clone();
    let (kv, edge) = spawn_blocking(move || open(config)).await??;
    Ok(Bound {
        region,
        visitor_addr,
        admin_addr,
        visitors,
        admins,
        connections_max,
        metrics,
        kv,
        edge: Arc::new(edge),
    })
}

impl Bound {
    /// Serves until `shutdown`, then finishes what is in flight, within a limit.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let (edge, kv) = (Arc::clone(&self.edge), Arc::clone(&self.kv));
        let listener = Listener {
            socket: self.visitors,
            edge: Arc::clone(&edge),
            connections_max: self.connections_max,
        };
        let admin = Admin {
            read: Mutex::default(),
            region: self.region,
            edge: self.edge,
            kv: self.kv,
            metrics: self.metrics,
            draining: shutdown.clone(),
        };
        tokio::select! {
            () = admin.run(self.admins) => {}
            () = serve(listener, &edge, shutdown) => {}
            () = sweep::run(&kv, now_ms) => {}
        }
        kv.close()
            .await
            .map_err(|error| anyhow::anyhow!("the KV could not be closed: {error}"))
    }
}

async fn serve(listener: Listener, edge: &Edge, shutdown: CancellationToken) {
    listener.run(shutdown).await;
    if timeout(DRAIN_MAX, edge.guest.drain()).await.is_err() {
        tracing::warn!("work after replies did not finish in time and is given up");
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another address or stop what uses it"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn take_over(socket: std::net::TcpListener) -> anyhow::Result<(TcpListener, SocketAddr)> {
    socket.set_nonblocking(true)?;
    let listener = TcpListener::from_std(socket).context("the socket that was handed over cannot be listened on")?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn open(config: Config) -> anyhow::Result<(Arc<Kv>, Edge)> {
    let Config {
        region,
        component,
        compiled,
        data,
        put_verify_key,
        sign_in,
        client_address,
        connections_max,
        ..
    } = config;
    fs::create_dir_all(&data).with_context(|| format!("cannot make the directory {}", data.display()))?;
    let metrics = Metrics::new(&region);
    let writes = Arc::new(Writes::default());
    let kv = Arc::new(Kv::open(&data.join(KV_FILE), Arc::clone(&writes), metrics.kv.clone())?);
    let imports = GuestImports {
        region,
        put_verify_key,
        kv: Arc::clone(&kv),
        metrics: metrics.guest.clone(),
        sign_in,
    };
    let bodies = Bodies::new(&imports.region, imports.put_verify_key.as_deref());
    let guest = Guest::load(&component, &compiled, imports)?;
    let cache = ResponseCache::new(Arc::clone(&writes));
    let edge = Edge {
        cache,
        admissions: Admissions::new(Arc::clone(&writes)),
        collapse: Collapse::new(),
        writes,
        guest,
        bodies,
        client_address,
        clients: Clients::new(connections_max),
        replies: Replies::default(),
        refreshes: Arc::new(Semaphore::new(REFRESHES_MAX)),
        metrics,
    };
    Ok((kv, edge))
}

const KV_FILE: &str = "kv.redb";
