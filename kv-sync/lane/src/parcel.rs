//! A record on its way to a region: only its envelope is read, never its body.

use page_model::{
    Host, Key, PageId, Record,
    limits::{KV_VALUE_BYTES_MAX, PUT_BYTES_MAX},
};
use serde_bytes::ByteBuf;

#[derive(Debug)]
pub struct Parcel {
    pub key: Key,
    pub version: u64,
    pub bytes: ByteBuf,
    /// The host that is worth warming once this is put.
    pub host: Option<Host>,
}

impl Parcel {
    /// The reason names what cannot be carried.
    pub fn open(page: &PageId, bytes: ByteBuf) -> Result<Self, Unfit> {
        let record = Record::from_bytes(&bytes).map_err(|error| Unfit {
            spoils_snapshot: true,
            reason: format!("a record does not decode: {error}"),
        })?;
        if record.page != *page {
            return Err(Unfit {
                spoils_snapshot: false,
                reason: format!("{} is a record of page {}", record.key, record.page),
            });
        }
        if bytes.len() > BYTES_MAX {
            return Err(Unfit {
                spoils_snapshot: matches!(record.key, Key::Snapshot(..)),
                reason: format!(
                    "{} has {} bytes, at most {BYTES_MAX} can be put",
                    record.key,
                    bytes.len()
                ),
            });
        }
        let host = match &record.key {
            Key::Site(host) if !record.is_tombstone() => Some(host.clone()),
            _ => None,
        };
        Ok(Self {
            version: record.version,
            key: record.key,
            bytes,
            host,
        })
    }

    pub fn put_bytes(&self) -> usize {
        self.bytes.len() + RECORD_FRAME_BYTES
    }
}

/// A record that cannot be carried.
#[derive(Debug)]
pub struct Unfit {
    /// It is the snapshot that the `site/` records name, or may be.
    pub spoils_snapshot: bool,
    pub reason: String,
}

/// What CBOR adds around each record in a batch, and around the batch with its cursor and what it expects.
const RECORD_FRAME_BYTES: usize = 16;
pub const PUT_FRAME_BYTES: usize = 16 * 1024;

const BYTES_MAX: usize = {
    let put = PUT_BYTES_MAX - PUT_FRAME_BYTES - RECORD_FRAME_BYTES;
    if put < KV_VALUE_BYTES_MAX {
        put
    } else {
        KV_VALUE_BYTES_MAX
    }
};

#[cfg(test)]
mod tests {
    use page_model::AudienceId;

    use super::*;

    fn page(name: &str) -> PageId {
        PageId::parse(name).expect("a page id")
    }

    fn record(page: &PageId, body: Vec<u8>) -> ByteBuf {
        let key = Key::Snapshot(page.clone(), AudienceId::public());
        ByteBuf::from(Record::new(key, page.clone(), 7, body).to_bytes())
    }

    #[test]
    fn passes_on_a_body_that_does_not_decode() {
        let page = page("page00000001");
        let bytes = record(&page, b"\xff is no CBOR".to_vec());
        let parcel = Parcel::open(&page, bytes.clone()).expect("a parcel");
        assert_eq!(parcel.bytes, bytes);
    }

    #[test]
    fn refuses_records_of_another_page() {
        let bytes = record(&page("page00000001"), b"body".to_vec());
        let unfit = Parcel::open(&page("page00000002"), bytes).expect_err("not carried");
        assert!(unfit.reason.contains("page00000001"), "{}", unfit.reason);
    }

    #[test]
    fn names_a_record_that_is_too_large() {
        let page = page("page00000001");
        let unfit = Parcel::open(&page, record(&page, vec![0; KV_VALUE_BYTES_MAX + 1])).expect_err("not carried");
        assert!(unfit.reason.starts_with("snapshot/page00000001/"), "{}", unfit.reason);
    }
}
