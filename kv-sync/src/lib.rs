//! Carries changed records from the origin's feed to every region: in order, at least once, coalesced.
//!
//! One lane per region (`sync_lane`) decides: poll the feed → fetch a page's records → put → move the cursor *in that
//! region*. Here is the IO alone. There is no durable state: a restart asks each region how far it has come.

mod admin;
mod board;
mod cause;
mod clients;
mod clock;
mod driver;
mod followup;
mod metrics;
mod traces;
mod troubles;

use std::{
    hash::{BuildHasher, RandomState},
    net::SocketAddr,
    time::Duration,
};

use anyhow::Context;
use ed25519_dalek::SigningKey;
use metrics_exporter_prometheus::PrometheusHandle;
use page_model::put::{Batch, Receipt};
use reqwest::Url;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    board::Board,
    clients::{origin::Origin, region::PutClient},
    driver::Driver,
};

pub use clients::{
    origin::OriginError,
    region::{PutError, Region},
};

pub struct Config {
    pub origin: Url,
    pub sync_token: String,
    /// Signs every put; the regions know its public half.
    pub put_key: SigningKey,
    pub regions: Vec<Region>,
    pub admin_listen: SocketAddr,
    pub metrics: PrometheusHandle,
}

pub struct Bound {
    pub admin_addr: SocketAddr,
    admin: TcpListener,
    config: Config,
    client: reqwest::Client,
}

pub async fn bind(config: Config) -> anyhow::Result<Bound> {
    let admin = TcpListener::bind(config.admin_listen)
        .await
        .with_context(|| format!("cannot listen on {} for metrics", config.admin_listen))?;
    Ok(Bound {
        admin_addr: admin.local_addr()?,
        admin,
        config,
        client: client().context("cannot set up an HTTP client")?,
    })
}

/// Asks a region where it stands, as a put that stores nothing: it answers to who has a key that it takes.
pub async fn ask(region: Region, key: SigningKey) -> Result<Receipt, PutError> {
    PutClient::new(client()?, region, key)
        .put(&Batch::default(), None)
        .await
}

/// Asks an origin in which format it composes records.
pub async fn ask_origin(origin: Url, sync_token: String) -> Result<u8, OriginError> {
    let feed = Origin::new(client()?, origin, sync_token).feed(0, 0).await?;
    Ok(feed.format())
}

fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

impl Bound {
    /// Runs a lane for each region until `shutdown`; a put under way is finished first.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let origin = Origin::new(self.client.clone(), self.config.origin, self.config.sync_token);
        let (mut lanes, board) = (JoinSet::new(), Board::default());
        crate::metrics::describe();
        for region in self.config.regions {
            let place = board.add(&region.name, region.url.as_str());
            let region = PutClient::new(self.client.clone(), region, self.config.put_key.clone());
            let seed = RandomState::new().hash_one(region.name());
            lanes.spawn(Driver::new(origin.clone(), region, place, seed).run(shutdown.clone()));
        }
        lanes.spawn(admin::serve(self.admin, self.config.metrics, board, shutdown));
        while let Some(ended) = lanes.join_next().await {
            ended.context("a lane ended early")?;
        }
        Ok(())
    }
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Longer than the longest wait of the feed.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
