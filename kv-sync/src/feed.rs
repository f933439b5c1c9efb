//! Follows the origin's feed for one lane, from where its region has come to.

use std::time::Duration;

use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    door::now_ms,
    origin::{Changes, Origin},
};

/// What the feed said, and when.
pub struct News {
    pub changes: Changes,
    pub heard_ms: u64,
}

/// A feed that is followed until it is dropped.
pub struct Feed {
    news: mpsc::Receiver<News>,
    task: JoinHandle<()>,
}

impl Feed {
    pub fn follow(origin: Origin, region: String, after: u64) -> Self {
        let (sender, news) = mpsc::channel(NEWS_QUEUED_MAX);
        let task = tokio::spawn(follow(origin, region, after, sender));
        Self { news, task }
    }

    pub async fn next(&mut self) -> Option<News> {
        self.news.recv().await
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn follow(origin: Origin, region: String, mut after: u64, news: mpsc::Sender<News>) {
    let mut pause = PAUSE_MIN;
    // The first answer comes at once, so that a lane that starts knows the head; later ones may wait for news.
    let mut wait_ms = 0;
    loop {
        match origin.feed(after, wait_ms).await {
            Ok(changes) => {
                pause = PAUSE_MIN;
                wait_ms = FEED_WAIT_MS;
                after = changes.head;
                let heard_ms = now_ms();
                if news.send(News { changes, heard_ms }).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(region, %error, "the feed is silent; trying again in {} ms", pause.as_millis());
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
        }
    }
}

/// How long the origin holds a poll without news: it bounds how old a quiet region's cursor may look.
const FEED_WAIT_MS: u64 = 10_000;
const NEWS_QUEUED_MAX: usize = 16;
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(2);
