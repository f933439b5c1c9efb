//! When each KV key was last written, so that an outdated reply can be told from a current one without looking anything up.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering},
};

/// The moments of the KV's writes. A moment is a count of writes, not a time.
///
/// Keys share a fixed number of slots. Two keys in one slot can only end a reply too early, never too late, and nothing
/// here grows.
pub struct Writes {
    count: AtomicU64,
    last: Box<[AtomicU64]>,
    /// When something happened that no reply of before may outlive.
    all: AtomicU64,
    /// When a key was last closed: what depends on it and is of before may not even be shown for want of better.
    closed: Box<[AtomicU64]>,
}

/// A reply that began at `since` and depends on the keys in `slots`.
pub struct Dependence {
    since: u64,
    slots: Box<[u32]>,
}

impl Default for Writes {
    fn default() -> Self {
        Self {
            count: AtomicU64::new(0),
            last: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(),
            all: AtomicU64::new(0),
            closed: (0..CLOSED_SLOTS).map(|_| AtomicU64::new(0)).collect(),
        }
    }
}

impl Writes {
    /// Taken before the guest reads its first key.
    pub fn now(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// Called once a new value can be read and before its writer is told so. Only the KV's one writer calls it; a
    /// second writer could put an earlier moment over a later one, hence `fetch_max`.
    pub fn mark(&self, key: &str) -> u64 {
        let moment = self.count.fetch_add(1, Ordering::AcqRel) + 1;
        self.last[slot(key) as usize].fetch_max(moment, Ordering::AcqRel);
        moment
    }

    /// Called with the moment of [`Writes::mark`] where what was written takes from visitors what they saw.
    pub fn close(&self, key: &str, moment: u64) {
        self.closed[slot(key) as usize % CLOSED_SLOTS].fetch_max(moment, Ordering::AcqRel);
    }

    /// Whether none of the keys was closed after the reply began.
    pub fn are_open(&self, dependence: &Dependence) -> bool {
        let closed = |slot: &u32| self.closed[*slot as usize % CLOSED_SLOTS].load(Ordering::Acquire);
        dependence.slots.iter().all(|slot| closed(slot) <= dependence.since)
    }

    /// As if every key was written.
    pub fn mark_all(&self) {
        let moment = self.count.fetch_add(1, Ordering::AcqRel) + 1;
        self.all.fetch_max(moment, Ordering::AcqRel);
    }

    pub fn dependence<'a>(since: u64, keys: impl Iterator<Item = &'a str>) -> Dependence {
        Dependence {
            since,
            slots: keys.map(slot).collect(),
        }
    }

    /// Whether none of the keys was written after the reply began.
    pub fn are_older(&self, dependence: &Dependence) -> bool {
        let is_older = |slot: &u32| self.last[*slot as usize].load(Ordering::Acquire) <= dependence.since;
        self.all.load(Ordering::Acquire) <= dependence.since && dependence.slots.iter().all(is_older)
    }
}

fn slot(key: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    (hasher.finish() % SLOTS as u64) as u32
}

/// 512 KB; a write ends an unrelated reply once in 65,536 times.
const SLOTS: usize = 1 << 16;
/// 32 KB; few keys are ever closed.
const CLOSED_SLOTS: usize = 1 << 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_ends_what_began_before_it() {
        let writes = Writes::default();
        let before = Writes::dependence(writes.now(), ["site/a", "snapshot/p/public"].into_iter());
        let other = Writes::dependence(writes.now(), ["site/b"].into_iter());
        writes.mark("snapshot/p/public");
        let after = Writes::dependence(writes.now(), ["site/a", "snapshot/p/public"].into_iter());
        assert!(!writes.are_older(&before));
        assert!(writes.are_older(&other));
        assert!(writes.are_older(&after));
    }

    #[test]
    fn mark_of_all_ends_what_began_before_it() {
        let writes = Writes::default();
        let before = Writes::dependence(writes.now(), ["site/a"].into_iter());
        writes.mark_all();
        let after = Writes::dependence(writes.now(), ["site/a"].into_iter());
        assert!(!writes.are_older(&before));
        assert!(writes.are_older(&after));
    }

    #[test]
    fn what_was_closed_is_not_even_shown_for_want_of_better() {
        let writes = Writes::default();
        let reply = || Writes::dependence(writes.now(), ["site/a", "snapshot/p/public"].into_iter());
        let before = reply();
        let moment = writes.mark("site/a");
        assert!(writes.are_open(&before), "it is outdated, and was not taken back");
        writes.close("site/a", moment);
        assert!(!writes.are_open(&before));
        assert!(writes.are_open(&reply()));
    }

    #[test]
    fn a_reply_without_keys_never_ends() {
        let writes = Writes::default();
        let nothing = Writes::dependence(0, std::iter::empty());
        writes.mark("site/a");
        assert!(writes.are_older(&nothing));
    }
}
