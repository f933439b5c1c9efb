//! What an edge counts. Handles are made once, so that counting on the hot path is one atomic addition.

use metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

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

#[derive(Clone)]
pub struct GuestMetrics {
    pub calls: Counter,
    pub seconds: Histogram,
    pub instances: Gauge,
    /// Instances that trapped, asked for too much memory included.
    pub traps: Counter,
    /// Instances that were ended because they took too long.
    pub timeouts: Counter,
    /// Visits for which no place in the guest became free in time.
    pub busy: Counter,
}

#[derive(Clone)]
pub struct KvMetrics {
    pub reads: Counter,
    pub writes: Counter,
    pub commits: Counter,
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

impl GuestMetrics {
    fn new(region: &str) -> Self {
        let by = |kind: &'static str| counter!("pharos_edge_guest_failures_total", "region" => region.to_owned(), "kind" => kind);
        Self {
            calls: counter!("pharos_edge_guest_calls_total", "region" => region.to_owned()),
            seconds: histogram!("pharos_edge_guest_seconds", "region" => region.to_owned()),
            instances: gauge!("pharos_edge_guest_instances", "region" => region.to_owned()),
            traps: by("trap"),
            timeouts: by("timeout"),
            busy: by("busy"),
        }
    }
}

impl KvMetrics {
    fn new(region: &str) -> Self {
        Self {
            reads: counter!("pharos_edge_kv_reads_total", "region" => region.to_owned()),
            writes: counter!("pharos_edge_kv_writes_total", "region" => region.to_owned()),
            commits: counter!("pharos_edge_kv_commits_total", "region" => region.to_owned()),
        }
    }
}

fn describe() {
    describe_counter!("pharos_edge_visits_total", "Visits, by what answered them.");
    describe_counter!("pharos_edge_guest_calls_total", "Calls of the guest component.");
    describe_counter!(
        "pharos_edge_guest_failures_total",
        "Guest calls that gave no reply, by kind."
    );
    describe_histogram!(
        "pharos_edge_guest_seconds",
        "Time from calling the guest to its complete reply."
    );
    describe_gauge!("pharos_edge_guest_instances", "Instances of the guest component.");
    describe_counter!("pharos_edge_kv_reads_total", "Reads of the KV.");
    describe_counter!("pharos_edge_kv_writes_total", "Writes of the KV.");
    describe_counter!(
        "pharos_edge_kv_commits_total",
        "Transactions of the KV; one carries many writes."
    );
    describe_gauge!("pharos_edge_connections", "Open connections of visitors.");
    describe_gauge!("pharos_edge_cache_bytes", "Bytes in the response cache.");
    describe_gauge!("pharos_edge_cache_entries", "Replies in the response cache.");
}
