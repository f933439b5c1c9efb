//! The push API as its client sees it.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, bail};
use reqwest::{Client, Method, Response, StatusCode, Url, header};
use serde_json::Value;

#[derive(Clone)]
pub struct Api {
    client: Client,
    base: String,
    token: String,
    /// Each change has a key of its own, the same at every attempt.
    keys: Arc<Keys>,
}

struct Keys {
    run: u64,
    next: AtomicU64,
}

/// The origin does not take what it was sent, and would not at another attempt.
#[derive(Debug)]
pub struct Refused {
    request: String,
    /// The origin's reason, with the field.
    pub why: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.request, self.why)
    }
}

impl std::error::Error for Refused {}

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
            keys: Arc::new(Keys {
                run: getrandom::u64().context("the system gives no random numbers")?,
                next: AtomicU64::new(0),
            }),
        })
    }

    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.change(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.change(Method::PATCH, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.change(Method::PUT, path, Some(body)).await
    }

    /// Also where there is no such object any more.
    pub async fn delete(&self, path: &str) -> anyhow::Result<()> {
        self.send(Method::DELETE, path, None).await.map(drop)
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

    /// Whatever is answered, as text; `body` with its media type.
    pub async fn text(&self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> anyhow::Result<String> {
        let what = format!("{method} {}{path}", self.base);
        let body = body.as_ref().map(|(media_type, bytes)| (*media_type, bytes.as_slice()));
        let response = self.attempt(&method, path, body).await;
        let response = response.with_context(|| format!("{what}: the origin cannot be reached"))?;
        let status = response.status();
        let text = response
            .text()
            .await
            .with_context(|| format!("{what}: the answer broke off"))?;
        match status.is_success() {
            true => Ok(text),
            false => bail!(
                "{what}: {status}: {}",
                why(&serde_json::from_str(&text).unwrap_or_default())
            ),
        }
    }

    async fn change(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let request = format!("{method} {path}");
        let found = self.send(method, path, body).await?;
        found.ok_or_else(|| {
            let why = "there is no such object".to_owned();
            Refused { request, why }.into()
        })
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Option<Value>> {
        let what = format!("{method} {}{path}", self.base);
        let json = body.map(|body| body.to_string().into_bytes());
        let body = json.as_deref().map(|json| (JSON, json));
        let response = self.attempt(&method, path, body).await;
        let response = response.with_context(|| format!("{what}: the origin cannot be reached"))?;
        let status = response.status();
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let answer: Value = response.json().await.unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(Some(answer));
        }
        let why = why(&answer);
        match status {
            StatusCode::BAD_REQUEST
            | StatusCode::CONFLICT
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNPROCESSABLE_ENTITY => Err(Refused {
                request: format!("{what}: {status}"),
                why,
            }
            .into()),
            _ => bail!("{what}: {status}: {why}"),
        }
    }

    /// Again and again while the origin is busy or away, for a while.
    async fn attempt(&self, method: &Method, path: &str, body: Option<(&str, &[u8])>) -> reqwest::Result<Response> {
        let key = format!(
            "{:016x}-{}",
            self.keys.run,
            self.keys.next.fetch_add(1, Ordering::Relaxed)
        );
        let mut attempts = 0;
        loop {
            attempts += 1;
            let url = format!("{}{path}", self.base);
            let mut request = self.client.request(method.clone(), url).bearer_auth(&self.token);
            if *method != Method::GET {
                request = request.header("idempotency-key", &key);
            }
            if let Some((media_type, bytes)) = body {
                request = request.header(header::CONTENT_TYPE, media_type).body(bytes.to_vec());
            }
            let answer = request.send().await;
            let wait = match &answer {
                Ok(response) if is_busy(response.status()) => asked_wait(response).unwrap_or(WAIT),
                Ok(_) => return answer,
                Err(_) => WAIT * attempts,
            };
            if attempts >= ATTEMPTS_MAX {
                return answer;
            }
            tokio::time::sleep(wait.min(WAIT_MAX)).await;
        }
    }
}

/// What a problem document says.
fn why(problem: &Value) -> String {
    let detail = problem["detail"].as_str().unwrap_or("no reason given");
    match problem["field"].as_str() {
        Some(field) => format!("{field}: {detail}"),
        None => detail.to_owned(),
    }
}

fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

fn asked_wait(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    Some(Duration::from_secs(seconds.parse().ok()?))
}

pub const JSON: &str = "application/json";
const LIST_LIMIT: usize = 100;
const ATTEMPTS_MAX: u32 = 8;
const WAIT: Duration = Duration::from_millis(500);
const WAIT_MAX: Duration = Duration::from_secs(30);
