//! Real Chromium without a window, spoken to in its own DevTools protocol over a pipe.

use std::{fs::File, path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// One tab. Chromium ends with its pipe, and the pipe with this value.
pub struct Tab {
    chromium: Child,
    commands: ChildStdin,
    messages: BufReader<ChildStdout>,
    session: Value,
    commands_sent: u64,
    events: Vec<Value>,
    /// Last, so that Chromium is gone when its profile goes.
    _profile: TempDir,
}

impl Tab {
    pub async fn open_blank() -> Result<Self> {
        let profile = TempDir::with_prefix("pharos-chromium-")?;
        let mut chromium = launch(&profile)?;
        let commands = chromium.stdin.take().context("Chromium has no command pipe")?;
        let messages = BufReader::new(chromium.stdout.take().context("Chromium has no message pipe")?);
        let (session, events) = (Value::Null, Vec::new());
        let mut tab = Self {
            chromium,
            commands,
            messages,
            session,
            commands_sent: 0,
            events,
            _profile: profile,
        };
        let target = tab.ask("Target.createTarget", json!({ "url": "about:blank" })).await?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        tab.session = tab.ask("Target.attachToTarget", attach).await?["sessionId"].clone();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.ask(&format!("{domain}.enable"), json!({})).await?;
        }
        Ok(tab)
    }

    /// Goes to a page and waits until it is loaded with everything that it asks for.
    pub async fn go(&mut self, url: &str) -> Result<()> {
        let answer = self.ask("Page.navigate", json!({ "url": url })).await?;
        ensure!(answer["errorText"].is_null(), "{url}: {}", answer["errorText"]);
        while !self.has_loaded(&answer["loaderId"]) {
            let message = self
                .message()
                .await
                .with_context(|| format!("{url} does not finish loading"))?;
            self.events.push(message);
        }
        Ok(())
    }

    /// Whether the document of that loader is there and has loaded: the page before it may still tell of its own load.
    fn has_loaded(&self, loader: &Value) -> bool {
        let mut events = self.events.iter();
        let committed =
            |event: &Value| event["method"] == "Page.frameNavigated" && event["params"]["frame"]["loaderId"] == *loader;
        events.any(committed) && events.any(|event| event["method"] == "Page.loadEventFired")
    }

    /// The value of a JavaScript expression in the page.
    pub async fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let answer = self
            .ask(
                "Runtime.evaluate",
                json!({ "expression": expression, "returnByValue": true }),
            )
            .await?;
        ensure!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {}",
            answer["exceptionDetails"]
        );
        Ok(answer["result"]["value"].clone())
    }

    /// The text of the page, that of closed groups included.
    pub async fn text(&mut self) -> Result<String> {
        let text = self.evaluate("document.body?.textContent").await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits for the promise that a JavaScript expression gives.
    pub async fn evaluate_async(&mut self, expression: &str) -> Result<Value> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.ask("Runtime.evaluate", params).await?;
        ensure!(answer["exceptionDetails"].is_null(), "{}", answer["exceptionDetails"]);
        Ok(answer["result"]["value"].clone())
    }

    /// Shows the page as on a screen of this width, by day or by night.
    pub async fn emulate(&mut self, width: u32, scheme: &str) -> Result<()> {
        let screen = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.ask("Emulation.setDeviceMetricsOverride", screen).await?;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.ask("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// A picture of the whole page, down to a height, as PNG.
    pub async fn picture(&mut self, height_max: u64) -> Result<Vec<u8>> {
        let size = self.ask("Page.getLayoutMetrics", json!({})).await?["cssContentSize"].clone();
        let height = size["height"]
            .as_f64()
            .context("the page has no height")?
            .min(height_max as f64);
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1 });
        let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let answer = self.ask("Page.captureScreenshot", params).await?;
        let data = answer["data"].as_str().context("the picture is empty")?;
        Ok(BASE64_STANDARD.decode(data)?)
    }

    /// Lets scripts run that the page's policy forbids: what happens then is what sanitising alone prevents.
    pub async fn ignore_content_security_policy(&mut self) -> Result<()> {
        self.ask("Page.setBypassCSP", json!({ "enabled": true })).await?;
        Ok(())
    }

    /// As with the browser's setting: the page's scripts do not run, those of the test still do.
    pub async fn disable_scripts(&mut self) -> Result<()> {
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true }))
            .await?;
        Ok(())
    }

    /// Requests whose address fits this pattern fail, as behind a filter.
    pub async fn block(&mut self, pattern: &str) -> Result<()> {
        self.ask("Network.setBlockedURLs", json!({ "urls": [pattern] })).await?;
        Ok(())
    }

    /// Presses a key and lets it go, as a visitor does: `Tab` or `Enter`.
    pub async fn press(&mut self, key: &str) -> Result<()> {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            other => bail!("no key is called {other:?} here"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = text.into();
            }
            self.ask("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }

    /// Every error and warning that the console has shown, and every exception.
    pub fn console_errors(&self) -> Vec<String> {
        let is_problem = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => ["error", "warning", "assert"]
                .iter()
                .any(|kind| event["params"]["type"] == *kind),
            Some("Log.entryAdded") => ["error", "warning"]
                .iter()
                .any(|level| event["params"]["entry"]["level"] == *level),
            _ => false,
        };
        self.events.iter().filter(is_problem).map(Value::to_string).collect()
    }

    /// Every URL that was asked for.
    pub fn requests(&self) -> Vec<String> {
        let sent = self
            .events
            .iter()
            .filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.filter_map(|event| Some(event["params"]["request"]["url"].as_str()?.to_owned()))
            .collect()
    }

    /// Lets Chromium put its profile away, which then goes too.
    pub async fn close(mut self) -> Result<()> {
        self.session = Value::Null;
        self.ask("Browser.close", json!({})).await?;
        timeout(MESSAGE_MAX, self.chromium.wait())
            .await
            .context("Chromium does not end")??;
        Ok(())
    }

    async fn ask(&mut self, method: &str, params: Value) -> Result<Value> {
        self.commands_sent += 1;
        let mut command = json!({ "id": self.commands_sent, "method": method, "params": params });
        if !self.session.is_null() {
            command["sessionId"] = self.session.clone();
        }
        self.commands.write_all(format!("{command}\0").as_bytes()).await?;
        loop {
            let message = self
                .message()
                .await
                .with_context(|| format!("{method} is not answered"))?;
            if message["id"] == self.commands_sent {
                ensure!(message["error"].is_null(), "{method}: {}", message["error"]);
                return Ok(message["result"].clone());
            }
            self.events.push(message);
        }
    }

    async fn message(&mut self) -> Result<Value> {
        let mut bytes = Vec::new();
        timeout(MESSAGE_MAX, self.messages.read_until(0, &mut bytes)).await??;
        ensure!(bytes.pop() == Some(0), "Chromium has ended");
        Ok(serde_json::from_slice(&bytes)?)
    }
}

/// Chromium wants the pipe on the descriptors 3 and 4, where only a shell can put them without unsafe code.
fn launch(profile: &TempDir) -> Result<Child> {
    let log = File::create(profile.path().join("log"))?;
    let chromium = Command::new("sh")
        .args(["-c", "exec 3<&0 4>&1 </dev/null >/dev/null; exec \"$@\"", "sh"])
        .arg(chromium()?)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--remote-debugging-pipe",
        ])
        // A name outside is not even looked up.
        .arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE *.localhost, EXCLUDE 127.0.0.1")
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()?;
    Ok(chromium)
}

/// Debian's Chromium, which the checkers start too.
pub fn chromium() -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|dir| dir.join("chromium"))
        .find(|file| file.exists());
    let Some(found) = found else {
        bail!("Chromium is not installed: run `apt-get install chromium`")
    };
    Ok(found)
}

const MESSAGE_MAX: Duration = Duration::from_secs(120);
