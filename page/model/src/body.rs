//! CBOR in and out, bounded in size and depth. A body may come from a stranger: decoding never panics.

use serde::{Serialize, de::DeserializeOwned};

use crate::limits::{BODY_BYTES_MAX, BODY_DEPTH_MAX};

/// miniz level: 6 is zlib's default; higher costs the origin time and saves under 2 %.
const DEFLATE_LEVEL: u8 = 6;

#[derive(Debug, thiserror::Error)]
#[error("the body does not decode: {0}")]
pub struct Undecodable(String);

pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory fails only for types that serde cannot express, and each of ours is in a golden test. What was
    // written until then stays: no bytes at all would be a tombstone.
    let _ = ciborium::into_writer(value, &mut bytes);
    bytes
}

pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Undecodable> {
    ciborium::de::from_reader_with_recursion_limit(bytes, BODY_DEPTH_MAX).map_err(|error| Undecodable(reason(error)))
}

/// In plain words; what was read of a body is for logs and for who put it.
fn reason<T>(error: ciborium::de::Error<T>) -> String {
    use ciborium::de::Error::{Io, RecursionLimitExceeded, Semantic, Syntax};
    match error {
        Io(_) => "it ends too early".to_owned(),
        Syntax(at) => format!("there is no CBOR at byte {at}"),
        Semantic(_, detail) => detail,
        RecursionLimitExceeded => format!("it is nested deeper than {BODY_DEPTH_MAX}"),
    }
}

/// For snapshots and archives: deflated CBOR.
pub fn encode_compressed<T: Serialize>(value: &T) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(&encode(value), DEFLATE_LEVEL)
}

pub fn decode_compressed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Undecodable> {
    let inflated = miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, BODY_BYTES_MAX)
        .map_err(|error| Undecodable(format!("deflate: {:?}", error.status)))?;
    decode(&inflated)
}
