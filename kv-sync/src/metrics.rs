//! What the sync counts, by region: every metric is there from the start.

use metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

#[derive(Clone)]
pub struct RegionMetrics {
    pub cursor: Gauge,
    pub lag_seconds: Gauge,
    pub pages_behind: Gauge,
    pub parked_pages: Gauge,
    pub region_failing_seconds: Gauge,
    pub origin_failing_seconds: Gauge,
    pub puts: Counter,
    pub records: Counter,
    pub deliveries: Counter,
    pub delivery_seconds: Histogram,
    pub origin_failures: Counter,
    pub region_failures: Counter,
    pub page_failures: Counter,
    pub another_sync: Counter,
}

impl RegionMetrics {
    pub fn new(region: &str) -> Self {
        let by = || region.to_owned();
        let failures = |about: &'static str| counter!("pharos_sync_failures_total", "region" => by(), "about" => about);
        let failing = |about: &'static str| gauge!("pharos_sync_failing_seconds", "region" => by(), "about" => about);
        Self {
            cursor: gauge!("pharos_sync_cursor", "region" => by()),
            lag_seconds: gauge!("pharos_sync_lag_seconds", "region" => by()),
            pages_behind: gauge!("pharos_sync_pages_behind", "region" => by()),
            parked_pages: gauge!("pharos_sync_parked_pages", "region" => by()),
            region_failing_seconds: failing("region"),
            origin_failing_seconds: failing("origin"),
            puts: counter!("pharos_sync_puts_total", "region" => by()),
            records: counter!("pharos_sync_records_total", "region" => by()),
            deliveries: counter!("pharos_sync_deliveries_total", "region" => by()),
            delivery_seconds: histogram!("pharos_sync_delivery_seconds", "region" => by()),
            origin_failures: failures("origin"),
            region_failures: failures("region"),
            page_failures: failures("page"),
            another_sync: failures("another_sync"),
        }
    }
}

pub fn describe() {
    describe_gauge!(
        "pharos_sync_cursor",
        "The change up to which the region has everything."
    );
    describe_gauge!(
        "pharos_sync_lag_seconds",
        "For how long the region has not had all that was changed at the origin, whose clock alone it is told by; 0 where it has."
    );
    describe_gauge!(
        "pharos_sync_pages_behind",
        "Pages of which the region lacks a change, but for those that are parked."
    );
    describe_gauge!(
        "pharos_sync_parked_pages",
        "Pages that fail by themselves; the others go on."
    );
    describe_gauge!(
        "pharos_sync_failing_seconds",
        "For how long the origin, or the region, has failed; 0 where it works."
    );
    describe_counter!("pharos_sync_puts_total", "Puts with records that the region took.");
    describe_counter!("pharos_sync_records_total", "Records in puts that the region took.");
    describe_counter!(
        "pharos_sync_deliveries_total",
        "Changed pages that arrived in the region."
    );
    describe_histogram!(
        "pharos_sync_delivery_seconds",
        "Time from a page's change at the origin until the region had it; of a region that is being filled, from hearing of the page."
    );
    describe_counter!(
        "pharos_sync_failures_total",
        "Attempts that failed, by what failed: origin, region, page, another_sync."
    );
}
