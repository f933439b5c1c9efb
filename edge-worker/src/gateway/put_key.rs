//! The public half of the key that kv-sync signs with.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::VerifyingKey;

#[derive(Debug, Clone)]
pub struct PutKey(pub VerifyingKey);

impl PutKey {
    /// 32 bytes in unpadded URL-safe base64, as `pharos keygen` prints them.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        let key = VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()?;
        Some(Self(key))
    }
}
