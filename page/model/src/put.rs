//! The signed batch that carries records to a region, `POST /.pharos/put`.

mod counted;
mod digest;
mod keys;

use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{Id, PageId},
    limits::PUT_CLOCK_SKEW_MS_MAX,
    signed::Use,
};

pub use counted::{CountedPuts, PutNumber};
pub use digest::{Claim, HEADER_DIGEST, digest};
pub use keys::PutKeys;

pub const PATH: &str = "/.pharos/put";
pub const CONTENT_TYPE: &str = "application/cbor";
/// The region that the batch is for; a batch for one region is refused by every other.
pub const HEADER_REGION: &str = "pharos-region";
/// Milliseconds since 1970 by the sender's clock.
pub const HEADER_TIME: &str = "pharos-time";
/// Ed25519 signature in unpadded URL-safe base64.
pub const HEADER_SIGNATURE: &str = "pharos-signature";

/// What is put at once. An empty batch asks for the region's cursor and changes nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Batch {
    /// Records as their bytes, content before the `site/` records that name it.
    pub records: Vec<serde_bytes::ByteBuf>,
    /// Where the region's cursor stands once the records are stored.
    pub cursor: Option<Cursor>,
    /// Where the region must stand; elsewhere nothing of the batch is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expects: Option<Expects>,
    /// Which put this is, if it stores anything. An older sync does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<PutNumber>,
}

/// How far a region has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cursor {
    /// Every change up to this sequence number is in the region, but for those of parked pages.
    pub seq: u64,
    /// When kv-sync last confirmed it, in milliseconds since 1970.
    pub at_ms: u64,
    /// The last change that the database was known to have: a region that is behind, or is being filled, may have records of
    /// versions up to this. A database that has less is an older state.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub head: u64,
    /// Whose sequence numbers these are; a region that was filled by an older kv-sync does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineage: Option<Lineage>,
    /// Records of a lower version were left by another lineage and count as absent, but for those of parked pages.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub floor: u64,
    /// The region is being filled: what is not here may still come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub filling: bool,
    /// Pages that could not be brought up to date; at most [`crate::limits::PARKED_PAGES_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parked: Vec<Parked>,
    /// The puts that the region has of this lineage, where it counts them. It fills this in itself.
    #[serde(default, skip_serializing_if = "CountedPuts::is_empty")]
    pub counted: CountedPuts,
}

/// Where sequence numbers, and what is stored under them, come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// The origin's database; a restored one has another.
    pub database: Id,
    /// The format of the records.
    pub format: u8,
    /// Which filling of the region it is: a region that was emptied and filled by somebody else has another.
    pub filling: u64,
}

/// A page of which the region has every change up to `since`, and perhaps none behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    pub page: PageId,
    pub since: u64,
}

/// Places at which a region may stand when a batch comes. More than one where a KV shows writes late, or where it is not
/// known whether an earlier batch arrived.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Expects {
    pub places: Vec<Place>,
    /// Or it has no cursor at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub or_nothing: bool,
    /// Exactly there: the batch sets the cursor whatever it was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exactly: bool,
    /// And it has this put, which it acknowledged and counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<PutNumber>,
}

/// This sequence number of this lineage, or a later one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub lineage: Option<Lineage>,
    pub seq: u64,
}

impl Expects {
    pub fn holds(&self, shown: Option<&Cursor>) -> bool {
        let Some(shown) = shown else {
            return self.or_nothing;
        };
        let has_it = self.counted.is_none_or(|put| shown.counted.has(put));
        has_it
            && self.places.iter().any(|place| {
                let far_enough = match self.exactly {
                    true => shown.seq == place.seq,
                    false => shown.seq >= place.seq,
                };
                far_enough && shown.lineage == place.lineage
            })
    }
}

impl Cursor {
    pub fn place(&self) -> Place {
        Place {
            lineage: self.lineage.clone(),
            seq: self.seq,
        }
    }

    /// Whether a region that stands at `shown` goes to this cursor: within a lineage it never goes back.
    pub fn follows(&self, shown: Option<&Self>) -> bool {
        shown.is_none_or(|shown| {
            self.lineage.is_none()
                || self.lineage != shown.lineage
                || (self.seq, !self.filling) >= (shown.seq, !shown.filling)
        })
    }

    /// What the region at `before` has seen of this database it has seen: a cursor may come from a sync that has seen less, or late.
    pub fn saw(&mut self, before: Option<&Self>) {
        if let Some(before) = before.filter(|before| before.database() == self.database()) {
            self.head = self.head.max(before.head);
        }
    }

    pub fn database(&self) -> Option<&Id> {
        self.lineage.as_ref().map(|lineage| &lineage.database)
    }

    /// Counts what the region at `before` has counted in this lineage, and this put.
    pub fn count(&mut self, before: Option<&Self>, put: Option<PutNumber>) {
        let before = before.filter(|before| before.lineage == self.lineage);
        self.counted = before.map(|before| before.counted.clone()).unwrap_or_default();
        if let Some(put) = put {
            self.counted.count(put);
        }
    }

    /// Records of the page of a lower version count as absent: another lineage left them. Of a page that was parked since before
    /// this one they are all that there is.
    pub fn floor_of(&self, page: &PageId) -> u64 {
        let mut parked = self.parked.iter();
        match parked.any(|parked| parked.page == *page && parked.since < self.floor) {
            true => 0,
            false => self.floor,
        }
    }

    /// Whether the same records count as absent.
    pub fn hides_as(&self, other: &Self) -> bool {
        let left = |cursor: &Self| -> Vec<PageId> {
            let below = cursor.parked.iter().filter(|parked| parked.since < cursor.floor);
            below.map(|parked| parked.page.clone()).collect()
        };
        self.floor == other.floor && left(self) == left(other)
    }
}

/// The answer to a batch whose signature is valid.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Receipt {
    /// The region's cursor as it stood before the batch; `None` in a new or wiped region.
    pub cursor: Option<Cursor>,
    /// One outcome for each record, in order.
    pub outcomes: Vec<Outcome>,
    /// The batch's cursor could not be stored; it should be sent again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cursor_failed: bool,
    /// How long the region's KV may show what was there before a write: for so long, what it shows is no proof of loss.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub kv_lag_ms_max: u64,
    /// The batch takes something from visitors: how long they may still be served what was there before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub served_ms_max: u64,
    /// The region stands where the batch did not expect it; nothing was stored.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unexpected: bool,
    /// The format of records that the edge reads. An older edge does not say, and looks at no expectation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<u8>,
    /// The region counts puts: of what it acknowledges, the batch's number stands in its cursor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counts_puts: bool,
}

impl Receipt {
    /// How a put is counted that ended so.
    pub fn counted(&self, put: PutNumber) -> PutNumber {
        let places = self.outcomes.iter().enumerate();
        put.without(places.filter_map(|(at, outcome)| (*outcome == Outcome::Failed).then_some(at)))
    }
}

fn is_zero(ms: &u64) -> bool {
    *ms == 0
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Stored,
    /// The region has this version or a later one.
    Kept {
        version: u64,
    },
    Refused {
        reason: String,
    },
    /// The KV failed; the record should be sent again.
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    #[error("the batch is for another region")]
    Region,
    #[error("the batch's time is more than {PUT_CLOCK_SKEW_MS_MAX} ms from this clock")]
    Time,
    #[error("the signature is of no key that this region takes")]
    Signature,
}

pub fn sign(key: &SigningKey, region: &str, time_ms: u64, body: &[u8]) -> [u8; 64] {
    USE.sign(key, region, time_ms, body)
}

/// Checks region, time and signature of a body, cheapest first.
pub fn verify(
    keys: &[VerifyingKey],
    this_region: &str,
    now_ms: u64,
    region: &str,
    time_ms: u64,
    signature: &[u8; 64],
    body: &[u8],
) -> Result<(), Rejected> {
    check_place(this_region, now_ms, region, time_ms)?;
    match USE.verify(keys, region, time_ms, signature, body) {
        true => Ok(()),
        false => Err(Rejected::Signature),
    }
}

/// Whether a batch is for here and now.
fn check_place(this_region: &str, now_ms: u64, region: &str, time_ms: u64) -> Result<(), Rejected> {
    if region != this_region {
        return Err(Rejected::Region);
    }
    match now_ms.abs_diff(time_ms) > PUT_CLOCK_SKEW_MS_MAX {
        true => Err(Rejected::Time),
        false => Ok(()),
    }
}

const USE: Use = Use("pharos put 1");
