//! Wrong passwords in numbers, of which the publisher is told once in a while. Strangers cause it, so that it is bounded however
//! many they send and to how many pages.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use moka::sync::Cache;
use page_model::PageId;

use crate::limits::{FLOOD_PAGES_MAX, FLOOD_WRONG_MIN, WRONG_KEPT};

pub struct Flood(Cache<PageId, Arc<AtomicU32>>);

impl Default for Flood {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(FLOOD_PAGES_MAX)
                .time_to_live(WRONG_KEPT)
                .build(),
        )
    }
}

impl Flood {
    /// How many there were, when the publisher is to be told: once while they are counted.
    pub fn note_wrong(&self, page: &PageId) -> Option<u32> {
        let wrong = self.0.get_with(page.clone(), Arc::default);
        let count = wrong.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        (count == FLOOD_WRONG_MIN).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flood_is_told_once_for_each_page() {
        let flood = Flood::default();
        for page in ["page00000001", "page00000002"] {
            let page = PageId::parse(page).expect("an id");
            let told = (0..FLOOD_WRONG_MIN * 3).filter_map(|_| flood.note_wrong(&page));
            assert_eq!(told.collect::<Vec<_>>(), [FLOOD_WRONG_MIN]);
        }
    }
}
