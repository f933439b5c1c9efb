//! What a lane expects of a region that counts puts, and of one that does not; and what it hears from what a region shows.

use std::collections::VecDeque;

use page_model::{
    AudienceId, Id, Key, PageId, Record,
    put::{Batch, Cursor, Lineage, Outcome, PutNumber, Receipt},
    record::FORMAT,
};
use serde_bytes::ByteBuf;
use sync_lane::{Change, Command, Event, Lane, News, Origin};

/// A lane between an origin with one page and a region that a test plays.
struct Road {
    lane: Lane,
    now_ms: u64,
    /// The page's last change.
    head: u64,
    poll: Option<(u64, u64, u64)>,
    put: Option<(u64, Batch)>,
    /// What the origin was told that it is behind.
    overtaken: Option<u64>,
}

impl Road {
    /// The region said where it stands.
    fn begun(shown: &Cursor) -> Self {
        let mut road = Self {
            lane: Lane::new(700),
            now_ms: 1,
            head: shown.seq,
            poll: None,
            put: None,
            overtaken: None,
        };
        road.tell(Event::Tick);
        assert_eq!(road.next_put(), Batch::default(), "it asks where the region stands");
        road.answer(&counting(shown, 0));
        road
    }

    fn tell(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let mut commands = Vec::new();
            self.lane.handle(self.now_ms, event, &mut commands);
            for command in commands {
                match command {
                    Command::Poll { id, after, wait_ms } => self.poll = Some((id, after, wait_ms)),
                    Command::Fetch { id, .. } => events.push_back(self.records(id)),
                    Command::Put { id, batch } => self.put = Some((id, *batch)),
                    Command::Overtaken { seq, .. } => self.overtaken = Some(seq),
                    Command::Warm { .. } | Command::Report(_) | Command::Say { .. } | Command::Trouble { .. } => {}
                }
            }
        }
    }

    /// What the lane puts next; a moment goes by before each.
    fn next_put(&mut self) -> Batch {
        for _ in 0..10_000 {
            self.now_ms += 1;
            let is_due = |(_, after, wait_ms): &mut (u64, u64, u64)| *after < self.head || *wait_ms == 0;
            match self.poll.take_if(is_due) {
                Some((id, after, _)) => self.hear(id, after),
                None => self.tell(Event::Tick),
            }
            if let Some((_, batch)) = &self.put {
                return batch.clone();
            }
        }
        unreachable!("the lane puts nothing")
    }

    /// The put of the page's next change.
    fn next_change(&mut self) -> Batch {
        self.head += 1;
        loop {
            let batch = self.next_put();
            if !batch.records.is_empty() {
                return batch;
            }
            let cursor = batch.cursor.unwrap_or_else(|| self.lane.cursor().clone());
            self.answer(&counting(&cursor, 0));
        }
    }

    /// A put is acknowledged, and the next one finds a region that has not got it.
    fn that_lost_a_put(&mut self) -> PutNumber {
        let batch = self.next_change();
        self.answer(&counting(&cursor(None), 1));
        let next = self.next_change();
        assert_eq!(expected(&next), batch.number);
        let refused = Receipt {
            outcomes: vec![Outcome::Failed],
            unexpected: true,
            ..counting(&cursor(None), 0)
        };
        self.answer(&refused);
        batch.number.expect("it brings something")
    }

    fn hear(&mut self, id: u64, after: u64) {
        let change = Change {
            page: page(),
            seq: self.head,
            awaited: true,
            age_ms: 0,
        };
        let news = News {
            head: self.head,
            complete: true,
            origin: Origin {
                database: database(),
                first_seq: 1,
                format: FORMAT,
            },
            heard_ms: self.now_ms,
            changes: if after < self.head { vec![change] } else { Vec::new() },
        };
        self.tell(Event::News { id, news });
    }

    fn records(&self, id: u64) -> Event {
        let key = Key::Snapshot(page(), AudienceId::public());
        Event::Records {
            id,
            database: Some(database()),
            seq: self.head,
            records: vec![ByteBuf::from(
                Record::new(key, page(), self.head, b"a page".to_vec()).to_bytes(),
            )],
        }
    }

    fn answer(&mut self, receipt: &Receipt) {
        let (id, _) = self.put.take().expect("a put is on its way");
        let receipt = receipt.clone();
        self.tell(Event::Region { id, receipt });
    }
}

fn page() -> PageId {
    PageId::parse("page00000001").expect("a page id")
}

fn database() -> Id {
    Id::parse("d4tabase0001").expect("an id")
}

fn cursor(counted: Option<PutNumber>) -> Cursor {
    let mut cursor = Cursor {
        seq: 9,
        head: 9,
        lineage: Some(Lineage {
            database: database(),
            format: FORMAT,
            filling: 5,
        }),
        floor: 1,
        ..Cursor::default()
    };
    cursor.count(None, counted);
    cursor
}

/// From a region that counts and stood there: so many records are stored.
fn counting(shown: &Cursor, records: usize) -> Receipt {
    Receipt {
        cursor: Some(shown.clone()),
        outcomes: vec![Outcome::Stored; records],
        format: Some(FORMAT),
        counts_puts: true,
        ..Receipt::default()
    }
}

fn expected(batch: &Batch) -> Option<PutNumber> {
    batch.expects.as_ref().and_then(|expects| expects.counted)
}

#[test]
fn what_the_region_acknowledged_last_is_expected_of_it() {
    let other = PutNumber::new(3, 8);
    let mut road = Road::begun(&cursor(Some(other)));
    let first = road.next_change();
    assert_eq!(expected(&first), Some(other), "what it showed");
    road.answer(&counting(&cursor(Some(other)), 1));
    let second = road.next_change();
    assert_eq!(expected(&second), first.number, "and what it stored since");
    assert!(second.number.map(|put| put.number) > first.number.map(|put| put.number));
}

#[test]
fn region_that_lost_a_put_is_filled() {
    let mut road = Road::begun(&cursor(None));
    road.that_lost_a_put();
    assert_eq!(road.next_put(), Batch::default(), "it asks again");
    road.answer(&counting(&cursor(None), 0));
    let filling = road.next_put();
    assert!(filling.cursor.is_some_and(|cursor| cursor.filling && cursor.seq == 0));
}

/// What it sent before may still come: it rests on puts that the region lost.
#[test]
fn lane_that_begins_anew_is_another() {
    let mut road = Road::begun(&cursor(None));
    let before = road.that_lost_a_put();
    road.next_put();
    road.answer(&counting(&cursor(None), 0));
    let after = road.next_put().number.expect("it begins a filling");
    assert_ne!(after.sync, before.sync);
}

/// The next put rests on those records alone that were stored.
#[test]
fn put_that_failed_in_part_is_expected_as_it_ended() {
    let mut road = Road::begun(&cursor(None));
    let batch = road.next_change();
    let receipt = Receipt {
        outcomes: vec![Outcome::Failed],
        ..counting(&cursor(None), 0)
    };
    road.answer(&receipt);
    let number = batch.number.expect("it brings something");
    assert_eq!(expected(&road.next_put()), Some(receipt.counted(number)));
    assert_ne!(receipt.counted(number), number);
}

/// A put that was late moved the cursor after the lane had asked where it stands, and an older database was put back since.
#[test]
fn region_that_shows_more_than_the_feed_tells_of_an_older_database() {
    let mut road = Road::begun(&cursor(None));
    road.next_put();
    let further = Cursor {
        seq: 12,
        head: 12,
        ..cursor(None)
    };
    let asked_before = road.poll.take().expect("the feed is asked");
    road.answer(&counting(&further, 0));
    road.hear(asked_before.0, 9);
    assert_eq!(road.overtaken, None, "this answer may be older");
    road.now_ms += 1;
    road.tell(Event::Tick);
    let (id, after, _) = road.poll.take().expect("the feed is asked again");
    road.hear(id, after);
    assert_eq!(road.overtaken, Some(12));
}

#[test]
fn edge_that_does_not_count_is_held_to_nothing() {
    let counted = PutNumber::new(3, 8);
    let mut road = Road::begun(&cursor(Some(counted)));
    road.next_change();
    // An older edge took its place, and shows nothing of what it does not know.
    let older = Receipt {
        counts_puts: false,
        ..counting(&cursor(None), 1)
    };
    road.answer(&older);
    road.head += 1;
    let next = road.next_put();
    assert!(next.expects.is_some(), "it goes on");
    assert_eq!(expected(&next), None);
}

#[test]
fn put_that_was_not_counted_is_not_expected() {
    let mut road = Road::begun(&cursor(None));
    road.next_change();
    let failed = Receipt {
        outcomes: vec![Outcome::Failed],
        cursor_failed: true,
        ..counting(&cursor(None), 0)
    };
    road.answer(&failed);
    assert_eq!(expected(&road.next_put()), None);
}
