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

/// The page was composed as of a later change meanwhile: who were given this one now could be told after it that they have what they
/// have not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overtaken;

pub struct Shown(Cache<PageId, Known>);

#[derive(Debug, Clone, Copy)]
struct Known {
    /// What the page shows after the change `last`, and has shown after every change from `since` on that was composed.
    hash: ContentHash,
    since: ShownChange,
    last: u64,
}

impl Default for Shown {
    fn default() -> Self {
        Self(Cache::new(PAGES_MAX))
    }
}

impl Shown {
    /// A page was composed as of a change. Gives the change since which it shows what it shows then: who was given the page
    /// as of that one or a later one has it already.
    pub fn since(&self, page: &PageId, change: ShownChange, hash: ContentHash) -> Result<ShownChange, Overtaken> {
        self.note(page, change, hash, change)
    }

    /// The same of what time alone does not alter. Where it is not known, after a start, it is what it was when somebody last told
    /// something: to draw the pictures of all pages once more, at their midnight, would take hours.
    pub fn since_told(
        &self,
        page: &PageId,
        change: ShownChange,
        told: Option<u64>,
        hash: ContentHash,
    ) -> Result<u64, Overtaken> {
        let told = told.filter(|told| (1..change.seq).contains(told));
        let first = ShownChange {
            seq: told.unwrap_or(change.seq),
            ..change
        };
        self.note(page, change, hash, first).map(|since| since.seq)
    }

    /// `first`: since when a page shows this of which nothing is known.
    fn note(
        &self,
        page: &PageId,
        change: ShownChange,
        hash: ContentHash,
        first: ShownChange,
    ) -> Result<ShownChange, Overtaken> {
        let entry = self.0.entry_by_ref(page).and_upsert_with(|known| {
            let last = change.seq;
            match known.map(|entry| *entry.value()) {
                Some(known) if known.last > last => known,
                Some(known) if known.hash == hash => Known { last, ..known },
                Some(_) => Known {
                    hash,
                    since: change,
                    last,
                },
                None => Known {
                    hash,
                    since: first,
                    last,
                },
            }
        });
        let known = entry.into_value();
        match known.last > change.seq {
            true => Err(Overtaken),
            false => Ok(known.since),
        }
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
    fn since(composed: &[(u64, &str)]) -> Vec<Result<u64, Overtaken>> {
        let page = PageId::parse("page00000001").expect("an id");
        let shown = Shown::default();
        let composed = composed.iter().map(|(seq, shows)| {
            let since = shown.since(&page, change(*seq), ContentHash::of(shows.as_bytes()))?;
            assert_eq!(since, change(since.seq), "the moment is that of the change");
            Ok(since.seq)
        });
        composed.collect()
    }

    #[test]
    fn goes_back_as_far_as_it_shows_the_same() {
        assert_eq!(
            since(&[(3, "a"), (5, "a"), (6, "b"), (9, "b"), (9, "b")]),
            [3, 3, 6, 6, 6].map(Ok)
        );
        assert_eq!(
            since(&[(3, "a"), (6, "b"), (9, "a")]),
            [3, 6, 9].map(Ok),
            "it showed something else between"
        );
    }

    #[test]
    fn what_time_does_not_alter_is_what_it_was_when_somebody_told_something() {
        let (page, hash) = (PageId::parse("page00000001").expect("an id"), |shows: &str| {
            ContentHash::of(shows.as_bytes())
        });
        let shown = Shown::default();
        let since = |shown: &Shown, seq, told, shows| shown.since_told(&page, change(seq), told, hash(shows));
        assert_eq!(since(&shown, 9, Some(3), "a"), Ok(3));
        assert_eq!(since(&shown, 12, Some(3), "a"), Ok(3));
        assert_eq!(since(&shown, 14, Some(14), "a"), Ok(3), "it is known");
        assert_eq!(since(&shown, 15, Some(15), "b"), Ok(15));
        assert_eq!(since(&shown, 17, Some(15), "c"), Ok(17), "time altered it after all");
        let new = Shown::default();
        assert_eq!(since(&new, 9, Some(9), "a"), Ok(9), "it was told now");
        let new = Shown::default();
        assert_eq!(since(&new, 9, None, "a"), Ok(9), "nobody knows");
        let new = Shown::default();
        assert_eq!(since(&new, 9, Some(0), "a"), Ok(9), "nobody told anything");
    }

    #[test]
    fn what_was_overtaken_is_given_to_nobody() {
        let seen = [Ok(2), Ok(2), Err(Overtaken), Ok(2), Ok(9)];
        assert_eq!(since(&[(2, "b"), (4, "b"), (3, "a"), (5, "b"), (9, "a")]), seen);
        assert_eq!(since(&[(9, "a"), (6, "a"), (9, "a")]), [Ok(9), Err(Overtaken), Ok(9)]);
    }
}
