//! A put that takes from visitors what they saw: the record that closes the page is written before anything that it takes away,
//! and nothing is taken away where it could not be written.

mod region;

use edge_worker::gateway::{self, Edge, Seen, Step};
use page_model::{
    AudienceId, Key, Record,
    access::Door,
    body,
    put::{Batch, Receipt},
    site::Visibility,
};
use region::{Region, guarded};

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

/// Whoever put it is told for how long visitors may still be served what it takes away.
#[test]
fn what_takes_something_away_says_for_how_long_it_is_still_served() {
    for (visibility, taken, served_ms) in [
        (Visibility::Private, "public", 2_000),
        // Whom a page lets in stands in its site record.
        (Visibility::Private, "", 2_000),
        (Visibility::Layered, "", 2_000),
        (Visibility::Public, "members", 2_000),
        (Visibility::Public, "", 0),
    ] {
        let region = guarded::region(visibility, Door::Shown);
        let batch = batch(&region, taken);
        for (lag_ms, told) in [(2_000, served_ms), (0, 0)] {
            let edge = Edge {
                served_ms_max: lag_ms,
                ..region.edge()
            };
            let (_, receipt) = put(&edge, &region, &batch, |_| true);
            assert_eq!(receipt.served_ms_max, told, "{visibility:?} {taken:?}");
        }
    }
}

/// What is written of a batch that brings a page of this visibility and takes away what a set saw, by the kinds of keys.
fn writes(visibility: Visibility, taken: &str, is_stored: impl Fn(&Key) -> bool) -> Vec<String> {
    let region = guarded::region(visibility, Door::Shown);
    put(&region.edge(), &region, &batch(&region, taken), is_stored).0
}

/// Brings all of a page as it is, and takes away what a set saw; nobody, where that has no name.
fn batch(region: &Region, taken: &str) -> Batch {
    let later = |key: &Key| {
        let record = Record::from_bytes(&region.read(key).expect("a record")).expect("a record");
        Record::new(key.clone(), record.page, 10, record.body)
    };
    let keys = region.keys();
    let page = keys.iter().find_map(Key::page).expect("a page").clone();
    let gone = AudienceId::parse(taken).ok().map(|set| Key::Snapshot(page.clone(), set));
    let brought = keys
        .iter()
        .filter(|key| matches!(key, Key::Snapshot(..) | Key::Site(_)));
    let mut records: Vec<Record> = brought.map(later).collect();
    records.extend(gone.map(|gone| Record::tombstone(gone, page, 10)));
    Batch {
        records: records.iter().map(|record| record.to_bytes().into()).collect(),
        cursor: Some(page_model::put::Cursor {
            seq: 10,
            at_ms: region::NOW_MS,
            ..page_model::put::Cursor::default()
        }),
        ..Batch::default()
    }
}

/// What is written of it, by the kinds of keys, and the receipt.
fn put(edge: &Edge, region: &Region, batch: &Batch, is_stored: impl Fn(&Key) -> bool) -> (Vec<String>, Receipt) {
    let (mut step, mut written) = (gateway::store(edge, batch), Vec::new());
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
            Step::Reply(reply, _) => {
                let receipt = body::decode(reply.response.body()).expect("a receipt");
                return (written, receipt);
            }
            Step::Forward(..) | Step::Done => unreachable!("a put is answered"),
        };
    }
}
