//! nginx with the very bytes of a page as static files, tuned as its own guide says.

use std::{
    fs,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tests::{Visitor, eventually, ports, visitor::Reply};

pub struct Nginx {
    child: Child,
    addr: SocketAddr,
    dir: TempDir,
}

impl Nginx {
    /// Serves each reply's body, with its content encoding, at `/{number}/page`.
    pub async fn start(replies: &[Reply]) -> Result<Self> {
        let dir = TempDir::with_prefix("pharos-nginx-")?;
        let addr = ports::free();
        let mut locations = String::new();
        for (number, reply) in replies.iter().enumerate() {
            fs::create_dir(dir.path().join(number.to_string()))?;
            fs::write(dir.path().join(format!("{number}/page")), &reply.body)?;
            locations += &location(number, reply.header("content-encoding"));
        }
        let config = dir.path().join("nginx.conf");
        fs::write(&config, config_text(&dir, addr, &locations))?;
        let child = Command::new("nginx")
            .arg("-c")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("nginx is not installed: run `apt-get install nginx-light`")?;
        let nginx = Self { child, addr, dir };
        let visitor = Visitor::new(addr)?;
        eventually("nginx serves", Duration::from_secs(10), async || {
            visitor.page("any.localhost", "/0/page").await
        })
        .await
        .with_context(|| fs::read_to_string(nginx.dir.path().join("error.log")).unwrap_or_default())?;
        Ok(nginx)
    }

    pub fn url(&self, number: usize) -> String {
        format!("http://{}/{number}/page", self.addr)
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

fn config_text(dir: &TempDir, addr: SocketAddr, locations: &str) -> String {
    let dir = dir.path().display();
    format!(
        "user root;
worker_processes auto;
daemon off;
pid {dir}/pid;
error_log {dir}/error.log;
events {{ worker_connections 1024; }}
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
  server {{ listen {addr}; root {dir}; {locations} }}
}}
"
    )
}
