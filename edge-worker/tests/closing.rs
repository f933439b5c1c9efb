//! A put that takes from visitors what they saw: the record that closes the page is written before anything that it takes away,
//! and nothing is taken away where it could not be written.

mod region;

use std::collections::HashMap;

use bytes::Bytes;
use edge_worker::gateway::{self, Afterwards, Edge, Seen, Step, Visit};
use http::{Request, Response};
use page_model::{
    AudienceId, Key, Record,
    access::Door,
    body,
    put::{Batch, Receipt},
    site::Visibility,
};
use region::{Region, guarded};

const HOST: &str = "status.acme.example";

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

/// A page that was public a moment ago and is private now, in a KV that repeats for a while what it read: strangers see it until that
/// while is over at most, and then nothing of it at any address, whatever was drawn and kept before.
#[test]
fn page_that_closes_is_shown_no_longer_than_the_kv_is_late() {
    const PATHS: [&str; 8] = [
        "/",
        "/history",
        "/history/2026-10",
        "/uptime",
        "/search?q=publicword",
        "/api/v2/summary.json",
        "/history.atom",
        "/status.txt",
    ];
    for lag_ms in [0, 1_000, 30_000, 60_000] {
        let mut kv = LateKv::of(guarded::region(Visibility::Public, Door::Shown), lag_ms);
        let step_ms = (lag_ms / 20).max(250);
        for at_ms in (0..lag_ms + 5_000).step_by(step_ms as usize) {
            for path in PATHS {
                assert!(kv.shows(path, at_ms), "{path} is public");
            }
        }
        let closed_ms = lag_ms + 5_000;
        // As late as can be: what it repeats was read just before.
        kv.read.clear();
        for path in PATHS {
            assert!(kv.shows(path, closed_ms - 1), "{path} is public");
        }
        kv.put(&batch(&guarded::region(Visibility::Private, Door::Shown), "public"));
        let mut shown = 0;
        for after_ms in (0..lag_ms + 10_000).step_by(step_ms as usize) {
            for path in PATHS {
                let is_shown = kv.shows(path, closed_ms + after_ms);
                assert!(
                    !is_shown || after_ms < lag_ms,
                    "{path} is shown {after_ms} ms later, {lag_ms} ms late"
                );
                shown += u32::from(is_shown);
            }
        }
        assert_eq!(shown > 0, lag_ms > 0, "{lag_ms} ms late: {shown}");
    }
}

/// A region whose KV repeats what it read of a key, and also that there was nothing.
struct LateKv {
    region: Region,
    lag_ms: u64,
    read: HashMap<Key, (u64, Option<Vec<u8>>)>,
}

impl LateKv {
    fn of(region: Region, lag_ms: u64) -> Self {
        Self {
            region,
            lag_ms,
            read: HashMap::new(),
        }
    }

    /// What is put is compared with what is there.
    fn put(&mut self, batch: &Batch) {
        let edge = self.region.edge();
        let mut step = gateway::store(&edge, batch);
        loop {
            step = match step {
                Step::Read(keys, next) | Step::ReadNow(keys, next) => {
                    let seen = |key: &Key| {
                        self.region
                            .read(key)
                            .map_or(Seen::Absent, |bytes| Seen::Found(bytes.into()))
                    };
                    next.resume(keys.iter().map(seen).collect())
                }
                Step::Write(records, next) => {
                    let stored = vec![true; records.len()];
                    self.region.write(records.into_iter());
                    next.resume(stored)
                }
                Step::Forward(..) | Step::Reply(..) | Step::Done => return,
            };
        }
    }

    /// Whether a stranger is shown anything of the page, so many milliseconds after it all began.
    fn shows(&mut self, path: &str, at_ms: u64) -> bool {
        let edge = self.region.edge();
        let request = Request::get(format!("https://{HOST}{path}")).body(Bytes::new());
        let visit = Visit {
            request: request.expect("a request"),
            now_ms: region::NOW_MS + at_ms,
            client: None,
        };
        let (reply, work) = self.drive(gateway::open(&edge, visit), at_ms).expect("a reply");
        if let Some(work) = work {
            self.drive(work.begin(&edge), at_ms);
        }
        let status = reply.status().as_u16();
        assert!([200, 403, 404, 503].contains(&status), "{path}: {reply:?}");
        String::from_utf8_lossy(reply.body()).contains("publicword") && status == 200
    }

    fn drive(&mut self, mut step: Step, at_ms: u64) -> Option<(Response<Bytes>, Option<Afterwards>)> {
        loop {
            step = match step {
                Step::Read(keys, next) | Step::ReadNow(keys, next) => {
                    let seen = keys.into_iter().map(|key| self.late(key, at_ms));
                    next.resume(
                        seen.map(|bytes| bytes.map_or(Seen::Absent, |bytes| Seen::Found(bytes.into())))
                            .collect(),
                    )
                }
                Step::Write(records, next) => {
                    let stored = vec![true; records.len()];
                    self.region.write(records.into_iter());
                    next.resume(stored)
                }
                Step::Forward(_, next) => next.resume(None),
                Step::Reply(reply, work) => return Some((reply.response, work)),
                Step::Done => return None,
            };
        }
    }

    fn late(&mut self, key: Key, at_ms: u64) -> Option<Vec<u8>> {
        let there = || self.region.read(&key);
        let (read_ms, bytes) = self.read.entry(key.clone()).or_insert_with(|| (at_ms, there()));
        if *read_ms + self.lag_ms <= at_ms {
            (*read_ms, *bytes) = (at_ms, there());
        }
        bytes.clone()
    }
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
    let gone = AudienceId::parse(taken)
        .ok()
        .map(|set| Key::Snapshot(page.clone(), set));
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
