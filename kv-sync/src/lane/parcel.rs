//! Records on their way to a region, packed into as few puts as the limits allow.

use std::{iter::Peekable, vec::IntoIter};

use page_model::{
    ContentHash, Host, Key, PageId, Record,
    limits::{PUT_BYTES_MAX, PUT_RECORDS_MAX},
    put::Batch,
};
use serde_bytes::ByteBuf;

/// A record on its way, with its envelope's key and hash.
pub struct Parcel {
    pub bytes: ByteBuf,
    pub record: Record,
}

/// A batch, and what it holds.
pub struct Put {
    pub batch: Batch,
    pub sent: Vec<(Key, ContentHash)>,
    /// Nothing is left after it.
    pub is_last: bool,
}

impl Parcel {
    /// Reads only the envelope, never the body. `None`, and an error in the log, where it is no record of that page.
    pub fn open(page: &PageId, bytes: ByteBuf) -> Option<Self> {
        match Record::from_bytes(&bytes) {
            Ok(record) if record.page == *page => Some(Self { bytes, record }),
            Ok(record) => {
                tracing::error!(%page, key = %record.key, "the origin composed a record of another page; left out");
                None
            }
            Err(error) => {
                tracing::error!(%page, %error, "the origin composed a record that does not decode; left out");
                None
            }
        }
    }

    /// The host that is worth warming once this is put.
    pub fn host(&self) -> Option<Host> {
        match &self.record.key {
            Key::Site(host) if !self.record.is_tombstone() => Some(host.clone()),
            _ => None,
        }
    }
}

impl Put {
    /// As many of the parcels as one put may hold.
    pub fn next(parcels: &mut Peekable<IntoIter<Parcel>>) -> Self {
        let mut batch = Batch::default();
        let mut sent = Vec::new();
        let mut bytes_left = PUT_BYTES_MAX - PUT_FRAME_BYTES;
        while sent.len() < PUT_RECORDS_MAX {
            let Some(parcel) = parcels.next_if(|parcel| parcel.bytes.len() + RECORD_FRAME_BYTES <= bytes_left) else {
                break;
            };
            bytes_left -= parcel.bytes.len() + RECORD_FRAME_BYTES;
            batch.records.push(parcel.bytes);
            sent.push((parcel.record.key, parcel.record.hash));
        }
        let is_last = parcels.peek().is_none() || sent.is_empty();
        Self { batch, sent, is_last }
    }
}

/// What CBOR adds around a batch and around each record in it.
const PUT_FRAME_BYTES: usize = 256;
const RECORD_FRAME_BYTES: usize = 16;

#[cfg(test)]
mod tests {
    use page_model::{
        AudienceId,
        asset::{AssetKind, AssetName},
    };

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
    fn leaves_out_records_of_another_page() {
        let bytes = record(&page("page00000001"), b"body".to_vec());
        assert!(Parcel::open(&page("page00000002"), bytes).is_none());
    }

    #[test]
    fn splits_records_into_puts_within_the_limits() {
        let page = page("page00000001");
        let parcel = |number: usize| {
            let body = vec![b'x'; PUT_BYTES_MAX / 3];
            let name = AssetName::of(&number.to_be_bytes(), AssetKind::Png);
            let bytes = Record::new(Key::Asset(page.clone(), name), page.clone(), 7, body).to_bytes();
            Parcel::open(&page, ByteBuf::from(bytes)).expect("a parcel")
        };
        let mut parcels = (0..5).map(parcel).collect::<Vec<_>>().into_iter().peekable();
        let puts: Vec<(usize, bool)> = std::iter::repeat_with(|| Put::next(&mut parcels))
            .map(|put| (put.sent.len(), put.is_last))
            .take(3)
            .collect();
        assert_eq!(puts, [(2, false), (2, false), (1, true)]);
    }
}
