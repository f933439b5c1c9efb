//! What must hold at each moment, and at the end.

use page_model::{Key, PageId};
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

/// A region has every change up to its cursor, and of a parked page every one up to what stands there.
pub fn region_keeps_its_word(kept: &Kept, database: &Database) -> Result<(), String> {
    let Some((cursor, lineage)) = kept
        .cursor
        .as_ref()
        .and_then(|cursor| Some((cursor, cursor.lineage.as_ref()?)))
    else {
        return Ok(());
    };
    // What is being filled may still show what another database left.
    if lineage.database != database.origin.database || cursor.filling {
        return Ok(());
    }
    for (key, (page, history)) in &database.keys {
        let parked = cursor.parked.iter().find(|parked| parked.page == *page);
        let seq = parked.map_or(cursor.seq, |parked| parked.since);
        // Of a page that could not be brought since the filling there is what another database left.
        if parked.is_some() && seq < cursor.floor {
            continue;
        }
        let value = kept.value(key);
        if !may_be(history, seq, value) {
            return Err(format!(
                "{key} is {value:?} in a region that has all changes up to {seq}; it was {history:?}; {cursor:?}"
            ));
        }
    }
    Ok(())
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
