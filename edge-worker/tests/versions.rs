//! An edge beside an origin of the next version, and back.

mod region;

use std::collections::BTreeMap;

use bytes::Bytes;
use edge_worker::gateway::{self, Seen, Step};
use http::Request;
use page_model::{
    Key, Record, Site, Snapshot, body, next,
    put::{Batch, Outcome, Receipt},
    record::FORMAT,
};
use region::Region;
use serde_bytes::ByteBuf;

const THINGS: [&str; 3] = ["cursor", "site", "snapshot"];

/// The region's records as the next version writes them, in this format.
fn records(region: &Region, format: u8) -> Vec<Record> {
    let keys = region.keys().into_iter().filter(Key::is_carried);
    let record = |key: Key| Record::from_bytes(&region.read(&key).expect("it is there")).expect("a record");
    keys.map(record)
        .map(|record| {
            let newer = match record.key {
                Key::Snapshot(..) => {
                    let snapshot: Snapshot = body::decode_compressed(&record.body).expect("a snapshot");
                    body::compressed(&next::written(body::encode(&snapshot)))
                }
                _ => next::written(record.body.clone()),
            };
            assert_ne!(newer, record.body, "{}", record.key);
            Record {
                format,
                ..Record::new(record.key, record.page, record.version, newer)
            }
        })
        .collect()
}

fn page(region: &Region) -> (u16, String) {
    let request = Request::get("http://status.acme.example/")
        .body(Bytes::new())
        .expect("a request");
    let reply = region.answer(request, &mut |_| {});
    (
        reply.status().as_u16(),
        String::from_utf8_lossy(reply.body()).into_owned(),
    )
}

fn put(region: &mut Region, batch: &Batch) -> Receipt {
    let mut step = gateway::store(&region.edge(), batch);
    loop {
        step = match step {
            Step::Read(keys, next) | Step::ReadNow(keys, next) => {
                let seen = |key| region.read(key).map_or(Seen::Absent, |bytes| Seen::Found(bytes.into()));
                next.resume(keys.iter().map(seen).collect())
            }
            Step::Write(writes, next) => {
                let stored = vec![true; writes.len()];
                region.write(writes.into_iter());
                next.resume(stored)
            }
            Step::Reply(reply, _) => return body::decode(&reply.response.into_body()).expect("a receipt"),
            Step::Forward(..) | Step::Done => unreachable!("a put gets a reply"),
        };
    }
}

/// A field more, a language that nobody speaks here: the page is shown all the same.
#[test]
fn what_the_next_version_says_besides_is_left() {
    let mut region = Region::with(&THINGS.map(str::to_owned));
    let before = page(&region);
    let newer = records(&region, FORMAT);
    region.write(newer.iter().map(|record| (record.key.clone(), record.to_bytes())));
    assert_eq!(page(&region), before);
    assert_eq!(before.0, 200);
}

#[test]
fn records_of_the_next_format_are_refused_and_the_page_stays() {
    let mut region = Region::with(&THINGS.map(str::to_owned));
    let before = page(&region);
    let kept: BTreeMap<_, _> = region
        .keys()
        .into_iter()
        .map(|key| (key.clone(), region.read(&key)))
        .collect();
    let newer = records(&region, FORMAT + 1).into_iter().map(|record| {
        let version = record.version + 1;
        ByteBuf::from(Record { version, ..record }.to_bytes())
    });
    let batch = Batch {
        records: newer.collect(),
        ..Batch::default()
    };
    let receipt = put(&mut region, &batch);
    assert_eq!(receipt.format, Some(FORMAT), "the sync is told what can be read here");
    for outcome in &receipt.outcomes {
        assert!(
            matches!(outcome, Outcome::Refused { reason } if reason.contains("format")),
            "{outcome:?}"
        );
    }
    assert!(!receipt.outcomes.is_empty());
    for (key, bytes) in kept {
        assert_eq!(region.read(&key), bytes, "{key}");
    }
    assert_eq!(page(&region), before);
}

/// An edge that went back to an earlier version, over records of the later one.
#[test]
fn what_cannot_be_read_is_said_and_is_written_again_in_this_format() {
    let mut region = Region::with(&THINGS.map(str::to_owned));
    let before = page(&region);
    let today: Vec<_> = region.keys().into_iter().filter(Key::is_carried).collect();
    let today: Vec<_> = today
        .iter()
        .filter_map(|key| region.read(key))
        .map(ByteBuf::from)
        .collect();
    let newer = records(&region, FORMAT + 1);
    region.write(newer.iter().map(|record| (record.key.clone(), record.to_bytes())));
    assert_eq!(page(&region).0, 503, "not found would be a lie");
    let batch = Batch {
        records: today,
        ..Batch::default()
    };
    let receipt = put(&mut region, &batch);
    assert!(
        receipt.outcomes.iter().all(|outcome| *outcome == Outcome::Stored),
        "{receipt:?}"
    );
    assert_eq!(page(&region), before);
}

#[test]
fn site_of_the_next_version_is_a_site() {
    let region = Region::with(&THINGS.map(str::to_owned));
    let site = records(&region, FORMAT)
        .into_iter()
        .find(|record| matches!(record.key, Key::Site(_)));
    let decoded = body::decode::<Site>(&site.expect("a site").body);
    assert!(matches!(decoded, Ok(Site::Page(_))), "{decoded:?}");
}
