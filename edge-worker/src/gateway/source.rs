//! What a view is drawn from: where it lies, and how it is decoded.

use std::iter;

use page_address::Subject;
use page_model::{
    Archive, AudienceId, Key, PageId, Record, Snapshot,
    asset::AssetName,
    body,
    key::Month,
    limits::{SEARCH_BYTES_MAX, SEARCH_MONTHS_MAX},
};
use page_render::Events;

use super::{
    edge::Seen,
    kind::{Draw, DrawRequest, Drawn},
    route::PageView,
};

/// Why there is nothing to draw from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    Absent,
    /// The KV fails, or what lies there is broken or something else.
    Broken,
}

/// Where to look first. A view of the site record alone looks nowhere.
pub fn first(view: &PageView, page: &PageId, audience: &AudienceId) -> Option<Key> {
    match (&view.kind.draw, &view.subject) {
        (Draw::Site(_), _) => None,
        (Draw::Archive(_) | Draw::Months(_), Subject::Month(month)) => Some(archive(page, audience, month.clone())),
        (Draw::Asset, Subject::Whole) => Some(Key::Asset(page.clone(), AssetName::preview())),
        (Draw::Asset, Subject::Asset(asset)) => Some(Key::Asset(page.clone(), asset.clone())),
        _ => Some(Key::Snapshot(page.clone(), audience.clone())),
    }
}

/// What is read with the first, to be drawn with it.
pub fn others(view: &PageView, page: &PageId, audience: &AudienceId) -> Vec<Key> {
    let (Draw::Months(_), Subject::Month(month)) = (&view.kind.draw, &view.subject) else {
        return Vec::new();
    };
    let months = iter::successors(month.previous(), Month::previous);
    let months = months.take(SEARCH_MONTHS_MAX - 1);
    months.map(|month| archive(page, audience, month)).collect()
}

/// Those of the others that are there, the first ones up to a limit. One that cannot be read ends them: the months before it
/// are for another visit.
pub fn those_there(keys: &[Key], floor: u64, seen: Vec<Seen>, first_bytes: usize) -> Vec<Record> {
    let mut there = Vec::new();
    let mut bytes = first_bytes;
    for (key, seen) in keys.iter().zip(seen) {
        match record(Some(key), floor, vec![seen]) {
            Ok(record) => {
                bytes += record.body.len();
                if bytes > SEARCH_BYTES_MAX {
                    break;
                }
                there.push(record);
            }
            Err(Unreadable::Absent) => {}
            Err(Unreadable::Broken) => break,
        }
    }
    there
}

pub fn archive(page: &PageId, audience: &AudienceId, month: Month) -> Key {
    Key::Archive(page.clone(), audience.clone(), month)
}

/// The record under the key, if it is there and is what the key says. What lies below the floor was left by another origin.
pub fn record(key: Option<&Key>, floor: u64, seen: Vec<Seen>) -> Result<Record, Unreadable> {
    let bytes = match seen.into_iter().next() {
        Some(Seen::Found(bytes)) => bytes,
        Some(Seen::Absent) => return Err(Unreadable::Absent),
        Some(Seen::Failed) | None => return Err(Unreadable::Broken),
    };
    match Record::from_bytes(&bytes) {
        Ok(record) if Some(&record.key) != key => Err(Unreadable::Broken),
        Ok(record) if record.is_tombstone() || record.version < floor => Err(Unreadable::Absent),
        Ok(record) => Ok(record),
        Err(_) => Err(Unreadable::Broken),
    }
}

/// `None` where the body does not decode.
pub fn draw(draw: &Draw, record: &Record, others: &[Record], request: &DrawRequest<'_>) -> Option<Drawn> {
    match draw {
        Draw::Months(draw) => {
            let others = others.iter().map_while(month);
            let months: Vec<Archive> = iter::once(month(record)?).chain(others).collect();
            Some(draw(&months, request))
        }
        Draw::Snapshot(draw) => Some(draw(&snapshot(record)?, request)),
        Draw::Archive(draw) => Some(draw(&month(record)?, request)),
        Draw::Event(draw) if matches!(record.key, Key::Snapshot(..)) => {
            let snapshot = snapshot(record)?;
            Some(draw(&Events::of_snapshot(&snapshot), request))
        }
        Draw::Event(draw) => {
            let archive = month(record)?;
            Some(draw(&Events::of_archive(&archive), request))
        }
        Draw::Site(_) | Draw::Asset | Draw::Raw => None,
    }
}

pub fn snapshot(record: &Record) -> Option<Snapshot> {
    body::decode_compressed(&record.body).ok()
}

fn month(record: &Record) -> Option<Archive> {
    body::decode_compressed(&record.body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> PageId {
        PageId::parse("northwind001").expect("a page id")
    }

    fn months() -> Vec<Key> {
        let newest = Month::parse("2026-01");
        let months = iter::successors(newest, Month::previous).take(4);
        months
            .map(|month| archive(&page(), &AudienceId::public(), month))
            .collect()
    }

    fn there(seen: Vec<Seen>) -> Vec<String> {
        let found = those_there(&months(), 3, seen, 1_000);
        found.iter().map(|record| record.key.to_string()).collect()
    }

    fn found(at: usize, version: u64, bytes: usize) -> Seen {
        let record = Record::new(months().swap_remove(at), page(), version, vec![1; bytes]);
        Seen::Found(record.to_bytes().into())
    }

    #[test]
    fn months_are_read_up_to_a_limit_and_up_to_one_that_cannot_be_read() {
        let name = |month: &str| format!("archive/northwind001/public/{month}");
        assert_eq!(
            there(vec![found(0, 9, 10), Seen::Absent, found(2, 2, 10), found(3, 9, 10)]),
            [name("2026-01"), name("2025-10")],
            "what is not there and what another origin left is passed over"
        );
        assert_eq!(
            there(vec![found(0, 9, 10), Seen::Failed, found(2, 9, 10)]),
            [name("2026-01")]
        );
        let whole = SEARCH_BYTES_MAX - 1_000;
        assert_eq!(there(vec![found(0, 9, whole), found(1, 9, 1)]), [name("2026-01")]);
        assert_eq!(there(vec![found(0, 9, whole + 1)]), Vec::<String>::new());
    }
}
