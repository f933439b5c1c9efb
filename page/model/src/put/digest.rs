//! What the head of a put says of its body: with it the signature is checked before a byte of the body is read.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};

use super::{HEADER_REGION, HEADER_SIGNATURE, HEADER_TIME, Rejected, USE, check_place};
use crate::limits::{FORM_BYTES_MAX, PUT_BYTES_MAX};

/// SHA-256 of the body in unpadded URL-safe base64; the signature is over it, so an older edge loses nothing by ignoring it.
pub const HEADER_DIGEST: &str = "pharos-digest";

/// What of a body is worth reading, by its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// No put: a form of a visitor's, at most.
    Form,
    /// Signed with the region's key: the sender is who fills the region.
    Signed,
    /// A put of an older sync, whose signature can only be held against the whole body.
    Unproven,
    /// A put of somebody else: nothing of it needs to be read.
    Refused(Rejected),
}

impl Claim {
    /// Of a request to the put address. `header` finds a header's value by its name.
    pub fn of<'a>(
        keys: &[VerifyingKey],
        region: &str,
        now_ms: u64,
        header: &dyn Fn(&'static str) -> Option<&'a str>,
    ) -> Self {
        let Some(digest) = header(HEADER_DIGEST) else {
            return Self::Unproven;
        };
        let signed = || {
            let named = header(HEADER_REGION).ok_or(Rejected::Region)?;
            let time_ms = header(HEADER_TIME).and_then(|time| time.parse().ok());
            let time_ms = time_ms.ok_or(Rejected::Time)?;
            check_place(region, now_ms, named, time_ms)?;
            let signature = header(HEADER_SIGNATURE).and_then(bytes).ok_or(Rejected::Signature)?;
            let digest = bytes(digest).ok_or(Rejected::Signature)?;
            match USE.verify_digest(keys, region, time_ms, &signature, &digest) {
                true => Ok(Self::Signed),
                false => Err(Rejected::Signature),
            }
        };
        signed().unwrap_or_else(Self::Refused)
    }

    /// As many bytes as the body may have.
    pub fn bytes_max(self) -> usize {
        match self {
            Self::Form => FORM_BYTES_MAX,
            Self::Signed | Self::Unproven => PUT_BYTES_MAX,
            Self::Refused(_) => 0,
        }
    }
}

/// The value of [`HEADER_DIGEST`].
pub fn digest(body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(body))
}

fn bytes<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}
