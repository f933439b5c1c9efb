//! Where guests go on that compute for long. A thread that polls one of these neither accepts nor answers visits
//! meanwhile, so they have threads of their own, and these come after all others.

use std::{
    cell::Cell,
    future::poll_fn,
    io,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
    thread,
    time::Instant,
};

use async_task::{FallibleTask, Runnable};
use crossbeam_channel::{Receiver, Select, Sender, TryRecvError};
use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use crate::limits::{
    GUEST_SLOW_IDLE_LOOKS, GUEST_SLOW_QUEUE_MAX, GUEST_SLOW_STARVED_AFTER, GUEST_SLOW_THREADS_NICENESS,
};

/// All take from one queue.
pub struct SlowThreads(Sender<Runnable>);

/// What the threads share.
struct Queue {
    waiting: Receiver<Runnable>,
    /// How often the threads that take only idle time have got some.
    turns_when_idle: AtomicU64,
}

/// What a visit asks of a guest, wherever it is polled.
type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl SlowThreads {
    /// As many threads of either kind. Timers of the work are those of the runtime that this is called in.
    pub fn start(count: usize) -> io::Result<Self> {
        let (sender, waiting) = crossbeam_channel::bounded(GUEST_SLOW_QUEUE_MAX);
        let queue = Arc::new(Queue {
            waiting,
            turns_when_idle: AtomicU64::new(0),
        });
        for _ in 0..count {
            queue.spawn(background_thread::only_when_idle, Queue::work_when_idle)?;
            let with_a_share = || background_thread::give_way(GUEST_SLOW_THREADS_NICENESS);
            queue.spawn(with_a_share, Queue::stand_in)?;
        }
        Ok(Self(sender))
    }

    /// Polled here until it turns out to compute for long, and from then on by the slow threads. `None` where it ended
    /// without an outcome.
    pub async fn run_here_first<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let mut work: Option<Work<T>> = Some(Box::pin(work));
        let here = poll_fn(|context| {
            let Some(polled) = &mut work else {
                return Poll::Ready(None);
            };
            COMPUTES_LONG.set(false);
            match polled.as_mut().poll(context) {
                Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
                Poll::Pending if COMPUTES_LONG.get() => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        });
        match here.await {
            Some(outcome) => Some(outcome),
            None => self.run(work?).await,
        }
    }

    /// The same, and not here at all.
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
        give_way: impl Fn() -> io::Result<()> + Send + 'static,
        run: fn(&Self),
    ) -> io::Result<()> {
        let (queue, runtime) = (Arc::clone(self), Handle::current());
        let thread = move || {
            if let Err(error) = give_way() {
                tracing::warn!("guests that compute for long have the priority of all others: {error}");
            }
            let _timers = runtime.enter();
            run(&queue);
        };
        thread::Builder::new().name(NAME.into()).spawn(thread).map(drop)
    }

    /// What is begun here when others begin to need each core goes on as soon as there is a moment for it, and then elsewhere.
    fn work_when_idle(&self) {
        wait_for_idle_time();
        while let Ok(work) = self.waiting.recv() {
            let start = Instant::now();
            work.run();
            self.turns_when_idle.fetch_add(1, Ordering::Relaxed);
            if start.elapsed() >= GUEST_SLOW_STARVED_AFTER {
                wait_for_idle_time();
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
            thread::sleep(GUEST_SLOW_STARVED_AFTER);
            while self.turns_when_idle.load(Ordering::Relaxed) == turns {
                match self.waiting.try_recv() {
                    Ok(work) => drop(work.run()),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                }
            }
        }
    }
}

/// A thread that gets no time wakes late. Once in time says nothing on a machine that is busy but for a moment.
fn wait_for_idle_time() {
    let mut in_time = 0;
    while in_time < GUEST_SLOW_IDLE_LOOKS {
        let start = Instant::now();
        thread::sleep(GUEST_SLOW_STARVED_AFTER);
        let is_late = start.elapsed() >= 2 * GUEST_SLOW_STARVED_AFTER;
        in_time = if is_late { 0 } else { in_time + 1 };
    }
}

/// Told by a guest that computes, at a tick.
pub fn computes_long() {
    COMPUTES_LONG.set(true);
}

thread_local! {
    static COMPUTES_LONG: Cell<bool> = const { Cell::new(false) };
}

const NAME: &str = "guest-slow";

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    fn on_slow_thread() -> bool {
        thread::current().name() == Some(NAME)
    }

    /// Like a guest at its ticks: it yields, and says so once it has computed for long.
    async fn computing(ticks: usize, long_after: usize) -> bool {
        for tick in 0..ticks {
            if tick >= long_after {
                computes_long();
            }
            tokio::task::yield_now().await;
        }
        on_slow_thread()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn only_what_computes_long_goes_on_elsewhere() {
        let threads = SlowThreads::start(1).unwrap();
        assert_eq!(threads.run_here_first(computing(0, 0)).await, Some(false));
        assert_eq!(threads.run_here_first(computing(5, 9)).await, Some(false));
        assert_eq!(threads.run_here_first(computing(5, 2)).await, Some(true));
        assert_eq!(
            threads.run_here_first(computing(5, 9)).await,
            Some(false),
            "what another said before does not count"
        );
    }

    /// The niceness and the class of this thread in the system's scheduler.
    fn priority() -> (String, String) {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let behind_name: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        // The fields behind the name: the state is the third, the niceness the nineteenth, the policy the forty-first.
        (behind_name[16].to_owned(), behind_name[38].to_owned())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn others_stand_in_where_a_thread_that_waits_for_idle_time_gets_none() {
        let threads = SlowThreads::start(1).unwrap();
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
        assert_eq!(both, [of(0, IDLE), of(GUEST_SLOW_THREADS_NICENESS, "0")]);
    }

    /// `SCHED_IDLE` in sched.h.
    const IDLE: &str = "5";

    #[tokio::test(flavor = "multi_thread")]
    async fn who_goes_away_takes_the_work_along() {
        let threads = SlowThreads::start(1).unwrap();
        let (alive, ended) = tokio::sync::oneshot::channel::<()>();
        let work = async move {
            let _alive = alive;
            loop {
                computes_long();
                tokio::task::yield_now().await;
            }
        };
        let visit = threads.run_here_first::<()>(work);
        assert!(tokio::time::timeout(Duration::from_millis(50), visit).await.is_err());
        assert!(ended.await.is_err(), "the work went on");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn panic_costs_the_work_and_no_thread() {
        let threads = SlowThreads::start(1).unwrap();
        for _ in 0..3 {
            assert_eq!(threads.run(async { panic!("at work") }).await, None::<()>);
        }
        assert_eq!(threads.run(async { 7 }).await, Some(7));
    }
}
