//! Where guests go on that compute for long. A thread that polls one of these neither accepts nor answers visits
//! meanwhile, so they have threads of their own, and these come after all others.

use std::{cell::Cell, future::poll_fn, io, pin::Pin, task::Poll};

use tokio::runtime::{Builder, Runtime};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use crate::limits::GUEST_SLOW_THREADS_NICENESS;

pub struct SlowThreads(Option<Runtime>);

/// What a visit asks of a guest, wherever it is polled.
type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl SlowThreads {
    pub fn start(count: usize) -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        builder
            .worker_threads(count)
            .thread_name("guest-slow")
            .enable_all()
            .on_thread_start(|| {
                if let Err(error) = background_thread::give_way(GUEST_SLOW_THREADS_NICENESS) {
                    tracing::warn!("guests that compute for long have the priority of all others: {error}");
                }
            });
        builder.build().map(|runtime| Self(Some(runtime)))
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
        AbortOnDropHandle::new(self.0.as_ref()?.spawn(work)).await.ok()
    }

    /// Work that nobody waits for but who drains `tasks`.
    pub fn spawn_into(&self, tasks: &TaskTracker, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.0 {
            tasks.spawn_on(work, runtime.handle());
        }
    }
}

impl Drop for SlowThreads {
    /// Nobody waits for threads that are still at work: whoever has time for them drains first.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Told by a guest that computes, at a tick.
pub fn computes_long() {
    COMPUTES_LONG.set(true);
}

thread_local! {
    static COMPUTES_LONG: Cell<bool> = const { Cell::new(false) };
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn on_slow_thread() -> bool {
        thread::current().name() == Some("guest-slow")
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
        let niceness = |path: String| {
            let stat = std::fs::read_to_string(path).unwrap();
            // The fields behind the name: the state is the third, the niceness the nineteenth.
            stat.rsplit(')')
                .next()
                .unwrap()
                .split_whitespace()
                .nth(16)
                .unwrap()
                .to_owned()
        };
        let slow = threads.run_here_first(async move {
            computing(2, 0).await;
            niceness("/proc/thread-self/stat".to_owned())
        });
        assert_eq!(slow.await.unwrap(), GUEST_SLOW_THREADS_NICENESS.to_string());
    }

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
        assert!(
            tokio::time::timeout(std::time::Duration::from_millis(50), visit)
                .await
                .is_err()
        );
        assert!(ended.await.is_err(), "the work went on");
    }
}
