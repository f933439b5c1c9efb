//! Comparing passwords takes a core for some tens of milliseconds, so it is done a few at a time, and no page takes more than
//! its share of the places to wait.

use std::{thread::available_parallelism, time::Duration};

use origin_engine::places::{Place, Places};
use page_model::PageId;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::limits::{WAIT_MAX, WAITING_MAX, WAITING_PAGE_MAX};

pub struct Fairness {
    cores: Semaphore,
    wait_max: Duration,
    waiting: Places<PageId>,
}

/// Leave to compare one password.
pub struct Turn<'a> {
    _core: SemaphorePermit<'a>,
    _place: Place<PageId>,
}

impl Default for Fairness {
    /// Half of the machine is left to publishers and regions.
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1));
        Self::new(cores, WAIT_MAX)
    }
}

impl Fairness {
    /// So many have a turn at the same time.
    pub fn new(cores: usize, wait_max: Duration) -> Self {
        Self {
            cores: Semaphore::new(cores),
            wait_max,
            waiting: Places::new(WAITING_MAX, WAITING_PAGE_MAX),
        }
    }

    /// `None` where too many wait, or where it would take too long.
    pub async fn turn(&self, page: &PageId) -> Option<Turn<'_>> {
        let place = self.waiting.take(page)?;
        let core = timeout(self.wait_max, self.cores.acquire()).await.ok()?.ok()?;
        Some(Turn {
            _core: core,
            _place: place,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_does_not_take_the_places_of_others() {
        let fairness = Fairness::new(WAITING_MAX, WAIT_MAX);
        let (one, two) = (page(1), page(2));
        let mut turns = Vec::new();
        for _ in 0..WAITING_PAGE_MAX {
            turns.push(fairness.turn(&one).await.expect("a turn"));
        }
        assert!(fairness.turn(&one).await.is_none());
        assert!(fairness.turn(&two).await.is_some());
        turns.pop();
        assert!(fairness.turn(&one).await.is_some());
        drop(turns);
        assert!(fairness.waiting.are_free(), "nothing is left of who went");
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_told_so() {
        let fairness = Fairness::new(1, Duration::from_millis(20));
        let turn = fairness.turn(&page(1)).await.expect("a turn");
        assert!(fairness.turn(&page(2)).await.is_none());
        drop(turn);
        assert!(fairness.turn(&page(2)).await.is_some());
        assert!(fairness.waiting.are_free(), "who gave up is forgotten");
    }

    fn page(number: usize) -> PageId {
        PageId::parse(&format!("page{number:08}")).expect("a page id")
    }
}
