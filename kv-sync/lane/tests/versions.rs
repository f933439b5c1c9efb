//! What a lane does between an origin and an edge of different versions.

use page_model::{
    Id,
    put::{Batch, Cursor, Lineage, Receipt},
    record::FORMAT,
};
use sync_lane::{Command, Event, Lane, News, Origin};

/// An origin whose database has no page.
struct Road {
    lane: Lane,
    now_ms: u64,
    origin: u8,
    edge: u8,
    /// What the region has is of this format.
    shown: Cursor,
    puts: Vec<Batch>,
    said: Vec<String>,
}

impl Road {
    fn between(origin: u8, edge: u8, shown: u8) -> Self {
        let lineage = Lineage {
            database: database(),
            format: shown,
            filling: 5,
        };
        Self {
            lane: Lane::new(700),
            now_ms: 1,
            origin,
            edge,
            shown: Cursor {
                seq: 9,
                head: 9,
                lineage: Some(lineage),
                floor: 1,
                ..Cursor::default()
            },
            puts: Vec::new(),
            said: Vec::new(),
        }
    }

    /// A minute goes by, in which everything is answered.
    fn minute(mut self) -> Self {
        (self.puts, self.said) = (Vec::new(), Vec::new());
        let mut events = vec![Event::Tick];
        for _ in 0..600 {
            self.now_ms += 100;
            for event in std::mem::replace(&mut events, vec![Event::Tick]) {
                let mut commands = Vec::new();
                self.lane.handle(self.now_ms, event, &mut commands);
                events.extend(commands.into_iter().filter_map(|command| self.answer(command)));
            }
        }
        self
    }

    fn answer(&mut self, command: Command) -> Option<Event> {
        match command {
            Command::Poll { id, .. } => Some(Event::News { id, news: self.news() }),
            Command::Put { id, batch } => {
                let shown = self.shown.clone();
                self.shown = batch.cursor.clone().unwrap_or(shown.clone());
                self.puts.push(*batch);
                let receipt = Receipt {
                    cursor: Some(shown),
                    format: Some(self.edge),
                    ..Receipt::default()
                };
                Some(Event::Region { id, receipt })
            }
            Command::Say { text, .. } => {
                self.said.push(text);
                None
            }
            _ => None,
        }
    }

    fn news(&self) -> News {
        News {
            head: 9,
            complete: true,
            origin: Origin {
                database: database(),
                first_seq: 1,
                format: self.origin,
            },
            heard_ms: self.now_ms,
            changes: Vec::new(),
        }
    }

    fn moved(&self) -> Option<&Cursor> {
        self.puts.iter().rev().find_map(|batch| batch.cursor.as_ref())
    }
}

fn database() -> Id {
    Id::parse("d4tabase0001").expect("an id")
}

/// Else the region would look as fresh as one that has everything.
#[test]
fn edge_that_cannot_read_what_is_composed_is_told_nothing() {
    for edge in [FORMAT - 1, FORMAT + 2] {
        let road = Road::between(FORMAT, edge, FORMAT).minute();
        assert!(
            road.puts.iter().all(|batch| *batch == Batch::default()),
            "{:?}",
            road.puts
        );
        assert!(
            (2..100).contains(&road.puts.len()),
            "it is asked again, with pauses: {}",
            road.puts.len()
        );
        let who = if edge < FORMAT {
            "until the edge is upgraded"
        } else {
            "until origin and sync are upgraded"
        };
        assert!(road.said.iter().any(|text| text.contains(who)), "{:?}", road.said);
        let upgraded = Road { edge: FORMAT, ..road }.minute();
        assert!(upgraded.moved().is_some(), "{:?}", upgraded.said);
    }
}

#[test]
fn edge_is_upgraded_before_the_origin() {
    let road = Road::between(FORMAT, FORMAT + 1, FORMAT).minute();
    assert!(
        road.moved().is_some_and(|cursor| cursor.seq == 9 && !cursor.filling),
        "{:?}",
        road.said
    );
}

#[test]
fn sync_carries_nothing_of_an_origin_that_it_cannot_read() {
    let road = Road::between(FORMAT + 1, FORMAT + 1, FORMAT).minute();
    assert_eq!(road.moved(), None);
    assert!(
        road.said.iter().any(|text| text.contains("run both in one version")),
        "{:?}",
        road.said
    );
    let upgraded = Road { origin: FORMAT, ..road }.minute();
    assert!(upgraded.moved().is_some());
}

/// At an upgrade of the origin, and when it goes back.
#[test]
fn region_with_records_of_another_format_is_filled_anew() {
    for shown in [FORMAT - 1, FORMAT + 1] {
        let road = Road::between(FORMAT, FORMAT, shown).minute();
        let filled: Vec<_> = road.puts.iter().filter_map(|batch| batch.cursor.as_ref()).collect();
        assert!(filled[0].filling && filled[0].seq == 0, "{filled:?}");
        let last = road.moved().and_then(|cursor| cursor.lineage.clone());
        assert!(last.is_some_and(|lineage| lineage.format == FORMAT && lineage.filling != 5));
        assert!(
            road.moved().is_some_and(|cursor| !cursor.filling && cursor.seq == 9),
            "{filled:?}"
        );
    }
}
