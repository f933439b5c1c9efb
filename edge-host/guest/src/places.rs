//! How many visits are in the guest at once, and how many of these may be one host's or one client's: a crowd at one page
//! waits for each other, not in front of everybody else, and so does what one client asks.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    client::network,
    limits::{
        GUEST_CLIENT_SHARES, GUEST_CROWD, GUEST_HOST_SHARES, GUEST_HOST_SLOW_FOR, GUEST_MEMORY_BYTES_AFTER_FAILURE_MAX,
        GUEST_MEMORY_BYTES_MAX, GUEST_WAITING_MAX, GUEST_WAITING_OF_ONE_MAX,
    },
};

/// Places among all visits. Half of them at most are one host's, and half of them one client's.
pub struct Places {
    all: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// Those of them that wait for no part of their own any more.
    next: AtomicUsize,
    shares: Vec<Part>,
    clients: Vec<Part>,
}

/// What one host or one client may have.
struct Part {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// Kept until the visit is over, or has another one.
pub struct Place {
    _of_all: OwnedSemaphorePermit,
    _of_share: OwnedSemaphorePermit,
    _of_client: Option<OwnedSemaphorePermit>,
}

/// Counts among those who wait.
struct Waiting<'a>(&'a AtomicUsize);

/// Which hosts share places, by the chance of their names. Who asks under many names meets the limit of all.
pub struct Shares {
    by_name: RandomState,
    by_address: RandomState,
    slow: Marks,
    out_of_memory: Marks,
}

/// Which shares something was found of a moment ago.
struct Marks {
    since: Instant,
    /// For each share until when it counts, in milliseconds.
    until_ms: Vec<AtomicU64>,
}

/// The number of a share.
#[derive(Clone, Copy)]
pub struct Share(usize);

/// The number of a client's part.
#[derive(Clone, Copy)]
pub struct ClientShare(usize);

impl Places {
    pub fn new(count: usize) -> Self {
        let halves = |parts| (0..parts).map(|_| Part::new(count.div_ceil(2))).collect();
        Self {
            all: Arc::new(Semaphore::new(count)),
            waiting: AtomicUsize::new(0),
            next: AtomicUsize::new(0),
            shares: halves(GUEST_HOST_SHARES),
            clients: halves(GUEST_CLIENT_SHARES),
        }
    }

    /// Waits for its turn; `None` where too many wait already, or nothing is served any more.
    pub async fn take(&self, share: Share, client: Option<ClientShare>) -> Option<Place> {
        let (share, client) = (&self.shares[share.0], client.map(|client| &self.clients[client.0]));
        let _waits = Waiting::among(&self.waiting, GUEST_WAITING_MAX)?;
        let _waits_at_host = Waiting::among(&share.waiting, GUEST_WAITING_OF_ONE_MAX)?;
        // In this order: who waits for its own part holds no place that others could have.
        let of_client = match client {
            Some(client) => {
                let _waits = Waiting::among(&client.waiting, GUEST_WAITING_OF_ONE_MAX)?;
                Some(Arc::clone(&client.places).acquire_owned().await.ok()?)
            }
            None => None,
        };
        let of_share = Arc::clone(&share.places).acquire_owned().await.ok()?;
        let _is_next = Waiting::among(&self.next, GUEST_WAITING_MAX)?;
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Place {
            _of_all: of_all,
            _of_share: of_share,
            _of_client: of_client,
        })
    }

    /// Whether a visit at this host would wait behind many others.
    pub fn is_crowded(&self, share: Share) -> bool {
        let waiting = [&self.shares[share.0].waiting, &self.next];
        waiting
            .iter()
            .any(|waiting| waiting.load(Ordering::Relaxed) >= GUEST_CROWD)
    }

    /// The same, but `None` where it would have to wait.
    pub fn try_take(&self, share: Share) -> Option<Place> {
        Some(Place {
            _of_share: Arc::clone(&self.shares[share.0].places).try_acquire_owned().ok()?,
            _of_all: Arc::clone(&self.all).try_acquire_owned().ok()?,
            _of_client: None,
        })
    }
}

impl Part {
    fn new(places: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            waiting: AtomicUsize::new(0),
        }
    }
}

impl<'a> Waiting<'a> {
    fn among(count: &'a AtomicUsize, max: usize) -> Option<Self> {
        let before = count.fetch_add(1, Ordering::Relaxed);
        let waiting = Self(count);
        (before < max).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Shares {
    pub fn new() -> Self {
        Self {
            by_name: RandomState::new(),
            by_address: RandomState::new(),
            slow: Marks::new(),
            out_of_memory: Marks::new(),
        }
    }

    pub fn of(&self, host: &str) -> Share {
        let share = self.by_name.hash_one(host) % GUEST_HOST_SHARES as u64;
        Share(usize::try_from(share).unwrap_or(0))
    }

    pub fn of_client(&self, client: Option<IpAddr>) -> Option<ClientShare> {
        let share = self.by_address.hash_one(network(client?)?) % GUEST_CLIENT_SHARES as u64;
        usize::try_from(share).ok().map(ClientShare)
    }

    /// One of its visits computes for very long or has failed, so the next ones may.
    pub fn found_slow(&self, share: Share) {
        self.slow.set(share);
    }

    pub fn is_slow(&self, share: Share) -> bool {
        self.slow.holds(share)
    }

    /// One of its visits wanted more memory than there is for any, so the next ones may.
    pub fn found_out_of_memory(&self, share: Share) {
        self.out_of_memory.set(share);
    }

    pub fn memory_bytes_max(&self, share: Share) -> usize {
        match self.out_of_memory.holds(share) {
            true => GUEST_MEMORY_BYTES_AFTER_FAILURE_MAX,
            false => GUEST_MEMORY_BYTES_MAX,
        }
    }
}

impl Marks {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            until_ms: (0..GUEST_HOST_SHARES).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    fn set(&self, share: Share) {
        let until = self.ms_after(GUEST_HOST_SLOW_FOR);
        self.until_ms[share.0].store(until, Ordering::Relaxed);
    }

    fn holds(&self, share: Share) -> bool {
        self.ms_after(Duration::ZERO) < self.until_ms[share.0].load(Ordering::Relaxed)
    }

    fn ms_after(&self, wait: Duration) -> u64 {
        u64::try_from((self.since.elapsed() + wait).as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::{Pin, pin},
        task::{Context, Poll, Waker},
    };

    use super::*;

    fn waits(place: Pin<&mut impl Future<Output = Option<Place>>>) -> bool {
        matches!(place.poll(&mut Context::from_waker(Waker::noop())), Poll::Pending)
    }

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
        assert!(places.take(one, None).await.is_some());
    }

    #[tokio::test]
    async fn half_of_the_places_at_most_are_one_clients() {
        let places = Places::new(4);
        let client = Some(ClientShare(7));
        let held = [places.take(Share(1), client).await, places.take(Share(2), client).await];
        let mut third = pin!(places.take(Share(3), client));
        assert!(waits(third.as_mut()), "it comes behind the client's own");
        assert!(places.take(Share(3), Some(ClientShare(8))).await.is_some());
        drop(held);
        assert!(third.await.is_some());
    }

    #[tokio::test]
    async fn who_comes_behind_too_many_does_not_wait() {
        let places = Places::new(2);
        let (one, other) = (Share(1), Share(2));
        let held = places.take(one, None).await;
        let mut waiting: Vec<_> = (0..GUEST_WAITING_OF_ONE_MAX)
            .map(|_| Box::pin(places.take(one, None)))
            .collect();
        assert!(waiting.iter_mut().all(|place| waits(place.as_mut())));
        assert!(places.take(one, None).await.is_none());
        assert!(places.take(other, None).await.is_some());
        drop(waiting);
        drop(held);
        assert!(places.take(one, None).await.is_some(), "nobody waits any more");
    }
}
