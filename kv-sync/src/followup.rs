//! What follows a put but must not delay the next one: the origin hears of it, and the pages are warmed.

use page_model::Host;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    door::Door,
    origin::{Delivered, Origin},
};

#[derive(Default)]
pub struct Followup {
    pub delivered: Vec<Delivered>,
    pub hosts: Vec<Host>,
}

/// Works through follow-ups in order; a lane that is far ahead waits for it.
pub fn start(origin: Origin, door: Door) -> (mpsc::Sender<Followup>, JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel(FOLLOWUPS_QUEUED_MAX);
    (sender, tokio::spawn(work(origin, door, receiver)))
}

async fn work(origin: Origin, door: Door, mut followups: mpsc::Receiver<Followup>) {
    while let Some(followup) = followups.recv().await {
        for host in &followup.hosts {
            if let Err(error) = door.warm(host).await {
                tracing::debug!(region = door.region(), %host, %error, "not warmed");
            }
        }
        if let Err(error) = origin.delivered(door.region(), &followup.delivered).await {
            tracing::warn!(region = door.region(), %error, "the origin does not know of a delivery");
        }
    }
}

const FOLLOWUPS_QUEUED_MAX: usize = 256;
