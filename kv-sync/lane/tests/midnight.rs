//! The days of many pages end at once, and somebody tells of an incident.

use std::collections::{BTreeMap, VecDeque};

use page_model::{
    AudienceId, Id, Key, PageId, Record,
    put::{Batch, Cursor, Lineage, Outcome, Receipt},
    record::FORMAT,
};
use serde_bytes::ByteBuf;
use sync_lane::{Change, Command, Event, Lane, News, Origin};

/// An origin that answers at once, and a region that takes a while for a put.
struct Road {
    lane: Lane,
    now_ms: u64,
    /// What a page's last change is, and whether somebody waits for it.
    pages: BTreeMap<PageId, (u64, bool)>,
    head: u64,
    cursor: Cursor,
    poll: Option<(u64, u64)>,
    put: Option<(u64, u64, Batch)>,
    /// The pages of each put that was sent, and which version of them.
    puts: Vec<Vec<(PageId, u64)>>,
}

impl Road {
    fn new() -> Self {
        let lineage = Lineage {
            database: database(),
            format: FORMAT,
            filling: 1,
        };
        Self {
            lane: Lane::new(1),
            now_ms: 0,
            pages: BTreeMap::new(),
            head: 1,
            cursor: Cursor {
                seq: 1,
                head: 1,
                floor: 1,
                lineage: Some(lineage),
                ..Cursor::default()
            },
            poll: None,
            put: None,
            puts: Vec::new(),
        }
    }

    fn change(&mut self, number: u64, awaited: bool) {
        self.head += 1;
        self.pages.insert(page(number), (self.head, awaited));
    }

    fn run(&mut self, until_ms: u64) {
        while self.now_ms < until_ms {
            self.tell(Event::Tick);
            self.answer();
            self.now_ms += 1;
        }
    }

    fn tell(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let mut commands = Vec::new();
            self.lane.handle(self.now_ms, event, &mut commands);
            for command in commands {
                match command {
                    Command::Poll { id, after, .. } => self.poll = Some((id, after)),
                    Command::Fetch { id, page, .. } => events.push_back(self.records(id, page)),
                    Command::Put { id, batch } => {
                        let records = batch.records.iter().filter_map(|bytes| Record::from_bytes(bytes).ok());
                        self.puts
                            .push(records.map(|record| (record.page, record.version)).collect());
                        self.put = Some((id, self.now_ms + PUT_MS, *batch));
                    }
                    Command::Warm { .. }
                    | Command::Report(_)
                    | Command::Say { .. }
                    | Command::Trouble { .. }
                    | Command::Overtaken { .. } => {}
                }
            }
        }
    }

    fn answer(&mut self) {
        let is_old = self.now_ms.is_multiple_of(10_000);
        if let Some((id, after)) = self.poll.take_if(|(_, after)| *after < self.head || is_old) {
            let behind = self.pages.iter().filter(|(_, (seq, _))| *seq > after);
            let mut changes: Vec<Change> = behind
                .map(|(page, (seq, awaited))| Change {
                    page: page.clone(),
                    seq: *seq,
                    awaited: *awaited,
                    age_ms: 0,
                })
                .collect();
            changes.sort_by_key(|change| change.seq);
            let news = News {
                head: self.head,
                complete: true,
                origin: Origin {
                    database: database(),
                    first_seq: 1,
                    format: FORMAT,
                },
                heard_ms: self.now_ms,
                changes,
            };
            self.tell(Event::News { id, news });
        }
        if let Some((id, _, batch)) = self.put.take_if(|(_, done_ms, _)| *done_ms <= self.now_ms) {
            let before = self.cursor.clone();
            self.cursor = batch.cursor.unwrap_or_else(|| before.clone());
            self.cursor.count(Some(&before), batch.number);
            let receipt = Receipt {
                outcomes: vec![Outcome::Stored; batch.records.len()],
                cursor: Some(self.cursor.clone()),
                format: Some(FORMAT),
                counts_puts: true,
                ..Receipt::default()
            };
            self.tell(Event::Region { id, receipt });
        }
    }

    fn records(&self, id: u64, page: PageId) -> Event {
        let (seq, _) = self.pages[&page];
        let key = Key::Snapshot(page.clone(), AudienceId::public());
        let record = Record::new(key, page, seq, b"a page".to_vec());
        Event::Records {
            id,
            database: Some(database()),
            seq,
            records: vec![ByteBuf::from(record.to_bytes())],
        }
    }

    /// How many puts went before the one that brings the page, of those behind so many.
    fn puts_before(&self, sent: usize, number: u64) -> Option<usize> {
        let page = page(number);
        let holds = |pages: &Vec<(PageId, u64)>| pages.contains(&(page.clone(), self.pages[&page].0));
        self.puts[sent..].iter().position(holds)
    }
}

fn page(number: u64) -> PageId {
    PageId::parse(&format!("page{number:08}")).expect("a page id")
}

fn database() -> Id {
    Id::parse("d4tabase0001").expect("an id")
}

const PAGES: u64 = 3_000;
const PUT_MS: u64 = 20;

#[test]
fn incident_comes_with_the_next_put_whatever_midnight_brings() {
    let mut road = Road::new();
    road.run(1_000);
    for number in 0..PAGES {
        road.change(number, false);
    }
    road.run(1_115);
    let sent = road.puts.len();
    assert!((2..20).contains(&sent), "midnight is under way: {sent} puts");
    // One page that was not there, and one whose day has ended as well, but was not carried yet.
    road.change(PAGES, true);
    road.change(PAGES - 1, true);
    road.run(1_200);
    assert_eq!(road.puts_before(sent, PAGES), Some(0));
    assert_eq!(road.puts_before(sent, PAGES - 1), Some(0));
    road.run(60_000);
    let carried: usize = road.puts.iter().map(Vec::len).sum();
    assert!(carried as u64 >= PAGES, "no page is left out: {carried}");
    assert_eq!((road.lane.owed(), road.cursor.seq), (0, road.head));
}

/// Until it is told, or waits for the put that is on its way.
#[test]
fn incident_of_a_page_whose_day_ended_a_moment_ago_does_not_wait() {
    let mut road = Road::new();
    road.run(1_000);
    road.change(1, false);
    road.run(1_100);
    assert_eq!(
        road.puts_before(0, 1).map(|_| road.lane.owed()),
        Some(0),
        "its day ended"
    );
    let sent = road.puts.len();
    road.change(1, true);
    road.run(1_130);
    assert_eq!(road.puts_before(sent, 1), Some(0));
    let puts = road.puts.len();
    road.change(1, true);
    road.run(1_900);
    assert_eq!(
        road.puts_before(puts, 1),
        None,
        "a publisher's next change within the second waits"
    );
    road.run(3_000);
    assert!(road.puts_before(puts, 1).is_some());
}

#[test]
fn incident_does_not_wait_for_the_records_of_its_page_that_midnight_has_brought() {
    let mut road = Road::new();
    road.run(1_000);
    for number in 0..40 {
        road.change(number, false);
    }
    // Some are on their way, and the others wait for it.
    road.run(1_030);
    assert_eq!(road.puts.last().map(Vec::len), Some(sync_lane::limits::PAGES_TOGETHER));
    let sent = road.puts.len();
    road.change(39, true);
    road.run(1_060);
    assert_eq!(road.puts_before(sent, 39), Some(0));
    road.run(4_000);
    let brought = road
        .puts
        .iter()
        .flatten()
        .filter(|(other, _)| *other == page(39))
        .count();
    assert_eq!((brought, road.lane.owed()), (1, 0), "what was overtaken is not put");
}
