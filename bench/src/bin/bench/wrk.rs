//! Load from wrk, on connections that are kept.

use anyhow::{Context, Result, bail, ensure};
use bench::cpu::Processes;
use tokio::process::Command;

/// Where to and with which headers.
pub struct Load {
    pub url: String,
    pub headers: Vec<(String, String)>,
}

/// What one server did in one round.
#[derive(Clone, Copy)]
pub struct Round {
    pub replies_per_s: f64,
    /// Of the server, for each visit.
    pub user_us: f64,
    pub system_us: f64,
}

impl Round {
    pub fn cpu_us(&self) -> f64 {
        self.user_us + self.system_us
    }
}

impl Load {
    /// Keeps the server busy for a round; each of its replies is a success.
    pub async fn run(&self, seconds: u64, server: &Processes) -> Result<Round> {
        let before = server.cpu()?;
        let text = self.wrk(seconds).await?;
        let cpu = server.cpu()? - before;
        let requests = number(&text, |line| {
            line.trim().split_once(" requests in ").map(|(count, _)| count)
        })
        .context("wrk does not tell how many requests it made")?;
        ensure!(
            requests > 0.0,
            "{} answered nothing within {seconds} s; {BUSY}",
            self.url
        );
        let rate = number(&text, |line| line.strip_prefix("Requests/sec:"));
        Ok(Round {
            replies_per_s: rate.context("wrk names no rate")?,
            user_us: cpu.user_s * 1e6 / requests,
            system_us: cpu.system_s * 1e6 / requests,
        })
    }

    async fn wrk(&self, seconds: u64) -> Result<String> {
        let mut wrk = Command::new("wrk");
        let duration = format!("{seconds}s");
        wrk.args([
            "--threads",
            THREADS,
            "--connections",
            CONNECTIONS,
            "--duration",
            &duration,
        ]);
        for (name, value) in &self.headers {
            wrk.args(["--header", &format!("{name}: {value}")]);
        }
        let output = wrk
            .arg(&self.url)
            .output()
            .await
            .context("wrk is not installed: run `apt-get install wrk`")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            output.status.success(),
            "wrk failed: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let failed = |line: &&str| line.contains("Non-2xx") || line.contains("Socket errors");
        if let Some(line) = text.lines().find(failed) {
            bail!("{}: {}; {BUSY}", self.url, line.trim());
        }
        Ok(text)
    }
}

/// The number on the one line from which `cut` cuts it.
fn number(text: &str, cut: impl Fn(&str) -> Option<&str>) -> Option<f64> {
    text.lines().find_map(cut)?.trim().parse().ok()
}

/// One thread of load leaves the other cores to the server.
const THREADS: &str = "1";
const CONNECTIONS: &str = "32";
const BUSY: &str = "is the machine busy with something else?";
