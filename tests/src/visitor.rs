//! A reader of a page.

use std::{io::Read, net::SocketAddr, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::http;

/// Speaks to one region, whatever host it asks for.
#[derive(Clone)]
pub struct Visitor {
    addr: SocketAddr,
    client: Client,
}

pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Visitor {
    pub fn new(addr: SocketAddr) -> Result<Self> {
        Ok(Self {
            addr,
            client: http::client()?,
        })
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub async fn visit(&self, host: &str, path: &str) -> Result<Reply> {
        self.request(Method::GET, host, path, &[]).await
    }

    pub async fn request(&self, method: Method, host: &str, path: &str, headers: &[(&str, &str)]) -> Result<Reply> {
        let url = format!("http://{}{path}", self.addr);
        let request = self.client.request(method, url).header("host", host);
        Reply::to(request, headers).await
    }

    /// Sends a form, as a browser does whose page is of `origin`.
    pub async fn send_form(
        &self,
        host: &str,
        path: &str,
        origin: &str,
        form: &str,
        headers: &[(&str, &str)],
    ) -> Result<Reply> {
        let request = self.client.post(format!("http://{}{path}", self.addr));
        let request = request
            .header("host", host)
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        Reply::to(request, headers).await
    }

    /// The text of a page that must be there: 200, or an error that says what came instead.
    pub async fn page(&self, host: &str, path: &str) -> Result<String> {
        let reply = self.visit(host, path).await?;
        ensure!(
            reply.status == 200,
            "{host}{path} answered {}: {}",
            reply.status,
            reply.excerpt()
        );
        reply.text()
    }

    /// Whether the index of a host has all of these texts; the error names those that it lacks.
    pub async fn shows(&self, host: &str, texts: &[&str]) -> Result<()> {
        let html = self.page(host, "/").await?;
        let missing: Vec<_> = texts.iter().filter(|text| !html.contains(**text)).collect();
        ensure!(missing.is_empty(), "{host} lacks {missing:?}");
        Ok(())
    }

    /// Sends bytes as they are, for requests that no proper client would write, and reads the status of the reply.
    /// `None` when the connection was closed without one.
    pub async fn raw(&self, request: &[u8]) -> Result<Option<u16>> {
        let mut stream = TcpStream::connect(self.addr).await?;
        stream.write_all(request).await?;
        let mut line = vec![0; "HTTP/1.1 200".len()];
        match timeout(RAW_REPLY_MAX, stream.read_exact(&mut line))
            .await
            .context("no reply at all")?
        {
            Ok(_) => Ok(Some(String::from_utf8_lossy(&line[9..]).parse()?)),
            Err(_) => Ok(None),
        }
    }
}

impl Reply {
    async fn to(request: RequestBuilder, headers: &[(&str, &str)]) -> Result<Self> {
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        let reply = request.send().await?;
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        Ok(Self {
            status,
            headers,
            body: reply.bytes().await?.to_vec(),
        })
    }

    /// Each cookie that it sets, with its attributes.
    pub fn cookies(&self) -> Result<Vec<&str>> {
        let all = self.headers.get_all("set-cookie").iter();
        all.map(|value| Ok(value.to_str()?)).collect()
    }

    /// The first cookie that it sets, as a browser sends it.
    pub fn cookie(&self) -> Result<String> {
        let all = self.cookies()?;
        let set = all
            .first()
            .with_context(|| format!("{} without a cookie", self.status))?;
        let (pair, _) = set.split_once(';').context("a cookie without attributes")?;
        Ok(pair.to_owned())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body without its content encoding.
    pub fn text(&self) -> Result<String> {
        let mut reader: Box<dyn Read> = match self.header("content-encoding") {
            None | Some("identity") => Box::new(&self.body[..]),
            Some("br") => Box::new(brotli::Decompressor::new(&self.body[..], BROTLI_BUFFER_BYTES)),
            Some("gzip") => Box::new(flate2::read::GzDecoder::new(&self.body[..])),
            Some(other) => bail!("the reply is encoded as {other:?}, which nobody asked for"),
        };
        let mut text = String::new();
        reader.read_to_string(&mut text)?;
        Ok(text)
    }

    fn excerpt(&self) -> String {
        String::from_utf8_lossy(&self.body)
            .chars()
            .take(EXCERPT_CHARS)
            .collect()
    }
}

const RAW_REPLY_MAX: Duration = Duration::from_secs(10);
const BROTLI_BUFFER_BYTES: usize = 4096;
const EXCERPT_CHARS: usize = 300;
