//! Follows the origin's feed for one lane, from where its region has come to.

use std::time::Duration;

use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    clients::origin::{Changes, Origin},
    clock::now_ms,
};

/// An answer of the feed, and when it was received.
pub struct FeedAnswer {
    pub changes: Changes,
    pub received_ms: u64,
}

/// A feed that is followed until it is dropped.
pub struct Feed {
    answers: mpsc::Receiver<FeedAnswer>,
    task: JoinHandle<()>,
}

impl Feed {
    pub fn follow(origin: Origin, region: String, after: u64) -> Self {
        let (sender, answers) = mpsc::channel(ANSWERS_QUEUED_MAX);
        let task = tokio::spawn(follow(origin, region, after, sender));
        Self { answers, task }
    }

    pub async fn next(&mut self) -> Option<FeedAnswer> {
        self.answers.recv().await
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn follow(origin: Origin, region: String, mut after: u64, answers: mpsc::Sender<FeedAnswer>) {
    let mut pause = PAUSE_MIN;
    // The first answer comes at once, so that a lane that starts knows the head; later ones may wait for a change.
    let mut wait_ms = 0;
    loop {
        match origin.feed(after, wait_ms).await {
            Ok(changes) => {
                pause = PAUSE_MIN;
                wait_ms = FEED_WAIT_MS;
                after = changes.head;
                let received_ms = now_ms();
                if answers.send(FeedAnswer { changes, received_ms }).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(region, %error, "the feed cannot be read; trying again in {} ms", pause.as_millis());
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
        }
    }
}

/// How long the origin holds a poll while nothing changes: it bounds how old a quiet region's cursor may look.
const FEED_WAIT_MS: u64 = 10_000;
const ANSWERS_QUEUED_MAX: usize = 16;
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(2);
