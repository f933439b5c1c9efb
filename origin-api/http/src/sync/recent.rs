//! Records that were composed a moment ago: all lanes ask for the same page at the same time.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::Bytes;
use page_model::PageId;
use tokio::sync::OnceCell;

/// A page as of a change, with the archives that changed after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageVersion {
    pub page: PageId,
    pub seq: i64,
    pub after: i64,
}

/// Filled by whoever asks first; the others wait for it.
pub type Cell = Arc<OnceCell<Bytes>>;

#[derive(Default)]
pub struct Recent {
    cells: Mutex<VecDeque<(PageVersion, Cell)>>,
}

impl Recent {
    pub fn cell(&self, wanted: PageVersion) -> Cell {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = cells.iter().position(|(known, _)| *known == wanted)
            && let Some(entry) = cells.remove(index)
        {
            cells.push_front(entry);
        } else {
            cells.push_front((wanted, Cell::default()));
            cells.truncate(CELLS_MAX);
        }
        cells.front().map(|(_, cell)| cell.clone()).unwrap_or_default()
    }
}

/// Pages whose records are remembered; a page has up to some hundred kilobytes.
const CELLS_MAX: usize = 64;
