//! What a view is drawn from: where it lies, and how it is decoded.

use page_address::Subject;
use page_model::{Archive, AudienceId, Key, PageId, Record, Snapshot, body, key::Month};
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
        (Draw::Archive(_), Subject::Month(month)) => Some(archive(page, audience, month.clone())),
        (Draw::Asset, Subject::Asset(asset)) => Some(Key::Asset(page.clone(), asset.clone())),
        _ => Some(Key::Snapshot(page.clone(), audience.clone())),
    }
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
pub fn draw(draw: &Draw, record: &Record, request: &DrawRequest<'_>) -> Option<Drawn> {
    match draw {
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
