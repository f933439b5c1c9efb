//! Where guests go on that compute for long. A thread that polls one of these neither accepts nor answers visits
//! meanwhile, so they have threads of their own, and these come after all others.

use std::{cell::Cell, future::poll_fn, io, pin::Pin, task::Poll};

use background_thread::{Settings, Threads};

use crate::limits::{GUEST_SLOW_QUEUE_MAX, GUEST_SLOW_STARVED_AFTER, GUEST_SLOW_THREADS_NICENESS};

/// What a visit asks of a guest, wherever it is polled.
type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

pub fn start(count: usize) -> io::Result<Threads> {
    Threads::start(Settings {
        name: NAME,
        count,
        niceness: GUEST_SLOW_THREADS_NICENESS,
        queue_max: GUEST_SLOW_QUEUE_MAX,
        starved_after: GUEST_SLOW_STARVED_AFTER,
    })
}

/// Polled here until it turns out to compute for long, and from then on by the slow threads. `None` where it ended
/// without an outcome.
pub async fn run_here_first<T: Send + 'static>(
    threads: &Threads,
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
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
        None => threads.run(work?).await,
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
    use std::{thread, time::Duration};

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
        let threads = start(1).unwrap();
        assert_eq!(run_here_first(&threads, computing(0, 0)).await, Some(false));
        assert_eq!(run_here_first(&threads, computing(5, 9)).await, Some(false));
        assert_eq!(run_here_first(&threads, computing(5, 2)).await, Some(true));
        assert_eq!(
            run_here_first(&threads, computing(5, 9)).await,
            Some(false),
            "what another said before does not count"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_goes_away_takes_the_work_along() {
        let threads = start(1).unwrap();
        let (alive, ended) = tokio::sync::oneshot::channel::<()>();
        let work = async move {
            let _alive = alive;
            loop {
                computes_long();
                tokio::task::yield_now().await;
            }
        };
        let visit = run_here_first::<()>(&threads, work);
        assert!(tokio::time::timeout(Duration::from_millis(50), visit).await.is_err());
        assert!(ended.await.is_err(), "the work went on");
    }
}
