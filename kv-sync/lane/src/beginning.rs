//! How a lane begins: where the region stands is known, and which database the origin has. Do they belong together?

use page_model::{
    put::{Cursor, Lineage},
    record::{FORMAT, OLDEST_FORMAT},
};

use crate::event::News;

#[derive(Debug, PartialEq, Eq)]
pub enum Beginning {
    /// The region goes on from where it stands.
    Follow,
    /// It is given everything.
    Fill,
    /// It has seen sequence numbers up to `seq`, which the database has not: the origin must go on behind them.
    Overtaken { seq: u64 },
}

/// `lost`: the region has less than it had, whatever it says.
pub fn beginning(shown: Option<&Cursor>, news: &News, lost: bool, is_older_edge: bool) -> Beginning {
    let (seq, seen) = shown.map_or((0, 0), |cursor| (cursor.seq, cursor.seq.max(cursor.head)));
    let lineage = shown.and_then(|cursor| cursor.lineage.as_ref());
    let is_same = lineage.is_some_and(|lineage| lineage.database == news.origin.database);
    let is_overtaken = match lineage {
        // Versions in the region must be lower than all that comes.
        Some(_) if !is_same => news.origin.first_seq <= seen,
        // An older sync names no database: it is taken for this one. A list that was cut does not tell where the database ends.
        _ => news.head < seq || news.complete && news.head < seen,
    };
    if is_overtaken && !is_older_edge {
        return Beginning::Overtaken { seq: seen };
    }
    let is_readable = lineage.is_some_and(|lineage| lineage.format == news.origin.format);
    let goes_on = match shown {
        // Nobody begins a filling that has begun.
        Some(shown) if is_same && is_readable => !lost || (shown.filling && shown.seq == 0),
        Some(_) => is_older_edge && !lost,
        None => is_older_edge,
    };
    if goes_on { Beginning::Follow } else { Beginning::Fill }
}

/// Why what the origin composes cannot be carried, and what is to be done. Nothing at all is: the region must not look as if it had
/// what it cannot read.
pub fn incompatible(origin: u8, edge: Option<u8>) -> Option<String> {
    if !(OLDEST_FORMAT..=FORMAT).contains(&origin) {
        return Some(format!(
            "the origin composes records of format {origin}, this sync carries {OLDEST_FORMAT} to {FORMAT}: run both in one version"
        ));
    }
    // It reads the format that it names and the one before.
    let edge = edge.filter(|edge| !(origin..=origin + 1).contains(edge))?;
    let which = if edge < origin {
        "the edge is"
    } else {
        "origin and sync are"
    };
    Some(format!(
        "the region reads records up to format {edge}, the origin composes format {origin}: its pages stay as they are until \
         {which} upgraded"
    ))
}

/// The cursor of a region whose filling begins.
pub fn reset(shown: Option<&Cursor>, news: &News, filling: u64, is_older_edge: bool) -> Cursor {
    let lineage = Lineage {
        database: news.origin.database.clone(),
        format: news.origin.format,
        filling,
    };
    // A list that was cut does not tell that the database has less than the region has seen of it.
    let is_same = |shown: &&Cursor| {
        let lineage = shown.lineage.as_ref();
        lineage.is_some_and(|lineage| lineage.database == news.origin.database)
    };
    let seen = shown.filter(is_same).map_or(0, |shown| shown.seq.max(shown.head));
    Cursor {
        seq: 0,
        at_ms: shown.map_or(news.heard_ms, |shown| shown.at_ms),
        head: news.head.max(seen),
        lineage: (!is_older_edge).then_some(lineage),
        floor: shown.map_or(0, |shown| shown.floor),
        filling: !is_older_edge,
        ..Cursor::default()
    }
}

#[cfg(test)]
mod tests {
    use page_model::Id;

    use super::*;
    use crate::event::Origin;

    fn news(database: &str, first_seq: u64, head: u64, complete: bool) -> News {
        News {
            head,
            complete,
            origin: Origin {
                database: Id::parse(database).expect("an id"),
                first_seq,
                format: FORMAT,
            },
            heard_ms: 1,
            changes: Vec::new(),
        }
    }

    fn cursor(seq: u64, head: u64, filling: bool) -> Cursor {
        let lineage = Lineage {
            database: Id::parse("d4tabase0001").expect("an id"),
            format: FORMAT,
            filling: 1,
        };
        Cursor {
            seq,
            head,
            filling,
            lineage: Some(lineage),
            ..Cursor::default()
        }
    }

    #[test]
    fn region_that_is_being_filled_tells_of_an_older_state() {
        let shown = cursor(0, 90, true);
        let begins = |news: &News| beginning(Some(&shown), news, false, false);
        assert_eq!(begins(&news("d4tabase0001", 1, 90, true)), Beginning::Follow);
        assert_eq!(
            begins(&news("d4tabase0001", 1, 89, true)),
            Beginning::Overtaken { seq: 90 }
        );
        assert_eq!(begins(&news("an0therbase1", 91, 95, true)), Beginning::Fill);
        assert_eq!(
            begins(&news("an0therbase1", 90, 95, true)),
            Beginning::Overtaken { seq: 90 }
        );
    }

    /// It ends before the database does.
    #[test]
    fn list_that_was_cut_is_no_older_state() {
        let shown = cursor(40, 90, false);
        let cut = news("d4tabase0001", 1, 60, false);
        assert_eq!(beginning(Some(&shown), &cut, false, false), Beginning::Follow);
        let whole = news("d4tabase0001", 1, 60, true);
        assert_eq!(
            beginning(Some(&shown), &whole, false, false),
            Beginning::Overtaken { seq: 90 }
        );
    }

    /// Else nobody would tell of an older state any more, once the region is filled from it.
    #[test]
    fn filling_forgets_nothing_that_the_region_has_seen() {
        let cut = news("d4tabase0001", 1, 60, false);
        assert_eq!(reset(Some(&cursor(40, 90, false)), &cut, 7, false).head, 90);
        assert_eq!(reset(Some(&cursor(40, 50, false)), &cut, 7, false).head, 60);
        let other = news("an0therbase1", 91, 95, false);
        assert_eq!(reset(Some(&cursor(40, 90, false)), &other, 7, false).head, 95);
    }

    #[test]
    fn region_that_lost_something_is_filled_unless_that_has_begun() {
        let news = news("d4tabase0001", 1, 90, true);
        let begins = |cursor: Option<&Cursor>, lost| beginning(cursor, &news, lost, false);
        assert_eq!(begins(None, false), Beginning::Fill);
        assert_eq!(begins(Some(&cursor(40, 90, false)), false), Beginning::Follow);
        assert_eq!(begins(Some(&cursor(40, 90, false)), true), Beginning::Fill);
        assert_eq!(begins(Some(&cursor(0, 90, true)), true), Beginning::Follow);
    }
}
