//! The name of bytes by what they are.

use std::{convert::Infallible, fmt};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// SHA-256 of a body.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Of the CBOR of a value, which is nowhere whole.
    pub fn of_encoded<T: Serialize>(value: &T) -> Self {
        let mut hashed = Hashed(Sha256::new());
        // As for what is kept: hashing fails only for types that serde cannot express.
        let _ = ciborium::into_writer(value, &mut hashed);
        Self(hashed.0.finalize().into())
    }

    /// The first 64 bits in hex: enough for a validator.
    pub fn short(&self) -> String {
        let first = self.0.first_chunk().copied().map_or(0, u64::from_be_bytes);
        format!("{first:016x}")
    }
}

struct Hashed(Sha256);

impl ciborium_io::Write for Hashed {
    type Error = Infallible;

    fn write_all(&mut self, more: &[u8]) -> Result<(), Infallible> {
        self.0.update(more);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl Serialize for ContentHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
        let hash = <[u8; 32]>::try_from(bytes.as_slice());
        hash.map(Self)
            .map_err(|_| serde::de::Error::custom("a content hash has 32 bytes"))
    }
}
