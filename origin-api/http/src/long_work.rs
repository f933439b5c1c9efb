//! Work that takes a core for milliseconds: long texts that are rendered, large pages that are composed and drawn. It has threads of its
//! own, which come after all that answer requests. Of one page they do one thing at a time, and then others for a while, so that it is
//! not in their way: nor is what follows from each of its changes, in the database, on the road and at the edges.

use std::{
    hash::{BuildHasher, RandomState},
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use origin_engine::places::Places;
use origin_objects::fault::Fault;
use page_model::PageId;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::sleep,
};

pub struct LongWork {
    threads: Option<Runtime>,
    /// What publishers wait for, by page; what belongs to none is of one more.
    publishers: Turns,
    waiting: Places<Option<PageId>>,
    /// What regions wait for.
    regions: Turns,
}

/// One at a time for each page. Some pages share theirs, but nobody knows which.
struct Turns {
    shares: [Arc<Semaphore>; SHARES],
    hasher: RandomState,
}

impl LongWork {
    pub fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        builder
            .worker_threads(1)
            .max_blocking_threads(THREADS)
            .thread_name("long-work")
            .enable_time()
            .on_thread_start(|| {
                if let Err(error) = background_thread::give_way(NICENESS) {
                    tracing::warn!("long texts and large pages have the priority of all else: {error}");
                }
            });
        Ok(Self {
            threads: Some(builder.build()?),
            publishers: Turns::default(),
            waiting: Places::new(WAITING_MAX, WAITING_PAGE_MAX),
            regions: Turns::default(),
        })
    }

    /// Refused where a page has too much of it, or all pages have.
    pub async fn for_publisher<T: Send + 'static>(
        &self,
        page: Option<&PageId>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let page = page.cloned();
        let _place = self.waiting.take(&page).ok_or_else(Fault::overloaded)?;
        let turn = self.publishers.turn(&page).await?;
        self.run(turn, work).await
    }

    pub async fn for_region<T: Send + 'static>(
        &self,
        page: &PageId,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let turn = self.regions.turn(&Some(page.clone())).await?;
        self.run(turn, work).await
    }

    /// What has begun goes on where nobody waits any more, and keeps its turn.
    async fn run<T: Send + 'static>(
        &self,
        turn: OwnedSemaphorePermit,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let threads = self.threads.as_ref().ok_or_else(Fault::unavailable)?;
        let done = threads.spawn_blocking(move || {
            let begun = Instant::now();
            let done = work();
            let pause = (begun.elapsed() * PAUSE).min(PAUSE_MAX);
            Handle::current().spawn(async move {
                sleep(pause).await;
                drop(turn);
            });
            done
        });
        done.await.map_err(|error| {
            tracing::error!(%error, "work that takes long failed");
            Fault::unavailable()
        })
    }
}

impl Drop for LongWork {
    /// A runtime that waits for its threads cannot be dropped by another one.
    fn drop(&mut self) {
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            shares: std::array::from_fn(|_| Arc::new(Semaphore::new(1))),
            hasher: RandomState::new(),
        }
    }
}

impl Turns {
    async fn turn(&self, page: &Option<PageId>) -> Result<OwnedSemaphorePermit, Fault> {
        let share = self.hasher.hash_one(page) % SHARES as u64;
        let share = Arc::clone(&self.shares[share as usize]);
        share.acquire_owned().await.map_err(|_| Fault::unavailable())
    }
}

/// As many as there are connections that read for them.
const THREADS: usize = 2;
/// Steps of niceness (nice(2)): beside threads that answer, a tenth of a core at least.
const NICENESS: i32 = 10;
const SHARES: usize = 64;
/// A page waits for its next turn so many times as long as the last one took: it has a quarter of one thread at most.
const PAUSE: u32 = 3;
const PAUSE_MAX: Duration = Duration::from_millis(500);
/// What publishers have waiting at most, of all pages and of one.
const WAITING_MAX: usize = 256;
const WAITING_PAGE_MAX: usize = 32;

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use super::*;

    #[tokio::test]
    async fn a_page_waits_for_itself_alone_and_no_longer_than_its_places_go() {
        let long_work = Arc::new(LongWork::start().expect("threads"));
        let (greedy, other) = (page(1), page(2));
        let (open, gate) = mpsc::channel::<()>();
        let (mut waiting, gate) = (Vec::new(), Arc::new(Mutex::new(gate)));
        for _ in 0..WAITING_PAGE_MAX {
            let (work, greedy, gate) = (Arc::clone(&long_work), greedy.clone(), Arc::clone(&gate));
            waiting.push(tokio::spawn(async move {
                work.for_publisher(Some(&greedy), move || gate.lock().expect("alone").recv().is_ok())
                    .await
            }));
        }
        tokio::task::yield_now().await;
        let refused = long_work.for_publisher(Some(&greedy), || ()).await;
        assert!(refused.is_err(), "there is no place left");
        let stat = || std::fs::read_to_string("/proc/thread-self/stat").expect("it is there");
        let stat = long_work.for_publisher(Some(&other), stat).await.expect("a turn");
        let niceness = stat
            .rsplit(')')
            .next()
            .and_then(|fields| fields.split_whitespace().nth(16));
        assert_eq!(niceness, Some(&*NICENESS.to_string()));
        assert!(long_work.for_region(&greedy, || ()).await.is_ok());
        drop(open);
        for waits in waiting {
            assert!(waits.await.expect("a task").is_ok());
        }
        assert!(long_work.waiting.are_free(), "nothing is left of who went");
    }

    #[tokio::test]
    async fn a_page_has_a_quarter_of_one_thread() {
        let long_work = LongWork::start().expect("threads");
        let (work, begun) = (Duration::from_millis(20), Instant::now());
        for _ in 0..3 {
            let done = long_work.for_region(&page(1), move || std::thread::sleep(work)).await;
            assert!(done.is_ok());
        }
        assert!(
            begun.elapsed() >= 2 * (work + PAUSE * work) + work,
            "{:?}",
            begun.elapsed()
        );
    }

    #[tokio::test]
    async fn work_that_panics_leaves_the_next_its_turn() {
        let long_work = LongWork::start().expect("threads");
        let failed = long_work.for_region(&page(1), || panic!("on purpose")).await;
        assert!(failed.is_err());
        assert_eq!(long_work.for_region(&page(1), || 7).await.ok(), Some(7));
    }

    fn page(number: u32) -> PageId {
        format!("page{number:08}").parse().expect("an id")
    }
}
