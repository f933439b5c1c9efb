//! What the browser of somebody who signs in keeps for the origin: nobody else can read it or make it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use origin_engine::random;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
};

/// Its key is gone with the process: who signs in while the origin is started anew begins anew too.
pub struct Sealer([u8; 32]);

impl Default for Sealer {
    fn default() -> Self {
        Self(random::bytes())
    }
}

impl Sealer {
    /// `about` is not in it, and has to be the same when it is opened.
    pub fn seal(&self, about: &str, content: &[u8]) -> Option<String> {
        let salt = random::bytes::<SALT_BYTES>();
        let mut sealed = content.to_vec();
        let key = self.key(&salt)?;
        key.seal_in_place_append_tag(nonce(), Aad::from(about.as_bytes()), &mut sealed)
            .ok()?;
        Some(URL_SAFE_NO_PAD.encode([salt.as_slice(), &sealed].concat()))
    }

    pub fn open(&self, about: &str, text: &str) -> Option<Vec<u8>> {
        if text.len() > SEALED_CHARS_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (salt, sealed) = bytes.split_first_chunk::<SALT_BYTES>()?;
        let mut sealed = sealed.to_vec();
        let key = self.key(salt)?;
        let opened = key.open_in_place(nonce(), Aad::from(about.as_bytes()), &mut sealed);
        opened.ok().map(|content| content.to_vec())
    }

    /// One for each text, so that none is used with two nonces.
    fn key(&self, salt: &[u8; SALT_BYTES]) -> Option<LessSafeKey> {
        let derived = Salt::new(HKDF_SHA256, salt).extract(&self.0);
        let key: UnboundKey = derived.expand(&[USE], &AES_256_GCM).ok()?.into();
        Some(LessSafeKey::new(key))
    }
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

const USE: &[u8] = b"pharos sealed flow 1";
const SALT_BYTES: usize = 32;
/// Browsers keep cookies of 4,096 bytes.
const SEALED_CHARS_MAX: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_sealer_opens_it_and_only_for_what_it_is_about() {
        let sealer = Sealer::default();
        let sealed = sealer.seal("page", b"content").expect("it is sealed");
        assert_eq!(sealer.open("page", &sealed).as_deref(), Some(b"content".as_slice()));
        assert_ne!(
            sealer.seal("page", b"content"),
            Some(sealed.clone()),
            "each has a key of its own"
        );
        assert_eq!(sealer.open("other", &sealed), None);
        assert_eq!(Sealer::default().open("page", &sealed), None);
        for garbled in ["", "x", &sealed[1..], &format!("A{}", &sealed[1..]), &"A".repeat(5_000)] {
            assert!(
                garbled == sealed || sealer.open("page", garbled).is_none(),
                "{garbled:.20}"
            );
        }
    }
}
