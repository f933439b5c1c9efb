//! What must hold at each moment, and at the end.

use page_model::{Key, PageId, put::Cursor};
use sync_lane::Lane;

use crate::{
    database::{Database, may_be, snapshot_key},
    region::Kept,
};

/// No site names a snapshot that is not there.
pub fn sites_have_their_snapshots(kept: &Kept) -> Result<(), String> {
    for (key, (page, version, value)) in &kept.records {
        let snapshot = kept.records.get(&snapshot_key(page));
        let has = snapshot.map_or(0, |(_, version, _)| *version);
        if matches!(key, Key::Site(_)) && value.is_some() && has < *version {
            return Err(format!(
                "{key} names version {version} of a snapshot of which the region has {has}"
            ));
        }
    }
    Ok(())
}

/// A region has every change up to its cursor, and of a parked page every one up to what stands there. Its cursor names the
/// database: as that is, or as it was before another state was put in its place.
pub fn region_keeps_its_word(kept: &Kept, states: &[&Database]) -> Result<(), String> {
    let Some(cursor) = &kept.cursor else {
        return Ok(());
    };
    let lineage = cursor.lineage.as_ref().ok_or("the cursor names no database")?;
    let named = |state: &&&Database| state.origin.database == lineage.database;
    let named: Vec<&Database> = states.iter().filter(named).copied().collect();
    let newest = named.iter().max_by_key(|state| state.head);
    let newest = newest.ok_or_else(|| format!("the cursor names a database that never was: {cursor:?}"))?;
    for key in newest.keys.keys() {
        let mut kept_word = named.iter().map(|state| is_as_said(kept, cursor, state, key));
        // It may have been brought from the state that came in its place.
        if kept.version(key) <= newest.head && kept_word.all(|kept_word| !kept_word) {
            let history = &newest.keys[key];
            return Err(format!(
                "{key} is {:?} in version {}; it was {history:?}; {cursor:?}",
                kept.value(key),
                kept.version(key)
            ));
        }
    }
    nothing_unknown(kept, cursor, &named)?;
    only_what_was_written(kept, states)
}

/// Whether a key is as the cursor says of it.
fn is_as_said(kept: &Kept, cursor: &Cursor, state: &Database, key: &Key) -> bool {
    let Some((page, history)) = state.keys.get(key) else {
        return kept.value(key).is_none();
    };
    let parked = cursor.parked.iter().find(|parked| parked.page == *page);
    let seq = parked.map_or(cursor.seq, |parked| parked.since);
    let is_whole = state.announced.get(page).is_some_and(|announced| *announced <= seq);
    // What another database left is shown until the page is here.
    if parked.is_some() && seq < cursor.floor || cursor.filling && !is_whole {
        return true;
    }
    // What this filling brought is there, whatever is shown meanwhile.
    let floor = match cursor.filling {
        true => state.origin.first_seq,
        false => cursor.floor_of(page),
    };
    may_be(history, seq, kept.value_from(key, floor))
}

/// What another database left is not shown once a region is filled, but of pages that are parked.
fn nothing_unknown(kept: &Kept, cursor: &Cursor, named: &[&Database]) -> Result<(), String> {
    let is_parked = |page: &PageId| cursor.parked.iter().any(|parked| parked.page == *page);
    let head = named.iter().map(|state| state.head).max().unwrap_or(0);
    let left = kept.records.iter().find(|(key, (page, version, _))| {
        let is_known = named.iter().any(|state| state.keys.contains_key(*key));
        kept.value(key).is_some() && *version <= head && !is_known && !is_parked(page)
    });
    match left {
        Some((key, _)) if !cursor.filling => Err(format!("{key} was left by another database; {cursor:?}")),
        _ => Ok(()),
    }
}

/// What a region shows was once in some state of the database.
pub fn only_what_was_written(kept: &Kept, states: &[&Database]) -> Result<(), String> {
    for key in kept.records.keys() {
        let value = kept.value(key);
        let was = |state: &&Database| {
            let history = state.keys.get(key).map(|(_, history)| history);
            history.is_some_and(|history| history.iter().any(|(_, then)| *then == value))
        };
        if value.is_some() && !states.iter().any(was) {
            return Err(format!("{key} is {value:?}, which nobody ever wrote"));
        }
    }
    Ok(())
}

/// No put takes a region back: no record to a lower version, no cursor within a filling, nor what it has seen of a database, and
/// what a region shows stays until the filling that replaces it is done.
pub fn nothing_goes_back(before: &Kept, after: &Kept) -> Result<(), String> {
    for (key, (_, version, _)) in &before.records {
        let now = after.version(key);
        if now < *version {
            return Err(format!("{key} went from version {version} back to {now}"));
        }
    }
    let (Some(before), Some(after)) = (&before.cursor, &after.cursor) else {
        return match before.cursor.is_some() && after.cursor.is_none() {
            true => Err("the cursor is gone".to_owned()),
            false => Ok(()),
        };
    };
    let is_back = before.lineage == after.lineage && (after.seq < before.seq || after.filling && !before.filling);
    let is_hidden = after.floor != before.floor && after.filling;
    // Else nobody would tell that an older state of the database was put back.
    let is_forgotten = before.database() == after.database() && after.head < before.head;
    match is_back || is_hidden || is_forgotten {
        true => Err(format!("the cursor went from {before:?} to {after:?}")),
        false => Ok(()),
    }
}

/// The cursor passes nothing that is owed.
pub fn lane_keeps_its_bounds(lane: &Lane) -> Result<(), String> {
    let (first_since, base) = lane.bounds();
    let seq = lane.cursor().seq;
    match seq <= base && first_since.is_none_or(|since| seq <= since) {
        true => Ok(()),
        false => Err(format!(
            "the cursor stands at {seq}, owed is everything behind {first_since:?}, read is all up to {base}"
        )),
    }
}

/// The region equals the database.
pub fn is_settled(kept: &Kept, database: &Database, without: Option<&PageId>) -> Result<(), String> {
    let cursor = kept.cursor.as_ref().ok_or("the region has no cursor")?;
    let lineage = cursor.lineage.as_ref().ok_or("the cursor names no database")?;
    if lineage.database != database.origin.database || cursor.filling {
        return Err(format!("the cursor is {cursor:?}, the database {:?}", database.origin));
    }
    let is_whole = cursor.seq == database.head && cursor.parked.iter().all(|parked| Some(&parked.page) == without);
    if !is_whole {
        return Err(format!("the cursor is {cursor:?}, the head {}", database.head));
    }
    for (key, (page, history)) in &database.keys {
        let (value, last) = (kept.value(key), history.last().and_then(|(_, value)| *value));
        if value != last && Some(page) != without {
            return Err(format!("{key} is {value:?} and should be {last:?}"));
        }
    }
    let left = kept.records.iter().find(|(key, (page, ..))| {
        kept.value(key).is_some() && !database.keys.contains_key(*key) && Some(page) != without
    });
    left.map_or(Ok(()), |(key, _)| Err(format!("{key} was left by another database")))
}
