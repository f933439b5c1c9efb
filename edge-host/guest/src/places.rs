//! How many visits are in the guest at once, and how many of these may be one host's: a crowd at one page waits for each
//! other, not in front of everybody else.

use std::{collections::hash_map::RandomState, hash::BuildHasher, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::GUEST_HOST_SHARES;

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
#[derive(Default)]
pub struct Shares(RandomState);

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
    pub fn of(&self, host: &str) -> Share {
        let share = self.0.hash_one(host) % GUEST_HOST_SHARES as u64;
        Share(usize::try_from(share).unwrap_or(0))
    }
}
