//! Which edges may ask: each region signs with a key of its own, and nothing that was sent once counts again.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::VerifyingKey;
use http::HeaderMap;
use moka::sync::Cache;
use page_model::sign_in::{self, HEADER_REGION, HEADER_SIGNATURE, HEADER_TIME};

use crate::limits::{SIGNATURE_KEPT, SIGNATURES_MAX};

pub struct Regions {
    keys: HashMap<String, VerifyingKey>,
    seen: Cache<[u8; 32], ()>,
}

/// Why a question is not listened to. Who asks is told no more than that.
#[derive(Debug, PartialEq, Eq)]
pub enum Unheard {
    Unsigned,
    UnknownRegion,
    Rejected(sign_in::Rejected),
    SentBefore,
    /// Too many to know whether this one was sent before.
    Full,
}

impl Regions {
    pub fn new(keys: HashMap<String, VerifyingKey>) -> Self {
        Self {
            keys,
            seen: Cache::builder()
                .max_capacity(SIGNATURES_MAX)
                .time_to_live(SIGNATURE_KEPT)
                .build(),
        }
    }

    /// The region that asks.
    pub fn verify<'a>(&self, now_ms: u64, headers: &'a HeaderMap, body: &[u8]) -> Result<&'a str, Unheard> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let (Some(region), Some(time), Some(signature)) =
            (text(HEADER_REGION), text(HEADER_TIME), text(HEADER_SIGNATURE))
        else {
            return Err(Unheard::Unsigned);
        };
        let time_ms = time.parse().map_err(|_| Unheard::Unsigned)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Unheard::Unsigned)?;
        let signature = <[u8; 64]>::try_from(signature).map_err(|_| Unheard::Unsigned)?;
        let key = self.keys.get(region).ok_or(Unheard::UnknownRegion)?;
        sign_in::verify(key, now_ms, region, time_ms, &signature, body).map_err(Unheard::Rejected)?;
        self.remember(&signature)?;
        Ok(region)
    }

    fn remember(&self, signature: &[u8; 64]) -> Result<(), Unheard> {
        // The first half of an Ed25519 signature is made from the whole message.
        let first = signature.first_chunk().copied().unwrap_or_default();
        if self.seen.entry_count() >= SIGNATURES_MAX {
            return Err(Unheard::Full);
        }
        match self.seen.entry(first).or_insert(()).is_fresh() {
            true => Ok(()),
            false => Err(Unheard::SentBefore),
        }
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use http::HeaderValue;

    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn signed(key: &SigningKey, region: &str, time_ms: u64, body: &[u8]) -> HeaderMap {
        let signature = URL_SAFE_NO_PAD.encode(sign_in::sign(key, region, time_ms, body));
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (HEADER_REGION, region.to_owned()),
            (HEADER_TIME, time_ms.to_string()),
            (HEADER_SIGNATURE, signature),
        ] {
            headers.insert(name, HeaderValue::try_from(value).expect("a header value"));
        }
        headers
    }

    #[test]
    fn a_region_is_heard_once_and_only_by_its_own_key() {
        let regions = Regions::new(
            [
                ("eu".to_owned(), key(1).verifying_key()),
                ("us".to_owned(), key(2).verifying_key()),
            ]
            .into(),
        );
        let heard = |headers: &HeaderMap, body: &[u8]| regions.verify(1_000, headers, body).map(str::to_owned);
        let eu = signed(&key(1), "eu", 1_000, b"question");
        assert_eq!(heard(&eu, b"question"), Ok("eu".to_owned()));
        assert_eq!(heard(&eu, b"question"), Err(Unheard::SentBefore));
        assert_eq!(
            heard(&signed(&key(1), "eu", 1_001, b"question"), b"question"),
            Ok("eu".to_owned())
        );
        let rejected = |why| Err(Unheard::Rejected(why));
        assert_eq!(heard(&eu, b"another"), rejected(sign_in::Rejected::Signature));
        assert_eq!(
            heard(&signed(&key(1), "us", 1_000, b"q"), b"q"),
            rejected(sign_in::Rejected::Signature)
        );
        assert_eq!(
            heard(&signed(&key(1), "eu", 61_001, b"q"), b"q"),
            rejected(sign_in::Rejected::Time)
        );
        assert_eq!(
            heard(&signed(&key(1), "ap", 1_000, b"q"), b"q"),
            Err(Unheard::UnknownRegion)
        );
        assert_eq!(heard(&HeaderMap::new(), b"q"), Err(Unheard::Unsigned));
        let mut cut = eu;
        cut.insert(HEADER_SIGNATURE, HeaderValue::from_static("AAAA"));
        assert_eq!(heard(&cut, b"question"), Err(Unheard::Unsigned));
    }
}
