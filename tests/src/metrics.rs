//! What a program counts, read from its admin port.

use std::net::SocketAddr;

use anyhow::Result;

use crate::http;

/// The samples of one `/metrics` reply.
pub struct Metrics(Vec<Sample>);

struct Sample {
    name: String,
    /// As written between the braces.
    labels: String,
    value: f64,
}

impl Metrics {
    pub async fn scrape(admin: SocketAddr) -> Result<Self> {
        let reply = http::client()?.get(format!("http://{admin}/metrics")).send().await?;
        Ok(Self::parse(&reply.error_for_status()?.text().await?))
    }

    pub fn parse(text: &str) -> Self {
        Self(text.lines().filter_map(Sample::parse).collect())
    }

    /// The sum over every sample of that name with all of these labels, each written as `region="eu-1"`.
    pub fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        self.matching(name, labels).map(|sample| sample.value).sum()
    }

    /// Whether the program exports the name at all: a sum over a misspelt name would be zero forever.
    pub fn has(&self, name: &str) -> bool {
        self.matching(name, &[]).next().is_some()
    }

    /// Whether one of its samples has this label, as `region="eu-1"`.
    pub fn has_labelled(&self, name: &str, label: &str) -> bool {
        self.matching(name, &[label]).next().is_some()
    }

    fn matching<'a>(&'a self, name: &'a str, labels: &'a [&str]) -> impl Iterator<Item = &'a Sample> {
        let has_labels = |sample: &Sample| labels.iter().all(|label| sample.labels.contains(label));
        self.0
            .iter()
            .filter(move |sample| sample.name == name && has_labels(sample))
    }
}

impl Sample {
    fn parse(line: &str) -> Option<Self> {
        let (series, value) = line.rsplit_once(' ').filter(|_| !line.starts_with('#'))?;
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        Some(Self {
            name: name.to_owned(),
            labels: labels.trim_end_matches('}').to_owned(),
            value: value.parse().ok()?,
        })
    }
}

/// `region="eu-1"`, as `Metrics::sum` takes it.
pub fn region_label(region: &str) -> String {
    format!("region=\"{region}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_samples_by_name_and_label() {
        let metrics = Metrics::parse(
            "# TYPE puts counter\nputs{region=\"eu-1\",ok=\"yes\"} 3\nputs{region=\"us-1\"} 4\nputs_sum 9\nup 1\n",
        );
        assert_eq!(metrics.sum("puts", &[]), 7.0);
        assert_eq!(metrics.sum("puts", &[&region_label("eu-1")]), 3.0);
        assert_eq!(metrics.sum("up", &[]), 1.0);
        assert!(metrics.has("puts_sum") && !metrics.has("put"));
    }
}
