//! What edges ask for visitors, on a listener and on threads of its own: strangers cause it, so that publishers come first where the
//! machine has too little for both.

use std::{collections::HashMap, io, net::SocketAddr, path::Path, sync::Arc, thread::available_parallelism};

use anyhow::Context;
use axum::Router;
use ed25519_dalek::VerifyingKey;
use origin_engine::{outward::Outward, sql::Readers};
use origin_http::listener;
use origin_sign_in::{
    database::{self, Database, DatabaseWriter},
    limits::THREADS_NICENESS,
    mail::{answers::Mails, mailer::Mailer, smtp::Smtp},
    router::router,
};
use origin_store::Store;
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    sync::Notify,
};
use tokio_util::sync::CancellationToken;

pub struct Visitors {
    pub listen: SocketAddr,
    /// The public half of each region's own key.
    pub region_keys: HashMap<String, VerifyingKey>,
    /// Where mails are sent for those who sign in by one, if any are.
    pub smtp: Option<Smtp>,
}

pub(crate) struct BoundVisitors {
    listener: TcpListener,
    router: Router,
    mailer: Option<Mailer>,
    database: Database,
    writer: DatabaseWriter,
}

impl Visitors {
    pub(crate) async fn bind(
        self,
        listener: TcpListener,
        data: &Path,
        store: &Store,
        outward: &Outward,
    ) -> anyhow::Result<BoundVisitors> {
        let (database, writer) = database::open(data).await?;
        let woken = Arc::new(Notify::new());
        let mails = self.smtp.is_some().then(|| Mails {
            store: store.clone(),
            database: database.clone(),
            woken: woken.clone(),
        });
        let mailer = self.smtp.map(|smtp| Mailer {
            store: store.clone(),
            database: database.clone(),
            smtp,
            woken,
        });
        let (handle, keys) = (database.clone(), self.region_keys);
        Ok(BoundVisitors {
            listener,
            router: router(store.clone(), handle, mails, keys, outward.clone())?,
            mailer,
            database,
            writer,
        })
    }
}

impl BoundVisitors {
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    pub fn readers(&self) -> Readers {
        self.database.readers()
    }

    pub fn sends_mail(&self) -> bool {
        self.mailer.is_some()
    }

    pub async fn serve(self, shutdown: CancellationToken) {
        let ended = match Threads::start() {
            Ok(threads) => Box::pin(threads.run(self.served(shutdown))).await,
            Err(error) => Err(error).context("threads for them cannot be started"),
        };
        if let Err(error) = ended {
            tracing::error!("visitors of private pages are let in no longer: {error:#}");
        }
    }

    async fn served(self, shutdown: CancellationToken) {
        // The writer works until nobody has a handle on the database.
        let serving = async {
            let mailing = async {
                if let Some(mailer) = self.mailer {
                    shutdown.run_until_cancelled(mailer.run()).await;
                }
            };
            tokio::join!(listener::serve(self.listener, self.router, shutdown.clone()), mailing);
            self.database.end_readers().await;
        };
        tokio::join!(serving, self.writer.run());
    }
}

/// They come after all others of the machine; those too that compare passwords.
struct Threads(Option<Runtime>);

impl Threads {
    fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        builder
            .worker_threads(available_parallelism().map_or(1, usize::from))
            .thread_name("visitors")
            .enable_all()
            .on_thread_start(|| {
                if let Err(error) = background_thread::give_way(THREADS_NICENESS) {
                    tracing::warn!("what visitors cause has the priority of all else: {error}");
                }
            });
        builder.build().map(|runtime| Self(Some(runtime)))
    }

    async fn run(&self, work: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
        let runtime = self.0.as_ref().context("the threads for visitors have ended")?;
        runtime.spawn(work).await.context("what visitors ask failed")
    }
}

impl Drop for Threads {
    /// A runtime that waits for its threads cannot be dropped by another one.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The niceness stands nineteenth, sixteen behind the name and the state.
    fn niceness() -> String {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("it is there");
        let fields = stat.rsplit(')').next().expect("fields");
        fields.split_whitespace().nth(16).expect("a niceness").to_owned()
    }

    #[tokio::test]
    async fn what_visitors_cause_comes_after_all_else() {
        let before = niceness();
        let (told, mut nicenesses) = tokio::sync::mpsc::channel(2);
        let threads = Threads::start().expect("they start");
        let work = async move {
            told.send(niceness()).await.expect("somebody listens");
            let compared = tokio::task::spawn_blocking(niceness).await.expect("a niceness");
            told.send(compared).await.expect("somebody listens");
        };
        threads.run(work).await.expect("it ends");
        for _ in 0..2 {
            assert_eq!(nicenesses.recv().await.expect("one"), THREADS_NICENESS.to_string());
        }
        assert_eq!(niceness(), before);
    }
}
