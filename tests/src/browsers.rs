//! Real browsers without a window. Playwright drives them, in one Node process for all that this process asks; the steps
//! that tests take in them are in `tests/checkers/browser/`.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::LazyLock,
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufStream},
    net::TcpStream,
    time::timeout,
};

use crate::checkers;

pub const CHROMIUM: &str = "chromium";
pub const CHROMIUM_OF_LARGE_LETTERS: &str = "chromium-large";
pub const FIREFOX: &str = "firefox";
pub const ALL: [&str; 2] = [CHROMIUM, FIREFOX];

/// One tab with cookies and storage of its own. It is a connection, and is closed with it.
pub struct Tab {
    driver: BufStream<TcpStream>,
}

impl Tab {
    pub async fn open(browser: &str) -> Result<Self> {
        Self::open_with(browser, json!({})).await
    }

    /// With options of Playwright's `newContext`.
    pub async fn open_with(browser: &str, options: Value) -> Result<Self> {
        let driver = TcpStream::connect(("127.0.0.1", driver_port()?)).await?;
        let mut tab = Self {
            driver: BufStream::new(driver),
        };
        tab.ask(json!({ "browser": browser, "options": options })).await?;
        Ok(tab)
    }

    /// Takes a step, such as `visitor.foldsAGroup` of `visitor.mjs`, and answers with what it gives. What does not hold is
    /// an error.
    pub async fn take(&mut self, step: &str, args: Value) -> Result<Value> {
        self.ask(json!({ "step": step, "args": args })).await
    }

    async fn ask(&mut self, message: Value) -> Result<Value> {
        self.driver.write_all(format!("{message}\n").as_bytes()).await?;
        self.driver.flush().await?;
        let mut line = String::new();
        timeout(STEP_MAX, self.driver.read_line(&mut line))
            .await
            .with_context(|| format!("{message} does not end"))??;
        let outcome: Value = serde_json::from_str(&line).with_context(ended)?;
        if let Some(error) = outcome["error"].as_str() {
            bail!("{error}");
        }
        Ok(outcome["value"].clone())
    }
}

/// Starts the driver once. It ends when its input does, which the system closes with this process.
fn driver_port() -> Result<u16> {
    static DRIVER: LazyLock<Result<(Child, u16)>> = LazyLock::new(|| {
        checkers::module("playwright-core")?;
        let mut node = Command::new("node")
            .arg(checkers::root().join(SCRIPT))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It ends a moment after this process, which must not seem to leave something running.
            .stderr(Stdio::null())
            .spawn()
            .context("node does not start: `cargo xtask test` installs it")?;
        let mut line = String::new();
        let said = node.stdout.take().context("Node has no output")?;
        BufReader::new(said).read_line(&mut line)?;
        let port = line
            .trim()
            .parse()
            .context("the driver of the browsers names no port")?;
        Ok((node, port))
    });
    let (_, port) = DRIVER.as_ref().map_err(|error| anyhow!("{error:#}"))?;
    Ok(*port)
}

fn ended() -> String {
    format!("the driver of the browsers has ended: `node {SCRIPT}` says why")
}

const SCRIPT: &str = "tests/checkers/browser/driver.mjs";
/// More than any single wait in a step.
const STEP_MAX: Duration = Duration::from_secs(180);
