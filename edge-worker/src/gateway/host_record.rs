//! What a region knows of a host, read from its site record. Every visit reads one, so those decoded last are remembered: as
//! long as the bytes are the same, so is what they say.

use std::{cell::RefCell, sync::Arc};

use bytes::Bytes;
use page_model::{Host, Record, Site, body, put::Cursor, site::SitePage};

use super::{edge::Seen, plan::SiteState, recent::Recent};

#[derive(Debug, Clone)]
pub enum HostRecord {
    Unreadable(String),
    Unknown,
    Removed,
    Moved(Host),
    Page(Arc<SitePage>),
}

impl HostRecord {
    pub fn of(site: Seen, region_has_data: bool) -> Self {
        match site {
            Seen::Found(bytes) => remembered(&bytes).unwrap_or_else(|| {
                let record = Self::decoded(&bytes);
                remember(bytes, &record);
                record
            }),
            Seen::Absent if region_has_data => Self::Unknown,
            // A region that was never filled, or is being filled, does not know every host; saying "not found" would be a lie.
            Seen::Absent | Seen::Failed => Self::Unreadable("the region has no data yet or its KV fails".to_owned()),
        }
    }

    /// A record of another origin counts as absent.
    pub fn unless_left_behind(self, cursor: Option<&Cursor>) -> Self {
        match (&self, cursor) {
            (Self::Page(site), Some(cursor)) => {
                let floor = cursor.floor_of(&site.page);
                let is_left =
                    !site.audiences.is_empty() && site.audiences.iter().all(|current| current.version < floor);
                if is_left { Self::Unknown } else { self }
            }
            _ => self,
        }
    }

    fn decoded(bytes: &[u8]) -> Self {
        let record = match Record::from_bytes(bytes) {
            Ok(record) if record.is_tombstone() => return Self::Removed,
            Ok(record) => record,
            Err(error) => return Self::Unreadable(error.to_string()),
        };
        match body::decode(&record.body) {
            Ok(Site::Moved { to }) => Self::Moved(to),
            Ok(Site::Page(site)) => Self::Page(Arc::new(site)),
            Err(error) => Self::Unreadable(error.to_string()),
        }
    }

    /// What there is to say about a host without a page.
    pub fn state(&self) -> SiteState {
        match self {
            Self::Unreadable(_) => SiteState::Unreadable,
            Self::Unknown => SiteState::Unknown,
            Self::Removed => SiteState::Removed,
            Self::Moved(_) => SiteState::Moved,
            Self::Page(_) => SiteState::Open,
        }
    }

    pub fn fault(self) -> String {
        match self {
            Self::Unreadable(why) => why,
            _ => String::new(),
        }
    }
}

fn remembered(bytes: &Bytes) -> Option<HostRecord> {
    RECENT.with_borrow_mut(|recent| {
        let known = recent.find(|(known, _)| known == bytes);
        known.map(|(_, record)| record.clone())
    })
}

fn remember(bytes: Bytes, record: &HostRecord) {
    if bytes.len() <= REMEMBERED_BYTES_MAX {
        RECENT.with_borrow_mut(|recent| recent.add((bytes, record.clone()), REMEMBERED_MAX));
    }
}

thread_local! {
    static RECENT: RefCell<Recent<(Bytes, HostRecord)>> = const { RefCell::new(Recent::new()) };
}

/// Records that are remembered: enough for the hosts that are asked for at the same time.
const REMEMBERED_MAX: usize = 16;
/// Larger ones are rare, and all of them stay in memory.
const REMEMBERED_BYTES_MAX: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(to: usize) -> Bytes {
        let host = Host::parse("a.example").expect("a host");
        let to = Host::parse(&format!("h{to}.example")).expect("a host");
        let page = page_model::PageId::parse("northwind001").expect("a page id");
        let body = body::encode(&Site::Moved { to });
        Record::new(page_model::Key::Site(host), page, 1, body)
            .to_bytes()
            .into()
    }

    #[test]
    fn what_is_remembered_is_what_the_bytes_say() {
        for round in 0..3 {
            for number in (0..40).chain([7, 7, 39, 0]) {
                let record = HostRecord::of(Seen::Found(moved(number)), true);
                let HostRecord::Moved(to) = record else {
                    unreachable!("{round} {number}: {record:?}");
                };
                assert_eq!(to.as_str(), format!("h{number}.example"));
            }
        }
        assert!(RECENT.with_borrow(|recent| recent.iter().len() == REMEMBERED_MAX));
        let large = HostRecord::of(Seen::Found(vec![0; REMEMBERED_BYTES_MAX + 1].into()), true);
        assert!(matches!(large, HostRecord::Unreadable(_)));
        assert!(RECENT.with_borrow(|recent| recent.iter().all(|(bytes, _)| bytes.len() < 1_000)));
    }
}
