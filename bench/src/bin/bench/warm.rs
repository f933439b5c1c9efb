//! A warm page, and nginx with its bytes.

use std::time::Duration;

use anyhow::{Result, ensure};
use bench::cpu::Processes;
use reqwest::Method;
use tests::{
    Page, System, eventually,
    push::{NewIncident, Touched},
    region::Region,
    visitor::Reply,
};

/// A page that a region serves from its response cache.
pub struct Warm<'a> {
    pub page: Page,
    pub region: &'a Region,
    /// In each of `ENCODINGS`.
    pub replies: Vec<Reply>,
}

impl<'a> Warm<'a> {
    /// `name` as `Page::create` takes it.
    pub async fn prepare(system: &'a System, name: &str) -> Result<Self> {
        let page = Page::create(&system.push, name, COMPONENTS).await?;
        let incident = NewIncident {
            name: "Webhooks are delayed".into(),
            body: "Deliveries wait for up to **ten minutes**. None is lost.".into(),
            components: vec![Touched::new(&page.component(4), "degraded_performance")],
            ..NewIncident::default()
        };
        system.push.incident(&page.id, &incident).await?;
        system.until_shown(&page, &["Webhooks are delayed"]).await?;
        let region = &system.regions[0];
        let mut replies = Vec::new();
        for encoding in ENCODINGS {
            replies.push(finished(region, &page, encoding).await?);
        }
        Ok(Self { page, region, replies })
    }

    /// As a visitor asks for the page in one of `ENCODINGS`.
    pub fn headers(&self, encoding: usize) -> Vec<(String, String)> {
        let headers = [
            ("Host", self.page.host.as_str()),
            ("Accept-Encoding", ENCODINGS[encoding]),
            ("User-Agent", "bench"),
        ];
        headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    }
}

/// The reply once it is finished in that encoding, and so in the cache.
async fn finished(region: &Region, page: &Page, encoding: &str) -> Result<Reply> {
    let what = format!("the page is finished in {encoding}");
    let probe = async || {
        let headers = [("accept-encoding", encoding)];
        let reply = region.visitor.request(Method::GET, &page.host, "/", &headers).await?;
        let came = reply.header("content-encoding").unwrap_or("identity");
        ensure!(came == encoding, "{:?}", reply.headers);
        Ok(reply)
    };
    eventually(&what, Duration::from_secs(10), probe).await
}

/// The process of a region on our own host.
pub fn edge(region: &Region) -> Result<Processes> {
    Processes::child_with(&format!("--listen {}", region.visitor.addr()))
}

pub const COMPONENTS: usize = 10;
pub const ENCODINGS: [&str; 3] = ["br", "gzip", "identity"];
pub const BROTLI: usize = 0;
