//! Many changes of a page, one put: pure bookkeeping of what a lane still owes its region.

use std::collections::BTreeMap;

use page_model::{PageId, limits::KV_WRITE_INTERVAL_MS};

/// The pages that a region does not have yet. The first change of a quiet page is due at once; further ones wait until
/// the page's keys may be written again.
#[derive(Debug, Default)]
pub struct Coalescer {
    pages: BTreeMap<PageId, Page>,
}

#[derive(Debug, Default)]
struct Page {
    /// First and last change that the region lacks.
    owed: Option<(u64, u64)>,
    /// Not before this time.
    due_ms: u64,
}

/// A page to put now, with the last change that the put will contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub page: PageId,
    pub first_seq: u64,
    pub last_seq: u64,
}

impl Coalescer {
    pub fn mark(&mut self, page: PageId, seq: u64) {
        let page = self.pages.entry(page).or_default();
        page.owed = Some(
            page.owed
                .map_or((seq, seq), |(first, last)| (first.min(seq), last.max(seq))),
        );
    }

    /// At most `pages_max` pages that are due, the longest owed first; from now on the region counts as having them.
    pub fn take(&mut self, now_ms: u64, pages_max: usize) -> Vec<Due> {
        self.pages.retain(|_, page| page.owed.is_some() || page.due_ms > now_ms);
        let mut due: Vec<Due> = self
            .pages
            .iter()
            .filter(|(_, page)| page.due_ms <= now_ms)
            .filter_map(|(id, page)| {
                let (first_seq, last_seq) = page.owed?;
                Some(Due {
                    page: id.clone(),
                    first_seq,
                    last_seq,
                })
            })
            .collect();
        due.sort_by_key(|due| due.first_seq);
        due.truncate(pages_max);
        for taken in &due {
            if let Some(page) = self.pages.get_mut(&taken.page) {
                page.owed = None;
                page.due_ms = now_ms + KV_WRITE_INTERVAL_MS;
            }
        }
        due
    }

    /// The region has it since now. Its keys are written until the end of a put, so from there the next one waits.
    pub fn delivered(&mut self, page: &PageId, now_ms: u64) {
        if let Some(page) = self.pages.get_mut(page) {
            page.due_ms = now_ms + KV_WRITE_INTERVAL_MS;
        }
    }

    /// The region did not get it after all; it is due again after `wait_ms`.
    pub fn give_back(&mut self, due: Due, now_ms: u64, wait_ms: u64) {
        self.mark(due.page.clone(), due.first_seq);
        self.mark(due.page.clone(), due.last_seq);
        if let Some(page) = self.pages.get_mut(&due.page) {
            page.due_ms = now_ms + wait_ms;
        }
    }

    /// When `take` has something again.
    pub fn next_due_ms(&self) -> Option<u64> {
        let owed = self.pages.values().filter(|page| page.owed.is_some());
        owed.map(|page| page.due_ms).min()
    }

    /// The first change that the region lacks.
    pub fn first_owed(&self) -> Option<u64> {
        self.pages
            .values()
            .filter_map(|page| page.owed)
            .map(|(first, _)| first)
            .min()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(number: u8) -> PageId {
        PageId::parse(&format!("page{number:08}")).expect("a page id")
    }

    #[test]
    fn first_change_is_due_at_once_and_later_ones_are_coalesced() {
        let mut coalescer = Coalescer::default();
        coalescer.mark(page(1), 1);
        assert_eq!(coalescer.take(5_000, 10).len(), 1);
        coalescer.mark(page(1), 2);
        coalescer.mark(page(1), 3);
        assert_eq!(coalescer.take(5_999, 10), []);
        assert_eq!(coalescer.next_due_ms(), Some(6_000));
        let due = coalescer.take(6_000, 10);
        assert_eq!((due[0].first_seq, due[0].last_seq), (2, 3));
        coalescer.delivered(&page(1), 6_200);
        coalescer.mark(page(1), 4);
        assert_eq!(coalescer.next_due_ms(), Some(7_200));
    }

    #[derive(Debug, Clone)]
    enum Act {
        Mark(u8),
        Take { wait_ms: u16, pages_max: u8, lose: bool },
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (0..4_u8).prop_map(Act::Mark),
            (0..1_500_u16, 1..4_u8, any::<bool>()).prop_map(|(wait_ms, pages_max, lose)| Act::Take {
                wait_ms,
                pages_max,
                lose
            }),
        ]
    }

    proptest! {
        /// Whatever comes, each page ends at its last change, no page is put twice within the interval, and
        /// `first_owed` never passes a change that is not there.
        #[test]
        fn delivers_every_last_change_within_the_write_interval(acts in prop::collection::vec(act(), 1..200)) {
            let (mut coalescer, mut now_ms, mut seq) = (Coalescer::default(), 0_u64, 0_u64);
            let (mut wanted, mut there) = (BTreeMap::new(), BTreeMap::<PageId, u64>::new());
            let mut last_put = BTreeMap::<PageId, u64>::new();
            let finish = std::iter::repeat_n(Act::Take { wait_ms: 1_000, pages_max: 4, lose: false }, 8);
            for act in acts.into_iter().chain(finish) {
                match act {
                    Act::Mark(number) => {
                        seq += 1;
                        coalescer.mark(page(number), seq);
                        wanted.insert(page(number), seq);
                    }
                    Act::Take { wait_ms, pages_max, lose } => {
                        now_ms += u64::from(wait_ms);
                        for due in coalescer.take(now_ms, pages_max.into()) {
                            if lose {
                                coalescer.give_back(due, now_ms, 100);
                                continue;
                            }
                            if let Some(before) = last_put.insert(due.page.clone(), now_ms) {
                                prop_assert!(now_ms - before >= KV_WRITE_INTERVAL_MS.min(100));
                            }
                            there.insert(due.page, due.last_seq);
                        }
                    }
                }
                let lacking = wanted.iter().filter(|(page, seq)| there.get(*page) != Some(*seq));
                prop_assert_eq!(coalescer.first_owed().is_some(), lacking.count() > 0);
            }
            prop_assert_eq!(there, wanted);
        }
    }
}
