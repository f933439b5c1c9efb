//! What many run today: nginx with kept connections to two Node workers, which read Redis over one connection each. The files of
//! the workers lie in `bench/peers`.

use std::{
    io::Write,
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use bench::cpu::Processes;
use page_model::Snapshot;
use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;
use tests::{
    Visitor, eventually, ports,
    program::{Program, find, strings},
    visitor::Reply,
};

use crate::nginx::Nginx;

pub struct Node {
    nginx: Nginx,
    processes: Processes,
    /// They end when this does; Redis last.
    _workers: Vec<Program>,
    _redis: Program,
    _dir: TempDir,
}

impl Node {
    /// Holds these replies as the finished pages of a host, and the snapshot to draw its page from.
    pub async fn start(host: &str, replies: &[Reply], snapshot: &Snapshot) -> Result<Self> {
        let dir = TempDir::with_prefix("pharos-node-")?;
        let redis = Redis::start(dir.path()).await?;
        redis.fill(host, replies, snapshot)?;
        let redis_port = redis.addr.port().to_string();
        let script = find("PHAROS_PEERS", "target/peers", BRINGS)?.join("node/worker.mjs");
        let mut processes = Processes::child_with(&redis_port)?;
        let (mut workers, mut addrs) = (Vec::new(), Vec::new());
        for number in 0..WORKERS {
            let addr = ports::free();
            let port = addr.port().to_string();
            let args = strings(&[&script.display().to_string(), &port, &redis_port]);
            let name = format!("node-{number}");
            let mut worker = Program::of(Path::new("node"), &name, args, dir.path()).with_listener(addr);
            worker
                .start()
                .context("Node is not installed: run `apt-get install nodejs`")?;
            worker.healthy().await?;
            processes = processes.and(Processes::child_with(&format!("worker.mjs {port}"))?);
            workers.push(worker);
            addrs.push(addr);
        }
        let nginx = Nginx::before(&addrs)?;
        processes = processes.and(nginx.processes());
        let node = Self {
            nginx,
            processes,
            _workers: workers,
            _redis: redis.program,
            _dir: dir,
        };
        node.serves(host, replies).await?;
        Ok(node)
    }

    /// Each reply must be there byte for byte, and the page that is drawn must be whole.
    async fn serves(&self, host: &str, replies: &[Reply]) -> Result<()> {
        let visitor = Visitor::new(self.addr())?;
        for reply in replies {
            let encoding = reply.header("content-encoding").unwrap_or("identity");
            let probe = async || {
                let headers = [("accept-encoding", encoding)];
                let served = visitor.request(Method::GET, host, CACHED, &headers).await?;
                let (bytes, expected) = (served.body.len(), reply.body.len());
                ensure!(
                    served.body == reply.body,
                    "{} with {bytes} bytes came instead of {expected} in {encoding}",
                    served.status
                );
                Ok(())
            };
            let served = eventually("Node serves the same bytes", START_MAX, probe).await;
            served.with_context(|| self.nginx.log())?;
        }
        let drawn = visitor.page(host, RENDERED).await?;
        ensure!(drawn.trim_end().ends_with("</html>"), "Node draws half a page");
        eprintln!(
            "Node draws a page of {} bytes, ours has {}.",
            drawn.len(),
            replies[PLAIN].body.len()
        );
        Ok(())
    }

    pub fn addr(&self) -> SocketAddr {
        self.nginx.addr()
    }

    pub fn processes(&self) -> &Processes {
        &self.processes
    }
}

struct Redis {
    program: Program,
    addr: SocketAddr,
}

impl Redis {
    async fn start(dir: &Path) -> Result<Self> {
        let addr = ports::free();
        let (port, folder) = (addr.port().to_string(), dir.display().to_string());
        let args = ["--port", &port, "--bind", "127.0.0.1", "--dir", &folder, "--save", ""];
        let mut program = Program::of(Path::new("redis-server"), "redis", strings(&args), dir);
        program
            .start()
            .context("Redis is not installed: run `apt-get install redis-server`")?;
        let redis = Self { program, addr };
        eventually("Redis answers", START_MAX, async || redis.call(&["PING"], None)).await?;
        Ok(redis)
    }

    /// A page's bytes with their headers in each encoding, what every page has in common, and the document of this one.
    fn fill(&self, host: &str, replies: &[Reply], snapshot: &Snapshot) -> Result<()> {
        for reply in replies {
            let encoding = reply.header("content-encoding").unwrap_or("identity");
            let key = format!("page/{host}/{encoding}");
            self.call(&["HSET", &key, "head"], Some(head(reply).as_bytes()))?;
            self.call(&["HSET", &key, "body"], Some(&reply.body))?;
        }
        let html = replies[PLAIN].text()?;
        let frame = json!({ "style": element(&html, "style")?, "script": element(&html, "script")? });
        self.call(&["SET", "frame"], Some(frame.to_string().as_bytes()))?;
        let document = serde_json::to_vec(snapshot)?;
        self.call(&["SET", &format!("document/{host}")], Some(&document))
    }

    /// Its client takes the last argument from its input, whatever bytes they are.
    fn call(&self, args: &[&str], last: Option<&[u8]>) -> Result<()> {
        let mut client = Command::new("redis-cli");
        client.args(["-e", "-p", &self.addr.port().to_string()]);
        if last.is_some() {
            client.arg("-x");
        }
        client.args(args).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut client = client
            .stderr(Stdio::piped())
            .spawn()
            .context("redis-cli does not start")?;
        let mut stdin = client.stdin.take().context("a piped stdin is there once")?;
        stdin.write_all(last.unwrap_or_default())?;
        drop(stdin);
        let output = client.wait_with_output()?;
        let problem = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "Redis refused {}: {problem}", args.join(" "));
        Ok(())
    }
}

/// The reply's headers as a flat list of names and values, without those that every server writes itself.
fn head(reply: &Reply) -> String {
    let mut head = Vec::new();
    for (name, value) in &reply.headers {
        if !OWN_HEADERS.contains(&name.as_str()) {
            head.extend([
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            ]);
        }
    }
    json!(head).to_string()
}

/// The text of the first such element.
fn element<'a>(html: &'a str, name: &str) -> Result<&'a str> {
    let text = html.split_once(&format!("<{name}>"));
    let text = text.and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    text.map(|(text, _)| text)
        .with_context(|| format!("the page has no <{name}>"))
}

/// Makes the folder of peers.
const BRINGS: &str = "cargo xtask bench";
pub const CACHED: &str = "/";
pub const RENDERED: &str = "/rendered";
const WORKERS: usize = 2;
const OWN_HEADERS: [&str; 4] = ["date", "content-length", "connection", "transfer-encoding"];
/// Index of the reply that is not compressed.
const PLAIN: usize = 2;
const START_MAX: Duration = Duration::from_secs(10);
