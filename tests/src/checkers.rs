//! Other people's programs that judge what is served: `cargo xtask test` installs them.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

/// A feed as feedparser reads it.
pub fn feed(bytes: &[u8]) -> Result<Value> {
    read("feed", bytes)
}

/// A calendar as icalendar reads it.
pub fn calendar(bytes: &[u8]) -> Result<Value> {
    read("calendar", bytes)
}

/// The errors that the HTML checker finds in these pages, each with the name of its page.
pub fn html_errors(pages: &[(String, String)]) -> Result<Vec<String>> {
    let folder = TempDir::with_prefix("pharos-html-")?;
    let mut checker = Command::new("java");
    checker
        .args(["-Xss4m", "-jar"])
        .arg(module("vnu-jar/build/dist/vnu.jar")?);
    checker.args(["--format", "json", "--stdout", "--exit-zero-always"]);
    for (number, (_, html)) in pages.iter().enumerate() {
        let file = folder.path().join(format!("{number}.html"));
        std::fs::write(&file, html)?;
        checker.arg(file);
    }
    let report: Value = serde_json::from_slice(&output(&mut checker)?)?;
    let messages = report["messages"]
        .as_array()
        .context("the HTML checker reports no messages")?;
    let errors = messages.iter().filter(|message| message["type"] == "error");
    let named = errors.map(|message| {
        let page = message["url"].as_str().and_then(|url| {
            let number = url.rsplit_once('/')?.1.strip_suffix(".html")?;
            Some(pages.get(number.parse::<usize>().ok()?)?.0.as_str())
        });
        format!(
            "{}: {} in {}",
            page.unwrap_or("?"),
            message["message"],
            message["extract"]
        )
    });
    Ok(named.collect())
}

/// Lighthouse's report on an address in these categories, as on a phone.
pub fn lighthouse(url: &str, categories: &[&str]) -> Result<Value> {
    let mut checker = Command::new("node");
    checker.arg(module("lighthouse/cli/index.js")?).arg(url);
    checker.args(["--output=json", "--quiet", "--max-wait-for-load=30000"]);
    checker.arg(format!("--only-categories={}", categories.join(",")));
    let flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update";
    checker.arg(format!("--chrome-flags={flags}"));
    Ok(serde_json::from_slice(&output(&mut checker)?)?)
}

/// What schemathesis makes of a server and its OpenAPI document.
pub struct Tried {
    pub operations: u64,
    /// Where they differ, in its words; empty if they do not.
    pub faults: String,
}

/// Sends what an OpenAPI document allows and what it forbids, and looks at the answers.
pub fn openapi(document_url: &str, token: &str) -> Result<Tried> {
    let folder = TempDir::with_prefix("pharos-openapi-")?;
    let report = folder.path().join("report.json");
    let mut checker = python()?;
    checker.args(["-m", "schemathesis.cli", "--config-file"]);
    checker.arg(root().join("tests/checkers/schemathesis.toml"));
    checker.args(["run", document_url, "--header"]);
    // Written as schemathesis writes it, which otherwise takes it for a second header.
    checker.arg(format!("Authorization: Bearer {token}"));
    checker.arg("--report-json-path").arg(&report);
    // What it remembers between runs lies in the folder where it runs.
    let output = checker.current_dir(folder.path()).stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let report = std::fs::read(&report).with_context(|| format!("schemathesis reports nothing: {said}"))?;
    let report: Value = serde_json::from_slice(&report)?;
    let operations = report["operations"]["tested"].as_u64();
    Ok(Tried {
        operations: operations.context("schemathesis does not tell what it tried")?,
        faults: if output.status.success() { String::new() } else { said },
    })
}

fn read(kind: &str, bytes: &[u8]) -> Result<Value> {
    let folder = TempDir::with_prefix("pharos-read-")?;
    let file = folder.path().join("read");
    std::fs::write(&file, bytes)?;
    let mut checker = python()?;
    checker.arg(root().join("tests/checkers/read.py")).arg(kind).arg(file);
    Ok(serde_json::from_slice(&output(&mut checker)?)?)
}

fn python() -> Result<Command> {
    Ok(Command::new(python_program()?))
}

pub(crate) fn python_program() -> Result<PathBuf> {
    existing(root().join("target/checkers/bin/python"))
}

fn output(command: &mut Command) -> Result<Vec<u8>> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{program} does not start: `cargo xtask test` installs it"))?;
    let problem = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} failed: {problem}");
    Ok(output.stdout)
}

/// A package from npm, or a file of it.
pub(crate) fn module(path: &str) -> Result<PathBuf> {
    existing(root().join("tests/checkers/node_modules").join(path))
}

fn existing(path: PathBuf) -> Result<PathBuf> {
    if !path.exists() {
        bail!("{} is not there: `cargo xtask test` installs it", path.display());
    }
    Ok(path)
}

pub(crate) fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}
