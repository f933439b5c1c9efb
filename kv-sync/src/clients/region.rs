//! A region as kv-sync sees it: its put endpoint, and the pages to warm behind it.

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
    #[error("the region answered {0}")]
    Region(StatusCode),
    #[error("the region refuses what we send ({status}: {reason}); check its name, its put_verify_key and both clocks")]
    Refused { status: StatusCode, reason: String },
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

    pub async fn put(&self, batch: &Batch) -> Result<Receipt, PutError> {
        let bytes = body::encode(batch);
        let time_ms = now_ms();
        let signature = put::sign(&self.key, &self.region.name, time_ms, &bytes);
        let mut url = self.region.url.clone();
        url.set_path(put::PATH);
        let request = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, put::CONTENT_TYPE)
            .header(put::HEADER_REGION, &self.region.name)
            .header(put::HEADER_TIME, time_ms)
            .header(put::HEADER_DIGEST, put::digest(&bytes))
            .header(put::HEADER_SIGNATURE, URL_SAFE_NO_PAD.encode(signature));
        let response = request.body(bytes).send().await?;
        match response.status() {
            StatusCode::OK => Ok(body::decode(&response.bytes().await?)?),
            status @ (StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE) => Err(PutError::Batch {
                status,
                reason: response.text().await?.trim().to_owned(),
            }),
            status if status.is_client_error() => Err(PutError::Refused {
                status,
                reason: response.text().await?.trim().to_owned(),
            }),
            status => Err(PutError::Region(status)),
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
