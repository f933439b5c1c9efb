//! What an edge asks the origin for a visitor who wants to be let in, `POST /visitors/v1/sign-in`, signed with the region's own
//! key, and what comes back.

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{ids::Host, limits::SIGN_IN_CLOCK_SKEW_MS_MAX};

pub const PATH: &str = "/visitors/v1/sign-in";
pub const CONTENT_TYPE: &str = "application/cbor";
/// The region whose key signed; then the time in milliseconds since 1970 by its clock, and the Ed25519 signature in unpadded
/// URL-safe base64.
pub const HEADER_REGION: &str = "pharos-region";
pub const HEADER_TIME: &str = "pharos-time";
pub const HEADER_SIGNATURE: &str = "pharos-signature";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The host that was visited.
    pub host: Host,
    /// Where the visitor comes from, if the edge knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    pub asked: Asked,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Somebody typed a password.
    Password { password: String },
    /// Whether a session, as text, still holds.
    Renew { session: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The visitor is let in with this session, as text, until it expires.
    Session { session: String },
    /// The password is none of the page's, or the session holds no longer.
    Refused,
    /// Too much is asked for the moment; nothing was looked at.
    Busy { retry_after_s: u32 },
    /// The page has no such way in, or there is no such page.
    NoWay,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    #[error("the question's time is more than {SIGN_IN_CLOCK_SKEW_MS_MAX} ms from this clock")]
    Time,
    #[error("the signature does not match")]
    Signature,
}

pub fn sign(key: &SigningKey, region: &str, time_ms: u64, body: &[u8]) -> [u8; 64] {
    key.sign(&message(region, time_ms, body)).to_bytes()
}

pub fn verify(
    key: &VerifyingKey,
    now_ms: u64,
    region: &str,
    time_ms: u64,
    signature: &[u8; 64],
    body: &[u8],
) -> Result<(), Rejected> {
    if now_ms.abs_diff(time_ms) > SIGN_IN_CLOCK_SKEW_MS_MAX {
        return Err(Rejected::Time);
    }
    key.verify(&message(region, time_ms, body), &Signature::from_bytes(signature))
        .map_err(|_| Rejected::Signature)
}

/// What is signed. The first line separates this use of a key from every other.
fn message(region: &str, time_ms: u64, body: &[u8]) -> Vec<u8> {
    let mut message = format!("pharos sign-in 1\n{region}\n{time_ms}\n").into_bytes();
    message.extend_from_slice(&Sha256::digest(body));
    message
}
