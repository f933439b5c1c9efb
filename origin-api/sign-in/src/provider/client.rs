//! The client with which providers are asked. A publisher names them, so that it connects to nothing that the operator did not
//! permit, and takes no more than it needs.

use std::{net::SocketAddr, pin::Pin, time::Duration};

use http::Response;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use origin_engine::outward::Outward;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use crate::limits::{PROVIDER_BYTES_MAX, PROVIDER_TIME_MAX};

pub struct Client {
    client: reqwest::Client,
    outward: Outward,
}

#[derive(Debug, thiserror::Error)]
pub enum Unreached {
    #[error("{0}")]
    NotPermitted(String),
    #[error("it answered more than {PROVIDER_BYTES_MAX} bytes")]
    TooLarge,
    #[error("it does not answer: {0:?}")]
    Failed(#[from] reqwest::Error),
    #[error("its answer is none: {0}")]
    Unreadable(#[from] http::Error),
}

/// Looks a name up, once for each connection, which is made to what was looked at.
struct Lookup(Outward);

impl Client {
    pub fn new(outward: Outward) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .dns_resolver(Lookup(outward.clone()))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PROVIDER_TIME_MAX)
            .pool_idle_timeout(IDLE_MAX)
            .no_proxy()
            .build()?;
        Ok(Self { client, outward })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Unreached> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|error| Unreached::NotPermitted(error.to_string()))?;
        self.outward.permits(&url).map_err(Unreached::NotPermitted)?;
        let request = self.client.request(parts.method, url);
        let mut response = request.headers(parts.headers).body(body).send().await?;
        let mut answer = Response::builder().status(response.status());
        if let Some(headers) = answer.headers_mut() {
            headers.clone_from(response.headers());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > PROVIDER_BYTES_MAX {
                return Err(Unreached::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(answer.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Client {
    type Error = Unreached;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unreached>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let outward = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            outward.permits_all(name.as_str(), &found)?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// A provider is asked again soon, or not for a long time.
const IDLE_MAX: Duration = Duration::from_secs(20);
