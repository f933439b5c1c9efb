//! Where a region's cursor was moved to, and when: a KV that shows writes late may still show an earlier place.

use std::collections::VecDeque;

use page_model::limits::KV_WRITE_INTERVAL_MS;

#[derive(Debug, Default)]
pub struct CursorMoves {
    /// What the region shows unless it lost something.
    certain_seq: u64,
    /// Moves since then.
    recent: VecDeque<Move>,
    last_ms: Option<u64>,
}

#[derive(Debug)]
struct Move {
    seq: u64,
    at_ms: u64,
}

impl CursorMoves {
    /// Begins with the cursor that the region itself reports.
    pub fn from_region(seq: u64) -> Self {
        Self {
            certain_seq: seq,
            ..Self::default()
        }
    }

    pub fn note(&mut self, seq: u64, now_ms: u64) {
        self.last_ms = Some(now_ms);
        if self.recent.back().is_none_or(|last| last.seq < seq) {
            self.recent.push_back(Move { seq, at_ms: now_ms });
        }
        if self.recent.len() > RECENT_MAX {
            self.recent.pop_front();
        }
    }

    /// The earliest cursor that a region may still show whose reads are up to `lag_ms_max` late.
    pub fn certain_seq(&mut self, now_ms: u64, lag_ms_max: u64) -> u64 {
        while let Some(first) = self.recent.front()
            && first.at_ms.saturating_add(lag_ms_max) <= now_ms
        {
            self.certain_seq = first.seq;
            self.recent.pop_front();
        }
        self.certain_seq
    }

    /// When the cursor may be written again: it is one key like any other.
    pub fn free_ms(&self) -> u64 {
        self.last_ms.map_or(0, |last_ms| last_ms + KV_WRITE_INTERVAL_MS)
    }
}

/// Moves are at least a second apart, so these cover any lag that a region may claim; of older ones the later is enough.
const RECENT_MAX: usize = 600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certain_seq_follows_moves_after_the_lag() {
        let mut moves = CursorMoves::from_region(3);
        moves.note(5, 10_000);
        moves.note(8, 20_000);
        assert_eq!(moves.certain_seq(69_999, 60_000), 3);
        assert_eq!(moves.certain_seq(70_000, 60_000), 5);
        assert_eq!(moves.certain_seq(90_000, 60_000), 8);
    }

    #[test]
    fn certain_seq_follows_at_once_without_lag() {
        let mut moves = CursorMoves::default();
        moves.note(5, 10_000);
        assert_eq!(moves.certain_seq(10_000, 0), 5);
        assert_eq!(moves.free_ms(), 11_000);
    }

    #[test]
    fn remembers_a_bounded_number_of_moves() {
        let mut moves = CursorMoves::default();
        for seq in 0..10_000 {
            moves.note(seq, seq);
            assert_eq!(moves.certain_seq(seq, u64::MAX), 0);
        }
        assert_eq!(moves.recent.len(), RECENT_MAX);
    }
}
