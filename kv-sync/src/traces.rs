//! The traces that changes on their way to a region are part of.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use page_model::PageId;
use tracing::Span;

#[derive(Clone, Default)]
pub struct Traces(Arc<Mutex<BTreeMap<PageId, Delivery>>>);

/// From when the feed names a change until it is in the region.
struct Delivery {
    seq: u64,
    traceparent: String,
    span: Span,
    since: Instant,
    is_fetched: bool,
}

impl Traces {
    pub fn heard(&self, page: PageId, seq: u64, traceparent: String, region: &str) {
        let mut known = self.lock();
        if known.len() >= PAGES_MAX && !known.contains_key(&page) {
            return;
        }
        // The feed may name a trace with the change before, as the trace is known first.
        if let Some(delivery) = known.get_mut(&page).filter(|known| known.traceparent == traceparent) {
            delivery.seq = delivery.seq.max(seq);
            return;
        }
        let span = tracing::info_span!(target: trace_context::TARGET, "deliver", region, page = page.as_str());
        trace_context::follow(&span, &traceparent);
        let delivery = Delivery {
            seq,
            traceparent,
            span,
            since: Instant::now(),
            is_fetched: false,
        };
        known.insert(page, delivery);
    }

    /// The span in which the page is fetched.
    pub fn fetching(&self, page: &PageId) -> Span {
        let known = self.lock();
        known
            .get(page)
            .map_or_else(Span::none, |delivery| delivery.span.clone())
    }

    /// What comes with the next put contains the page's changes up to `seq`.
    pub fn fetched(&self, page: &PageId, seq: u64) {
        if let Some(delivery) = self.lock().get_mut(page) {
            delivery.is_fetched |= delivery.seq <= seq;
        }
    }

    /// A put may bring many pages: it belongs to the trace of the first.
    pub fn putting(&self, region: &str, records: usize) -> Span {
        match self.lock().values().find(|delivery| delivery.is_fetched) {
            Some(Delivery { span, .. }) if records > 0 => {
                tracing::info_span!(target: trace_context::TARGET, parent: span, "put", region, records)
            }
            _ => Span::none(),
        }
    }

    /// The page is in the region with its changes up to `seq`: a later one is still on its way.
    pub fn delivered(&self, page: &PageId, seq: u64) {
        let mut known = self.lock();
        if known.get(page).is_some_and(|delivery| delivery.seq <= seq) {
            known.remove(page);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<PageId, Delivery>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, delivery| delivery.since.elapsed() < DELIVERING_MAX);
        known
    }
}

const PAGES_MAX: usize = 1_000;
/// A page that a region refuses, or of a database that is no more, would have all later puts in its trace.
const DELIVERING_MAX: Duration = Duration::from_secs(600);

#[cfg(test)]
mod tests {
    use super::*;

    const REGION: &str = "one";

    /// Where somebody makes traces.
    fn on_trial(story: impl FnOnce(&Traces, &PageId)) {
        let page = PageId::parse("page00000001").expect("a page id");
        tracing::subscriber::with_default(tracing_subscriber::registry(), || story(&Traces::default(), &page));
    }

    fn heard(traces: &Traces, page: &PageId, seq: u64) {
        traces.heard(page.clone(), seq, "00-a-b-01".to_owned(), REGION);
    }

    fn next_put_is_traced(traces: &Traces) -> bool {
        !traces.putting(REGION, 1).is_none()
    }

    #[test]
    fn a_change_is_delivered_with_its_own_put() {
        on_trial(|traces, page| {
            heard(traces, page, 10);
            assert!(!next_put_is_traced(traces));
            traces.delivered(page, 9);
            traces.fetched(page, 10);
            assert!(next_put_is_traced(traces), "an earlier put ended it");
            traces.delivered(page, 10);
            assert!(!next_put_is_traced(traces));
        });
    }

    #[test]
    fn a_change_that_comes_while_its_page_is_fetched_is_part_of_that() {
        on_trial(|traces, page| {
            heard(traces, page, 10);
            traces.fetched(page, 9);
            assert!(!next_put_is_traced(traces), "of the change before");
            // The page is fetched once more, as what was fetched had to make room.
            for _ in 0..2 {
                assert!(!traces.fetching(page).is_none());
                traces.fetched(page, 11);
            }
            assert!(next_put_is_traced(traces));
        });
    }

    #[test]
    fn a_trace_that_is_named_early_goes_on_with_its_change() {
        on_trial(|traces, page| {
            heard(traces, page, 9);
            heard(traces, page, 10);
            traces.delivered(page, 9);
            traces.fetched(page, 10);
            assert!(next_put_is_traced(traces));
        });
    }

    #[test]
    fn a_page_that_never_arrives_has_later_puts_in_its_trace_for_a_while_only() {
        on_trial(|traces, page| {
            heard(traces, page, 10);
            traces.fetched(page, 10);
            assert!(next_put_is_traced(traces));
            if let Some(delivery) = traces.lock().get_mut(page) {
                delivery.since = Instant::now().checked_sub(DELIVERING_MAX).expect("a moment");
            }
            assert!(!next_put_is_traced(traces));
        });
    }
}
