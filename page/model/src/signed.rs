//! Bodies that a region or kv-sync signs with a key of its own: what exactly is signed.

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use sha2::{Digest, Sha256};

/// What a key is used for; it separates this use of a key from every other.
#[derive(Debug, Clone, Copy)]
pub struct Use(pub &'static str);

impl Use {
    pub fn sign(self, key: &SigningKey, region: &str, time_ms: u64, body: &[u8]) -> [u8; 64] {
        key.sign(&self.message(region, time_ms, body)).to_bytes()
    }

    /// Whether the signature is one of these keys', of exactly this.
    pub fn verify(self, keys: &[VerifyingKey], region: &str, time_ms: u64, signature: &[u8; 64], body: &[u8]) -> bool {
        let (signature, message) = (Signature::from_bytes(signature), self.message(region, time_ms, body));
        keys.iter().any(|key| key.verify(&message, &signature).is_ok())
    }

    fn message(self, region: &str, time_ms: u64, body: &[u8]) -> Vec<u8> {
        let mut message = format!("{}\n{region}\n{time_ms}\n", self.0).into_bytes();
        message.extend_from_slice(&Sha256::digest(body));
        message
    }
}
