//! Where changes wait for the writer. There are two queues: what nobody waits for lets others go first. In the other one pages take
//! turns and have their own places, so that one whose publisher sends without pause is in no other's way.

use std::{collections::HashMap, time::Duration};

use origin_objects::fault::Fault;
use page_model::PageId;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use crate::{
    applied::Applied,
    limits::{PAGE_OF_SEVERAL_FOR, PAGE_REST, PAGE_REST_LEFT_MAX, PAGE_REST_MAX, QUEUE_MAX, QUEUE_PAGE_MAX},
    places::{Place, Places},
    turns::Turns,
    tx::Condition,
    work::Work,
};

pub struct Job<C> {
    pub change: C,
    pub condition: Condition,
    pub reply: oneshot::Sender<Reply>,
}

pub type Reply = Result<Applied, Fault>;

/// Whose turn it is; what belongs to no page has one turn.
type Of = Option<PageId>;

struct Awaited<C> {
    job: Job<C>,
    place: Place<Of>,
}

#[derive(Debug)]
pub struct Queue<C> {
    awaited: mpsc::Sender<Awaited<C>>,
    places: Places<Of>,
    unhurried: mpsc::Sender<Job<C>>,
}

pub struct Waiting<C> {
    arrived: mpsc::Receiver<Awaited<C>>,
    awaited: Turns<Of, Awaited<C>>,
    /// Until when pages let others go first.
    rests: HashMap<PageId, Instant>,
    /// Whose change was the last one, and when the one before it was another page's.
    last: Option<PageId>,
    of_several: Option<Instant>,
    unhurried: mpsc::Receiver<Job<C>>,
}

pub fn queue<C>() -> (Queue<C>, Waiting<C>) {
    let (awaited, arrived) = mpsc::channel(QUEUE_MAX);
    let (unhurried, unhurried_waits) = mpsc::channel(QUEUE_MAX);
    let queue = Queue {
        awaited,
        places: Places::new(QUEUE_MAX, QUEUE_PAGE_MAX),
        unhurried,
    };
    let waiting = Waiting {
        arrived,
        awaited: Turns::default(),
        rests: HashMap::new(),
        last: None,
        of_several: None,
        unhurried: unhurried_waits,
    };
    (queue, waiting)
}

impl<C> Clone for Queue<C> {
    fn clone(&self) -> Self {
        Self {
            awaited: self.awaited.clone(),
            places: self.places.clone(),
            unhurried: self.unhurried.clone(),
        }
    }
}

impl<C: Work> Queue<C> {
    /// Refused at once where no place is left, of all or of the page's.
    pub fn send(&self, job: Job<C>) -> Result<(), Fault> {
        if job.change.is_unhurried() {
            return self.unhurried.try_send(job).map_err(|_| Fault::overloaded());
        }
        let place = self
            .places
            .take(&job.change.page().cloned())
            .ok_or_else(Fault::overloaded)?;
        let awaited = Awaited { job, place };
        self.awaited.try_send(awaited).map_err(|_| Fault::overloaded())
    }
}

impl<C> Waiting<C> {
    /// `None` when the last sender is gone and nothing waits.
    pub async fn next(&mut self) -> Option<Job<C>> {
        loop {
            if let Some(job) = self.next_awaited() {
                return Some(job);
            }
            let turn = self.awaited.waiting().filter_map(|of| next_turn(&self.rests, of)).min();
            tokio::select! {
                biased;
                Some(awaited) = self.arrived.recv() => self.arrive(awaited),
                () = sleep_until(turn.unwrap_or_else(Instant::now)), if turn.is_some() => {}
                Some(job) = self.unhurried.recv() => return Some(job),
                else => return None,
            }
        }
    }

    /// Of a page whose turn it is.
    pub fn next_awaited(&mut self) -> Option<Job<C>> {
        while let Ok(awaited) = self.arrived.try_recv() {
            self.arrive(awaited);
        }
        let now = Instant::now();
        let (rests, are_several) = (&self.rests, self.are_several(now));
        let may = |of: &Of| !are_several || next_turn(rests, of).is_none_or(|turn| turn <= now);
        self.awaited.next(may).map(|awaited| awaited.job)
    }

    pub fn next_unhurried(&mut self) -> Option<Job<C>> {
        self.unhurried.try_recv().ok()
    }

    /// A change took so long, and lets those of other pages go first, if there are any.
    pub fn took(&mut self, page: PageId, time: Duration) {
        let now = Instant::now();
        if self.last.as_ref().is_some_and(|last| *last != page) {
            self.of_several = Some(now);
        }
        if self.are_several(now) {
            if self.rests.len() >= QUEUE_MAX {
                self.rests.retain(|_, until| *until > now);
            }
            let until = self.rests.entry(page.clone()).or_insert(now);
            *until = (now.max(*until) + time * PAGE_REST).min(now + PAGE_REST_MAX);
        }
        self.last = Some(page);
    }

    fn are_several(&self, now: Instant) -> bool {
        self.of_several.is_some_and(|at| now - at < PAGE_OF_SEVERAL_FOR)
    }

    fn arrive(&mut self, awaited: Awaited<C>) {
        self.awaited.add(awaited.place.of().clone(), awaited);
    }
}

/// When the next one is of a page that rests.
fn next_turn(rests: &HashMap<PageId, Instant>, of: &Of) -> Option<Instant> {
    let until = rests.get(of.as_ref()?)?;
    Some(*until - PAGE_REST_LEFT_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tx::{Refusal, Tx};

    struct Named(PageId);

    impl Work for Named {
        async fn apply(self, _: &mut Tx<'_>) -> Result<Applied, Refusal> {
            Ok(Applied::done())
        }

        fn is_unhurried(&self) -> bool {
            false
        }

        fn page(&self) -> Option<&PageId> {
            Some(&self.0)
        }
    }

    fn page(number: u32) -> PageId {
        PageId::parse(&format!("page{number:08}")).expect("an id")
    }

    /// How long the first page's next change waits after changes of these pages, each of which took so many milliseconds.
    async fn rest_after(changes: &[(u32, u64)]) -> Duration {
        let (queue, mut waiting) = queue();
        for (number, ms) in changes {
            waiting.took(page(*number), Duration::from_millis(*ms));
        }
        let begun = Instant::now();
        let job = Job {
            change: Named(page(1)),
            condition: Condition::default(),
            reply: oneshot::channel().0,
        };
        queue.send(job).expect("a place");
        assert_eq!(waiting.next().await.expect("a change").change.0, page(1));
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_rests_while_others_push() {
        let several = rest_after(&[(2, 1), (1, 10)]).await;
        let expected = Duration::from_millis(10) * PAGE_REST - PAGE_REST_LEFT_MAX;
        assert_eq!(several.as_millis(), expected.as_millis());
        assert_eq!(rest_after(&[(2, 1), (1, 1)]).await, Duration::ZERO, "few come together");
        assert_eq!(rest_after(&[(1, 10), (1, 10)]).await, Duration::ZERO, "it is alone");
        let long = rest_after(&[(2, 1), (1, 60_000)]).await;
        assert!(long <= PAGE_REST_MAX, "{long:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_is_alone_again_some_time_after_others() {
        let (_queue, mut waiting) = queue::<Named>();
        for number in [1, 2, 1] {
            waiting.took(page(number), Duration::from_millis(10));
        }
        assert!(waiting.are_several(Instant::now()));
        tokio::time::advance(PAGE_OF_SEVERAL_FOR).await;
        waiting.took(page(1), Duration::from_millis(10));
        assert!(!waiting.are_several(Instant::now()));
    }
}
