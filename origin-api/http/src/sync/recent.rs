//! Records that were composed a moment ago: all lanes ask for the same page at the same time, and while regions are filled those that
//! are behind ask for what those that are ahead were given.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::body::Bytes;
use moka::sync::Cache;
use page_model::PageId;
use tokio::sync::OnceCell;

/// A page as of a change, with the archives that changed after another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageVersion {
    pub page: PageId,
    pub seq: i64,
    pub after: i64,
}

/// Filled by whoever asks first; the others wait for it.
pub type Cell = Arc<OnceCell<Bytes>>;

pub struct Recent {
    cells: Mutex<Cells>,
    asked: Cache<PageId, Asked>,
    /// Pages that took long to compose.
    long: Cache<PageId, ()>,
}

/// The last change as of which a page was asked for, and the one before.
#[derive(Debug, Clone, Copy)]
struct Asked {
    seq: i64,
    before: Option<i64>,
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            cells: Mutex::default(),
            asked: Cache::new(ASKED_MAX),
            long: Cache::new(LONG_MAX),
        }
    }
}

#[derive(Default)]
struct Cells {
    known: HashMap<PageVersion, Cell>,
    /// The one that was asked for first comes first, with its bytes once it is filled.
    order: VecDeque<PageVersion>,
    bytes: usize,
}

impl Recent {
    /// What is composed for who has everything up to `after`. Lanes read the feed in steps of their own, so that each is behind another
    /// change; those that are not behind the one as of which the page was composed last are given the same, which
    /// may be a little more than one of them lacks.
    pub fn version(&self, page: PageId, seq: i64, after: i64) -> PageVersion {
        let entry = self.asked.entry_by_ref(&page).and_upsert_with(|known| {
            let new = Asked { seq, before: None };
            known.map_or(new, |known| match *known.value() {
                known if known.seq < seq => Asked {
                    seq,
                    before: Some(known.seq),
                },
                known => known,
            })
        });
        let asked = entry.into_value();
        let before = asked
            .before
            .filter(|before| asked.seq == seq && (*before..seq).contains(&after));
        PageVersion {
            page,
            seq,
            after: before.unwrap_or(after),
        }
    }

    pub fn cell(&self, wanted: &PageVersion) -> Cell {
        let mut cells = self.cells();
        if let Some(known) = cells.known.get(wanted) {
            return known.clone();
        }
        let cell = Cell::default();
        cells.known.insert(wanted.clone(), cell.clone());
        cells.order.push_back(wanted.clone());
        cells.forget();
        cell
    }

    /// So many bytes were composed of it.
    pub fn filled(&self, version: &PageVersion, bytes: usize) {
        let mut cells = self.cells();
        if cells.known.contains_key(version) {
            cells.bytes += bytes;
            cells.forget();
        }
    }

    pub fn took(&self, page: &PageId, time: Duration) {
        match time >= LONG {
            true => self.long.insert(page.clone(), ()),
            false => self.long.invalidate(page),
        }
    }

    pub fn takes_long(&self, page: &PageId) -> bool {
        self.long.contains_key(page)
    }

    fn cells(&self) -> MutexGuard<'_, Cells> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cells {
    fn forget(&mut self) {
        while self.order.len() > CELLS_MAX || self.bytes > CELLS_BYTES_MAX {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            let cell = self.known.remove(&oldest);
            let bytes = cell.and_then(|cell| cell.get().map(Bytes::len)).unwrap_or(0);
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }
}

/// Pages at once that are composed and that nobody waits for: fewer than there are connections that read, so that one is left for who
/// does.
pub const UNHURRIED_MAX: usize = 2;
/// Pages whose records are remembered, and their bytes: a page has some kilobytes, and up to some hundred.
const CELLS_MAX: usize = 8_192;
/// Pages of which it is known when they were asked for, of some 100 bytes each.
const ASKED_MAX: u64 = 100_000;
const CELLS_BYTES_MAX: usize = 32 * 1024 * 1024;
/// What composing a page takes where it is in the way of others, and of how many pages that is known.
const LONG: Duration = Duration::from_millis(10);
const LONG_MAX: u64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: usize) -> PageVersion {
        PageVersion {
            page: PageId::parse(&format!("page{number:08}")).expect("an id"),
            seq: 7,
            after: 0,
        }
    }

    fn fill(recent: &Recent, number: usize, bytes: usize) {
        let cell = recent.cell(&version(number));
        cell.set(Bytes::from(vec![0; bytes])).expect("it is empty");
        recent.filled(&version(number), bytes);
    }

    fn is_known(recent: &Recent, number: usize) -> bool {
        recent.cells().known.contains_key(&version(number))
    }

    #[test]
    fn lanes_that_have_what_was_composed_last_are_given_the_same() {
        let recent = Recent::default();
        let after = |seq, after| recent.version(version(1).page, seq, after).after;
        assert_eq!((after(7, 3), after(7, 5), after(7, 0)), (3, 5, 0), "nothing is known");
        assert_eq!((after(15, 7), after(15, 9), after(15, 14)), (7, 7, 7));
        assert_eq!((after(15, 6), after(15, 0)), (6, 0), "it lacks more");
        assert_eq!(after(15, 15), 15, "it lacks nothing");
        assert_eq!(after(20, 19), 15);
        assert_eq!(after(15, 14), 14, "another is behind");
    }

    #[test]
    fn one_composing_serves_all_who_ask() {
        let recent = Recent::default();
        fill(&recent, 1, 10);
        assert_eq!(recent.cell(&version(1)).get().map(Bytes::len), Some(10));
    }

    #[test]
    fn oldest_is_forgotten_for_its_bytes_and_for_its_number() {
        let recent = Recent::default();
        let third = CELLS_BYTES_MAX / 3;
        (1..=3).for_each(|number| fill(&recent, number, third));
        assert!(is_known(&recent, 1));
        fill(&recent, 4, third);
        assert!(!is_known(&recent, 1) && is_known(&recent, 2));
        assert_eq!(recent.cells().bytes, 3 * third);
        for number in 5..5 + CELLS_MAX {
            recent.cell(&version(number));
        }
        let cells = recent.cells();
        assert_eq!((cells.order.len(), cells.known.len()), (CELLS_MAX, CELLS_MAX));
        assert_eq!(cells.bytes, 0);
    }
}
