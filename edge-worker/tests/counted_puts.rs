//! Where puts are counted: what the region says of a put stands in its cursor with it.

use std::collections::BTreeMap;

use edge_worker::gateway::{self, Edge, Forms, PutKeys, Seen, Step};
use page_model::{
    AudienceId, Host, Id, Key, PageId, Record, body,
    put::{Batch, Cursor, Expects, Lineage, Outcome, PutNumber, Receipt},
};

struct Region {
    edge: Edge,
    kept: BTreeMap<Key, Vec<u8>>,
    /// Cannot be written.
    fails: Option<Key>,
}

impl Region {
    /// It stands at 9, and has counted put 4.
    fn new(counts_puts: bool) -> Self {
        let mut cursor = cursor(9);
        cursor.count(None, counts_puts.then_some(put(4)));
        Self {
            edge: Edge {
                region: "eu-1".to_owned(),
                put_keys: PutKeys::default(),
                forms: Forms::compressed,
                kv_lag_ms_max: 0,
                served_ms_max: 0,
                counts_puts,
                renderer: None,
            },
            kept: BTreeMap::from([(Key::Cursor, body::encode(&cursor))]),
            fails: None,
        }
    }

    fn cursor(&self) -> Cursor {
        body::decode(&self.kept[&Key::Cursor]).expect("a cursor")
    }

    fn put(&mut self, batch: &Batch) -> Receipt {
        let mut step = gateway::store(&self.edge, batch);
        loop {
            step = match step {
                Step::Read(keys, next) | Step::ReadNow(keys, next) => {
                    let seen = |key| match self.kept.get(key) {
                        Some(bytes) => Seen::Found(bytes.clone().into()),
                        None => Seen::Absent,
                    };
                    next.resume(keys.iter().map(seen).collect())
                }
                Step::Write(writes, next) => {
                    let mut stored = Vec::new();
                    for (key, bytes) in writes {
                        stored.push(self.fails.as_ref() != Some(&key));
                        if stored.last() == Some(&true) {
                            self.kept.insert(key, bytes);
                        }
                    }
                    next.resume(stored)
                }
                Step::Reply(reply, _) => return body::decode(&reply.response.into_body()).expect("a receipt"),
                Step::Forward(..) | Step::Done => unreachable!("a put gets a reply"),
            };
        }
    }
}

fn put(number: u64) -> PutNumber {
    PutNumber::new(1, number)
}

fn cursor(seq: u64) -> Cursor {
    Cursor {
        seq,
        at_ms: 1_000 + seq,
        ..Cursor::default()
    }
}

fn keys() -> [Key; 2] {
    let page = PageId::parse("northwind001").expect("a page id");
    [
        Key::Snapshot(page, AudienceId::public()),
        Key::Site(Host::parse("status.acme.example").expect("a host")),
    ]
}

/// A page's two records, and where the region stands then.
fn batch(number: Option<PutNumber>, cursor: Option<Cursor>) -> Batch {
    let record = |key: Key| {
        let page = PageId::parse("northwind001").expect("a page id");
        Record::new(key, page, 10, b"a body".to_vec()).to_bytes().into()
    };
    Batch {
        records: keys().map(record).into(),
        cursor,
        number,
        ..Batch::default()
    }
}

#[test]
fn put_is_counted_where_the_cursor_stays() {
    let mut region = Region::new(true);
    let receipt = region.put(&batch(Some(put(5)), None));
    assert!(receipt.counts_puts && receipt.outcomes == [Outcome::Stored, Outcome::Stored]);
    let found = region.cursor();
    assert!(found.counted.has(put(5)) && !found.counted.has(put(6)));
    assert_eq!((found.seq, found.at_ms), (9, 1_009), "nothing else of it moves");
    // Of what is there already it says so, which counts as well.
    let receipt = region.put(&batch(Some(put(6)), Some(cursor(10))));
    assert!(matches!(
        receipt.outcomes[..],
        [Outcome::Kept { .. }, Outcome::Kept { .. }]
    ));
    assert!(region.cursor().counted.has(put(6)) && region.cursor().seq == 10);
}

#[test]
fn nothing_is_acknowledged_that_is_not_counted() {
    let mut region = Region::new(true);
    region.fails = Some(Key::Cursor);
    let receipt = region.put(&batch(Some(put(5)), None));
    assert!(receipt.cursor_failed && receipt.outcomes == [Outcome::Failed, Outcome::Failed]);
}

/// When it comes again other records may fail, and what was acknowledged the first time is not there.
#[test]
fn put_of_which_a_record_failed_is_counted_as_what_it_brought() {
    let mut region = Region::new(true);
    region.fails = Some(keys()[1].clone());
    let receipt = region.put(&batch(Some(put(5)), Some(cursor(10))));
    assert_eq!(receipt.outcomes, [Outcome::Stored, Outcome::Failed]);
    let found = region.cursor();
    assert!(found.counted.has(receipt.counted(put(5))) && !found.counted.has(put(5)));
    assert_eq!(found.seq, 9);
}

#[test]
fn region_without_what_it_acknowledged_stores_nothing() {
    let mut region = Region::new(true);
    let expects = |number| {
        Some(Expects {
            places: vec![cursor(9).place()],
            counted: Some(put(number)),
            ..Expects::default()
        })
    };
    let later = Batch {
        expects: expects(5),
        ..batch(Some(put(6)), Some(cursor(10)))
    };
    let receipt = region.put(&later);
    assert!(receipt.unexpected && receipt.outcomes == [Outcome::Failed, Outcome::Failed]);
    assert_eq!(region.kept.len(), 1);
    let next = Batch {
        expects: expects(4),
        ..later
    };
    assert!(!region.put(&next).unexpected && region.cursor().seq == 10);
}

#[test]
fn older_sync_leaves_what_is_counted_until_another_lineage_begins() {
    let mut region = Region::new(true);
    region.put(&batch(None, None));
    region.put(&batch(None, Some(cursor(10))));
    assert!(region.cursor().counted.has(put(4)) && region.cursor().seq == 10);
    let filled = Cursor {
        lineage: Some(Lineage {
            database: Id::parse("d4tabase0001").expect("an id"),
            format: 2,
            filling: 1,
        }),
        ..cursor(0)
    };
    region.put(&batch(Some(put(1)), Some(filled)));
    assert!(region.cursor().counted.has(put(1)) && !region.cursor().counted.has(put(2)));
}

/// A late put, or a sync that has read less: else nobody would tell of an older state of the database.
#[test]
fn region_forgets_nothing_that_it_has_seen_of_a_database() {
    let at = |database: &str, filling, seq, head| Cursor {
        head,
        lineage: Some(Lineage {
            database: Id::parse(database).expect("an id"),
            format: 2,
            filling,
        }),
        ..cursor(seq)
    };
    for counts_puts in [true, false] {
        let mut region = Region::new(counts_puts);
        let mut head_after = |cursor: Cursor| {
            let seq = cursor.seq;
            region.put(&batch(None, Some(cursor)));
            assert_eq!(region.cursor().seq, seq);
            region.cursor().head
        };
        assert_eq!(head_after(at("d4tabase0001", 1, 11, 27)), 27);
        assert_eq!(head_after(at("d4tabase0001", 1, 11, 14)), 27);
        assert_eq!(head_after(at("d4tabase0001", 1, 12, 14)), 27);
        assert_eq!(head_after(at("d4tabase0001", 2, 0, 14)), 27, "another filling of it");
        assert_eq!(head_after(at("an0therbase1", 3, 0, 14)), 14, "another database");
    }
}

#[test]
fn look_writes_nothing() {
    let mut region = Region::new(true);
    let before = region.kept.clone();
    assert!(region.put(&Batch::default()).counts_puts);
    assert_eq!(region.kept, before);
}

/// One write of a key in a second is all that some KVs take.
#[test]
fn edge_that_does_not_count_writes_its_cursor_only_to_move_it() {
    let mut region = Region::new(false);
    let before = region.cursor();
    assert!(!region.put(&batch(Some(put(5)), None)).counts_puts);
    assert_eq!(region.cursor(), before);
    region.put(&batch(Some(put(6)), Some(cursor(10))));
    assert_eq!(region.cursor(), cursor(10));
}
