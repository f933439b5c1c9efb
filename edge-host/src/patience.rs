//! For how long a connection and its visits are waited for: what a peer sends without asking for anything does not count.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hyper::rt::Executor;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{
    limits::{CONNECTION_IDLE_MAX, CONNECTION_IDLE_PRESSED_MAX, GIVEN_UP_MAX, REPLY_READ_MAX, REPLY_READ_PRESSED_MAX},
    metrics::Shed,
    replies::Replies,
};

/// What a connection is at.
pub struct Activity {
    since: Instant,
    at_work: AtomicU64,
    /// When it last began or ended to be at work, in milliseconds since `since`.
    changed_ms: AtomicU64,
    ended: AtomicU64,
    given_up: AtomicU64,
    /// Its visits follow each other, as those of HTTP/1 do.
    is_in_order: AtomicBool,
    /// It costs more than it is worth.
    pub cut: CancellationToken,
    shed: Shed,
}

/// One visit of a connection, until its reply is read or given up.
pub struct Visiting {
    activity: Arc<Activity>,
    is_stream: bool,
    is_ended: bool,
}

/// What is to be done about a connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Stays,
    /// It is told to go, and goes once its visits are over.
    Goes,
    Cut,
}

impl Activity {
    pub fn new(shed: Shed) -> Arc<Self> {
        Arc::new(Self {
            since: Instant::now(),
            at_work: AtomicU64::new(0),
            changed_ms: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            given_up: AtomicU64::new(0),
            is_in_order: AtomicBool::new(false),
            cut: CancellationToken::new(),
            shed,
        })
    }

    pub fn begin(self: &Arc<Self>, version: http::Version) -> Visiting {
        if self.at_work.fetch_add(1, Ordering::Relaxed) == 0 {
            self.changed();
        }
        let is_stream = version >= http::Version::HTTP_2;
        self.is_in_order.store(!is_stream, Ordering::Relaxed);
        Visiting {
            activity: Arc::clone(self),
            is_stream,
            is_ended: false,
        }
    }

    #[cfg(test)]
    pub fn is_at_work(&self) -> bool {
        self.at_work.load(Ordering::Relaxed) > 0
    }

    pub fn has_visited(&self) -> bool {
        self.ended.load(Ordering::Relaxed) > 0
    }

    /// `slots_press`: others wait for a connection.
    pub fn verdict(&self, slots_press: bool, replies_press: bool) -> Verdict {
        let changed = Duration::from_millis(self.changed_ms.load(Ordering::Relaxed));
        let for_long = self.since.elapsed().saturating_sub(changed);
        if self.at_work.load(Ordering::Relaxed) == 0 {
            let idle_max = match slots_press {
                true => CONNECTION_IDLE_PRESSED_MAX,
                false => CONNECTION_IDLE_MAX,
            };
            return match for_long >= idle_max {
                true => Verdict::Goes,
                false => Verdict::Stays,
            };
        }
        let is_slow = self.is_in_order.load(Ordering::Relaxed) && for_long >= read_max(replies_press);
        match is_slow {
            true => {
                self.shed.slow.increment(1);
                Verdict::Cut
            }
            false => Verdict::Stays,
        }
    }

    fn changed(&self) {
        let now = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.changed_ms.store(now, Ordering::Relaxed);
    }

    /// Who asks and turns away has others pay for it.
    fn gave_up(&self) {
        let given_up = self.given_up.fetch_add(1, Ordering::Relaxed) + 1;
        if given_up > GIVEN_UP_MAX && given_up > self.ended.load(Ordering::Relaxed) && !self.cut.is_cancelled() {
            self.shed.given_up.increment(1);
            self.cut.cancel();
        }
    }
}

impl Visiting {
    /// One of several at a time in its connection.
    pub fn is_stream(&self) -> bool {
        self.is_stream
    }

    pub fn came_to_its_end(&mut self) {
        self.is_ended = true;
    }
}

impl Drop for Visiting {
    fn drop(&mut self) {
        match self.is_ended {
            true => drop(self.activity.ended.fetch_add(1, Ordering::Relaxed)),
            false => self.activity.gave_up(),
        }
        if self.activity.at_work.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.activity.changed();
        }
    }
}

/// Runs the visits of HTTP/2 connections, each no longer than it is waited for: one that does not read its reply is reset, and
/// the others of its connection go on.
#[derive(Clone)]
pub struct Streams {
    pub replies: Replies,
    pub shed: Shed,
}

impl<F> Executor<F> for Streams
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, visit: F) {
        let Self { replies, shed } = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                biased;
                _ = visit => {}
                () = too_late(&replies) => shed.slow.increment(1),
            }
        });
    }
}

async fn too_late(replies: &Replies) {
    let began = Instant::now();
    while began.elapsed() < read_max(replies.press()) {
        sleep(REPLY_READ_PRESSED_MAX / 2).await;
    }
}

fn read_max(replies_press: bool) -> Duration {
    match replies_press {
        true => REPLY_READ_PRESSED_MAX,
        false => REPLY_READ_MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity() -> Arc<Activity> {
        Activity::new(Shed::new("test"))
    }

    /// One that has changed nothing for so long.
    fn since(ago: Duration, at_work: u64, version: http::Version) -> Activity {
        Activity {
            since: Instant::now() - ago,
            at_work: AtomicU64::new(at_work),
            is_in_order: AtomicBool::new(version < http::Version::HTTP_2),
            ..Arc::into_inner(activity()).unwrap()
        }
    }

    #[test]
    fn idle_connections_go() {
        let idle = since(CONNECTION_IDLE_PRESSED_MAX, 0, http::Version::HTTP_2);
        assert_eq!(idle.verdict(false, false), Verdict::Stays);
        assert_eq!(idle.verdict(true, false), Verdict::Goes);
        let idle = since(CONNECTION_IDLE_MAX, 0, http::Version::HTTP_11);
        assert_eq!(idle.verdict(false, false), Verdict::Goes);
    }

    #[test]
    fn slow_readers_are_cut_sooner_where_replies_press() {
        let slow = since(REPLY_READ_PRESSED_MAX, 1, http::Version::HTTP_11);
        assert_eq!(slow.verdict(true, false), Verdict::Stays);
        assert_eq!(slow.verdict(false, true), Verdict::Cut);
        let streams = since(REPLY_READ_PRESSED_MAX, 1, http::Version::HTTP_2);
        assert_eq!(
            streams.verdict(true, true),
            Verdict::Stays,
            "each stream is waited for by itself"
        );
    }

    #[test]
    fn who_only_gives_up_is_cut() {
        let fair = activity();
        for at in 0..4 * GIVEN_UP_MAX {
            let mut visiting = fair.begin(http::Version::HTTP_2);
            if at % 2 == 0 {
                visiting.came_to_its_end();
            }
        }
        assert!(!fair.cut.is_cancelled(), "half of them were read");
        let greedy = activity();
        for _ in 0..GIVEN_UP_MAX {
            drop(greedy.begin(http::Version::HTTP_2));
        }
        assert!(!greedy.cut.is_cancelled());
        drop(greedy.begin(http::Version::HTTP_2));
        assert!(greedy.cut.is_cancelled());
    }
}
