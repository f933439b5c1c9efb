//! What an edge counts. Handles are made once, so that counting on the hot path is one atomic addition.

use edge_guest::GuestMetrics;
use edge_kv::KvMetrics;
use metrics::{Counter, Gauge, counter, describe_counter, describe_gauge, gauge};

pub struct Metrics {
    pub visits: Visits,
    pub shed: Shed,
    pub guest: GuestMetrics,
    pub kv: KvMetrics,
    pub connections: Gauge,
    pub cache_bytes: Gauge,
    pub cache_entries: Gauge,
    pub replies_bytes: Gauge,
}

/// What was not served so that others are.
#[derive(Clone)]
pub struct Shed {
    /// Connections of a client that had its part of them.
    pub connections: Counter,
    /// Connections that were open without a visit.
    pub idle: Counter,
    /// Connections that gave up more visits than they let come to their end.
    pub given_up: Counter,
    /// Visits that did not read their reply in time.
    pub slow: Counter,
    /// Visits of a client with too much unread, while replies in memory pressed.
    pub unread: Counter,
    /// Bodies for which there was no room or no turn.
    pub bodies: Counter,
    /// Replies for which there was no memory.
    pub memory: Counter,
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
    /// From a reply whose time has just ended, while it is made anew.
    pub stale: Counter,
    /// From the last good page, because the guest failed or had no time.
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
            shed: Shed::new(&region),
            guest: GuestMetrics::new(&region),
            kv: KvMetrics::new(&region),
            connections: gauge!("pharos_edge_connections", "region" => region.clone()),
            cache_bytes: gauge!("pharos_edge_cache_bytes", "region" => region.clone()),
            cache_entries: gauge!("pharos_edge_cache_entries", "region" => region.clone()),
            replies_bytes: gauge!("pharos_edge_replies_bytes", "region" => region),
        }
    }
}

impl Shed {
    pub fn new(region: &str) -> Self {
        let by = |reason: &'static str| counter!("pharos_edge_shed_total", "region" => region.to_owned(), "reason" => reason);
        Self {
            connections: by("connections"),
            idle: by("idle"),
            given_up: by("given_up"),
            slow: by("slow"),
            unread: by("unread"),
            bodies: by("bodies"),
            memory: by("memory"),
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
            stale: by("stale"),
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
    describe_counter!(
        "pharos_edge_shed_total",
        "Connections and visits that were not served so that others are, by reason."
    );
    describe_gauge!(
        "pharos_edge_replies_bytes",
        "Bytes of replies in memory, those in the response cache included."
    );
    describe_gauge!("pharos_edge_connections", "Open connections of visitors.");
    describe_gauge!("pharos_edge_cache_bytes", "Bytes in the response cache.");
    describe_gauge!("pharos_edge_cache_entries", "Replies in the response cache.");
}
