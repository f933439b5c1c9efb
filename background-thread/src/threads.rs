//! Threads that work through one queue when nobody else needs the machine, or at least come after all others.

use std::{
    future::Future,
    io,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use async_task::{FallibleTask, Runnable};
use crossbeam_channel::{Receiver, Select, Sender, TryRecvError};
use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

/// All take from one queue.
pub struct Threads(Sender<Runnable>);

/// What there is of them.
#[derive(Clone, Copy)]
pub struct Settings {
    pub name: &'static str,
    /// Of those that take only idle time, and as many of those that stand in for them.
    pub count: usize,
    /// How much less those that stand in matter than all others (nice(2)).
    pub niceness: i32,
    /// Work that waits at most; further work ends without an outcome.
    pub queue_max: usize,
    /// How long those that take only idle time may get none, until others stand in for them: longer than what work computes before
    /// it yields.
    pub starved_after: Duration,
}

/// What the threads share.
struct Queue {
    waiting: Receiver<Runnable>,
    starved_after: Duration,
    /// How often the threads that take only idle time have got some.
    turns_when_idle: AtomicU64,
}

impl Threads {
    /// Timers and sockets of the work are those of the runtime that this is called in.
    pub fn start(settings: Settings) -> io::Result<Self> {
        let (sender, waiting) = crossbeam_channel::bounded(settings.queue_max);
        let queue = Arc::new(Queue {
            waiting,
            starved_after: settings.starved_after,
            turns_when_idle: AtomicU64::new(0),
        });
        for _ in 0..settings.count {
            queue.spawn(settings.name, crate::only_when_idle, Queue::work_when_idle)?;
            let with_a_share = move || crate::give_way(settings.niceness);
            queue.spawn(settings.name, with_a_share, Queue::stand_in)?;
        }
        Ok(Self(sender))
    }

    /// `None` where it ended without an outcome. Who goes away takes the work along.
    pub async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        self.spawn(work).await?
    }

    /// Work that nobody waits for but who drains `tasks`.
    pub fn spawn_into(&self, tasks: &TaskTracker, work: impl Future<Output = ()> + Send + 'static) {
        self.spawn(tasks.track_future(work)).detach();
    }

    /// Who drops the task ends the work.
    fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> FallibleTask<Option<T>> {
        let queue = self.0.clone();
        // Where there is no room, or the threads have ended, it is dropped, and whoever waits for it is told.
        let schedule = move |work| drop(queue.try_send(work));
        let work = AssertUnwindSafe(work).catch_unwind().map(Result::ok);
        let (work, task) = async_task::spawn(work, schedule);
        work.schedule();
        task.fallible()
    }
}

impl Queue {
    /// Until all work is done and nobody can bring more.
    fn spawn(
        self: &Arc<Self>,
        name: &'static str,
        give_way: impl Fn() -> io::Result<()> + Send + 'static,
        run: fn(&Self),
    ) -> io::Result<()> {
        let (queue, runtime) = (Arc::clone(self), Handle::current());
        let thread = move || {
            if let Err(error) = give_way() {
                tracing::warn!(name, "these threads have the priority of all others: {error}");
            }
            let _timers = runtime.enter();
            run(&queue);
        };
        thread::Builder::new().name(name.into()).spawn(thread).map(drop)
    }

    /// What is begun here when others begin to need each core goes on as soon as there is a moment for it, and then elsewhere.
    fn work_when_idle(&self) {
        self.wait_for_idle_time();
        while let Ok(work) = self.waiting.recv() {
            let start = Instant::now();
            work.run();
            thread::yield_now();
            self.turns_when_idle.fetch_add(1, Ordering::Relaxed);
            if start.elapsed() >= self.starved_after {
                self.wait_for_idle_time();
            }
        }
    }

    /// Works with a share of the cores, but only while the threads that take idle time get none.
    fn stand_in(&self) {
        loop {
            let mut something_waits = Select::new();
            something_waits.recv(&self.waiting);
            something_waits.ready();
            let turns = self.turns_when_idle.load(Ordering::Relaxed);
            thread::sleep(self.starved_after);
            while self.turns_when_idle.load(Ordering::Relaxed) == turns {
                match self.waiting.try_recv() {
                    Ok(work) => {
                        work.run();
                        thread::yield_now();
                    }
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                }
            }
        }
    }

    /// A thread that gets no time wakes late. Once in time says nothing on a machine that is busy but for a moment.
    fn wait_for_idle_time(&self) {
        let mut in_time = Duration::ZERO;
        while in_time < IDLE_FOR {
            let start = Instant::now();
            thread::sleep(self.starved_after);
            let is_late = start.elapsed() >= 2 * self.starved_after;
            in_time = if is_late {
                Duration::ZERO
            } else {
                in_time + self.starved_after
            };
        }
    }
}

/// For how long such a thread has to wake in time, again and again, before it takes anything. What it is at when that ends waits
/// until there is some idle time again.
const IDLE_FOR: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn one() -> Threads {
        Threads::start(Settings {
            name: "background",
            count: 1,
            niceness: NICENESS,
            queue_max: 8,
            starved_after: Duration::from_millis(25),
        })
        .unwrap()
    }

    const NICENESS: i32 = 5;

    /// The niceness and the class of this thread in the system's scheduler.
    fn priority() -> (String, String) {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let behind_name: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        // The fields behind the name: the state is the third, the niceness the nineteenth, the policy the forty-first.
        (behind_name[16].to_owned(), behind_name[38].to_owned())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn others_stand_in_where_a_thread_that_waits_for_idle_time_gets_none() {
        let threads = one();
        let (go_on, held) = mpsc::channel::<()>();
        let stuck = threads.run(async move {
            let _ = held.recv();
            priority()
        });
        let next = async {
            let next = threads.run(async { priority() }).await;
            drop(go_on);
            next
        };
        let both = tokio::time::timeout(Duration::from_secs(30), async { tokio::join!(stuck, next) });
        let mut both = <[_; 2]>::from(both.await.unwrap()).map(Option::unwrap);
        both.sort();
        let of = |niceness: i32, policy: &str| (niceness.to_string(), policy.to_owned());
        assert_eq!(both, [of(0, IDLE), of(NICENESS, "0")]);
    }

    /// `SCHED_IDLE` in sched.h.
    const IDLE: &str = "5";

    #[tokio::test(flavor = "multi_thread")]
    async fn panic_costs_the_work_and_no_thread() {
        let threads = one();
        for _ in 0..3 {
            assert_eq!(threads.run(async { panic!("at work") }).await, None::<()>);
        }
        assert_eq!(threads.run(async { 7 }).await, Some(7));
    }
}
