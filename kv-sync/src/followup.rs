//! What follows a put but must not delay the next one: the origin is told, and the pages are warmed.

use std::collections::{BTreeMap, BTreeSet};

use page_model::{Host, PageId};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::clients::{
    origin::{Delivered, Origin},
    region::PutClient,
};

#[derive(Default)]
pub struct Followup {
    /// Of each page, the last change that arrived, and when.
    pub delivered: BTreeMap<PageId, (u64, u64)>,
    hosts: BTreeSet<Host>,
}

impl Followup {
    pub fn is_empty(&self) -> bool {
        self.delivered.is_empty() && self.hosts.is_empty()
    }

    /// Warming is a kindness: what is too much is left to the first visitor.
    pub fn warm(&mut self, host: Host) {
        if self.hosts.len() < HOSTS_MAX {
            self.hosts.insert(host);
        }
    }
}

/// Works through follow-ups in order.
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
        let delivered = followup.delivered.into_iter();
        let delivered: Vec<_> = delivered
            .map(|(page, (seq, at_ms))| Delivered { page, seq, at_ms })
            .collect();
        for delivered in delivered.chunks(REPORTED_MAX) {
            if let Err(error) = origin.delivered(region.name(), delivered).await {
                tracing::warn!(region = region.name(), %error, "the origin could not be told of a delivery");
            }
        }
    }
}

/// Pages in one report; the origin takes no more.
const REPORTED_MAX: usize = 1_000;
const HOSTS_MAX: usize = 1_000;
const FOLLOWUPS_QUEUED_MAX: usize = 256;
