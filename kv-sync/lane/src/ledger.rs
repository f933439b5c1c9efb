//! What a region is owed: of each page, everything behind `since` up to `last`. The region has all of the page up to
//! `since`, so that its cursor may never pass the smallest `since` of a page that is owed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use page_model::{
    PageId,
    limits::{KV_WRITE_INTERVAL_MS, PARKED_PAGES_MAX},
    put::Parked,
};

use crate::{
    limits::{PAGE_FAILURES_MAX, PAGE_PAUSE_MS_MAX, PARKED_PAUSE_MS},
    pause,
};

#[derive(Debug, Default)]
pub struct Ledger {
    pages: BTreeMap<PageId, Page>,
    /// Pages that are owed and not on their way, by class and when they are due.
    due: [BTreeSet<(u64, u64, PageId)>; 3],
    /// How many pages that hold the cursor have this `since`.
    sinces: BTreeMap<u64, usize>,
    parked: BTreeSet<PageId>,
    /// A key may be written again at once, so that what somebody waits for need not rest after what time changed.
    rewrites: bool,
    /// How many pages that hold the cursor are owed something since this time.
    waiting: BTreeMap<u64, usize>,
    /// Pages whose keys may be written again at this time.
    resting: VecDeque<(u64, PageId)>,
    /// Pages that arrived so far: while others arrive, a page that fails is itself at fault.
    arrived: u64,
}

#[derive(Debug, Default)]
struct Page {
    owed: Option<Debt>,
    /// What of it is being fetched or put.
    moving: Option<Debt>,
    /// Since when it is owed each of them.
    owed_ms: u64,
    moving_ms: u64,
    moving_class: Class,
    due_ms: u64,
    /// The first change that is owed decides who comes first.
    order: u64,
    class: Class,
    failures: u32,
    arrived_before: u64,
    parked: bool,
    /// Its keys were written, and may be again at this time.
    rests_until_ms: u64,
    /// The same for what somebody waits for: not later, and earlier where only time changed what was written last.
    awaited_rests_until_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Debt {
    pub since: u64,
    pub last: u64,
}

/// What is due in one class comes before all of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Class {
    /// Somebody waits for it.
    Awaited = 0,
    /// Time went on.
    Passing = 1,
    /// The region is being filled.
    #[default]
    Filling = 2,
}

/// What arrived of a page.
#[derive(Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The last change that is known to be in.
    pub last: u64,
    pub class: Class,
    /// Since when it was owed.
    pub owed_ms: u64,
}

/// What became of a page that failed.
#[derive(Debug, PartialEq, Eq)]
pub enum Failed {
    AgainIn { ms: u64 },
    Parked,
}

impl Debt {
    fn with(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| Self {
            since: self.since.min(other.since),
            last: self.last.max(other.last),
        })
    }
}

impl Page {
    fn since(&self) -> Option<u64> {
        let debts = self.owed.iter().chain(&self.moving);
        debts.map(|debt| debt.since).min()
    }

    fn is_waiting(&self) -> bool {
        self.owed.is_some() && self.moving.is_none()
    }

    /// Until when what is owed rests.
    fn rests_ms(&self) -> u64 {
        match self.class {
            Class::Awaited => self.awaited_rests_until_ms,
            Class::Passing | Class::Filling => self.rests_until_ms,
        }
    }

    /// Where it holds the cursor: from which change on, and since when.
    fn holds(&self) -> Option<(u64, u64)> {
        let since = self.since().filter(|_| !self.parked)?;
        Some(match self.moving {
            Some(_) => (since, self.moving_ms),
            None => (since, self.owed_ms),
        })
    }
}

impl Ledger {
    /// The region had all of the page up to `since`, and it changed behind that, at `since_ms`.
    pub fn mark(&mut self, page: &PageId, debt: Debt, class: Class, now_ms: u64, since_ms: u64) {
        self.change(page, |page| {
            if page.owed.is_none() {
                (page.order, page.class) = (debt.last, class);
                page.owed_ms = since_ms;
            }
            page.class = page.class.min(class);
            page.owed = Some(debt.with(page.owed));
            page.due_ms = match page.failures {
                0 => page.rests_ms(),
                // The change may have mended it.
                _ => page.due_ms.min(now_ms + KV_WRITE_INTERVAL_MS).max(page.rests_ms()),
            };
        });
    }

    /// The page was parked before this lane began.
    pub fn park(&mut self, parked: &Parked) {
        let debt = Debt {
            since: parked.since,
            last: parked.since,
        };
        self.change(&parked.page, |page| {
            page.owed = Some(debt.with(page.owed));
            page.parked = true;
            page.failures = PAGE_FAILURES_MAX;
        });
    }

    /// The page that is due and comes first, of no later class than this, which is on its way from here.
    pub fn take(&mut self, now_ms: u64, latest: Class) -> Option<(PageId, Debt)> {
        let first = self.due[..=latest as usize]
            .iter()
            .find_map(|due| due.first().filter(|(due_ms, ..)| *due_ms <= now_ms));
        let page = first.map(|(.., page)| page.clone())?;
        let mut taken = None;
        self.change(&page, |page| {
            page.moving = page.owed.take();
            (page.moving_ms, page.moving_class) = (page.owed_ms, page.class);
            taken = page.moving;
        });
        Some((page, taken?))
    }

    /// What is on its way contains every change up to `seq`.
    pub fn fetched(&mut self, page: &PageId, seq: u64) {
        self.change(page, |page| {
            if let (Some(owed), Some(moving)) = (page.owed, page.moving)
                && owed.last <= seq
            {
                page.moving = Some(moving.with(Some(owed)));
                page.moving_class = page.moving_class.min(page.class);
                page.owed = None;
            }
        });
    }

    /// Whether somebody waits for a change of it that what is on its way does not contain, which nobody waits for.
    pub fn is_overtaken(&self, page: &PageId) -> bool {
        let page = self.pages.get(page);
        page.is_some_and(|page| {
            let moves_in_passing = page.moving.is_some() && page.moving_class != Class::Awaited;
            moves_in_passing && page.owed.is_some() && page.class == Class::Awaited
        })
    }

    /// What was on its way goes with what is owed since.
    pub fn give_back(&mut self, page: &PageId) {
        self.change(page, |page| {
            let owed = page.owed.take();
            if page.moving.is_some() {
                page.owed_ms = page.moving_ms;
            }
            page.owed = page.moving.take().map(|debt| debt.with(owed)).or(owed);
        });
    }

    pub fn rewrites(&mut self, rewrites: bool) {
        self.rewrites = rewrites;
    }

    /// The region has what was on its way. Its keys may have been written until this moment, so from here the next put waits.
    pub fn arrived(&mut self, page: &PageId, now_ms: u64, was_written: bool) -> Arrived {
        self.arrived += 1;
        let mut arrived = Arrived {
            last: 0,
            class: Class::Filling,
            owed_ms: now_ms,
        };
        let (rests_until_ms, rewrites) = (now_ms + KV_WRITE_INTERVAL_MS, self.rewrites);
        self.change(page, |page| {
            arrived.class = page.moving_class;
            arrived.owed_ms = page.moving_ms.min(now_ms);
            arrived.last = page.moving.take().map_or(0, |debt| debt.last);
            page.failures = 0;
            // The cursor may have passed what it is owed since: then that still stands in the cursor.
            page.parked &= page.owed.is_some();
            // Where nothing of it was new, its keys have rested since they were written.
            if was_written {
                page.rests_until_ms = rests_until_ms;
                if arrived.class == Class::Awaited || !rewrites {
                    page.awaited_rests_until_ms = rests_until_ms;
                }
            }
            page.due_ms = match page.owed {
                Some(_) => page.rests_ms(),
                None => page.rests_until_ms,
            };
        });
        self.resting.push_back((rests_until_ms, page.clone()));
        arrived
    }

    pub fn class(&self, page: &PageId) -> Class {
        self.pages.get(page).map_or(Class::Filling, |page| page.class)
    }

    /// Some of its keys may have been written until this moment, though it did not arrive whole.
    pub fn written(&mut self, page: &PageId, now_ms: u64) {
        self.change(page, |page| {
            page.rests_until_ms = now_ms + KV_WRITE_INTERVAL_MS;
            page.awaited_rests_until_ms = page.rests_until_ms;
        });
    }

    /// It did not arrive. `counts` where that may be the page's own fault.
    pub fn failed(&mut self, page: &PageId, now_ms: u64, counts: bool, may_park: bool) -> Failed {
        let (arrived, room) = (self.arrived, self.parked.len() < PARKED_PAGES_MAX);
        let mut became = Failed::Parked;
        self.change(page, |page| {
            let owed = page.owed.take();
            if page.moving.is_some() {
                page.owed_ms = page.moving_ms;
            }
            page.owed = page.moving.take().map(|debt| debt.with(owed)).or(owed);
            if page.failures == 0 {
                page.arrived_before = arrived;
            }
            let pause_ms = pause::length_ms(page.failures, PAGE_PAUSE_MS_MAX);
            page.failures = page.failures.saturating_add(u32::from(counts || page.failures == 0));
            let at_fault = counts && page.failures >= PAGE_FAILURES_MAX && arrived > page.arrived_before;
            page.parked |= may_park && room && at_fault;
            let pause_ms = match page.parked {
                true => PARKED_PAUSE_MS,
                false => pause_ms,
            };
            page.due_ms = (now_ms + pause_ms).max(page.rests_ms());
            if !page.parked {
                became = Failed::AgainIn {
                    ms: page.due_ms - now_ms,
                };
            }
        });
        became
    }

    /// The cursor may not pass this.
    pub fn first_since(&self) -> Option<u64> {
        self.sinces.keys().next().copied()
    }

    /// The cursor may not pass this once these pages arrived, as they are on their way.
    pub fn first_since_without<'a>(&self, arriving: impl Iterator<Item = &'a PageId>) -> Option<u64> {
        let (mut leaving, mut rest) = (BTreeMap::<u64, usize>::new(), None::<u64>);
        for page in arriving
            .filter_map(|page| self.pages.get(page))
            .filter(|page| !page.parked)
        {
            if let Some(since) = page.since() {
                *leaving.entry(since).or_default() += 1;
            }
            if let Some(owed) = page.owed {
                rest = Some(rest.map_or(owed.since, |rest| rest.min(owed.since)));
            }
        }
        let stays =
            |(since, count): (&u64, &usize)| (leaving.get(since).copied().unwrap_or(0) < *count).then_some(*since);
        let first = self.sinces.iter().find_map(stays);
        first.into_iter().chain(rest).min()
    }

    pub fn parked(&self) -> Vec<Parked> {
        let parked = self.parked.iter().filter_map(|id| {
            let since = self.pages.get(id)?.since()?;
            Some(Parked {
                page: id.clone(),
                since,
            })
        });
        parked.collect()
    }

    /// When a page of no later class than this is due.
    pub fn next_due_ms(&self, latest: Class) -> Option<u64> {
        let first = self.due[..=latest as usize].iter().filter_map(|due| due.first());
        first.map(|(due_ms, ..)| *due_ms).min()
    }

    pub fn owed(&self) -> usize {
        self.waiting.values().sum::<usize>() + self.parked.len()
    }

    /// Since when a page that is not parked waits.
    pub fn waits_since_ms(&self) -> Option<u64> {
        self.waiting.keys().next().copied()
    }

    /// Forgets pages that are owed nothing and may be written again.
    pub fn forget_rested(&mut self, now_ms: u64) {
        while let Some((_, page)) = self.resting.pop_front_if(|(until_ms, _)| *until_ms <= now_ms) {
            if self
                .pages
                .get(&page)
                .is_some_and(|known| known.since().is_none() && known.due_ms <= now_ms)
            {
                self.pages.remove(&page);
            }
        }
    }

    /// Every change of a page goes through here, so that what is derived from the pages follows them.
    fn change(&mut self, id: &PageId, change: impl FnOnce(&mut Page)) {
        let mut page = self.pages.remove(id).unwrap_or_default();
        if page.is_waiting() {
            self.due[page.class as usize].remove(&(page.due_ms, page.order, id.clone()));
        }
        self.parked.remove(id);
        if let Some((since, since_ms)) = page.holds() {
            one_less(&mut self.sinces, since);
            one_less(&mut self.waiting, since_ms);
        }
        change(&mut page);
        if page.is_waiting() {
            self.due[page.class as usize].insert((page.due_ms, page.order, id.clone()));
        }
        match page.since() {
            Some(_) if page.parked => drop(self.parked.insert(id.clone())),
            _ => {
                if let Some((since, since_ms)) = page.holds() {
                    *self.sinces.entry(since).or_default() += 1;
                    *self.waiting.entry(since_ms).or_default() += 1;
                }
            }
        }
        self.pages.insert(id.clone(), page);
    }
}

fn one_less(counts: &mut BTreeMap<u64, usize>, of: u64) {
    if let Some(count) = counts.get_mut(&of) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&of);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(number: u8) -> PageId {
        PageId::parse(&format!("page{number:08}")).expect("a page id")
    }

    fn mark(ledger: &mut Ledger, number: u8, since: u64, last: u64) {
        ledger.mark(&page(number), Debt { since, last }, Class::Awaited, 0, 0);
    }

    #[test]
    fn first_change_is_due_at_once_and_later_ones_are_coalesced() {
        let mut ledger = Ledger::default();
        mark(&mut ledger, 1, 0, 1);
        assert!(ledger.take(5_000, Class::Filling).is_some());
        mark(&mut ledger, 1, 1, 2);
        mark(&mut ledger, 1, 2, 3);
        assert_eq!(
            ledger.take(5_000, Class::Filling),
            None,
            "one fetch of a page at a time"
        );
        ledger.arrived(&page(1), 5_200, true);
        assert_eq!(ledger.take(6_199, Class::Filling), None);
        assert_eq!(ledger.next_due_ms(Class::Filling), Some(6_200));
        assert_eq!(
            ledger.take(6_200, Class::Filling),
            Some((page(1), Debt { since: 1, last: 3 }))
        );
    }

    #[test]
    fn pages_come_in_the_order_in_which_they_changed_within_their_class() {
        let mut ledger = Ledger::default();
        for (number, last) in [(3, 1), (1, 2), (4, 3)] {
            ledger.mark(&page(number), Debt { since: 0, last }, Class::Filling, 0, 0);
        }
        let debt = Debt { since: 3, last: 4 };
        ledger.mark(&page(5), debt, Class::Passing, 0, 0);
        mark(&mut ledger, 2, 4, 5);
        let taken: Vec<_> = std::iter::from_fn(|| ledger.take(0, Class::Filling))
            .map(|(page, _)| page)
            .collect();
        assert_eq!(taken, [2, 5, 3, 1, 4].map(page));
    }

    #[test]
    fn page_that_somebody_waits_for_comes_first_though_time_changed_it_before() {
        let mut ledger = Ledger::default();
        for (number, last) in [(1, 1), (2, 2)] {
            ledger.mark(&page(number), Debt { since: 0, last }, Class::Passing, 0, 0);
        }
        assert_eq!(ledger.take(0, Class::Awaited), None, "nobody waits");
        assert_eq!(ledger.next_due_ms(Class::Awaited), None);
        mark(&mut ledger, 2, 2, 3);
        assert_eq!(
            ledger.take(0, Class::Awaited),
            Some((page(2), Debt { since: 0, last: 3 }))
        );
        assert_eq!(
            ledger.arrived(&page(2), 0, true),
            Arrived {
                last: 3,
                class: Class::Awaited,
                owed_ms: 0
            }
        );
    }

    #[test]
    fn says_since_when_the_region_waits_for_what_it_has_not() {
        let mut ledger = Ledger::default();
        let mark = |ledger: &mut Ledger, number, since, last, now_ms| {
            ledger.mark(&page(number), Debt { since, last }, Class::Awaited, now_ms, now_ms - 50);
        };
        mark(&mut ledger, 1, 0, 1, 100);
        mark(&mut ledger, 1, 1, 2, 300);
        assert_eq!(
            (ledger.waits_since_ms(), ledger.owed()),
            (Some(50), 1),
            "since it changed"
        );
        ledger.take(500, Class::Filling);
        mark(&mut ledger, 1, 2, 4, 600);
        ledger.failed(&page(1), 700, true, true);
        assert_eq!(ledger.waits_since_ms(), Some(50), "it failed, and waits as before");
        ledger.take(800, Class::Filling);
        assert_eq!(ledger.waits_since_ms(), Some(50), "on its way is not there");
        mark(&mut ledger, 2, 0, 5, 850);
        mark(&mut ledger, 1, 4, 6, 900);
        assert_eq!((ledger.waits_since_ms(), ledger.owed()), (Some(50), 2));
        assert_eq!(ledger.arrived(&page(1), 1_000, true).owed_ms, 50);
        assert_eq!(ledger.waits_since_ms(), Some(800), "what came since is another wait");
        ledger.take(1_000, Class::Filling);
        ledger.arrived(&page(2), 1_100, true);
        assert_eq!((ledger.waits_since_ms(), ledger.owed()), (Some(850), 1));
    }

    #[test]
    fn page_rests_only_where_it_was_written() {
        let mut ledger = Ledger::default();
        mark(&mut ledger, 1, 0, 1);
        ledger.take(5_000, Class::Filling);
        ledger.arrived(&page(1), 5_000, false);
        mark(&mut ledger, 1, 1, 2);
        assert!(ledger.take(5_000, Class::Filling).is_some());
        ledger.written(&page(1), 5_100);
        ledger.arrived(&page(1), 5_200, false);
        mark(&mut ledger, 1, 2, 3);
        assert_eq!(ledger.next_due_ms(Class::Filling), Some(6_100), "a part of it was");
    }

    /// Takes what is due, and lets it arrive.
    fn carry(ledger: &mut Ledger, now_ms: u64) -> Option<Class> {
        let (page, _) = ledger.take(now_ms, Class::Filling)?;
        Some(ledger.arrived(&page, now_ms, true).class)
    }

    #[test]
    fn what_somebody_waits_for_does_not_rest_after_what_time_changed() {
        let mut ledger = Ledger::default();
        ledger.rewrites(true);
        let mut tell = |class, now_ms| {
            ledger.mark(&page(1), Debt { since: 0, last: 1 }, class, now_ms, now_ms);
            let due_ms = ledger.next_due_ms(Class::Filling).expect("it is owed");
            assert_eq!(carry(&mut ledger, due_ms.max(now_ms)), Some(class));
            due_ms
        };
        assert_eq!(tell(Class::Passing, 5_000), 0);
        assert_eq!(tell(Class::Awaited, 5_300), 0, "at once");
        assert_eq!(tell(Class::Awaited, 5_400), 5_300 + KV_WRITE_INTERVAL_MS, "only once");
        assert_eq!(
            tell(Class::Passing, 6_500),
            6_300 + KV_WRITE_INTERVAL_MS,
            "time waits for all"
        );
        assert_eq!(tell(Class::Awaited, 7_400), 7_300);
    }

    #[test]
    fn every_change_rests_where_a_key_is_written_once_a_second() {
        let mut ledger = Ledger::default();
        let debt = Debt { since: 0, last: 1 };
        ledger.mark(&page(1), debt, Class::Passing, 5_000, 5_000);
        assert_eq!(carry(&mut ledger, 5_000), Some(Class::Passing));
        ledger.mark(&page(1), debt, Class::Awaited, 5_300, 5_300);
        assert_eq!(ledger.next_due_ms(Class::Awaited), Some(5_000 + KV_WRITE_INTERVAL_MS));
    }

    #[test]
    fn what_time_changed_is_given_back_for_what_somebody_waits_for() {
        let mut ledger = Ledger::default();
        ledger.mark(&page(1), Debt { since: 0, last: 1 }, Class::Passing, 100, 100);
        ledger.take(200, Class::Filling);
        mark(&mut ledger, 1, 1, 2);
        assert!(ledger.is_overtaken(&page(1)));
        ledger.give_back(&page(1));
        assert_eq!(ledger.waits_since_ms(), Some(100));
        let whole = Debt { since: 0, last: 2 };
        assert_eq!(ledger.take(200, Class::Awaited), Some((page(1), whole)));
        mark(&mut ledger, 1, 2, 3);
        assert!(!ledger.is_overtaken(&page(1)), "or it would never arrive");
    }

    #[test]
    fn failure_gives_back_the_same_since() {
        let mut ledger = Ledger::default();
        mark(&mut ledger, 1, 5, 9);
        ledger.take(0, Class::Filling);
        mark(&mut ledger, 1, 9, 12);
        assert_eq!(ledger.failed(&page(1), 0, false, true), Failed::AgainIn { ms: 100 });
        assert_eq!(
            ledger.take(100, Class::Filling),
            Some((page(1), Debt { since: 5, last: 12 }))
        );
    }

    #[test]
    fn page_that_failed_in_part_rests_as_one_that_arrived() {
        let mut ledger = Ledger::default();
        mark(&mut ledger, 1, 5, 9);
        ledger.take(0, Class::Filling);
        ledger.written(&page(1), 400);
        let again = Failed::AgainIn {
            ms: KV_WRITE_INTERVAL_MS,
        };
        assert_eq!(ledger.failed(&page(1), 400, true, true), again);
        mark(&mut ledger, 1, 9, 12);
        assert_eq!(ledger.next_due_ms(Class::Filling), Some(400 + KV_WRITE_INTERVAL_MS));
    }

    #[test]
    fn page_that_fails_while_others_arrive_is_parked_and_holds_no_cursor() {
        let mut ledger = Ledger::default();
        mark(&mut ledger, 1, 5, 9);
        let mut now_ms = 0;
        let mut fail = |ledger: &mut Ledger| {
            now_ms += PARKED_PAUSE_MS;
            assert_eq!(ledger.take(now_ms, Class::Filling).map(|(page, _)| page), Some(page(1)));
            ledger.failed(&page(1), now_ms, true, true)
        };
        for _ in 0..2 * PAGE_FAILURES_MAX {
            assert_ne!(fail(&mut ledger), Failed::Parked, "nothing else arrives either");
        }
        ledger.arrived(&page(2), 0, true);
        assert_eq!(fail(&mut ledger), Failed::Parked);
        assert_eq!(ledger.first_since(), None);
        let parked = Parked {
            page: page(1),
            since: 5,
        };
        assert_eq!(ledger.parked(), [parked]);
        assert_eq!(ledger.next_due_ms(Class::Filling), Some(now_ms + PARKED_PAUSE_MS));
    }

    #[test]
    fn parked_page_that_changed_on_its_way_stays_parked_until_it_has_that_too() {
        let mut ledger = Ledger::default();
        ledger.park(&Parked {
            page: page(1),
            since: 27,
        });
        ledger.take(0, Class::Filling);
        mark(&mut ledger, 1, 44, 45);
        ledger.arrived(&page(1), 0, true);
        let parked = Parked {
            page: page(1),
            since: 44,
        };
        assert_eq!((ledger.first_since(), ledger.parked()), (None, vec![parked]));
        ledger.take(KV_WRITE_INTERVAL_MS, Class::Filling);
        ledger.arrived(&page(1), KV_WRITE_INTERVAL_MS, true);
        assert_eq!((ledger.first_since(), ledger.parked()), (None, Vec::new()));
    }

    #[test]
    fn pause_grows_with_each_failure() {
        let mut ledger = Ledger::default();
        mark(&mut ledger, 1, 0, 1);
        let pauses = [100, 200, 400, 800].map(|ms| {
            ledger.take(1_000_000, Class::Filling);
            (ledger.failed(&page(1), 0, true, true), Failed::AgainIn { ms })
        });
        assert!(pauses.iter().all(|(became, expected)| became == expected), "{pauses:?}");
    }

    #[derive(Debug, Clone)]
    enum Act {
        Mark(u8),
        Take { wait_ms: u16 },
        Arrive(u8),
        Fail { page: u8, counts: bool },
        GiveBack(u8),
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (0..4_u8).prop_map(Act::Mark),
            (0..1_500_u16).prop_map(|wait_ms| Act::Take { wait_ms }),
            (0..4_u8).prop_map(Act::Arrive),
            (0..4_u8, any::<bool>()).prop_map(|(page, counts)| Act::Fail { page, counts }),
            (0..4_u8).prop_map(Act::GiveBack),
        ]
    }

    proptest! {
        /// Whatever comes: what the cursor waits for is exactly what the pages say, and the indexes follow the pages.
        #[test]
        fn derived_sums_follow_the_pages(acts in prop::collection::vec(act(), 1..200)) {
            let (mut ledger, mut now_ms, mut seq) = (Ledger::default(), 0_u64, 0_u64);
            for act in acts {
                match act {
                    Act::Mark(number) => {
                        seq += 1;
                        mark(&mut ledger, number, seq - 1, seq);
                    }
                    Act::Take { wait_ms } => {
                        now_ms += u64::from(wait_ms);
                        ledger.take(now_ms, Class::Filling);
                    }
                    Act::Arrive(number) => drop(ledger.arrived(&page(number), now_ms, true)),
                    Act::Fail { page: number, counts } => drop(ledger.failed(&page(number), now_ms, counts, true)),
                    Act::GiveBack(number) => ledger.give_back(&page(number)),
                }
                ledger.forget_rested(now_ms);
                let holding = ledger.pages.values().filter(|page| !page.parked);
                prop_assert_eq!(ledger.first_since(), holding.filter_map(Page::since).min());
                let waiting = ledger.pages.values().filter(|page| page.is_waiting());
                prop_assert_eq!(ledger.next_due_ms(Class::Filling), waiting.map(|page| page.due_ms).min());
                let moving = ledger.pages.iter().filter(|(_, page)| page.moving.is_some()).map(|(id, _)| id);
                let moving: Vec<PageId> = moving.cloned().collect();
                let rest = ledger.pages.values().filter(|page| !page.parked).filter_map(|page| match page.moving {
                    Some(_) => page.owed.map(|owed| owed.since),
                    None => page.since(),
                });
                prop_assert_eq!(ledger.first_since_without(moving.iter()), rest.min());
            }
        }
    }
}
