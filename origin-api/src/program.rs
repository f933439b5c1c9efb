//! The program: bind everything, serve until told to stop, drain.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use metrics_exporter_prometheus::PrometheusHandle;
use origin_clock::clock;
use origin_engine::outward::Outward;
use origin_http::{listener, router::router, state::Origin};
use origin_store::{Change, Condition, Store, writer::Writer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    admin, metrics,
    visitors::{BoundVisitors, Visitors},
};

pub struct Config {
    /// The push API and the sync side.
    pub listen: SocketAddr,
    /// The open socket of the push API, in the place of `listen`: it outlives this process, and who comes while the next one starts
    /// waits there.
    pub socket: Option<std::net::TcpListener>,
    /// Metrics, status and health; not for the public.
    pub admin_listen: SocketAddr,
    /// Folder of the database.
    pub data: PathBuf,
    /// What kv-sync shows.
    pub sync_token: String,
    /// A token of the push API for all pages that is not in the database.
    pub admin_token: String,
    /// Where edges ask for visitors of private pages, if any may.
    pub visitors: Option<Visitors>,
    /// Identity providers that are not public.
    pub internal_providers: Vec<Url>,
    pub metrics: PrometheusHandle,
}

/// An origin whose sockets are bound and whose database is open.
pub struct Bound {
    pub api_addr: SocketAddr,
    pub admin_addr: SocketAddr,
    pub visitors_addr: Option<SocketAddr>,
    visitors: Option<BoundVisitors>,
    api: TcpListener,
    admin: TcpListener,
    store: Store,
    writer: Writer,
    outward: Outward,
    config: Config,
}

pub async fn bind(mut config: Config) -> anyhow::Result<Bound> {
    let (store, writer) = Store::open(&config.data).await?;
    let api = match config.socket.take() {
        Some(socket) => {
            socket.set_nonblocking(true)?;
            TcpListener::from_std(socket)?
        }
        None => listen(config.listen, "the push API").await?,
    };
    let admin = listen(config.admin_listen, "the origin's admin port").await?;
    let outward = Outward::new(config.internal_providers.clone());
    let visitors = match config.visitors.take() {
        Some(visitors) => {
            let listener = listen(visitors.listen, "the listener for visitors").await?;
            Some(visitors.bind(listener, &config.data, &store, &outward).await?)
        }
        None => None,
    };
    let visitors_addr = visitors.as_ref().map(BoundVisitors::local_addr);
    Ok(Bound {
        visitors_addr: visitors_addr.transpose()?,
        visitors,
        api_addr: api.local_addr()?,
        admin_addr: admin.local_addr()?,
        api,
        admin,
        store,
        writer,
        outward,
        config,
    })
}

impl Bound {
    /// Serves until cancelled, then finishes what is under way. What was answered with 2xx is on disk either way.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let mut writer = tokio::spawn(self.writer.run());
        let store = self.store.clone();
        let sign_ins = self.visitors.as_ref().map(BoundVisitors::readers);
        metrics::begin(*store.head().borrow());
        let origin = Origin::new(
            self.store,
            sign_ins,
            &self.config.admin_token,
            &self.config.sync_token,
            self.outward,
            shutdown.clone(),
        )
        .context("threads for long work cannot be started")?;
        let readers = store.clone();
        let sends_mail = self.visitors.as_ref().is_some_and(BoundVisitors::sends_mail);
        let told = store.change(Change::SendsMail(sends_mail), Condition::default()).await;
        if let Err(fault) = told {
            tracing::error!(
                ?fault,
                "whether this origin sends mail cannot be told to the doors of pages"
            );
        }
        let (stop, visitors) = (shutdown.clone(), self.visitors);
        let visitors = async {
            if let Some(visitors) = visitors {
                Box::pin(visitors.serve(stop)).await;
            }
        };
        let serving = async {
            tokio::join!(
                listener::serve(self.api, router(origin), shutdown.clone()),
                listener::serve(
                    self.admin,
                    admin::router(store.clone(), self.config.metrics),
                    shutdown.clone()
                ),
                clock::run(store, shutdown.clone()),
                visitors,
            );
        };
        tokio::select! {
            () = serving => readers.end_readers().await,
            ended = &mut writer => return ended.context("the writer failed; without it no change can be accepted"),
        }
        // Every handle on the store is gone now, so the writer finishes what is queued and ends.
        writer.await.context("the writer failed while draining")
    }
}

async fn listen(addr: SocketAddr, what: &str) -> anyhow::Result<TcpListener> {
    let bound = TcpListener::bind(addr).await;
    bound.with_context(|| format!("{what} cannot listen on {addr}; is something else using the port?"))
}
