//! Work that takes a core for milliseconds: long texts that are rendered, large pages that are composed and drawn. It has threads of its
//! own, which come after all that answer requests. Of one page they do one thing at a time, and then others for a while, so that it is
//! not in their way: nor is what follows from each of its changes, in the database, on the road and at the edges.

use std::{
    hash::{BuildHasher, RandomState},
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use background_thread::{Settings, Threads};
use origin_engine::{places::Places, sql::READERS_BEHIND_OTHERS_MAX};
use origin_objects::fault::Fault;
use page_model::PageId;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::sleep,
};

use crate::busy::REQUEST_TIME_MAX;

pub struct LongWork {
    threads: Threads,
    /// What waits for the database lets others compute meanwhile, but no more than these begin: they hold a page and a view of it.
    at_work: Arc<Semaphore>,
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

/// Of a page at work: the next one comes later, however this one ends.
struct Turn {
    permit: Option<OwnedSemaphorePermit>,
    begun: Instant,
    pause: Pause,
    runtime: Handle,
}

/// How long the page waits after it at least, and at most.
#[derive(Clone, Copy)]
struct Pause {
    min: Duration,
    max: Duration,
}

impl LongWork {
    pub fn start() -> io::Result<Self> {
        let settings = Settings {
            name: NAME,
            count: THREADS,
            niceness: NICENESS,
            queue_max: AT_WORK_MAX,
            starved_after: STARVED_AFTER,
        };
        Ok(Self {
            threads: Threads::start(settings)?,
            at_work: Arc::new(Semaphore::new(AT_WORK_MAX)),
            publishers: Turns::default(),
            waiting: Places::new(WAITING_MAX, WAITING_PAGE_MAX),
            regions: Turns::default(),
        })
    }

    /// Work on so many bytes that were pushed. Refused where a page has too much of it, or all pages have.
    pub async fn for_publisher<T: Send + 'static>(
        &self,
        page: Option<&PageId>,
        bytes: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let page = page.cloned();
        let _place = self.waiting.take(&page).ok_or_else(Fault::overloaded)?;
        let permit = self.publishers.permit(&page).await?;
        let pause = Pause {
            min: Duration::from_secs_f64(bytes as f64 / PAGE_BYTES_PER_S),
            max: PUBLISHERS_PAUSE_MAX,
        };
        self.run(permit, pause, async { work() }).await
    }

    pub async fn for_region<T: Send + 'static>(
        &self,
        page: &PageId,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault> {
        let permit = self.regions.permit(&Some(page.clone())).await?;
        let pause = Pause {
            min: Duration::ZERO,
            max: REGIONS_PAUSE_MAX,
        };
        self.run(permit, pause, work).await
    }

    async fn run<T: Send + 'static>(
        &self,
        permit: OwnedSemaphorePermit,
        pause: Pause,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault> {
        let place = Arc::clone(&self.at_work).acquire_owned().await;
        let place = place.map_err(|_| Fault::unavailable())?;
        let runtime = Handle::current();
        let work = async move {
            let _place = place;
            let _turn = Turn {
                permit: Some(permit),
                begun: Instant::now(),
                pause,
                runtime,
            };
            work.await
        };
        self.threads.run(work).await.ok_or_else(|| {
            tracing::error!("work that takes long failed");
            Fault::unavailable()
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let permit = self.permit.take();
        let Pause { min, max } = self.pause;
        let pause = min.max(self.begun.elapsed() * PAUSE).min(max);
        self.runtime.spawn(async move {
            sleep(pause).await;
            drop(permit);
        });
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
    async fn permit(&self, page: &Option<PageId>) -> Result<OwnedSemaphorePermit, Fault> {
        let share = Arc::clone(&self.shares[self.share(page)]);
        share.acquire_owned().await.map_err(|_| Fault::unavailable())
    }

    fn share(&self, page: &Option<PageId>) -> usize {
        (self.hasher.hash_one(page) % SHARES as u64) as usize
    }
}

const NAME: &str = "long-work";
/// Of those that take idle time, and as many of those that stand in for them.
const THREADS: usize = 2;
/// One for each of them: what rests when the machine becomes busy is not in the way of what others stand in for.
const AT_WORK_MAX: usize = READERS_BEHIND_OTHERS_MAX as usize;
/// Steps of niceness (nice(2)): a tenth of a core beside threads that answer, where these leave no idle time.
const NICENESS: i32 = 10;
/// A page as large as can be is composed in a tenth of a second.
const STARVED_AFTER: Duration = Duration::from_millis(250);
const SHARES: usize = 64;
/// A page waits for its next turn so many times as long as the last one took: it has a sixteenth of one thread at most.
const PAUSE: u32 = 15;
/// Whoever pushes waits for an answer: all that wait of one page have one before their time is over.
const PUBLISHERS_PAUSE_MAX: Duration = Duration::from_millis(500);
const _: () =
    assert!(WAITING_PAGE_MAX as u128 * PUBLISHERS_PAUSE_MAX.as_millis() * 3 / 2 < REQUEST_TIME_MAX.as_millis());
/// After what took an eighth of a second.
const REGIONS_PAUSE_MAX: Duration = Duration::from_secs(2);
/// What publishers push of one page: two to three of the longest texts in a second. What follows from a text costs several times what
/// rendering it does, so a machine that renders fast must not take more of them.
const PAGE_BYTES_PER_S: f64 = 64.0 * 1024.0;
/// What publishers have waiting at most, of all pages and of one.
const WAITING_MAX: usize = 256;
const WAITING_PAGE_MAX: usize = 32;

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Mutex,
            atomic::{AtomicUsize, Ordering::Relaxed},
            mpsc,
        },
        thread,
    };

    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test]
    async fn a_page_waits_for_itself_alone_and_no_longer_than_its_places_go() {
        let long_work = Arc::new(LongWork::start().expect("threads"));
        let greedy = page(1);
        let share_of = |page: &PageId| long_work.publishers.share(&Some(page.clone()));
        let mut others = (2..).map(page).filter(|other| share_of(other) != share_of(&greedy));
        let other = others.next().expect("a page with turns of its own");
        let (open, gate) = mpsc::channel::<()>();
        let (mut waiting, gate) = (Vec::new(), Arc::new(Mutex::new(gate)));
        for _ in 0..WAITING_PAGE_MAX {
            let (work, greedy, gate) = (Arc::clone(&long_work), greedy.clone(), Arc::clone(&gate));
            waiting.push(tokio::spawn(async move {
                work.for_publisher(Some(&greedy), 0, move || gate.lock().expect("alone").recv().is_ok())
                    .await
            }));
        }
        tokio::task::yield_now().await;
        let refused = long_work.for_publisher(Some(&greedy), 0, || ()).await;
        assert!(refused.is_err(), "there is no place left");
        let name = || thread::current().name().map(str::to_owned);
        let on = long_work.for_publisher(Some(&other), 0, name).await.expect("a turn");
        assert_eq!(on.as_deref(), Some(NAME), "of the threads that give way");
        assert!(long_work.for_region(&greedy, async {}).await.is_ok());
        drop(open);
        for waits in waiting {
            assert!(waits.await.expect("a task").is_ok());
        }
        assert!(long_work.waiting.are_free(), "nothing is left of who went");
    }

    #[tokio::test]
    async fn a_page_has_a_sixteenth_of_one_thread() {
        let long_work = LongWork::start().expect("threads");
        let work = Duration::from_millis(25);
        let done = long_work.for_region(&page(1), async move { thread::sleep(work) }).await;
        assert!(done.is_ok());
        let begun = Instant::now();
        assert!(long_work.regions.permit(&Some(page(1))).await.is_ok());
        // A part of the pause may be over until it is known here that the work is done.
        assert!(begun.elapsed() >= (PAUSE - 1) * work, "{:?}", begun.elapsed());
    }

    /// However fast they are rendered.
    #[tokio::test]
    async fn a_page_has_so_many_bytes_of_long_texts_in_a_second() {
        let long_work = LongWork::start().expect("threads");
        let pause = Duration::from_millis(250);
        let bytes = (PAGE_BYTES_PER_S * pause.as_secs_f64()) as usize;
        let done = long_work.for_publisher(Some(&page(1)), bytes, || ()).await;
        assert!(done.is_ok());
        let begun = Instant::now();
        assert!(long_work.publishers.permit(&Some(page(1))).await.is_ok());
        // A part of the pause may be over until it is known here that the work is done.
        assert!(begun.elapsed() >= pause / 2, "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn no_more_pages_are_at_work_than_can_be_read() {
        let long_work = Arc::new(LongWork::start().expect("threads"));
        let (at_work, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let all = (0..3 * AT_WORK_MAX as u32).map(|number| {
            let (long_work, at_work, most) = (Arc::clone(&long_work), Arc::clone(&at_work), Arc::clone(&most));
            let work = async move {
                most.fetch_max(at_work.fetch_add(1, Relaxed) + 1, Relaxed);
                sleep(Duration::from_millis(20)).await;
                at_work.fetch_sub(1, Relaxed);
            };
            async move { long_work.for_region(&page(number), work).await.is_ok() }
        });
        let all = all.collect::<JoinSet<_>>().join_all().await;
        assert!(all.into_iter().all(|done| done));
        assert_eq!(most.load(Relaxed), AT_WORK_MAX);
    }

    #[tokio::test]
    async fn work_that_panics_leaves_the_next_its_turn() {
        let long_work = LongWork::start().expect("threads");
        let failed = long_work.for_region(&page(1), async { panic!("on purpose") }).await;
        assert_eq!(failed.ok(), None::<()>);
        assert_eq!(long_work.for_region(&page(1), async { 7 }).await.ok(), Some(7));
    }

    fn page(number: u32) -> PageId {
        format!("page{number:08}").parse().expect("an id")
    }
}
