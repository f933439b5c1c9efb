//! What follows a put but must not delay the next one: the origin is told, and the pages are warmed.

use page_model::Host;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::clients::{
    origin::{Delivered, Origin},
    region::PutClient,
};

#[derive(Default)]
pub struct Followup {
    pub delivered: Vec<Delivered>,
    pub hosts: Vec<Host>,
}

/// Works through follow-ups in order; a lane that is far ahead waits for it.
pub fn start(origin: Origin, region: PutClient) -> (mpsc::Sender<Followup>, JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel(FOLLOWUPS_QUEUED_MAX);
    (sender, tokio::spawn(work(origin, region, receiver)))
}

async fn work(origin: Origin, region: PutClient, mut followups: mpsc::Receiver<Followup>) {
    while let Some(followup) = followups.recv().await {
        for host in &followup.hosts {
            if let Err(error) = region.warm(host).await {
                tracing::debug!(region = region.name(), %host, %error, "not warmed");
            }
        }
        if let Err(error) = origin.delivered(region.name(), &followup.delivered).await {
            tracing::warn!(region = region.name(), %error, "the origin could not be told of a delivery");
        }
    }
}

const FOLLOWUPS_QUEUED_MAX: usize = 256;
