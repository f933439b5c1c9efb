//! Who is there, what they do with a message, and what may go wrong meanwhile.

mod polls;

use std::collections::{BTreeMap, BTreeSet};

use page_model::{Id, PageId, Record, put::Batch};
use serde_bytes::ByteBuf;
use sync_lane::{About, Command, Event, Fault, Lane};

use crate::{
    database::{Bad, Database, page_id},
    network::{Life, Message, Network},
    pace::Pace,
    region::{Ended, Kept, Region},
    rules,
    tally::Tally,
};

pub struct World {
    pub rng: fastrand::Rng,
    pub now_ms: u64,
    /// The time of day, which may jump.
    day_ms: u64,
    pub database: Database,
    /// Earlier states of the database.
    pub copies: Vec<Database>,
    pub regions: Vec<Region>,
    pub lanes: Vec<Sync>,
    pub bad: BTreeMap<PageId, Bad>,
    polls: BTreeMap<(Life, u64), u64>,
    pub network: Network,
    pub tally: Tally,
    /// Whether anything goes wrong by itself.
    pub is_calm: bool,
    pub origin_is_down: bool,
    pub is_aloud: bool,
    /// The database of which an older state was put back.
    pub put_back: Option<Id>,
    /// What databases were before another state came in their place.
    former: Vec<Database>,
    /// Databases of which an older state was ever put back.
    with_older: BTreeSet<Id>,
    /// Regions whose cursor moved within such a database since. Until they are filled anew they may have followed both states: a
    /// sync that read a list in part cannot know that the rest is of another one, and both have the same name.
    followed_both: BTreeSet<(usize, Id)>,
}

/// A sync, as far as it is about one region. It may have ended, and begun anew.
pub struct Sync {
    pub region: usize,
    pub lane: Option<Lane>,
    pub life: Life,
    began_ms: u64,
    pace: Pace,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let regions = (0..REGIONS).map(|number| Region::new(number, rng.bool())).collect();
        let mut world = Self {
            database: Database::new(&mut rng),
            rng,
            now_ms: 0,
            day_ms: 1_795_000_000_000,
            copies: Vec::new(),
            regions,
            lanes: Vec::new(),
            bad: BTreeMap::new(),
            polls: BTreeMap::new(),
            network: Network::default(),
            tally: Tally::default(),
            is_calm: false,
            origin_is_down: false,
            is_aloud: false,
            put_back: None,
            former: Vec::new(),
            with_older: BTreeSet::new(),
            followed_both: BTreeSet::new(),
        };
        for region in 0..REGIONS {
            world.start(region);
        }
        world
    }

    /// Another sync for the region.
    pub fn start(&mut self, region: usize) {
        let life = Life {
            lane: self.lanes.len(),
            number: 0,
        };
        self.lanes.push(Sync {
            region,
            lane: None,
            life,
            began_ms: 0,
            pace: Pace::default(),
        });
        self.restart(life.lane);
    }

    /// What it knew is gone; the answers to its former life come to nobody.
    pub fn restart(&mut self, lane: usize) {
        let seed = self.rng.u64(..);
        let sync = &mut self.lanes[lane];
        sync.life.number += 1;
        sync.lane = Some(Lane::new(seed));
        sync.began_ms = self.now_ms;
        sync.pace = Pace::default();
        let life = sync.life;
        self.network.at(self.now_ms + 1, Message::Wake(life));
    }

    pub fn stop(&mut self, lane: usize) {
        let sync = &mut self.lanes[lane];
        sync.life.number += 1;
        sync.lane = None;
    }

    pub fn jump_day(&mut self) {
        self.tally.clock_jumps += 1;
        let jump = self.rng.u64(..7_200_000);
        self.day_ms = (self.day_ms + jump).saturating_sub(3_600_000);
    }

    pub fn publish(&mut self, page: u64) {
        self.tally.changes += 1;
        self.database.change(&mut self.rng, page);
        match self.rng.u64(..3) {
            0 => self
                .network
                .at(self.now_ms + self.rng.u64(1..COUNTS_MS_MAX), Message::Counts),
            _ => self.counts(),
        }
    }

    pub fn put_back(&mut self, database: Database) {
        self.tally.database_restores += 1;
        self.put_back = Some(database.origin.database.clone());
        self.with_older.insert(database.origin.database.clone());
        self.former.push(std::mem::replace(&mut self.database, database));
        self.counts();
    }

    /// One message after the other, until this time.
    pub fn run(&mut self, until_ms: u64) -> Result<Option<Message>, String> {
        loop {
            let Some((at_ms, message)) = self.network.next() else {
                return Ok(None);
            };
            self.now_ms = self.now_ms.max(at_ms);
            match message {
                Message::Publish | Message::Trouble => return Ok(Some(message)),
                message => self.take(message)?,
            }
            if self.now_ms >= until_ms {
                return Ok(None);
            }
        }
    }

    fn take(&mut self, message: Message) -> Result<(), String> {
        match message {
            Message::Wake(life) => self.tell(life, Event::Tick),
            Message::ToLane(life, event) => self.tell(life, event),
            Message::Poll {
                life,
                id,
                after,
                until_ms,
            } => {
                self.poll(life, id, after, until_ms);
                Ok(())
            }
            Message::PollEnds { life, id } => {
                self.poll_ends(life, id);
                Ok(())
            }
            Message::Fetch { life, id, page, since } => self.fetch(life, id, &page, since),
            Message::Put {
                life,
                id,
                batch,
                sent_ms,
            } => self.put(life, id, &batch, sent_ms),
            Message::Overtaken { database, seq } => {
                if self.database.origin.database == database {
                    self.former.push(self.database.clone());
                    self.database.overtaken(seq, &mut self.rng);
                    self.wake_polls();
                }
                Ok(())
            }
            Message::Counts => {
                self.counts();
                Ok(())
            }
            Message::Reboot { region } => {
                self.reboot(region);
                Ok(())
            }
            Message::Publish | Message::Trouble => Ok(()),
        }
    }

    fn fetch(&mut self, life: Life, id: u64, page: &PageId, since: u64) -> Result<(), String> {
        let bad = self.bad.get(page).copied();
        let records = self
            .database
            .records(page, since, bad)
            .filter(|_| bad != Some(Bad::Fails));
        let event = match records {
            _ if self.origin_is_down => Event::PageFailed {
                id,
                fault: Fault::Retry,
                reason: "the origin is down".to_owned(),
            },
            Some((seq, records)) => Event::Records {
                id,
                seq,
                database: Some(self.database.origin.database.clone()),
                records,
            },
            None => Event::PageFailed {
                id,
                fault: Fault::Asked,
                reason: "the page cannot be composed".to_owned(),
            },
        };
        self.answer(life, event);
        Ok(())
    }

    fn put(&mut self, life: Life, id: u64, batch: &Batch, sent_ms: u64) -> Result<(), String> {
        self.tally.puts += 1;
        let number = self.lanes[life.lane].region;
        // A repeat of the very batch that began a filling is not told apart (docs/decisions/expected-place.md).
        let begins = batch.expects.as_ref().is_some_and(|expects| expects.exactly);
        let region = &self.regions[number];
        let is_signed = self.now_ms <= sent_ms + SIGNED_MS;
        if !is_signed || self.now_ms < region.down_until_ms || begins && sent_ms <= region.wiped_ms {
            self.region_failed(life, id);
            return Ok(());
        }
        let crashes = !self.is_calm && self.rng.u64(..REGION_CRASHES_ONE_IN) == 0;
        let region = &mut self.regions[number];
        let before = region.kept.clone();
        let ended = region.put(batch, crashes, &mut self.rng, &mut self.tally);
        if self.is_aloud {
            self.read_aloud(life, id, batch, &ended);
        }
        self.look_at(number, &before)
            .map_err(|broken| format!("region {number}: {broken}"))?;
        match ended {
            Ended::Answered(receipt) => self.answer(life, Event::Region { id, receipt: *receipt }),
            Ended::Refused => self.region_failed(life, id),
            Ended::Crashed => {
                self.tally.region_crashes += 1;
                self.region_failed(life, id);
            }
        }
        Ok(())
    }

    /// Whether the region keeps every rule after a put that changed it.
    fn look_at(&mut self, number: usize, before: &Kept) -> Result<(), String> {
        let kept = &self.regions[number].kept;
        rules::sites_have_their_snapshots(kept)?;
        rules::nothing_goes_back(before, kept)?;
        let states: Vec<&Database> = std::iter::once(&self.database).chain(&self.former).collect();
        let Some(lineage) = kept.cursor.as_ref().and_then(|cursor| cursor.lineage.clone()) else {
            return rules::region_keeps_its_word(kept, &states);
        };
        let followed = (number, lineage.database);
        if self.with_older.contains(&followed.1) && before.stands() != kept.stands() {
            self.followed_both.insert(followed.clone());
        }
        match self.followed_both.contains(&followed) {
            true => rules::only_what_was_written(kept, &states),
            false => rules::region_keeps_its_word(kept, &states),
        }
    }

    fn read_aloud(&self, life: Life, id: u64, batch: &Batch, ended: &Ended) {
        let read =
            |bytes: &ByteBuf| Record::from_bytes(bytes).map(|record| format!("{} v{}", record.key, record.version));
        let records: Vec<String> = batch.records.iter().filter_map(|bytes| read(bytes).ok()).collect();
        let (cursor, expects) = (&batch.cursor, &batch.expects);
        println!(
            "{} {life:?} put {id} {records:?} cursor {cursor:?} expects {expects:?}: {ended:?}",
            self.now_ms
        );
    }

    fn region_failed(&mut self, life: Life, id: u64) {
        let event = Event::RegionFailed {
            id,
            fault: Fault::Retry,
            reason: "the region does not answer".to_owned(),
        };
        self.answer(life, event);
    }

    /// The lane takes it, and what it says goes on its way; it may crash between two commands.
    fn tell(&mut self, life: Life, event: Event) -> Result<(), String> {
        let sync = &mut self.lanes[life.lane];
        let Some(lane) = sync.lane.as_mut().filter(|_| sync.life == life) else {
            return Ok(());
        };
        let (mut commands, now_ms) = (Vec::new(), self.now_ms - sync.began_ms);
        if self.is_aloud && !matches!(event, Event::Tick | Event::Region { .. } | Event::Records { .. }) {
            println!("{} {life:?} hears {event:?}", self.now_ms);
        }
        match &event {
            Event::Region { id, receipt } => sync.pace.answered(*id, receipt, now_ms),
            Event::RegionFailed { id, .. } => sync.pace.failed(*id),
            _ => {}
        }
        lane.handle(now_ms, event, &mut commands);
        for command in &commands {
            if let Command::Put { id, batch } = command {
                let rewrites = self.regions[sync.region].is_transactional;
                sync.pace.sending(*id, batch, now_ms, rewrites)?;
            }
        }
        rules::lane_keeps_its_bounds(lane).map_err(|broken| format!("sync {}: {broken}", life.lane))?;
        let wake_ms = lane.wake_ms().max(now_ms + 1).min(now_ms + WAIT_MS_MAX) + sync.began_ms;
        let crashes = !self.is_calm && self.rng.u64(..LANE_CRASHES_ONE_IN) == 0;
        if crashes {
            commands.truncate(self.rng.usize(..=commands.len()));
        }
        for command in commands {
            if self.is_aloud && !matches!(command, Command::Put { .. }) {
                println!("{} {life:?} says {command:?}", self.now_ms);
            }
            self.obey(life, command);
        }
        if crashes {
            self.tally.lane_crashes += 1;
            self.restart(life.lane);
        } else {
            self.network.at(wake_ms, Message::Wake(life));
        }
        Ok(())
    }

    fn obey(&mut self, life: Life, command: Command) {
        match command {
            Command::Poll { id, after, wait_ms } => {
                let until_ms = self.now_ms + wait_ms;
                let failed = Event::FeedFailed {
                    id,
                    reason: "lost".to_owned(),
                };
                self.ask(
                    life,
                    Message::Poll {
                        life,
                        id,
                        after,
                        until_ms,
                    },
                    failed,
                );
            }
            Command::Fetch { id, page, since, .. } => {
                let (fault, reason) = (Fault::Retry, "lost".to_owned());
                self.ask(
                    life,
                    Message::Fetch { life, id, page, since },
                    Event::PageFailed { id, fault, reason },
                );
            }
            Command::Put { id, batch } => {
                let sent_ms = self.now_ms;
                let (fault, reason) = (Fault::Retry, "lost".to_owned());
                self.ask(
                    life,
                    Message::Put {
                        life,
                        id,
                        batch: *batch,
                        sent_ms,
                    },
                    Event::RegionFailed { id, fault, reason },
                );
            }
            Command::Overtaken { database, seq } => {
                let at_ms = self.now_ms + self.delay_ms();
                self.network.at(at_ms, Message::Overtaken { database, seq });
            }
            Command::Trouble { about, .. } => self.tally.parked += u64::from(matches!(about, About::Parked(_))),
            Command::Report(_) | Command::Warm { .. } | Command::Say { .. } => {}
        }
    }

    pub fn page(&mut self) -> u64 {
        self.rng.u64(..PAGES)
    }

    pub fn make_bad(&mut self) {
        let page = page_id(self.page());
        let bad = [Bad::Fails, Bad::Fails, Bad::Corrupt, Bad::TooLarge];
        let which = if self.rng.u64(..20) == 0 {
            3
        } else {
            self.rng.usize(..3)
        };
        self.tally.bad_pages += 1;
        self.bad.insert(page, bad[which]);
    }
}

pub const REGIONS: usize = 2;
pub const PAGES: u64 = 6;
/// For so long a batch's signature holds, and for so long a region is down whose file is put back. Shorter than in truth, as is all
/// that is late.
pub const SIGNED_MS: u64 = 15_000;
/// Within so long what can be read counts.
const COUNTS_MS_MAX: u64 = 50;
const LANE_CRASHES_ONE_IN: u64 = 150;
const REGION_CRASHES_ONE_IN: u64 = 100;
const WAIT_MS_MAX: u64 = 60_000;
