//! What an edge counts. Handles are made once, so that counting on the hot path is one atomic addition.

use edge_guest::GuestMetrics;
use edge_kv::KvMetrics;
use http::{Response, StatusCode};
use metrics::{Counter, Gauge, counter, describe_counter, describe_gauge, gauge};

pub struct Metrics {
    pub visits: Visits,
    pub replies: Replies,
    pub shed: Shed,
    pub guest: GuestMetrics,
    pub kv: KvMetrics,
    pub connections: Gauge,
    pub cache_bytes: Gauge,
    pub cache_entries: Gauge,
    pub admissions: Gauge,
    /// How far the region has come, and how long ago the sync last confirmed it.
    pub cursor: Gauge,
    pub cursor_age_seconds: Gauge,
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
    /// Bodies for which there was no room or no turn, and those that did not arrive in time.
    pub bodies: Counter,
    pub slow_bodies: Counter,
    /// Replies for which there was no memory.
    pub memory: Counter,
    /// Connections that did not send a whole head in time, or a larger one than fits.
    pub heads: Counter,
    /// Connections that moved no byte although one side waited for the other.
    pub stalled: Counter,
    /// Connections that broke HTTP, floods of frames and of resets included.
    pub broken: Counter,
    /// Connections without the header of the PROXY protocol that must begin them, or not from a proxy.
    pub unannounced: Counter,
    /// Replies whose time was over and that were not made anew yet, as others were.
    pub refreshes: Counter,
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
            replies: Replies::new(&region),
            shed: Shed::new(&region),
            guest: GuestMetrics::new(&region),
            kv: KvMetrics::new(&region),
            connections: gauge!("pharos_edge_connections", "region" => region.clone()),
            cache_bytes: gauge!("pharos_edge_cache_bytes", "region" => region.clone()),
            cache_entries: gauge!("pharos_edge_cache_entries", "region" => region.clone()),
            admissions: gauge!("pharos_edge_admissions", "region" => region.clone()),
            cursor: gauge!("pharos_edge_cursor", "region" => region.clone()),
            cursor_age_seconds: gauge!("pharos_edge_cursor_age_seconds", "region" => region.clone()),
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
            slow_bodies: by("slow_bodies"),
            memory: by("memory"),
            heads: by("heads"),
            stalled: by("stalled"),
            broken: by("broken"),
            unannounced: by("unannounced"),
            refreshes: by("refreshes"),
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

/// By what a reply was made, as it goes with it to where it is counted; without, by the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Cache,
    Guest,
    /// By the guest, the outline of a page that completes itself.
    Skeleton,
    /// By the host itself.
    Host,
}

/// Replies by status and by what made them.
pub struct Replies([[Counter; STATUSES.len()]; WAYS.len()]);

impl Replies {
    fn new(region: &str) -> Self {
        let by = |way: &'static str, status: &'static str| counter!("pharos_edge_replies_total", "region" => region.to_owned(), "way" => way, "status" => status);
        Self(WAYS.map(|way| STATUSES.map(|status| by(way, status))))
    }

    pub fn count<B>(&self, way: Way, answer: &Response<B>) {
        let status = match answer.status() {
            StatusCode::NOT_MODIFIED => 2,
            status => match status.as_u16() / 100 {
                1 | 2 => 0,
                3 => 1,
                4 => 3,
                _ => 4,
            },
        };
        self.0[way as usize][status].increment(1);
    }

    /// A reply that came from elsewhere says so.
    pub fn count_made<B>(&self, answer: &Response<B>) {
        let way = answer.extensions().get::<Way>().copied();
        let is_skeleton = answer.headers().contains_key("pharos-skeleton");
        let made = if is_skeleton { Way::Skeleton } else { Way::Guest };
        self.count(way.unwrap_or(made), answer);
    }
}

/// In the order of `Way`.
const WAYS: [&str; 4] = ["cache", "guest", "skeleton", "host"];
const STATUSES: [&str; 5] = ["2xx", "3xx", "304", "4xx", "5xx"];

fn describe() {
    describe_counter!(
        "pharos_edge_replies_total",
        "Replies by status and by what made them: cache, guest, skeleton, host."
    );
    describe_gauge!(
        "pharos_edge_cursor",
        "The change up to which the region has everything."
    );
    describe_gauge!(
        "pharos_edge_cursor_age_seconds",
        "How long ago the sync confirmed that the region is up to date with the origin."
    );
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
    describe_gauge!(
        "pharos_edge_admissions",
        "Sessions of visitors whose audience set is remembered."
    );
}
