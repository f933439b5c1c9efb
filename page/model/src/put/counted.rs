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
        of_sync.is_some_and(|last| last.number >= put.number)
    }

    /// Where there are too many syncs, the one that has not put for longest is forgotten: if it still lives, it fills the region anew.
    pub fn count(&mut self, put: PutNumber) {
        let before = self.0.iter().position(|last| last.sync == put.sync);
        let last = before.map_or(0, |at| self.0.remove(at).number);
        if self.0.len() >= COUNTED_SYNCS_MAX {
            self.0.remove(0);
        }
        // A put that was late is stored behind a later one.
        let number = put.number.max(last);
        self.0.push(PutNumber { number, ..put });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(sync: u64, number: u64) -> PutNumber {
        PutNumber { sync, number }
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
