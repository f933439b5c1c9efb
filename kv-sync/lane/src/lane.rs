//! The lane of one region.

mod news;
pub mod standing;

use std::collections::BTreeMap;

use page_model::{
    Id, PageId,
    limits::{CURSOR_INTERVAL_MS, KV_WRITE_INTERVAL_MS},
    put::{Cursor, Receipt},
};
use serde_bytes::ByteBuf;

use crate::{
    batches::{Batches, Settled},
    event::{About, Command, Delivered, Event, Fault, Level},
    feed::Feed,
    ledger::{Arrived, Class, Debt, Failed, Ledger},
    limits::{FETCHES_KEPT, FETCHES_MAX, REFUSALS_MAX},
    region::{Answered, Purpose, Put, Region},
};

#[derive(Debug)]
pub struct Lane {
    phase: Phase,
    /// Of the command that was said last.
    id: u64,
    /// Tells the fillings of this lane from those of others.
    seed: u64,
    region: Region,
    feed: Feed,
    ledger: Ledger,
    batches: Batches,
    fetches: BTreeMap<u64, PageId>,
    /// The region has less than it had: it is filled again, whatever it says.
    lost: bool,
    /// Puts of one page that were refused in a row.
    refusals: u32,
}

#[derive(Debug)]
enum Phase {
    /// Where does the region stand?
    Asking,
    /// It stands there; whose sequence numbers are they?
    Hearing(Option<Cursor>),
    /// It is told that a filling begins.
    Resetting(Box<Cursor>),
    Following,
}

impl Lane {
    /// `seed` is a random number that no other lane has.
    pub fn new(seed: u64) -> Self {
        Self {
            phase: Phase::Asking,
            id: 0,
            seed,
            region: Region::new(seed),
            feed: Feed::default(),
            ledger: Ledger::default(),
            batches: Batches::default(),
            fetches: BTreeMap::new(),
            lost: false,
            refusals: 0,
        }
    }

    /// `now_ms` never goes back; it need not be the time of day.
    pub fn handle(&mut self, now_ms: u64, event: Event, out: &mut Vec<Command>) {
        match event {
            Event::Tick => {}
            Event::Region { id, receipt } => self.region_answered(now_ms, id, &receipt, out),
            Event::RegionFailed { id, fault, reason } => self.region_failed(now_ms, id, fault, &reason, out),
            Event::News { id, news } => self.heard(now_ms, id, news, out),
            Event::FeedFailed { id, reason } => self.feed_failed(now_ms, id, &reason, out),
            Event::Records {
                id,
                seq,
                database,
                records,
            } => self.fetched(now_ms, id, database.as_ref(), seq, records, out),
            Event::PageFailed { id, fault, reason } => {
                if let Some(page) = self.fetches.remove(&id) {
                    self.page_failed(now_ms, &page, fault == Fault::Asked, &reason, out);
                }
            }
        }
        self.go_on(now_ms, out);
    }

    /// When it wants a `Tick`, unless something else happens before.
    pub fn wake_ms(&self) -> u64 {
        let region_ms = |at_ms: u64| match self.region.put {
            Some(_) => u64::MAX,
            None => at_ms.max(self.region.pause.until_ms()),
        };
        let poll_ms = self.feed.next_ms();
        match &self.phase {
            Phase::Asking | Phase::Resetting(_) => region_ms(0),
            Phase::Hearing(_) => poll_ms,
            Phase::Following => {
                let due_ms = self.may_fetch().and_then(|latest| self.ledger.next_due_ms(latest));
                let cursor_ms = self.owes_cursor().then(|| self.region.cursor_free_ms());
                let put_ms = cursor_ms
                    .into_iter()
                    .chain([self.region.look_ms()])
                    .min()
                    .unwrap_or(u64::MAX);
                let put_ms = if self.is_ready() { 0 } else { put_ms };
                poll_ms.min(due_ms.unwrap_or(u64::MAX)).min(region_ms(put_ms))
            }
        }
    }

    /// How far the region is known to have come.
    pub fn cursor(&self) -> &Cursor {
        &self.region.cursor
    }

    /// Pages that the region is owed.
    pub fn owed(&self) -> usize {
        self.ledger.owed()
    }

    /// The smallest `since` of a page that holds the cursor, and the head up to which the feed was read whole.
    pub fn bounds(&self) -> (Option<u64>, u64) {
        (self.ledger.first_since(), self.feed.base())
    }

    /// Begins whatever may begin.
    fn go_on(&mut self, now_ms: u64, out: &mut Vec<Command>) {
        match &self.phase {
            Phase::Asking if self.region.is_free(now_ms) => {
                let id = self.next_id();
                let batch = Box::new(self.region.ask(id));
                out.push(Command::Put { id, batch });
            }
            Phase::Resetting(cursor) if self.region.is_free(now_ms) => {
                let cursor = Some(Cursor::clone(cursor));
                let id = self.next_id();
                let batch = Box::new(self.region.send(id, Purpose::Reset, Vec::new(), cursor, now_ms));
                out.push(Command::Put { id, batch });
            }
            Phase::Asking | Phase::Resetting(_) => {}
            Phase::Hearing(_) => self.poll(now_ms, out),
            Phase::Following => {
                self.poll(now_ms, out);
                self.fetch(now_ms, out);
                self.put(now_ms, out);
                self.ledger.forget_rested(now_ms);
            }
        }
    }

    fn poll(&mut self, now_ms: u64, out: &mut Vec<Command>) {
        if self.feed.next_ms() <= now_ms {
            let id = self.next_id();
            out.push(self.feed.poll(id));
        }
    }

    /// The latest class of which one more page may be fetched.
    fn may_fetch(&self) -> Option<Class> {
        let fetches = self.fetches.len();
        let may = |class, fetches_max| fetches < fetches_max && self.batches.has_room(fetches, class);
        if may(Class::Filling, FETCHES_MAX - FETCHES_KEPT) {
            return Some(Class::Filling);
        }
        may(Class::Awaited, FETCHES_MAX).then_some(Class::Awaited)
    }

    fn fetch(&mut self, now_ms: u64, out: &mut Vec<Command>) {
        while let Some(latest) = self.may_fetch()
            && let Some((page, Debt { since, .. })) = self.ledger.take(now_ms, latest)
        {
            let id = self.next_id();
            self.fetches.insert(id, page.clone());
            let awaited = self.ledger.class(&page) == Class::Awaited;
            out.push(Command::Fetch {
                id,
                page,
                since,
                awaited,
            });
        }
    }

    fn is_ready(&self) -> bool {
        self.batches.is_ready(self.fetches.len())
    }

    /// Puts what is ready; the cursor goes with it, or alone where it is time.
    fn put(&mut self, now_ms: u64, out: &mut Vec<Command>) {
        if !self.region.is_free(now_ms) {
            return;
        }
        let (records, sent) = match self.is_ready() {
            true => self.batches.next(),
            false => Default::default(),
        };
        let first_since = self.ledger.first_since_without(sent.completes(&self.batches));
        let reached = self.reached(first_since);
        let is_stale = reached.at_ms >= self.region.cursor.at_ms.saturating_add(CURSOR_INTERVAL_MS)
            || reached.at_ms < self.region.cursor.at_ms;
        let moves = is_stale || is_further(&reached, &self.region.cursor);
        let cursor = Some(reached).filter(|_| moves && self.region.cursor_is_free(now_ms));
        if records.is_empty() && cursor.is_none() && self.region.look_ms() > now_ms {
            return;
        }
        let id = self.next_id();
        self.batches.sending(&sent);
        let batch = Box::new(self.region.send(id, Purpose::Records(sent), records, cursor, now_ms));
        out.push(Command::Put { id, batch });
    }

    /// Where the cursor may stand once the region is owed nothing before `first_since`.
    fn reached(&self, first_since: Option<u64>) -> Cursor {
        let cursor = &self.region.cursor;
        let base = self.feed.base();
        let seq = first_since.map_or(base, |since| since.min(base)).max(cursor.seq);
        let filling = cursor.filling && !self.feed.is_filled(seq);
        Cursor {
            seq,
            // When the feed answered, not now.
            at_ms: self.feed.heard_ms(),
            head: self.feed.head().max(cursor.head),
            lineage: cursor.lineage.clone(),
            floor: match filling || self.region.is_older_edge() {
                true => cursor.floor,
                false => self.feed.first_seq(),
            },
            filling,
            parked: self.ledger.parked(),
            ..Cursor::default()
        }
    }

    fn owes_cursor(&self) -> bool {
        is_further(&self.reached(self.ledger.first_since()), &self.region.cursor)
    }

    fn region_answered(&mut self, now_ms: u64, id: u64, receipt: &Receipt, out: &mut Vec<Command>) {
        let Some(put) = self.region.put.take_if(|put| put.id == id) else {
            return;
        };
        let is_shared = self.region.is_shared(receipt);
        match self.region.answered(&put, receipt, now_ms) {
            Answered::Expected => {}
            Answered::AnotherEdge => {
                say(
                    out,
                    Level::Info,
                    "another edge answers in this region: asking where it stands",
                );
                return self.restart(now_ms);
            }
            Answered::Elsewhere => {
                say(
                    out,
                    Level::Warn,
                    "the region is not where it was left: it lost something, or another sync fills it",
                );
                self.restart(now_ms);
                self.lost = true;
                return;
            }
        }
        self.feed.shown(self.region.seen(receipt));
        // Who counts puts stores each in one transaction, and no key of it has to rest.
        self.ledger.rewrites(receipt.counts_puts);
        if is_shared {
            let reason = "another sync puts into this region too: let one alone run".to_owned();
            let about = About::AnotherSync;
            out.push(Command::Trouble { about, reason });
        }
        match put.purpose {
            Purpose::Ask => self.asked(receipt),
            Purpose::Forgotten => self.region.pause.rest(now_ms + KV_WRITE_INTERVAL_MS),
            // Nothing was stored: it is tried again.
            Purpose::Reset if receipt.cursor_failed => drop(self.region.pause.failed(now_ms)),
            Purpose::Reset => {
                self.feed.follow(0, self.region.cursor.head);
                self.phase = Phase::Following;
            }
            Purpose::Records(sent) => {
                self.refusals = 0;
                let settled = self.batches.settle(sent, &receipt.outcomes);
                self.settle(now_ms, settled, receipt.served_ms_max, out);
            }
        }
    }

    fn asked(&mut self, receipt: &Receipt) {
        let shown = receipt.cursor.clone();
        self.region.begin(shown.as_ref());
        self.feed.hear_from(shown.as_ref().map_or(0, |cursor| cursor.seq));
        self.phase = Phase::Hearing(shown);
    }

    fn region_failed(&mut self, now_ms: u64, id: u64, fault: Fault, reason: &str, out: &mut Vec<Command>) {
        let Some(put) = self.region.put.take_if(|put| put.id == id) else {
            return;
        };
        if matches!(put.purpose, Purpose::Forgotten) {
            self.region.pause.rest(now_ms + KV_WRITE_INTERVAL_MS);
        }
        self.batches.unsent();
        self.region.pause.failed(now_ms);
        out.push(Command::Trouble {
            about: About::Region,
            reason: reason.to_owned(),
        });
        if fault == Fault::Asked {
            self.put_refused(now_ms, &put, reason, out);
        }
    }

    /// What is in it may be at fault: then it is one page's fault, and no other waits for it.
    fn put_refused(&mut self, now_ms: u64, put: &Put, reason: &str, out: &mut Vec<Command>) {
        let Purpose::Records(sent) = &put.purpose else {
            return;
        };
        let Some(page) = self.batches.refused(sent) else {
            return;
        };
        self.refusals += 1;
        if self.refusals >= REFUSALS_MAX {
            self.refusals = 0;
            self.batches.drop_page(&page);
            self.page_failed(now_ms, &page, true, reason, out);
        }
    }

    fn fetched(
        &mut self,
        now_ms: u64,
        id: u64,
        database: Option<&Id>,
        seq: u64,
        records: Vec<ByteBuf>,
        out: &mut Vec<Command>,
    ) {
        if let Some(page) = self.fetches.remove(&id) {
            // What this region has would be taken for the other's.
            if database.is_some_and(|database| !self.feed.is_of(database)) {
                return self.another_origin(now_ms, out);
            }
            self.ledger.fetched(&page, seq);
            if self.ledger.is_overtaken(&page) {
                return self.ledger.give_back(&page);
            }
            let class = self.ledger.class(&page);
            let settled = self.batches.load(page, class, seq, records);
            self.settle(now_ms, settled, 0, out);
        }
    }

    fn settle(
        &mut self,
        now_ms: u64,
        settled: impl IntoIterator<Item = Settled>,
        served_ms: u64,
        out: &mut Vec<Command>,
    ) {
        let (mut delivered, mut warm) = (Vec::new(), Vec::new());
        for settled in settled {
            match settled {
                Settled::Arrived {
                    page,
                    seq,
                    hosts,
                    was_written,
                } => {
                    let Arrived { last, class, owed_ms } = self.ledger.arrived(&page, now_ms, was_written);
                    let seq = seq.max(last);
                    let waited_ms = now_ms.saturating_sub(owed_ms);
                    delivered.push(Delivered {
                        page,
                        seq,
                        waited_ms,
                        served_ms,
                    });
                    let first = class == Class::Awaited;
                    warm.extend(hosts.into_iter().map(|host| Command::Warm { host, first }));
                }
                Settled::Failed {
                    page,
                    reason,
                    was_written,
                } => {
                    if was_written {
                        self.ledger.written(&page, now_ms);
                    }
                    self.page_failed(now_ms, &page, true, &reason, out);
                }
            }
        }
        if !delivered.is_empty() {
            out.push(Command::Report(delivered));
        }
        out.append(&mut warm);
    }

    fn page_failed(&mut self, now_ms: u64, page: &PageId, counts: bool, reason: &str, out: &mut Vec<Command>) {
        let may_park = !self.region.is_older_edge();
        let about = match self.ledger.failed(page, now_ms, counts, may_park) {
            // Who was asked is at fault, and so for every page.
            Failed::AgainIn { .. } if !counts => About::Origin,
            Failed::AgainIn { .. } => About::Page(page.clone()),
            Failed::Parked => About::Parked(page.clone()),
        };
        let reason = reason.to_owned();
        out.push(Command::Trouble { about, reason });
    }

    /// Forgets everything but what the region itself will say. What was written rests first: of which keys it was is forgotten too.
    fn restart(&mut self, now_ms: u64) {
        let older = std::mem::replace(self, Self::new(self.seed));
        self.id = older.id;
        self.lost = older.lost;
        // What it sent until now may still come, and rests on puts of which it is not known any more whether the region has them.
        self.region = Region::new(self.seed.wrapping_add(self.id));
        self.region.format = older.region.format;
        self.region.put = older.region.put.map(Put::forgotten);
        self.region.pause.rest(now_ms + KV_WRITE_INTERVAL_MS);
    }

    fn next_id(&mut self) -> u64 {
        self.id += 1;
        self.id
    }
}

/// Whether the region has more than its cursor says.
fn is_further(reached: &Cursor, cursor: &Cursor) -> bool {
    reached.seq > cursor.seq
        || reached.filling != cursor.filling
        || reached.floor != cursor.floor
        || reached.parked != cursor.parked
}

fn say(out: &mut Vec<Command>, level: Level, text: &str) {
    out.push(Command::Say {
        level,
        text: text.to_owned(),
    });
}
