//! The traces that pages' last changes are part of, so that the sync goes on with them. Beside the outbox, not in it: a trace that is lost
//! with the process costs nobody anything.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use page_model::PageId;
use tracing::Span;

#[derive(Default)]
pub struct Traces(Mutex<BTreeMap<PageId, (Instant, String)>>);

impl Traces {
    /// Before the change is made, as the feed may tell of it at once.
    pub fn note(&self, page: &str, span: &Span) {
        let (Ok(page), Some(traceparent)) = (PageId::parse(page), trace_context::traceparent(span)) else {
            return;
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= PAGES_MAX {
            known.retain(|_, (since, _)| since.elapsed() < KEPT_MAX);
        }
        if known.len() < PAGES_MAX {
            known.insert(page, (Instant::now(), traceparent));
        }
    }

    pub fn of(&self, page: &PageId) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, traceparent) = known.get(page)?;
        (since.elapsed() < KEPT_MAX).then(|| traceparent.clone())
    }
}

const PAGES_MAX: usize = 1_000;
/// What comes later is another change.
const KEPT_MAX: Duration = Duration::from_secs(60);
