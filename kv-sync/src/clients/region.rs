//! A region as kv-sync sees it: its put endpoint, and the pages to warm behind it.

use std::time::UNIX_EPOCH;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use page_model::{
    Host, body,
    put::{self, Batch, Receipt},
};
use reqwest::{Client, StatusCode, Url, header};

use crate::clock::now_ms;

#[derive(Debug, Clone)]
pub struct Region {
    pub name: String,
    /// Where visitors reach the region, and its put endpoint too.
    pub url: Url,
}

#[derive(Clone)]
pub struct PutClient {
    client: Client,
    region: Region,
    key: SigningKey,
}

/// Whose fault a failed put is, and so whether sending it again can help.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    #[error("the region cannot be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    #[error("the region answered {status}: {reason}")]
    Region { status: StatusCode, reason: String },
    #[error("the region refuses what we send ({status}: {reason}); {advice}")]
    Refused {
        status: StatusCode,
        reason: String,
        advice: String,
    },
    #[error("the region refuses this batch ({status}: {reason})")]
    Batch { status: StatusCode, reason: String },
    #[error("the region's receipt does not decode: {0}")]
    Receipt(#[from] body::Undecodable),
}

impl PutClient {
    pub fn new(client: Client, region: Region, key: SigningKey) -> Self {
        Self { client, region, key }
    }

    pub fn name(&self) -> &str {
        &self.region.name
    }

    /// `traceparent` names the trace that it is part of.
    pub async fn put(&self, batch: &Batch, traceparent: Option<String>) -> Result<Receipt, PutError> {
        let bytes = body::encode(batch);
        let time_ms = now_ms();
        let signature = put::sign(&self.key, &self.region.name, time_ms, &bytes);
        let mut url = self.region.url.clone();
        url.set_path(put::PATH);
        let mut request = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, put::CONTENT_TYPE)
            .header(put::HEADER_REGION, &self.region.name)
            .header(put::HEADER_TIME, time_ms)
            .header(put::HEADER_DIGEST, put::digest(&bytes))
            .header(put::HEADER_SIGNATURE, URL_SAFE_NO_PAD.encode(signature));
        if let Some(traceparent) = traceparent {
            request = request.header(trace_context::HEADER, traceparent);
        }
        let response = request.body(bytes).send().await?;
        let region_ms = clock_of(&response);
        match response.status() {
            StatusCode::OK => Ok(body::decode(&response.bytes().await?)?),
            status @ (StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE) => Err(PutError::Batch {
                status,
                reason: short(response.text().await?),
            }),
            status if status.is_client_error() => {
                let reason = short(response.text().await?);
                let advice = advice(&reason, region_ms, time_ms);
                Err(PutError::Refused { status, reason, advice })
            }
            status => Err(PutError::Region {
                status,
                reason: short(response.text().await?),
            }),
        }
    }

    /// Asks for a page as a visitor would, so that the next visitor finds it finished.
    pub async fn warm(&self, host: &Host) -> Result<StatusCode, reqwest::Error> {
        let mut url = self.region.url.clone();
        url.set_path("/");
        let request = self
            .client
            .get(url)
            .header(header::HOST, host.as_str())
            .header(header::ACCEPT_ENCODING, "br");
        let response = request.send().await?;
        let status = response.status();
        // A connection is reused only when its reply was read to the end.
        response.bytes().await?;
        Ok(status)
    }
}

/// What to do about a refusal.
fn advice(reason: &str, region_ms: Option<u64>, time_ms: u64) -> String {
    let is = |rejected: put::Rejected| reason == rejected.to_string();
    if is(put::Rejected::Signature) {
        return "it does not know our put key: give the edge the public half of the sync's --put-key-file".to_owned();
    }
    if is(put::Rejected::Region) {
        return "give the edge (--region) and the sync (--region NAME=URL) the same name".to_owned();
    }
    match region_ms {
        Some(region_ms) if is(put::Rejected::Time) => {
            let seconds = region_ms.abs_diff(time_ms) / 1_000;
            let direction = if region_ms < time_ms { "behind" } else { "ahead of" };
            format!("the region's clock is {seconds} s {direction} the sync's: let NTP set both")
        }
        None if is(put::Rejected::Time) => "the region's clock and the sync's differ: let NTP set both".to_owned(),
        _ => "check its address, its name, its put key and both clocks".to_owned(),
    }
}

/// By its `Date`.
fn clock_of(response: &reqwest::Response) -> Option<u64> {
    let date = response.headers().get(header::DATE)?.to_str().ok()?;
    let since = httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok()
}

/// The first line: who answers may be a proxy with a page of its own.
fn short(text: String) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    if line.starts_with('<') {
        return "with a page: is a proxy before it, or has it too much to do?".to_owned();
    }
    line.chars().take(REASON_CHARS_MAX).collect()
}

const REASON_CHARS_MAX: usize = 300;
