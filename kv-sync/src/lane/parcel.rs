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
