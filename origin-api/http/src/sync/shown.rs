//! What pages show, by hash, and since which change: another change after which a page shows the same costs the regions
//! nothing. Held in memory: without it a change is sent that they have already.

use moka::sync::Cache;
use page_model::{ContentHash, PageId};

/// A change of a page, and its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownChange {
    pub seq: u64,
    pub at_ms: i64,
}

pub struct Shown(Cache<PageId, Known>);

#[derive(Debug, Clone, Copy)]
struct Known {
    /// What the page shows after `last`, and has shown after every change from `since` on that was composed.
    hash: ContentHash,
    since: ShownChange,
    last: ShownChange,
}

impl Default for Shown {
    fn default() -> Self {
        Self(Cache::new(PAGES_MAX))
    }
}

impl Shown {
    /// A page was composed as of a change. Gives the change since which it shows what it shows then: who was given the page
    /// as of that one or a later one has it already.
    pub fn since(&self, page: &PageId, change: ShownChange, hash: ContentHash) -> ShownChange {
        let mut since = change;
        self.0.entry_by_ref(page).and_upsert_with(|known| {
            let (known, found) = noted(known.map(|entry| *entry.value()), change, hash);
            since = found;
            known
        });
        since
    }

    /// The same of what time alone does not alter. Where it is not known, after a start, it is what it was when somebody last told
    /// something: to draw the pictures of all pages once more, at their midnight, would take hours.
    pub fn since_told(&self, page: &PageId, change: ShownChange, told: Option<u64>, hash: ContentHash) -> u64 {
        let told = told.filter(|told| (1..change.seq).contains(told));
        if let Some(seq) = told
            && self.0.get(page).is_none()
        {
            self.since(page, ShownChange { seq, ..change }, hash);
        }
        self.since(page, change, hash).seq
    }
}

fn noted(known: Option<Known>, change: ShownChange, hash: ContentHash) -> (Known, ShownChange) {
    let new = Known {
        hash,
        since: change,
        last: change,
    };
    let Some(known) = known else {
        return (new, change);
    };
    match (known.hash == hash, change.seq >= known.last.seq) {
        (true, true) => (Known { last: change, ..known }, known.since),
        (false, true) => (new, change),
        (true, false) if change.seq >= known.since.seq => (known, known.since),
        // It was overtaken on its way: whoever gets it must be given what came after it.
        (false, false) if change.seq >= known.since.seq => {
            let since = known.last;
            (Known { since, ..known }, change)
        }
        (_, false) => (known, change),
    }
}

/// Some 200 bytes each.
const PAGES_MAX: u64 = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn change(seq: u64) -> ShownChange {
        let at_ms = 1_000 * i64::try_from(seq).expect("a moment");
        ShownChange { seq, at_ms }
    }

    /// Composes changes in an order, each with what the page shows then, and tells since when it does.
    fn since(composed: &[(u64, &str)]) -> Vec<u64> {
        let page = PageId::parse("page00000001").expect("an id");
        let shown = Shown::default();
        let composed = composed.iter().map(|(seq, shows)| {
            let since = shown.since(&page, change(*seq), ContentHash::of(shows.as_bytes()));
            assert_eq!(since, change(since.seq), "the moment is that of the change");
            since.seq
        });
        composed.collect()
    }

    #[test]
    fn goes_back_as_far_as_it_shows_the_same() {
        assert_eq!(
            since(&[(3, "a"), (5, "a"), (6, "b"), (9, "b"), (9, "b")]),
            [3, 3, 6, 6, 6]
        );
        assert_eq!(
            since(&[(3, "a"), (6, "b"), (9, "a")]),
            [3, 6, 9],
            "it showed something else between"
        );
    }

    #[test]
    fn what_time_does_not_alter_is_what_it_was_when_somebody_told_something() {
        let (page, hash) = (PageId::parse("page00000001").expect("an id"), |shows: &str| {
            ContentHash::of(shows.as_bytes())
        });
        let shown = Shown::default();
        assert_eq!(shown.since_told(&page, change(9), Some(3), hash("a")), 3);
        assert_eq!(shown.since_told(&page, change(12), Some(3), hash("a")), 3);
        assert_eq!(
            shown.since_told(&page, change(14), Some(14), hash("a")),
            3,
            "it is known"
        );
        assert_eq!(shown.since_told(&page, change(15), Some(15), hash("b")), 15);
        let shown = Shown::default();
        assert_eq!(
            shown.since_told(&page, change(9), Some(9), hash("a")),
            9,
            "it was told now"
        );
        let shown = Shown::default();
        assert_eq!(shown.since_told(&page, change(9), None, hash("a")), 9, "nobody knows");
        let shown = Shown::default();
        assert_eq!(
            shown.since_told(&page, change(9), Some(0), hash("a")),
            9,
            "nobody told anything"
        );
    }

    #[test]
    fn what_was_overtaken_is_not_what_is_shown() {
        assert_eq!(since(&[(3, "a"), (9, "a"), (6, "b"), (9, "a")]), [3, 3, 6, 9]);
        assert_eq!(since(&[(3, "a"), (9, "a"), (6, "a"), (9, "a")]), [3, 3, 3, 3]);
        assert_eq!(
            since(&[(6, "a"), (9, "a"), (3, "b"), (9, "a")]),
            [6, 6, 3, 6],
            "it was another before"
        );
    }
}
