//! What an edge counts. Handles are made once, so that counting on the hot path is one atomic addition.

use edge_guest::GuestMetrics;
use edge_kv::KvMetrics;
use metrics::{Counter, Gauge, counter, describe_counter, describe_gauge, gauge};

pub struct Metrics {
    pub visits: Visits,
    pub guest: GuestMetrics,
    pub kv: KvMetrics,
    pub connections: Gauge,
    pub cache_bytes: Gauge,
    pub cache_entries: Gauge,
}

/// Visits by what answered them.
pub struct Visits {
    /// From the response cache.
    pub hit: Counter,
    /// From the guest, whose reply may be cached.
    pub miss: Counter,
    /// From the guest call of another visit.
    pub collapsed: Counter,
    /// From the guest, past the response cache.
    pub passed: Counter,
    /// From the last good page, because the guest failed.
    pub last_good: Counter,
    /// With a 503, because the guest failed and no last good page was there.
    pub failed: Counter,
    /// With a 4xx by the host itself.
    pub refused: Counter,
}

impl Metrics {
    pub fn new(region: &str) -> Self {
        describe();
        let region = region.to_owned();
        Self {
            visits: Visits::new(&region),
            guest: GuestMetrics::new(&region),
            kv: KvMetrics::new(&region),
            connections: gauge!("pharos_edge_connections", "region" => region.clone()),
            cache_bytes: gauge!("pharos_edge_cache_bytes", "region" => region.clone()),
            cache_entries: gauge!("pharos_edge_cache_entries", "region" => region),
        }
    }
}

impl Visits {
    fn new(region: &str) -> Self {
        let by = |outcome: &'static str| counter!("pharos_edge_visits_total", "region" => region.to_owned(), "outcome" => outcome);
        Self {
            hit: by("hit"),
            miss: by("miss"),
            collapsed: by("collapsed"),
            passed: by("passed"),
            last_good: by("last_good"),
            failed: by("failed"),
            refused: by("refused"),
        }
    }
}

fn describe() {
    describe_counter!("pharos_edge_visits_total", "Visits, by what answered them.");
    describe_counter!(
        "pharos_edge_kv_commits_total",
        "Transactions of the KV; one carries many writes."
    );
    describe_gauge!("pharos_edge_connections", "Open connections of visitors.");
    describe_gauge!("pharos_edge_cache_bytes", "Bytes in the response cache.");
    describe_gauge!("pharos_edge_cache_entries", "Replies in the response cache.");
}
