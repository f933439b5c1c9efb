//! Puts records into a region as kv-sync does, or as a forger would.

use std::{net::SocketAddr, path::Path};

use anyhow::{Context, Result, anyhow, ensure};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use page_model::{
    Record, body,
    put::{self, Batch, Receipt},
};
use reqwest::StatusCode;
use serde_bytes::ByteBuf;

use crate::{clock::now_ms, http};

pub struct PutClient {
    url: String,
    region: String,
    key: SigningKey,
    client: reqwest::Client,
}

/// A signed batch as it goes over the wire. Every field may be changed after signing, as a forger would.
#[derive(Debug, Clone)]
pub struct PutRequest {
    pub region: String,
    pub time_ms: u64,
    pub signature: Vec<u8>,
    pub body: Vec<u8>,
}

impl PutClient {
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
        let batch = Batch {
            records,
            ..Batch::default()
        };
        self.put_batch(&batch).await
    }

    pub async fn put_batch(&self, batch: &Batch) -> Result<Receipt> {
        let (status, reply) = self.send(&self.sign(body::encode(batch))).await?;
        ensure!(
            status == StatusCode::OK,
            "the region answered {status}: {}",
            String::from_utf8_lossy(&reply)
        );
        Ok(body::decode(&reply)?)
    }

    /// A body signed as it should be, for this region and now.
    pub fn sign(&self, body: Vec<u8>) -> PutRequest {
        self.sign_at(body, now_ms())
    }

    pub fn sign_at(&self, body: Vec<u8>, time_ms: u64) -> PutRequest {
        let signature = put::sign(&self.key, &self.region, time_ms, &body).to_vec();
        let region = self.region.clone();
        PutRequest {
            region,
            time_ms,
            signature,
            body,
        }
    }

    /// Without the digest in its head, as an older sync does.
    pub async fn send(&self, request: &PutRequest) -> Result<(StatusCode, Vec<u8>)> {
        self.send_with(request, None).await
    }

    pub async fn send_with_digest(&self, request: &PutRequest) -> Result<(StatusCode, Vec<u8>)> {
        self.send_with(request, Some(put::digest(&request.body))).await
    }

    async fn send_with(&self, request: &PutRequest, digest: Option<String>) -> Result<(StatusCode, Vec<u8>)> {
        let sent = self
            .client
            .post(&self.url)
            .header("content-type", put::CONTENT_TYPE)
            .header(put::HEADER_REGION, &request.region)
            .header(put::HEADER_TIME, request.time_ms)
            .header(put::HEADER_SIGNATURE, BASE64_URL_SAFE_NO_PAD.encode(&request.signature))
            .body(request.body.clone());
        let sent = match digest {
            Some(digest) => sent.header(put::HEADER_DIGEST, digest),
            None => sent,
        };
        let reply = sent.send().await?;
        Ok((reply.status(), reply.bytes().await?.to_vec()))
    }
}

/// The first key of the file that `pharos keygen` writes: 32 bytes in unpadded URL-safe base64.
pub fn read_key(file: &Path) -> Result<SigningKey> {
    let text = std::fs::read_to_string(file).with_context(|| format!("no put key in {}", file.display()))?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.lines().next().unwrap_or_default())?;
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|bytes| anyhow!("a put key has 32 bytes, not {}", bytes.len()))?;
    Ok(SigningKey::from_bytes(&bytes))
}
