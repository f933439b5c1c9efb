//! Where a region's cursor was moved to, and when: a KV that shows writes late may still show an earlier place, and a put
//! that was not answered may have moved it or not.

use std::collections::VecDeque;

use page_model::{
    limits::KV_WRITE_INTERVAL_MS,
    put::{Cursor, Expects, Place},
};

use crate::limits::MOVES_MAX;

#[derive(Debug, Default)]
pub struct Moves {
    /// The first is the earliest that the region may still show.
    moves: VecDeque<Move>,
    written_ms: Option<u64>,
}

#[derive(Debug)]
struct Move {
    place: Option<Place>,
    confirmed_ms: Option<u64>,
}

impl Moves {
    /// Begins with the cursor that the region itself shows.
    pub fn from_region(shown: Option<&Cursor>) -> Self {
        let shown = Move {
            place: shown.map(Cursor::place),
            confirmed_ms: Some(0),
        };
        Self {
            moves: VecDeque::from([shown]),
            written_ms: None,
        }
    }

    /// A put is sent that moves the cursor there.
    pub fn sending(&mut self, cursor: &Cursor, now_ms: u64) {
        self.written_ms = Some(now_ms);
        let place = Some(cursor.place());
        if self.moves.back().is_some_and(|last| last.place == place) {
            return;
        }
        self.moves.push_back(Move {
            place,
            confirmed_ms: None,
        });
        if self.moves.len() > MOVES_MAX {
            self.moves.pop_front();
        }
    }

    /// The region says that it was moved there.
    pub fn confirmed(&mut self, cursor: &Cursor, now_ms: u64) {
        self.written_ms = Some(now_ms);
        let place = Some(cursor.place());
        if let Some(moved) = self.moves.iter_mut().rev().find(|moved| moved.place == place) {
            moved.confirmed_ms.get_or_insert(now_ms);
        }
    }

    /// Where a region may stand whose reads are up to `lag_ms_max` late, unless it lost something.
    pub fn expects(&mut self, now_ms: u64, lag_ms_max: u64) -> Expects {
        let seen = |moved: &Move| {
            moved
                .confirmed_ms
                .is_some_and(|at_ms| at_ms.saturating_add(lag_ms_max) <= now_ms)
        };
        if let Some(certain) = self.moves.iter().rposition(seen) {
            self.moves.drain(..certain);
        }
        let mut expects = Expects::default();
        for moved in &self.moves {
            let Some(place) = &moved.place else {
                expects.or_nothing = true;
                continue;
            };
            let same = expects.places.iter_mut().find(|known| known.lineage == place.lineage);
            match same {
                Some(known) => known.seq = known.seq.min(place.seq),
                None => expects.places.push(place.clone()),
            }
        }
        expects
    }

    /// When the cursor may be written again: it is one key like any other.
    pub fn free_ms(&self) -> u64 {
        self.written_ms
            .map_or(0, |written_ms| written_ms + KV_WRITE_INTERVAL_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(seq: u64) -> Cursor {
        Cursor {
            seq,
            ..Cursor::default()
        }
    }

    fn moved(moves: &mut Moves, seq: u64, now_ms: u64) {
        moves.sending(&cursor(seq), now_ms);
        moves.confirmed(&cursor(seq), now_ms);
    }

    fn least(moves: &mut Moves, now_ms: u64, lag_ms_max: u64) -> u64 {
        moves.expects(now_ms, lag_ms_max).places[0].seq
    }

    #[test]
    fn expects_the_earlier_place_until_the_lag_is_over() {
        let mut moves = Moves::from_region(Some(&cursor(3)));
        moved(&mut moves, 5, 10_000);
        moved(&mut moves, 8, 20_000);
        assert_eq!(least(&mut moves, 69_999, 60_000), 3);
        assert_eq!(least(&mut moves, 70_000, 60_000), 5);
        assert_eq!(least(&mut moves, 90_000, 60_000), 8);
        assert_eq!(moves.free_ms(), 21_000);
    }

    #[test]
    fn region_that_was_empty_may_show_nothing_until_it_confirms() {
        let mut moves = Moves::from_region(None);
        moves.sending(&cursor(0), 10);
        let expects = moves.expects(20, 0);
        assert!(expects.or_nothing && expects.holds(Some(&cursor(0))) && expects.holds(None));
        moves.confirmed(&cursor(0), 30);
        let expects = moves.expects(30, 0);
        assert!(!expects.holds(None) && expects.holds(Some(&cursor(1))));
    }

    #[test]
    fn remembers_a_bounded_number_of_moves() {
        let mut moves = Moves::from_region(None);
        for seq in 0..10_000 {
            moved(&mut moves, seq, seq);
            moves.expects(seq, u64::MAX);
        }
        assert_eq!(moves.moves.len(), MOVES_MAX);
    }
}
