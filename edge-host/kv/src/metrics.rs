//! What the KV counts, by region.

use metrics::{Counter, Gauge, counter, describe_counter, describe_gauge, gauge};

#[derive(Clone)]
pub struct KvMetrics {
    pub(crate) region: String,
    pub reads: Counter,
    pub writes: Counter,
    pub commits: Counter,
    /// Times that the file failed and was opened anew.
    pub failures: Counter,
    /// Bytes of all finished pages.
    pub html_bytes: Gauge,
    /// Finished pages that there was no room for.
    pub html_refused: Counter,
}

impl KvMetrics {
    pub fn new(region: &str) -> Self {
        describe();
        for why in SWEPT {
            counter!("pharos_edge_kv_swept_total", "region" => region.to_owned(), "why" => why).increment(0);
        }
        for kind in KINDS {
            gauge!("pharos_edge_kv_records", "region" => region.to_owned(), "kind" => kind).increment(0.0);
            gauge!("pharos_edge_kv_record_bytes", "region" => region.to_owned(), "kind" => kind).increment(0.0);
        }
        Self {
            region: region.to_owned(),
            reads: counter!("pharos_edge_kv_reads_total", "region" => region.to_owned()),
            writes: counter!("pharos_edge_kv_writes_total", "region" => region.to_owned()),
            commits: counter!("pharos_edge_kv_commits_total", "region" => region.to_owned()),
            failures: counter!("pharos_edge_kv_failures_total", "region" => region.to_owned()),
            html_bytes: gauge!("pharos_edge_kv_html_bytes", "region" => region.to_owned()),
            html_refused: counter!("pharos_edge_kv_html_refused_total", "region" => region.to_owned()),
        }
    }

    /// What a sweep found under keys that begin so.
    pub fn found(&self, kind: &'static str, records: u64, bytes: u64) {
        let region = || self.region.clone();
        gauge!("pharos_edge_kv_records", "region" => region(), "kind" => kind).set(records as f64);
        gauge!("pharos_edge_kv_record_bytes", "region" => region(), "kind" => kind).set(bytes as f64);
    }

    pub fn swept(&self, why: &'static str, records: u64) {
        counter!("pharos_edge_kv_swept_total", "region" => self.region.clone(), "why" => why).increment(records);
    }
}

/// Of records, as their keys begin.
pub(crate) const KINDS: [&str; 6] = ["site", "snapshot", "archive", "permalinks", "asset", "html"];
const SWEPT: [&str; 4] = ["left_behind", "tombstone", "html_of_gone_host", "html_over_bound"];

fn describe() {
    describe_counter!("pharos_edge_kv_reads_total", "Reads of the KV.");
    describe_counter!("pharos_edge_kv_writes_total", "Writes of the KV.");
    describe_counter!(
        "pharos_edge_kv_failures_total",
        "Times that the KV's file failed and was opened anew."
    );
    describe_gauge!("pharos_edge_kv_html_bytes", "Bytes of all finished pages.");
    describe_counter!(
        "pharos_edge_kv_html_refused_total",
        "Finished pages that were not kept, as there was no room."
    );
    describe_gauge!("pharos_edge_kv_records", "Records that the last sweep found, by kind.");
    describe_gauge!(
        "pharos_edge_kv_record_bytes",
        "Bytes of the records that the last sweep found, by kind."
    );
    describe_counter!(
        "pharos_edge_kv_swept_total",
        "Records that were taken away, by why: left_behind, tombstone, html_of_gone_host, html_over_bound."
    );
}
