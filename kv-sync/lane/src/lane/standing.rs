//! Where a lane stands, for whoever operates it.

use page_model::put::Parked;

use super::{Lane, Phase};

#[derive(Debug, Clone, Default)]
pub struct Standing {
    pub state: &'static str,
    /// How far the region has come, and the last change that the origin is known to have.
    pub seq: u64,
    pub head: u64,
    /// When the origin's feed was last read, in milliseconds since 1970; 0 for never.
    pub heard_ms: u64,
    /// Pages that the region is owed, but for those that are parked.
    pub behind: usize,
    /// Since when, by the lane's own clock.
    pub behind_since_ms: Option<u64>,
    pub parked: Vec<Parked>,
}

impl Lane {
    pub fn standing(&self) -> Standing {
        let (cursor, parked) = (self.cursor(), self.ledger.parked());
        Standing {
            state: match &self.phase {
                Phase::Asking => "asking",
                Phase::Hearing(_) | Phase::Resetting(_) => "beginning",
                Phase::Following if cursor.filling => "filling",
                Phase::Following => "following",
            },
            seq: cursor.seq,
            head: self.feed.head().max(cursor.head),
            heard_ms: self.feed.heard_ms(),
            behind: self.ledger.owed().saturating_sub(parked.len()),
            behind_since_ms: self.ledger.waits_since_ms(),
            parked,
        }
    }
}
