//! How many visits are in the guest at once, and how many of these may be one host's: a crowd at one page waits for each
//! other, not in front of everybody else.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{GUEST_HOST_SHARES, GUEST_HOST_SLOW_FOR};

/// Places among all visits. Half of them at most are one host's.
pub struct Places {
    all: Arc<Semaphore>,
    shares: Vec<Arc<Semaphore>>,
}

/// Kept until the visit is over, or has another one.
pub struct Place {
    _of_all: OwnedSemaphorePermit,
    _of_share: OwnedSemaphorePermit,
}

/// Which hosts share places, by the chance of their names. Who asks under many names meets the limit of all.
pub struct Shares {
    by_name: RandomState,
    since: Instant,
    /// For each share until when its visits are slow ones, in milliseconds.
    slow_until_ms: Vec<AtomicU64>,
}

/// The number of a share.
#[derive(Clone, Copy)]
pub struct Share(usize);

impl Places {
    pub fn new(count: usize) -> Self {
        let half = || Arc::new(Semaphore::new(count.div_ceil(2)));
        Self {
            all: Arc::new(Semaphore::new(count)),
            shares: (0..GUEST_HOST_SHARES).map(|_| half()).collect(),
        }
    }

    /// Waits for its turn; `None` once nothing is served any more.
    pub async fn take(&self, share: Share) -> Option<Place> {
        // In this order: who waits for its share holds no place that another host could have.
        let of_share = Arc::clone(&self.shares[share.0]).acquire_owned().await.ok()?;
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Place {
            _of_all: of_all,
            _of_share: of_share,
        })
    }

    /// The same, but `None` where it would have to wait.
    pub fn try_take(&self, share: Share) -> Option<Place> {
        Some(Place {
            _of_share: Arc::clone(&self.shares[share.0]).try_acquire_owned().ok()?,
            _of_all: Arc::clone(&self.all).try_acquire_owned().ok()?,
        })
    }
}

impl Shares {
    pub fn new() -> Self {
        Self {
            by_name: RandomState::new(),
            since: Instant::now(),
            slow_until_ms: (0..GUEST_HOST_SHARES).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    pub fn of(&self, host: &str) -> Share {
        let share = self.by_name.hash_one(host) % GUEST_HOST_SHARES as u64;
        Share(usize::try_from(share).unwrap_or(0))
    }

    /// One of its visits computes for very long or has failed, so the next ones may.
    pub fn found_slow(&self, share: Share) {
        let until = self.ms_after(GUEST_HOST_SLOW_FOR);
        self.slow_until_ms[share.0].store(until, Ordering::Relaxed);
    }

    pub fn is_slow(&self, share: Share) -> bool {
        self.ms_after(Duration::ZERO) < self.slow_until_ms[share.0].load(Ordering::Relaxed)
    }

    fn ms_after(&self, wait: Duration) -> u64 {
        u64::try_from((self.since.elapsed() + wait).as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_share_that_was_found_slow_is_slow() {
        let shares = Shares::new();
        let [one, other] = [Share(1), Share(2)];
        assert!(!shares.is_slow(one));
        shares.found_slow(one);
        assert!(shares.is_slow(one));
        assert!(!shares.is_slow(other));
    }

    #[tokio::test]
    async fn half_of_the_places_at_most_are_one_share() {
        let places = Places::new(4);
        let (one, other) = (Share(1), Share(2));
        let held = [places.try_take(one), places.try_take(one)];
        assert!(held.iter().all(Option::is_some));
        assert!(places.try_take(one).is_none());
        let others = [places.try_take(other), places.try_take(other)];
        assert!(others.iter().all(Option::is_some));
        assert!(places.try_take(Share(3)).is_none(), "all of them are taken");
        drop(held);
        assert!(places.take(one).await.is_some());
    }
}
