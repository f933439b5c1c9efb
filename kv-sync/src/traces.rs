//! The traces that changes on their way to a region are part of.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use page_model::PageId;
use tracing::Span;

#[derive(Clone, Default)]
pub struct Traces(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// As the feed named them.
    heard: BTreeMap<PageId, String>,
    /// From the fetch of a page until it is in the region.
    delivering: BTreeMap<PageId, Span>,
}

impl Traces {
    pub fn heard(&self, page: PageId, traceparent: String) {
        let mut known = self.lock();
        if known.heard.len() < PAGES_MAX {
            known.heard.insert(page, traceparent);
        }
    }

    /// The span in which the page is fetched, and that ends when it has arrived.
    pub fn fetching(&self, page: &PageId, region: &str) -> Span {
        let mut known = self.lock();
        let Some(traceparent) = known.heard.remove(page) else {
            known.delivering.remove(page);
            return Span::none();
        };
        let span = tracing::info_span!(target: trace_context::TARGET, "deliver", region, page = page.as_str());
        trace_context::follow(&span, &traceparent);
        if known.delivering.len() < PAGES_MAX {
            known.delivering.insert(page.clone(), span.clone());
        }
        span
    }

    /// A put may bring many pages: it belongs to the trace of the first.
    pub fn putting(&self, region: &str, records: usize) -> Span {
        match self.lock().delivering.values().next() {
            Some(first) if records > 0 => {
                tracing::info_span!(target: trace_context::TARGET, parent: first, "put", region, records)
            }
            _ => Span::none(),
        }
    }

    pub fn delivered(&self, page: &PageId) {
        self.lock().delivering.remove(page);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const PAGES_MAX: usize = 1_000;
