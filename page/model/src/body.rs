//! CBOR in and out, bounded in size and depth. A body may come from a stranger: decoding never panics.

use minicbor::{Decoder, data::Type, decode::Error};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    limits::{BODY_BYTES_MAX, BODY_DEPTH_MAX},
    next,
};

/// miniz level: 6 is zlib's default; higher costs the origin time and saves under 2 %.
const DEFLATE_LEVEL: u8 = 6;

#[derive(Debug, thiserror::Error)]
#[error("the body does not decode: {0}")]
pub struct Undecodable(String);

/// Each number in the shortest form that keeps it (RFC 8949, section 4.2.1): equal values are equal bytes.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory fails only for types that serde cannot express, and each of ours is in a golden test. What was
    // written until then stays: no bytes at all would be a tombstone.
    let _ = ciborium::into_writer(value, &mut bytes);
    as_built(bytes)
}

/// The same, given up as soon as it has more bytes than these.
pub fn encode_up_to<T: Serialize>(value: &T, bytes_max: usize) -> Option<Vec<u8>> {
    let mut written = UpTo {
        bytes: Vec::new(),
        bytes_max,
    };
    ciborium::into_writer(value, &mut written).ok()?;
    Some(as_built(written.bytes))
}

/// The build that stands for the next version writes as that one would.
fn as_built(bytes: Vec<u8>) -> Vec<u8> {
    if next::IS_BUILT { next::written(bytes) } else { bytes }
}

struct UpTo {
    bytes: Vec<u8>,
    bytes_max: usize,
}

/// It has no room for more.
#[derive(Debug)]
struct Full;

impl ciborium_io::Write for UpTo {
    type Error = Full;

    fn write_all(&mut self, more: &[u8]) -> Result<(), Full> {
        if more.len() > self.bytes_max - self.bytes.len() {
            return Err(Full);
        }
        self.bytes.extend_from_slice(more);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Full> {
        Ok(())
    }
}

pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Undecodable> {
    expect_form(bytes)?;
    decode_beginning(bytes)
}

/// For a type that stops before what may be cut off, and that names whatever it reads until then.
pub(crate) fn decode_beginning<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Undecodable> {
    minicbor_serde::from_slice(bytes).map_err(|error| Undecodable(error.to_string()))
}

/// That there is one whole item, and how deep it is. What no type names is looked at too.
fn expect_form(bytes: &[u8]) -> Result<(), Undecodable> {
    let mut decoder = Decoder::new(bytes);
    // Of each array and map that is open, how many items are still to come; unknown where a break ends it.
    let mut open: Vec<Option<u64>> = Vec::new();
    loop {
        let inside = next(&mut decoder, open.last() == Some(&None)).map_err(|error| reason(&error))?;
        match inside {
            Item::Tag => continue,
            Item::Break => drop(open.pop()),
            Item::Whole => count(&mut open),
            Item::Opens(items) => {
                count(&mut open);
                open.push(items);
            }
        }
        if open.len() > BODY_DEPTH_MAX {
            return Err(Undecodable(format!("it is nested deeper than {BODY_DEPTH_MAX}")));
        }
        while open.last() == Some(&Some(0)) {
            open.pop();
        }
        if open.is_empty() {
            return Ok(());
        }
    }
}

enum Item {
    Whole,
    /// An array or a map, of so many items.
    Opens(Option<u64>),
    Break,
    /// Of the item that follows.
    Tag,
}

fn next(decoder: &mut Decoder<'_>, may_end: bool) -> Result<Item, Error> {
    match decoder.datatype()? {
        Type::Array | Type::ArrayIndef => decoder.array().map(Item::Opens),
        Type::Map | Type::MapIndef => {
            let pairs = decoder.map()?;
            Ok(Item::Opens(pairs.map(|pairs| pairs.saturating_mul(2))))
        }
        Type::Tag => decoder.tag().map(|_| Item::Tag),
        Type::Break if may_end => {
            decoder.set_position(decoder.position() + 1);
            Ok(Item::Break)
        }
        Type::Break | Type::Unknown(_) => Err(Error::message("").at(decoder.position())),
        _ => decoder.skip().map(|()| Item::Whole),
    }
}

fn count(open: &mut [Option<u64>]) {
    if let Some(Some(items)) = open.last_mut() {
        *items -= 1;
    }
}

/// In plain words: this is for logs and for who put it.
fn reason(error: &Error) -> Undecodable {
    Undecodable(match error.position() {
        Some(at) if !error.is_end_of_input() => format!("there is no CBOR at byte {at}"),
        _ => "it ends too early".to_owned(),
    })
}

/// For snapshots and archives: deflated CBOR.
pub fn encode_compressed<T: Serialize>(value: &T) -> Vec<u8> {
    compressed(&encode(value))
}

pub fn compressed(encoded: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(encoded, DEFLATE_LEVEL)
}

pub fn decode_compressed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Undecodable> {
    let inflated = miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, BODY_BYTES_MAX)
        .map_err(|error| Undecodable(format!("deflate: {:?}", error.status)))?;
    decode(&inflated)
}
