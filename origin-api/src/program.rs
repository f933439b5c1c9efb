//! The program: bind everything, serve until told to stop, drain.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use axum::Router;
use ed25519_dalek::VerifyingKey;
use metrics_exporter_prometheus::PrometheusHandle;
use origin_clock::clock;
use origin_engine::outward::Outward;
use origin_http::{listener, router::router, state::Origin};
use origin_sign_in::{
    database::{self, Database, DatabaseWriter},
    mail::{answers::Mails, mailer::Mailer, smtp::Smtp},
    router::router as sign_in,
};
use origin_store::{Change, Condition, Store, writer::Writer};
use tokio::{net::TcpListener, sync::Notify};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{admin, metrics};

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

pub struct Visitors {
    pub listen: SocketAddr,
    /// The public half of each region's own key.
    pub region_keys: HashMap<String, VerifyingKey>,
    /// Where mails are sent for those who sign in by one, if any are.
    pub smtp: Option<Smtp>,
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

struct BoundVisitors {
    listener: TcpListener,
    router: Router,
    mailer: Option<Mailer>,
    database: Database,
    writer: DatabaseWriter,
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
        Some(visitors) => Some(bind_visitors(visitors, &config.data, &store, &outward).await?),
        None => None,
    };
    let visitors_addr = visitors.as_ref().map(|visitors| visitors.listener.local_addr());
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

async fn bind_visitors(
    visitors: Visitors,
    data: &Path,
    store: &Store,
    outward: &Outward,
) -> anyhow::Result<BoundVisitors> {
    let listener = listen(visitors.listen, "the listener for visitors").await?;
    let (database, writer) = database::open(data).await?;
    let woken = Arc::new(Notify::new());
    let mails = visitors.smtp.is_some().then(|| Mails {
        store: store.clone(),
        database: database.clone(),
        woken: woken.clone(),
    });
    let mailer = visitors.smtp.map(|smtp| Mailer {
        store: store.clone(),
        database: database.clone(),
        smtp,
        woken,
    });
    let (handle, keys) = (database.clone(), visitors.region_keys);
    Ok(BoundVisitors {
        listener,
        router: sign_in(store.clone(), handle, mails, keys, outward.clone())?,
        mailer,
        database,
        writer,
    })
}

impl Bound {
    /// Serves until cancelled, then finishes what is under way. What was answered with 2xx is on disk either way.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let mut writer = tokio::spawn(self.writer.run());
        let store = self.store.clone();
        let sign_ins = self.visitors.as_ref().map(|visitors| visitors.database.readers());
        metrics::begin(*store.head().borrow());
        let origin = Origin::new(
            self.store,
            sign_ins,
            &self.config.admin_token,
            &self.config.sync_token,
            self.outward,
            shutdown.clone(),
        );
        let readers = store.clone();
        let sends_mail = self.visitors.as_ref().is_some_and(|visitors| visitors.mailer.is_some());
        let told = store.change(Change::SendsMail(sends_mail), Condition::default()).await;
        if let Err(fault) = told {
            tracing::error!(
                ?fault,
                "whether this origin sends mail cannot be told to the doors of pages"
            );
        }
        let visitors = serve_visitors(self.visitors, shutdown.clone());
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

async fn serve_visitors(bound: Option<BoundVisitors>, shutdown: CancellationToken) {
    let Some(bound) = bound else {
        return;
    };
    // The writer works until nobody has a handle on the database.
    let serving = async {
        let mailing = async {
            if let Some(mailer) = bound.mailer {
                shutdown.run_until_cancelled(mailer.run()).await;
            }
        };
        tokio::join!(listener::serve(bound.listener, bound.router, shutdown.clone()), mailing);
        bound.database.end_readers().await;
    };
    tokio::join!(serving, bound.writer.run());
}

async fn listen(addr: SocketAddr, what: &str) -> anyhow::Result<TcpListener> {
    let bound = TcpListener::bind(addr).await;
    bound.with_context(|| format!("{what} cannot listen on {addr}; is something else using the port?"))
}
