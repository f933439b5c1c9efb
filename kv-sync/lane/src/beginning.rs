//! How a lane begins: where the region stands is known, and which database the origin has. Do they belong together?

use page_model::{
    put::{Cursor, Lineage},
    record::FORMAT,
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
    let seq = shown.map_or(0, |cursor| cursor.seq);
    let lineage = shown.and_then(|cursor| cursor.lineage.as_ref());
    let is_same = lineage.is_some_and(|lineage| lineage.database == news.origin.database);
    let is_overtaken = match lineage {
        // Versions in the region must be lower than all that comes.
        Some(_) if !is_same => news.origin.first_seq <= seq,
        // An older sync names no database: it is taken for this one.
        _ => news.head < seq,
    };
    if is_overtaken && !is_older_edge {
        return Beginning::Overtaken { seq };
    }
    let is_readable = lineage.is_some_and(|lineage| lineage.format == FORMAT);
    let goes_on = match shown {
        // Nobody begins a filling that has begun.
        Some(shown) if is_same && is_readable => !lost || (shown.filling && shown.seq == 0),
        Some(_) => is_older_edge && !lost,
        None => is_older_edge,
    };
    if goes_on { Beginning::Follow } else { Beginning::Fill }
}

/// The cursor of a region whose filling begins.
pub fn reset(shown: Option<&Cursor>, news: &News, filling: u64, is_older_edge: bool) -> Cursor {
    let lineage = Lineage {
        database: news.origin.database.clone(),
        format: FORMAT,
        filling,
    };
    Cursor {
        seq: 0,
        at_ms: shown.map_or(news.heard_ms, |shown| shown.at_ms),
        lineage: (!is_older_edge).then_some(lineage),
        floor: shown.map_or(0, |shown| shown.floor),
        filling: !is_older_edge,
        parked: Vec::new(),
    }
}
