//! A customer's tool that speaks the push API.

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::http;

#[derive(Clone)]
pub struct Push {
    /// Ends in `/v1`.
    url: String,
    token: String,
    client: Client,
}

/// What the API answered, error or not.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    /// The change's outbox sequence number.
    pub seq: Option<u64>,
    pub etag: Option<String>,
    pub replayed: bool,
    pub body: Value,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct NewIncident {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub name: String,
    pub body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Touched>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct NewUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Touched>,
}

/// A component and the status that an update gives it.
#[derive(Debug, Clone, Serialize)]
pub struct Touched {
    pub id: String,
    pub status: String,
}

impl Push {
    pub fn new(url: &str, token: &str) -> Result<Self> {
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
            client: http::client()?,
        })
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            ..self.clone()
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    pub async fn page(&self, id: &str, name: &str, host: &str) -> Result<Answer> {
        self.create(
            "/pages",
            &json!({ "id": id, "name": name, "hosts": [host], "time_zone": "Etc/UTC" }),
        )
        .await
    }

    pub async fn component(&self, page: &str, id: &str, name: &str) -> Result<Answer> {
        self.create(&format!("/pages/{page}/components"), &json!({ "id": id, "name": name }))
            .await
    }

    pub async fn incident(&self, page: &str, incident: &NewIncident) -> Result<Answer> {
        self.create(&format!("/pages/{page}/incidents"), incident).await
    }

    pub async fn update(&self, page: &str, incident: &str, update: &NewUpdate) -> Result<Answer> {
        self.create(&format!("/pages/{page}/incidents/{incident}/updates"), update)
            .await
    }

    pub async fn create(&self, path: &str, body: &impl Serialize) -> Result<Answer> {
        self.send(self.request(Method::POST, path).json(body)).await?.accepted()
    }

    pub async fn put(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(self.request(Method::PUT, path).json(body)).await?.accepted()
    }

    pub async fn change(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(self.request(Method::PATCH, path).json(body))
            .await?
            .accepted()
    }

    pub async fn read(&self, path: &str) -> Result<Value> {
        Ok(self.send(self.request(Method::GET, path)).await?.accepted()?.body)
    }

    /// Every item of a list, page after page.
    pub async fn list(&self, path: &str) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut query = "?limit=50".to_owned();
        loop {
            let page = self.read(&format!("{path}{query}")).await?;
            let found = page["items"].as_array().with_context(|| format!("{path} is no list"))?;
            items.extend(found.iter().cloned());
            match page["next"].as_str() {
                Some(cursor) => query = format!("?limit=50&after={cursor}"),
                None => return Ok(items),
            }
        }
    }

    /// A request with the token, to be completed and given to `send`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(&self.token)
    }

    pub async fn send(&self, request: RequestBuilder) -> Result<Answer> {
        let reply = request.send().await?;
        let header = |name: &str| Some(reply.headers().get(name)?.to_str().ok()?.to_owned());
        Ok(Answer {
            status: reply.status(),
            seq: header("pharos-seq").and_then(|seq| seq.parse().ok()),
            etag: header("etag"),
            replayed: header("idempotency-replayed").as_deref() == Some("true"),
            body: serde_json::from_slice(&reply.bytes().await?).unwrap_or(Value::Null),
        })
    }
}

impl Answer {
    /// The answer, if it is a yes.
    pub fn accepted(self) -> Result<Self> {
        ensure!(
            self.status.is_success(),
            "the push API answered {}: {}",
            self.status,
            self.body
        );
        Ok(self)
    }

    pub fn change_seq(&self) -> Result<u64> {
        self.seq.context("a change was answered without pharos-seq")
    }

    pub fn id(&self) -> Result<&str> {
        self.body["id"].as_str().context("the answer has no id")
    }
}

impl Touched {
    pub fn new(id: &str, status: &str) -> Self {
        Self {
            id: id.to_owned(),
            status: status.to_owned(),
        }
    }
}
