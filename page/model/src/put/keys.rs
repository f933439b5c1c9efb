//! The public halves of the keys that kv-sync may sign with: more than one while the next takes the place of the last.

use std::sync::Arc;

use crate::limits::PUT_KEYS_MAX;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::VerifyingKey;

/// Shared by all who check puts.
#[derive(Debug, Clone, Default)]
pub struct PutKeys(pub Arc<[VerifyingKey]>);

impl PutKeys {
    /// Commas between, each 32 bytes in unpadded URL-safe base64, as `pharos keys` prints them. What is no key opens nothing, and
    /// keeps none of the others from it.
    pub fn parse(text: &str) -> Self {
        Self(text.split(',').filter_map(parse_one).take(PUT_KEYS_MAX).collect())
    }
}

fn parse_one(text: &str) -> Option<VerifyingKey> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
    VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;

    #[test]
    fn what_is_no_key_keeps_no_other_from_it() {
        let key = |seed: u8| SigningKey::from_bytes(&[seed; 32]).verifying_key();
        let text = |seed: u8| URL_SAFE_NO_PAD.encode(key(seed).to_bytes());
        let parse = |text: &str| PutKeys::parse(text).0.to_vec();
        assert_eq!(parse(&text(1)), [key(1)]);
        assert_eq!(parse(&format!("{}, {}\n", text(1), text(2))), [key(1), key(2)]);
        assert_eq!(parse(&format!("x,{},", text(2))), [key(2)]);
        assert_eq!(parse(""), []);
        let many: Vec<String> = (0..9).map(text).collect();
        assert_eq!(parse(&many.join(",")).len(), PUT_KEYS_MAX);
    }
}
