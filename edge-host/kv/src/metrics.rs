//! What the KV counts, by region.

use metrics::{Counter, counter, describe_counter};

#[derive(Clone)]
pub struct KvMetrics {
    pub reads: Counter,
    pub writes: Counter,
    pub commits: Counter,
}

impl KvMetrics {
    pub fn new(region: &str) -> Self {
        describe();
        Self {
            reads: counter!("pharos_edge_kv_reads_total", "region" => region.to_owned()),
            writes: counter!("pharos_edge_kv_writes_total", "region" => region.to_owned()),
            commits: counter!("pharos_edge_kv_commits_total", "region" => region.to_owned()),
        }
    }
}

fn describe() {
    describe_counter!("pharos_edge_kv_reads_total", "Reads of the KV.");
    describe_counter!("pharos_edge_kv_writes_total", "Writes of the KV.");
}
