//! The signed batch that carries records to a region, `POST /.pharos/put`.

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::limits::PUT_CLOCK_SKEW_MS_MAX;

pub const PATH: &str = "/.pharos/put";
pub const CONTENT_TYPE: &str = "application/cbor";
/// The region that the batch is for; a batch for one region is refused by every other.
pub const HEADER_REGION: &str = "pharos-region";
/// Milliseconds since 1970 by the sender's clock.
pub const HEADER_TIME: &str = "pharos-time";
/// Ed25519 signature in unpadded URL-safe base64.
pub const HEADER_SIGNATURE: &str = "pharos-signature";

/// What is put at once. An empty batch asks for the region's cursor and changes nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Batch {
    /// Records as their bytes, content before the `site/` records that name it.
    pub records: Vec<serde_bytes::ByteBuf>,
    /// Where the region's cursor stands once the records are stored.
    pub cursor: Option<Cursor>,
}

/// How far a region has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Every change up to this sequence number is in the region.
    pub seq: u64,
    /// When kv-sync last confirmed it, in milliseconds since 1970.
    pub at_ms: u64,
}

/// The answer to a batch whose signature is valid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// The region's cursor as it stood before the batch; `None` in a new or wiped region.
    pub cursor: Option<Cursor>,
    /// One outcome for each record, in order.
    pub outcomes: Vec<Outcome>,
    /// The batch's cursor could not be stored; it should be sent again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cursor_failed: bool,
    /// How long the region's KV may show what was there before a write: for so long, what it shows is no proof of loss.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub kv_lag_ms_max: u64,
}

fn is_zero(ms: &u64) -> bool {
    *ms == 0
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Stored,
    /// The region has this version or a later one.
    Kept {
        version: u64,
    },
    Refused {
        reason: String,
    },
    /// The KV failed; the record should be sent again.
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    #[error("the batch is for another region")]
    Region,
    #[error("the batch's time is more than {PUT_CLOCK_SKEW_MS_MAX} ms from this clock")]
    Time,
    #[error("the signature does not match")]
    Signature,
}

pub fn sign(key: &SigningKey, region: &str, time_ms: u64, body: &[u8]) -> [u8; 64] {
    key.sign(&message(region, time_ms, body)).to_bytes()
}

/// Checks region, time and signature of a body, cheapest first.
pub fn verify(
    key: &VerifyingKey,
    this_region: &str,
    now_ms: u64,
    region: &str,
    time_ms: u64,
    signature: &[u8; 64],
    body: &[u8],
) -> Result<(), Rejected> {
    if region != this_region {
        return Err(Rejected::Region);
    }
    if now_ms.abs_diff(time_ms) > PUT_CLOCK_SKEW_MS_MAX {
        return Err(Rejected::Time);
    }
    key.verify(&message(region, time_ms, body), &Signature::from_bytes(signature))
        .map_err(|_| Rejected::Signature)
}

/// What is signed. The first line separates this use of the key from every other.
fn message(region: &str, time_ms: u64, body: &[u8]) -> Vec<u8> {
    let mut message = format!("pharos put 1\n{region}\n{time_ms}\n").into_bytes();
    message.extend_from_slice(&Sha256::digest(body));
    message
}
