//! A put that takes from visitors what they saw: the record that closes the page is written before anything that it takes away,
//! and nothing is taken away where it could not be written.

mod region;

use edge_worker::gateway::{self, Seen, Step};
use page_model::{AudienceId, Key, Record, access::Door, put::Batch, site::Visibility};
use region::guarded;

#[test]
fn what_closes_is_written_first() {
    assert_eq!(
        writes(Visibility::Private, "public", |_| true),
        ["site/", "snapshot/ snapshot/ snapshot/", "sync/"]
    );
    // What opens comes last: nobody is sent to what is not there yet.
    assert_eq!(
        writes(Visibility::Public, "members", |_| true),
        ["snapshot/ snapshot/", "site/", "sync/"]
    );
}

#[test]
fn what_an_open_page_names_stays() {
    let is_stored = |key: &Key| !matches!(key, Key::Site(_));
    assert_eq!(writes(Visibility::Private, "public", is_stored), ["site/"]);
}

/// What is written of a batch that brings a page of this visibility and takes away what a set saw, by the kinds of keys.
fn writes(visibility: Visibility, taken: &str, is_stored: impl Fn(&Key) -> bool) -> Vec<String> {
    let region = guarded::region(visibility, Door::Shown);
    let later = |key: &Key| {
        let record = Record::from_bytes(&region.read(key).expect("a record")).expect("a record");
        Record::new(key.clone(), record.page, 10, record.body)
    };
    let keys = region.keys();
    let page = keys.iter().find_map(Key::page).expect("a page").clone();
    let gone = Key::Snapshot(page.clone(), AudienceId::parse(taken).expect("an audience"));
    let brought = keys
        .iter()
        .filter(|key| matches!(key, Key::Snapshot(..) | Key::Site(_)));
    let mut records: Vec<Record> = brought.map(later).collect();
    records.push(Record::tombstone(gone, page, 10));
    let batch = Batch {
        records: records.iter().map(|record| record.to_bytes().into()).collect(),
        cursor: Some(page_model::put::Cursor {
            seq: 10,
            at_ms: region::NOW_MS,
            ..page_model::put::Cursor::default()
        }),
        ..Batch::default()
    };
    let (mut step, mut written) = (gateway::store(&region.edge(), &batch), Vec::new());
    loop {
        step = match step {
            Step::Read(keys, next) | Step::ReadNow(keys, next) => {
                let seen = |key: &Key| region.read(key).map_or(Seen::Absent, |bytes| Seen::Found(bytes.into()));
                next.resume(keys.iter().map(seen).collect())
            }
            Step::Write(records, next) => {
                let kinds = records.iter().map(|(key, _)| {
                    let text = key.to_string();
                    text.split_inclusive('/').next().map(str::to_owned).unwrap_or_default()
                });
                written.push(kinds.collect::<Vec<_>>().join(" "));
                next.resume(records.iter().map(|(key, _)| is_stored(key)).collect())
            }
            Step::Forward(..) | Step::Reply(..) | Step::Done => return written,
        };
    }
}
