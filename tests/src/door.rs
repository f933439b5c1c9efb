//! Somebody who puts records into a region: kv-sync's part, played honestly or not.

use std::{
    net::SocketAddr,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, anyhow, ensure};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use page_model::{
    Record, body,
    put::{self, Batch, Receipt},
};
use reqwest::StatusCode;
use serde_bytes::ByteBuf;

use crate::http;

pub struct Door {
    url: String,
    region: String,
    key: SigningKey,
    client: reqwest::Client,
}

/// A batch as it goes over the wire, open to forgery: every field may be changed after signing.
#[derive(Debug, Clone)]
pub struct Parcel {
    pub region: String,
    pub time_ms: u64,
    pub signature: Vec<u8>,
    pub body: Vec<u8>,
}

impl Door {
    pub fn new(addr: SocketAddr, region: &str, key: SigningKey) -> Result<Self> {
        Ok(Self {
            url: format!("http://{addr}{}", put::PATH),
            region: region.to_owned(),
            key,
            client: http::client()?,
        })
    }

    pub async fn put(&self, records: &[Record]) -> Result<Receipt> {
        let records = records.iter().map(|record| ByteBuf::from(record.to_bytes())).collect();
        self.put_batch(&Batch { records, cursor: None }).await
    }

    pub async fn put_batch(&self, batch: &Batch) -> Result<Receipt> {
        let (status, reply) = self.hand_over(&self.parcel(body::encode(batch))).await?;
        ensure!(
            status == StatusCode::OK,
            "the door said {status}: {}",
            String::from_utf8_lossy(&reply)
        );
        Ok(body::decode(&reply)?)
    }

    /// A body signed as it should be, for this region and now.
    pub fn parcel(&self, body: Vec<u8>) -> Parcel {
        self.parcel_at(body, now_ms())
    }

    pub fn parcel_at(&self, body: Vec<u8>, time_ms: u64) -> Parcel {
        let signature = put::sign(&self.key, &self.region, time_ms, &body).to_vec();
        let region = self.region.clone();
        Parcel {
            region,
            time_ms,
            signature,
            body,
        }
    }

    pub async fn hand_over(&self, parcel: &Parcel) -> Result<(StatusCode, Vec<u8>)> {
        let request = self
            .client
            .post(&self.url)
            .header("content-type", put::CONTENT_TYPE)
            .header(put::HEADER_REGION, &parcel.region)
            .header(put::HEADER_TIME, parcel.time_ms)
            .header(put::HEADER_SIGNATURE, BASE64_URL_SAFE_NO_PAD.encode(&parcel.signature))
            .body(parcel.body.clone());
        let reply = request.send().await?;
        Ok((reply.status(), reply.bytes().await?.to_vec()))
    }
}

/// The file that `pharos keygen` writes: the 32 bytes of the key in unpadded URL-safe base64.
pub fn read_key(file: &Path) -> Result<SigningKey> {
    let text = std::fs::read_to_string(file).with_context(|| format!("no put key in {}", file.display()))?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.trim())?;
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|bytes| anyhow!("a put key has 32 bytes, not {}", bytes.len()))?;
    Ok(SigningKey::from_bytes(&bytes))
}

pub fn now_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since_1970.as_millis() as u64
}
