//! Why a record could not be read or written.

use std::fmt;

use page_model::limits::{KV_KEY_BYTES_MAX, KV_VALUE_BYTES_MAX};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KvError {
    KeyTooLong(usize),
    ValueTooLarge(usize),
    /// More writes wait than the disk takes.
    Busy,
    /// Finished pages take all the room that they may have.
    Full,
    /// The file could not be read or written.
    Storage(String),
}

pub fn check(key: &str, value: &[u8]) -> Result<(), KvError> {
    if key.len() > KV_KEY_BYTES_MAX {
        return Err(KvError::KeyTooLong(key.len()));
    }
    if value.len() > KV_VALUE_BYTES_MAX {
        return Err(KvError::ValueTooLarge(value.len()));
    }
    Ok(())
}

impl KvError {
    pub(crate) fn stopped() -> Self {
        Self::Storage("it is closed".into())
    }
}

impl fmt::Display for KvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyTooLong(bytes) => write!(f, "the key has {bytes} bytes; at most {KV_KEY_BYTES_MAX} are allowed"),
            Self::ValueTooLarge(bytes) => {
                write!(
                    f,
                    "the value has {bytes} bytes; at most {KV_VALUE_BYTES_MAX} are allowed"
                )
            }
            Self::Busy => f.write_str("too many KV writes wait for the disk; send it again later"),
            Self::Full => f.write_str("finished pages take all the room that they may have"),
            Self::Storage(reason) => write!(f, "the KV's file failed: {reason}"),
        }
    }
}

impl<E: Into<redb::Error>> From<E> for KvError {
    fn from(error: E) -> Self {
        Self::Storage(error.into().to_string())
    }
}
