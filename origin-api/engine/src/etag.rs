//! An object's ETag is a hash of its JSON: it changes when what is read changes, whatever the cause, and never otherwise.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::rows::json;

pub fn of(object: &impl Serialize) -> String {
    of_json(&json(object))
}

pub fn of_json(json: &str) -> String {
    let hash = Sha256::digest(json.as_bytes());
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..HASH_BYTES]))
}

/// What a sender knows of the object that a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// That there is one.
    Any,
    /// That its ETag is one of these.
    OneOf(Vec<String>),
}

impl IfMatch {
    pub fn holds(&self, etag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(known) => known.iter().any(|known| known == etag),
        }
    }
}

/// Two bodies of one object do not have the same by chance.
const HASH_BYTES: usize = 16;
