//! The envelope around everything that is carried to a region.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, IgnoredAny, MapAccess, Visitor},
};

use crate::{
    body::{self, Undecodable},
    content_hash::ContentHash,
    ids::PageId,
    key::Key,
    limits::KV_VALUE_BYTES_MAX,
    next,
};

/// The format that this build writes.
pub const FORMAT: u8 = 2 + next::IS_BUILT as u8;
/// The oldest format that it reads: the one before, so that edges are upgraded before whoever fills them, or this one where nobody has
/// a region of the one before any more.
pub const OLDEST_FORMAT: u8 = 2;

/// A record: an envelope that kv-sync and the put endpoint read, and a body that only its reader decodes. An empty body is a
/// tombstone: it says that there is nothing, with a version, so that this too never goes back.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub key: Key,
    pub page: PageId,
    /// Sequence number of the outbox row that made it. A region never replaces a version by a lower one.
    pub version: u64,
    pub hash: ContentHash,
    pub body: Vec<u8>,
    /// In which the body is written; it stays what it is on its way.
    pub format: u8,
}

#[derive(Debug, thiserror::Error)]
pub enum InvalidRecord {
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
    #[error("format {0} is not known here (this build reads {OLDEST_FORMAT} to {FORMAT})")]
    Format(u8),
    #[error("{0:?} is not a record key")]
    Key(String),
    #[error("the envelope names page {page}, the key {key}")]
    Page { page: PageId, key: String },
    #[error("the body does not match its hash")]
    Hash,
    #[error("{0} bytes are more than the {KV_VALUE_BYTES_MAX} a KV value may have")]
    TooLarge(usize),
}

impl Record {
    pub fn new(key: Key, page: PageId, version: u64, body: Vec<u8>) -> Self {
        let hash = ContentHash::of(&body);
        Self {
            key,
            page,
            version,
            hash,
            body,
            format: FORMAT,
        }
    }

    pub fn tombstone(key: Key, page: PageId, version: u64) -> Self {
        Self::new(key, page, version, Vec::new())
    }

    pub fn is_tombstone(&self) -> bool {
        self.body.is_empty()
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let key = self.key.to_string();
        body::encode(&Wire {
            format: self.format,
            key,
            page: self.page.clone(),
            version: self.version,
            hash: self.hash,
            body: serde_bytes::ByteBuf::from(self.body.as_slice()),
        })
    }

    /// Reads a record that lies in the KV. Its hash was checked when it was put; checking again would cost each visit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let wire: Wire = body::decode(bytes)?;
        expect_format(wire.format)?;
        let key = Key::parse(&wire.key).ok_or(InvalidRecord::Key(wire.key))?;
        if key.page().is_some_and(|page| *page != wire.page) {
            return Err(InvalidRecord::Page {
                page: wire.page,
                key: key.to_string(),
            });
        }
        Ok(Self {
            key,
            page: wire.page,
            version: wire.version,
            hash: wire.hash,
            body: wire.body.into_vec(),
            format: wire.format,
        })
    }

    /// Reads only which version it is of a record that lies in the KV, from its first bytes: a put compares hundreds.
    pub fn version_in(head: &[u8]) -> Result<u64, InvalidRecord> {
        Self::head_in(head).map(|head| head.version)
    }

    /// The same with the format that it is of.
    pub fn head_in(head: &[u8]) -> Result<Head, InvalidRecord> {
        let head: Head = body::decode_beginning(head)?;
        expect_format(head.format).map(|()| head)
    }

    /// The page that an envelope names, be it of a format that is not known here.
    pub fn page_named(bytes: &[u8]) -> Option<PageId> {
        #[derive(Deserialize)]
        struct Named {
            #[serde(rename = "p")]
            page: PageId,
        }
        body::decode::<Named>(bytes).ok().map(|named| named.page)
    }

    /// Reads a record that somebody sent: everything that can be wrong with it is looked at.
    pub fn from_untrusted(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        if bytes.len() > KV_VALUE_BYTES_MAX {
            return Err(InvalidRecord::TooLarge(bytes.len()));
        }
        let record = Self::from_bytes(bytes)?;
        if !record.key.is_carried() {
            return Err(InvalidRecord::Key(record.key.to_string()));
        }
        if ContentHash::of(&record.body) != record.hash {
            return Err(InvalidRecord::Hash);
        }
        Ok(record)
    }
}

/// The bytes of a record: a CBOR map with one-letter keys, as every visit reads two of them.
#[derive(Serialize, Deserialize)]
struct Wire {
    #[serde(rename = "f")]
    format: u8,
    #[serde(rename = "k")]
    key: String,
    #[serde(rename = "p")]
    page: PageId,
    #[serde(rename = "v")]
    version: u64,
    #[serde(rename = "h")]
    hash: ContentHash,
    #[serde(rename = "b")]
    body: serde_bytes::ByteBuf,
}

/// What stands at the beginning of these bytes.
#[derive(Debug)]
pub struct Head {
    pub format: u8,
    pub version: u64,
}

fn expect_format(format: u8) -> Result<(), InvalidRecord> {
    match format {
        OLDEST_FORMAT..=FORMAT => Ok(()),
        _ => Err(InvalidRecord::Format(format)),
    }
}

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeadVisitor)
    }
}

struct HeadVisitor;

impl<'de> Visitor<'de> for HeadVisitor {
    type Value = Head;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a record")
    }

    /// Up to the version: what comes then may be cut off.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Head, A::Error> {
        let mut format = None;
        while let Some(name) = map.next_key::<String>()? {
            match (name.as_str(), format) {
                ("f", _) => format = Some(map.next_value()?),
                ("v", Some(format)) => {
                    let version = map.next_value()?;
                    return Ok(Head { format, version });
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Err(de::Error::missing_field("v"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AudienceId, Host,
        limits::{KV_KEY_BYTES_MAX, RECORD_HEAD_BYTES_MAX},
    };

    #[test]
    fn beginning_of_a_record_tells_its_version() {
        let page = PageId::parse("page00000001").unwrap();
        let longest = Key::Site(Host::parse(&format!("{}.example", ["a"; 60].join("."))).unwrap());
        for key in [Key::Snapshot(page.clone(), AudienceId::public()), longest] {
            for version in [0, 7, u64::MAX] {
                let bytes = Record::new(key.clone(), page.clone(), version, vec![1; 100_000]).to_bytes();
                assert!(key.to_string().len() <= KV_KEY_BYTES_MAX);
                let head = &bytes[..RECORD_HEAD_BYTES_MAX];
                Record::from_bytes(head).unwrap_err();
                assert_eq!(Record::version_in(head).unwrap(), version);
                Record::version_in(&bytes[..20]).unwrap_err();
            }
        }
        let mut other = Record::tombstone(Key::Snapshot(page.clone(), AudienceId::public()), page, 1).to_bytes();
        let format = other.iter().position(|byte| *byte == FORMAT).unwrap();
        other[format] += 1;
        assert!(matches!(Record::version_in(&other), Err(InvalidRecord::Format(_))));
    }
}
