//! Links that show some formats of a page to whoever has them. Edges know their hashes alone.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ids::AudienceId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    /// Of the secret.
    #[serde(rename = "h", with = "serde_bytes")]
    pub hash: Vec<u8>,
    /// Whose content it shows.
    #[serde(rename = "s")]
    pub audience: AudienceId,
    #[serde(rename = "f")]
    pub formats: Formats,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<u64>,
}

/// What a link opens. Never a page for people: that is what sessions are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Formats {
    /// What programs read: feeds, the calendar, documents, the badge, text.
    Machine,
    /// What stands on other sites: the frame, the banner, the badge.
    Embed,
    /// Of a newer origin: it opens nothing here.
    #[serde(other)]
    Unknown,
}

impl Capability {
    /// The one that a secret is of, if it has not expired.
    pub fn of<'a>(all: &'a [Self], secret: &str, now_ms: u64) -> Option<&'a Self> {
        let hash = hash(secret);
        let is_now = |one: &&Self| one.expires_ms.is_none_or(|expires_ms| now_ms < expires_ms);
        all.iter().find(|one| one.hash == hash).filter(is_now)
    }
}

/// Half of SHA-256: the secret has as many bits, and nobody chooses it.
pub fn hash(secret: &str) -> [u8; 16] {
    let hash = Sha256::new()
        .chain_update(b"pharos capability 1\n")
        .chain_update(secret);
    let hash = hash.finalize();
    std::array::from_fn(|at| hash[at])
}

/// 128 bits in unpadded URL-safe base64.
pub const SECRET_CHARS: usize = 22;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_counts_until_it_expires() {
        let capability = |secret: &str, expires_ms| Capability {
            hash: hash(secret).to_vec(),
            audience: AudienceId::public(),
            formats: Formats::Machine,
            expires_ms,
        };
        let all = [capability("one", None), capability("two", Some(100))];
        assert_eq!(Capability::of(&all, "one", u64::MAX), Some(&all[0]));
        assert_eq!(Capability::of(&all, "two", 99), Some(&all[1]));
        for (secret, now_ms) in [("two", 100), ("three", 0), ("", 0), ("On", 0), ("one ", 0)] {
            assert_eq!(Capability::of(&all, secret, now_ms), None, "{secret} {now_ms}");
        }
        let short = [Capability {
            hash: Vec::new(),
            ..capability("one", None)
        }];
        assert_eq!(Capability::of(&short, "one", 0), None);
    }
}
