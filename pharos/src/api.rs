//! The push API as its client sees it.

use anyhow::{Context, bail};
use reqwest::{Client, Method, StatusCode, Url};
use serde_json::Value;

#[derive(Clone)]
pub struct Api {
    client: Client,
    base: String,
    token: String,
}

impl Api {
    /// `base` is the address of the origin, with or without `/v1`.
    pub fn new(base: &Url, token: String) -> anyhow::Result<Self> {
        let base = base.as_str().trim_end_matches('/');
        Ok(Self {
            client: Client::builder()
                .no_proxy()
                .build()
                .context("cannot set up an HTTP client")?,
            base: format!("{}/v1", base.trim_end_matches("/v1")),
            token,
        })
    }

    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let found = self.send(Method::POST, path, Some(body)).await?;
        found.with_context(|| format!("POST {path}: there is no such object"))
    }

    pub async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let found = self.send(Method::PATCH, path, Some(body)).await?;
        found.with_context(|| format!("PATCH {path}: there is no such object"))
    }

    /// `None` where there is no such object.
    pub async fn read(&self, path: &str) -> anyhow::Result<Option<Value>> {
        self.send(Method::GET, path, None).await
    }

    /// Every item of a list, page by page.
    pub async fn list(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.read(&format!("{path}?limit={LIST_LIMIT}{after}")).await?;
            let mut page = page.with_context(|| format!("GET {path}: there is no such list"))?;
            match page["items"].take() {
                Value::Array(more) => items.extend(more),
                _ => bail!("GET {path}: the answer has no items"),
            }
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(items),
            }
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Option<Value>> {
        let what = format!("{method} {}{path}", self.base);
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request
            .send()
            .await
            .with_context(|| format!("{what}: the origin cannot be reached"))?;
        let status = response.status();
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let answer: Value = response.json().await.unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(Some(answer));
        }
        let detail = answer["detail"].as_str().unwrap_or("no reason given");
        match answer["field"].as_str() {
            Some(field) => bail!("{what}: {status}: {field}: {detail}"),
            None => bail!("{what}: {status}: {detail}"),
        }
    }
}

const LIST_LIMIT: usize = 100;
