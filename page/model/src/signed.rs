//! Bodies that a region or kv-sync signs with a key of its own: what exactly is signed.

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use sha2::{Digest, Sha256};

/// What a key is used for; it separates this use of a key from every other.
#[derive(Debug, Clone, Copy)]
pub struct Use(pub &'static str);

impl Use {
    pub fn sign(self, key: &SigningKey, region: &str, time_ms: u64, body: &[u8]) -> [u8; 64] {
        key.sign(&self.message(region, time_ms, &Sha256::digest(body).into()))
            .to_bytes()
    }

    /// Whether the signature is one of these keys', of exactly this.
    pub fn verify(self, keys: &[VerifyingKey], region: &str, time_ms: u64, signature: &[u8; 64], body: &[u8]) -> bool {
        self.verify_digest(keys, region, time_ms, signature, &Sha256::digest(body).into())
    }

    /// The same by the body's SHA-256.
    pub fn verify_digest(
        self,
        keys: &[VerifyingKey],
        region: &str,
        time_ms: u64,
        signature: &[u8; 64],
        digest: &[u8; 32],
    ) -> bool {
        let (signature, message) = (Signature::from_bytes(signature), self.message(region, time_ms, digest));
        keys.iter().any(|key| key.verify(&message, &signature).is_ok())
    }

    fn message(self, region: &str, time_ms: u64, digest: &[u8; 32]) -> Vec<u8> {
        let mut message = format!("{}\n{region}\n{time_ms}\n", self.0).into_bytes();
        message.extend_from_slice(digest);
        message
    }
}
