//! nginx, tuned as its own guide says: as the server of static files, or before other servers.

use std::{
    fs,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use bench::cpu::Processes;
use tempfile::TempDir;
use tests::{Visitor, eventually, ports, visitor::Reply};

pub struct Nginx {
    child: Child,
    addr: SocketAddr,
    /// Where it speaks HTTP/2, without TLS too: at the same address it does not speak both.
    http2: SocketAddr,
    dir: TempDir,
}

impl Nginx {
    /// Serves each reply's body, with its content encoding, at `/{number}/page`.
    pub async fn of_files(replies: &[Reply]) -> Result<Self> {
        let dir = TempDir::with_prefix("pharos-nginx-")?;
        let mut locations = String::new();
        for (number, reply) in replies.iter().enumerate() {
            fs::create_dir(dir.path().join(number.to_string()))?;
            fs::write(dir.path().join(format!("{number}/page")), &reply.body)?;
            locations += &location(number, reply.header("content-encoding"));
        }
        let (addr, http2) = (ports::free(), ports::free());
        let root = dir.path().display();
        let server = format!("server {{ listen {addr}; listen {http2} http2; root {root}; {locations} }}");
        let mut nginx = Self::start(dir, addr, &server)?;
        nginx.http2 = http2;
        nginx.serves("/0/page").await?;
        Ok(nginx)
    }

    /// Passes every visit on to one of `servers` over connections that are kept, and caches nothing.
    pub fn before(servers: &[SocketAddr]) -> Result<Self> {
        let addr = ports::free();
        let servers: String = servers.iter().map(|server| format!("server {server}; ")).collect();
        let server = format!(
            "upstream workers {{ {servers} keepalive 64; keepalive_requests 100000000; }}
  server {{
    listen {addr};
    location / {{
      proxy_pass http://workers;
      proxy_http_version 1.1;
      proxy_set_header Connection '';
      proxy_set_header Host $http_host;
    }}
  }}"
        );
        Self::start(TempDir::with_prefix("pharos-nginx-")?, addr, &server)
    }

    fn start(dir: TempDir, addr: SocketAddr, server: &str) -> Result<Self> {
        let config = dir.path().join("nginx.conf");
        fs::write(&config, config_text(&dir, server))?;
        let child = Command::new("nginx")
            .arg("-c")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("nginx is not installed: run `apt-get install nginx-light`")?;
        Ok(Self {
            child,
            addr,
            http2: addr,
            dir,
        })
    }

    async fn serves(&self, path: &str) -> Result<()> {
        let visitor = Visitor::new(self.addr)?;
        let probe = async || visitor.page("any.localhost", path).await.map(drop);
        eventually("nginx serves", START_MAX, probe)
            .await
            .with_context(|| self.log())
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("error.log")).unwrap_or_default()
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub fn http2(&self) -> SocketAddr {
        self.http2
    }

    pub fn processes(&self) -> Processes {
        Processes::of(self.child.id())
    }

    /// Where a reply's body lies.
    pub fn path(number: usize) -> String {
        format!("/{number}/page")
    }
}

impl Drop for Nginx {
    /// Its workers end with it.
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        let _ = self.child.wait();
    }
}

fn location(number: usize, encoding: Option<&str>) -> String {
    let encoding = encoding.map_or(String::new(), |encoding| {
        format!("add_header Content-Encoding {encoding};")
    });
    format!("location /{number}/ {{ add_header Vary Accept-Encoding; {encoding} }}\n")
}

fn config_text(dir: &TempDir, server: &str) -> String {
    let dir = dir.path().display();
    format!(
        "user root;
worker_processes auto;
daemon off;
pid {dir}/pid;
error_log {dir}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=100;
  open_file_cache_valid 1h;
  types {{ }}
  default_type 'text/html; charset=utf-8';
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  {server}
}}
"
    )
}

const START_MAX: Duration = Duration::from_secs(10);
