//! Load from wrk, on connections that are kept.

use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// Where to and with which headers.
pub struct Load {
    pub url: String,
    pub headers: Vec<(String, String)>,
}

impl Load {
    /// Replies per second over a round, each of them a success.
    pub fn run(&self, seconds: u64) -> Result<f64> {
        let mut wrk = Command::new("wrk");
        wrk.args([
            "--threads",
            THREADS,
            "--connections",
            CONNECTIONS,
            "--duration",
            &format!("{seconds}s"),
        ]);
        for (name, value) in &self.headers {
            wrk.args(["--header", &format!("{name}: {value}")]);
        }
        let output = wrk
            .arg(&self.url)
            .output()
            .context("wrk is not installed: run `apt-get install wrk`")?;
        let output_text = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.success(),
            "wrk failed: {output_text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        if let Some(line) = output_text
            .lines()
            .find(|line| line.contains("Non-2xx") || line.contains("Socket errors"))
        {
            bail!("{}: {}", self.url, line.trim());
        }
        let line = output_text.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
        line.context("wrk names no rate")?
            .trim()
            .parse()
            .context("wrk names no rate")
    }
}

/// One thread of load leaves the other cores to the server.
const THREADS: &str = "1";
const CONNECTIONS: &str = "32";
