//! Which puts a region has stored. Where a put is one transaction of the region's own disk, its number goes into the cursor with it:
//! a disk that comes back without a put that was acknowledged shows a lower number, though its cursor may stand where it stood.

use serde::{Deserialize, Serialize};

use crate::limits::COUNTED_SYNCS_MAX;

/// A put of a sync, which numbers them in the order in which it sends them, for as long as it knows what a region acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutNumber {
    /// A random number that no other has, nor this one when it begins anew.
    pub sync: u64,
    pub number: u64,
    /// Which of its records failed; 0 where none did.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lacks: u64,
}

impl PutNumber {
    pub fn new(sync: u64, number: u64) -> Self {
        Self { sync, number, lacks: 0 }
    }

    /// The same put where the records at these places failed. If it comes again others may fail, and what was acknowledged is not there.
    pub fn without(self, failed: impl Iterator<Item = usize>) -> Self {
        let hash = |hash: u64, at: usize| (hash ^ (at as u64 + 1)).wrapping_mul(FNV_PRIME);
        Self {
            lacks: failed.fold(0, hash),
            ..self
        }
    }
}

/// The last put of each sync, the sync that put last at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CountedPuts(Vec<PutNumber>);

impl CountedPuts {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The put that was stored last, or a later one of its sync.
    pub fn last(&self) -> Option<PutNumber> {
        self.0.last().copied()
    }

    /// Whether this put is in the region, or a later one of the same sync: no put is stored before those of its sync that
    /// were acknowledged when it was sent.
    pub fn has(&self, put: PutNumber) -> bool {
        let of_sync = self.0.iter().find(|last| last.sync == put.sync);
        of_sync.is_some_and(|last| last.number > put.number || *last == put)
    }

    /// Where there are too many syncs, the one that has not put for longest is forgotten: if it still lives, it fills the region anew.
    pub fn count(&mut self, put: PutNumber) {
        let before = self.0.iter().position(|last| last.sync == put.sync);
        let before = before.map(|at| self.0.remove(at));
        if self.0.len() >= COUNTED_SYNCS_MAX {
            self.0.remove(0);
        }
        // A put that was late, or came twice, takes nothing back.
        let later = before.filter(|last| last.number >= put.number);
        self.0.push(later.unwrap_or(put));
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Of the 64-bit hash by Fowler, Noll and Vo.
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

#[cfg(test)]
mod tests {
    use super::*;

    fn put(sync: u64, number: u64) -> PutNumber {
        PutNumber::new(sync, number)
    }

    #[test]
    fn has_what_was_counted_and_all_before() {
        let mut counted = CountedPuts::default();
        assert!(!counted.has(put(1, 0)), "nothing of a sync that never put");
        counted.count(put(1, 5));
        counted.count(put(2, 3));
        assert!(counted.has(put(1, 4)) && counted.has(put(1, 5)) && !counted.has(put(1, 6)));
        assert!(counted.has(put(2, 3)) && !counted.has(put(2, 4)));
    }

    #[test]
    fn late_put_takes_nothing_back() {
        let mut counted = CountedPuts::default();
        counted.count(put(1, 5));
        counted.count(put(1, 4));
        assert!(counted.has(put(1, 5)));
    }

    #[test]
    fn put_that_failed_elsewhere_is_another() {
        let (first, again) = (put(1, 5).without([0].into_iter()), put(1, 5).without([1].into_iter()));
        let mut counted = CountedPuts::default();
        counted.count(again);
        assert!(counted.has(again) && !counted.has(first) && !counted.has(put(1, 5)) && counted.has(put(1, 4)));
        counted.count(first);
        assert!(counted.has(again), "what it brought is there still");
        counted.count(put(1, 6));
        assert!(
            counted.has(first),
            "it would not have been taken where that is not there"
        );
    }

    #[test]
    fn remembers_the_syncs_that_put_last() {
        let mut counted = CountedPuts::default();
        counted.count(put(1_000, 1));
        for sync in 0..100 {
            counted.count(put(sync, 1));
            counted.count(put(1_000, 2 + sync));
        }
        assert_eq!(counted.0.len(), COUNTED_SYNCS_MAX);
        assert!(counted.has(put(1_000, 101)) && counted.has(put(99, 1)) && !counted.has(put(0, 1)));
    }
}
