//! What is printed in the end.

use bench::{
    quantile::{median, quantile},
    table,
};
use serde_json::{Value, json};

use crate::comparison::Comparison;

pub struct Report {
    pub incidents: usize,
    pub maintenances: usize,
    pub updates: usize,
    pub pushed_s: f64,
    pub regions: Vec<RegionReport>,
}

pub struct RegionReport {
    pub name: String,
    pub cost: Cost,
    pub lags_ms: Vec<f64>,
    pub comparison: Comparison,
}

pub struct Cost {
    pub puts: f64,
    pub records: f64,
    pub kv_writes: f64,
}

impl Cost {
    pub fn since(&self, before: Self) -> Self {
        Self {
            puts: self.puts - before.puts,
            records: self.records - before.records,
            kv_writes: self.kv_writes - before.kv_writes,
        }
    }
}

impl Report {
    pub fn is_equal(&self) -> bool {
        self.regions
            .iter()
            .all(|region| region.comparison.differences.is_empty())
    }

    pub fn table(&self) -> String {
        let per_s = self.updates as f64 / self.pushed_s;
        let head = format!(
            "{} updates of {} incidents and {} maintenances acknowledged in {:.2} s: {per_s:.0} updates/s\n\n",
            self.updates, self.incidents, self.maintenances, self.pushed_s
        );
        let columns = [
            "region",
            "puts",
            "records",
            "KV writes",
            "lag p50 ms",
            "lag p99 ms",
            "equal to the database",
        ];
        let rows: Vec<Vec<String>> = std::iter::once(columns.map(str::to_owned).to_vec())
            .chain(self.regions.iter().map(RegionReport::row))
            .collect();
        let differences = self.regions.iter().flat_map(|region| &region.comparison.differences);
        let lines: String = differences
            .take(DIFFERENCES_SHOWN)
            .map(|difference| format!("\n{difference}"))
            .collect();
        head + table::format(&rows).trim_end() + &lines
    }

    pub fn json(&self) -> Value {
        json!({
            "incidents": self.incidents,
            "maintenances": self.maintenances,
            "updates": self.updates,
            "pushed_s": self.pushed_s,
            "updates_per_s": self.updates as f64 / self.pushed_s,
            "regions": self.regions.iter().map(RegionReport::json).collect::<Vec<_>>(),
        })
    }
}

impl RegionReport {
    fn row(&self) -> Vec<String> {
        let ms = |value: Option<f64>| value.map_or("-".into(), |ms| format!("{ms:.0}"));
        let equal = match self.comparison.differences.len() {
            0 => format!("yes ({} texts)", self.comparison.texts),
            count => format!("NO ({count} differences)"),
        };
        vec![
            self.name.clone(),
            self.cost.puts.to_string(),
            self.cost.records.to_string(),
            self.cost.kv_writes.to_string(),
            ms(median(&self.lags_ms)),
            ms(quantile(&self.lags_ms, 0.99)),
            equal,
        ]
    }

    fn json(&self) -> Value {
        json!({
            "region": self.name,
            "puts": self.cost.puts,
            "records": self.cost.records,
            "kv_writes": self.cost.kv_writes,
            "lag_p50_ms": median(&self.lags_ms),
            "lag_p99_ms": quantile(&self.lags_ms, 0.99),
            "texts_checked": self.comparison.texts,
            "differences": self.comparison.differences,
        })
    }
}

const DIFFERENCES_SHOWN: usize = 20;
