//! What a region keeps of a layered page.

use std::collections::{BTreeMap, BTreeSet};

use page_model::{
    Archive, AudienceId, Key, Permalinks, Record, Site, Snapshot, body,
    site::{Current, SitePage},
};

use super::objects::words;
use crate::harness::{PAGE, TestOrigin};

/// What a region has, as it follows: each time what changed since the last.
#[derive(Default)]
pub struct Region {
    seq: u64,
    records: BTreeMap<String, Record>,
}

impl Region {
    /// Whoever follows has what somebody has who is given everything now.
    pub async fn follow(&mut self, origin: &TestOrigin) {
        for record in origin.records(PAGE, self.seq).await {
            self.seq = self.seq.max(record.version);
            self.records.insert(record.key.to_string(), record);
        }
        let whole = origin.records(PAGE, 0).await;
        let held = |record: &&Record| !record.is_tombstone();
        let bodies = |record: &Record| (record.key.to_string(), timeless(record));
        let whole: BTreeMap<_, _> = whole.iter().filter(held).map(bodies).collect();
        let followed: BTreeMap<_, _> = self.records.values().filter(held).map(bodies).collect();
        let keys = |records: &BTreeMap<String, Vec<u8>>| records.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&followed), keys(&whole));
        for (key, body) in whole {
            assert!(followed[&key] == body, "{key} is not what it is now");
        }
    }

    fn of_set(&self, set: &AudienceId) -> impl Iterator<Item = &Record> {
        let records = self.records.values().filter(|record| !record.is_tombstone());
        records.filter(move |record| set_of(record) == Some(set))
    }

    /// The sets that have anything.
    pub fn sets(&self) -> BTreeSet<AudienceId> {
        let held = self.records.values().filter(|record| !record.is_tombstone());
        held.filter_map(set_of).cloned().collect()
    }

    /// All that a set has, as one text.
    pub fn text(&self, set: &AudienceId) -> String {
        let texts = self.of_set(set).map(|record| {
            let body = match &record.key {
                Key::Snapshot(..) => body::encode(&body::decode_compressed::<Snapshot>(&record.body).expect("one")),
                Key::Archive(..) => body::encode(&body::decode_compressed::<Archive>(&record.body).expect("one")),
                _ => body::encode(&body::decode::<Permalinks>(&record.body).expect("links")),
            };
            format!("{} {}", record.key, String::from_utf8_lossy(&body))
        });
        texts.collect()
    }

    pub fn found(&self, set: &AudienceId, words: &[String]) -> Vec<String> {
        let text = self.text(set);
        words.iter().filter(|word| text.contains(*word)).cloned().collect()
    }

    /// All words of these owners, and none of those.
    pub fn expect(&self, set: &AudienceId, own: &[&str], others: &[&str]) {
        let own: Vec<String> = own.iter().flat_map(|owner| words(owner)).collect();
        assert_eq!(self.found(set, &own), own, "{set}");
        let others: Vec<String> = others.iter().map(|owner| (*owner).to_owned()).collect();
        assert_eq!(self.found(set, &others), Vec::<String>::new(), "{set}");
    }

    pub fn snapshot(&self, set: &AudienceId) -> Snapshot {
        let mut records = self.of_set(set);
        let snapshot = records.find(|record| matches!(record.key, Key::Snapshot(..)));
        body::decode_compressed(&snapshot.expect("a snapshot").body).expect("it decodes")
    }

    pub fn archive(&self, set: &AudienceId, wanted: &str) -> Option<Archive> {
        let mut records = self.of_set(set);
        let archive = records.find(|record| matches!(&record.key, Key::Archive(.., month) if month.as_str() == wanted));
        archive.map(|record| body::decode_compressed(&record.body).expect("it decodes"))
    }

    pub fn site(&self) -> SitePage {
        let mut records = self.records.values();
        let site = records.find(|record| matches!(record.key, Key::Site(_)));
        match body::decode(&site.expect("a site").body) {
            Ok(Site::Page(page)) => page,
            other => unreachable!("{other:?}"),
        }
    }
}

/// A body without the version: a change that nobody sees is not sent.
fn timeless(record: &Record) -> Vec<u8> {
    match body::decode(&record.body) {
        Ok(Site::Page(mut page)) if matches!(record.key, Key::Site(_)) => {
            page.audiences.iter_mut().for_each(|current| current.version = 0);
            body::encode(&page)
        }
        _ => record.body.clone(),
    }
}

pub fn current<T>(site: &SitePage, of: impl Fn(&Current) -> T) -> BTreeMap<AudienceId, T> {
    let current = site.audiences.iter();
    current.map(|current| (current.audience.clone(), of(current))).collect()
}

fn set_of(record: &Record) -> Option<&AudienceId> {
    match &record.key {
        Key::Snapshot(_, set) | Key::Archive(_, set, _) | Key::Permalinks(_, set, _) => Some(set),
        _ => None,
    }
}
