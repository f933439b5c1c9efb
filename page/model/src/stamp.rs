//! A moment as a reader of the page knows it.

use serde::{Deserialize, Serialize};

/// A moment and the offset of the page's time zone at that moment. The origin knows the zone rules and writes the
/// offset down, so the edge needs no time zone database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: i64,
    /// Minutes to add to UTC for the page's local time.
    pub offset_minutes: i16,
}

impl Stamp {
    pub fn utc(at_ms: i64) -> Self {
        Self {
            at_ms,
            offset_minutes: 0,
        }
    }
}

/// On the wire a stamp is the pair `[at_ms, offset_minutes]`: a page holds thousands of them.
impl Serialize for Stamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.at_ms, self.offset_minutes).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (at_ms, offset_minutes) = Deserialize::deserialize(deserializer)?;
        Ok(Self { at_ms, offset_minutes })
    }
}
