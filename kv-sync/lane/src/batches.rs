//! Records that are here and wait for a put: which of them go into the next one, and what came of it.

use std::collections::{BTreeMap, VecDeque};

use page_model::{
    Host, Key, PageId,
    limits::{PUT_BYTES_MAX, PUT_RECORDS_MAX},
    put::Outcome,
};
use serde_bytes::ByteBuf;

use crate::{
    ledger::Class,
    limits::{PAGES_TOGETHER, READY_BYTES_KEPT, READY_BYTES_MAX, READY_PAGES_KEPT, READY_PAGES_MAX},
    parcel::{PUT_FRAME_BYTES, Parcel},
};

#[derive(Debug)]
pub struct Batches {
    /// Those that are on their way stand first, the others by class and in the order in which they came.
    ready: VecDeque<Loaded>,
    /// How many are on their way.
    sending: usize,
    bytes: usize,
    /// Versions that the region has of pages that did not arrive whole. Only a page that still is owed stands here.
    known: BTreeMap<PageId, BTreeMap<Key, u64>>,
    /// How many pages share a put: fewer once a put was refused, so that one page's fault is found.
    pages_max: usize,
    /// The put before had only pages that somebody waited for, though others were ready: they go with this one.
    others_wait: bool,
}

#[derive(Debug)]
struct Loaded {
    page: PageId,
    class: Class,
    seq: u64,
    parcels: VecDeque<Parcel>,
    hosts: Vec<Host>,
    /// Something of the page cannot be carried.
    unfit: Option<String>,
}

/// What a put holds, page by page.
#[derive(Debug, Default)]
pub struct Sent {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    page: PageId,
    sent: Vec<(Key, u64)>,
    completes: bool,
}

#[derive(Debug)]
pub enum Settled {
    Arrived {
        page: PageId,
        seq: u64,
        hosts: Vec<Host>,
        was_written: bool,
    },
    /// `was_written`: some of its keys may have been, so that they rest.
    Failed {
        page: PageId,
        reason: String,
        was_written: bool,
    },
}

impl Default for Batches {
    fn default() -> Self {
        Self {
            ready: VecDeque::new(),
            sending: 0,
            bytes: 0,
            known: BTreeMap::new(),
            pages_max: READY_PAGES_MAX,
            others_wait: false,
        }
    }
}

impl Batches {
    /// Whether one more page of a class may come, while so many are.
    pub fn has_room(&self, coming: usize, class: Class) -> bool {
        let (pages_kept, bytes_kept) = match class {
            Class::Awaited => (READY_PAGES_KEPT, READY_BYTES_KEPT),
            Class::Passing | Class::Filling => (0, 0),
        };
        self.ready.len() + coming < READY_PAGES_MAX + pages_kept && self.bytes < READY_BYTES_MAX + bytes_kept
    }

    /// Whether a put is worth its while, when so many pages are coming: each costs the region a transaction, so that pages for
    /// which nobody waits go together.
    pub fn is_ready(&self, coming: usize) -> bool {
        let Some(first) = self.ready.front() else {
            return false;
        };
        let enough = self.ready.len() >= PAGES_TOGETHER.min(self.pages_max) || self.bytes >= PUT_BYTES_MAX;
        coming == 0 || enough || first.class == Class::Awaited
    }

    /// Takes a page's records in, without those that the region has. A page of which nothing is left is settled at once.
    pub fn load(&mut self, page: PageId, class: Class, seq: u64, records: Vec<ByteBuf>) -> Option<Settled> {
        let known = self.known.get(&page);
        let (mut parcels, mut unfit, mut has_snapshot) = (VecDeque::new(), None, true);
        for bytes in records {
            match Parcel::open(&page, bytes) {
                // A region's version never goes back, so it has this one or a later one.
                Ok(parcel) if known.and_then(|known| known.get(&parcel.key)) >= Some(&parcel.version) => {}
                Ok(parcel) => parcels.push_back(parcel),
                Err(error) => {
                    has_snapshot &= !error.spoils_snapshot;
                    unfit.get_or_insert(error.reason);
                }
            }
        }
        if !has_snapshot {
            // A site must not name what cannot come.
            parcels.retain(|parcel| parcel.host.is_none());
        }
        let loaded = Loaded {
            page,
            class,
            seq,
            hosts: parcels.iter().filter_map(|parcel| parcel.host.clone()).collect(),
            parcels,
            unfit,
        };
        if loaded.parcels.is_empty() {
            return Some(self.settled(loaded, false));
        }
        self.bytes += loaded.bytes();
        let mut place = self.ready.len();
        while place > self.sending && self.ready[place - 1].class > class {
            place -= 1;
        }
        self.ready.insert(place, loaded);
        None
    }

    /// As many records as one put may hold, the first page first.
    pub fn next(&self) -> (Vec<ByteBuf>, Sent) {
        let (mut records, mut parts) = (Vec::new(), Vec::new());
        let mut bytes_left = PUT_BYTES_MAX - PUT_FRAME_BYTES;
        for loaded in self.ready.iter().take(self.pages_together()) {
            let mut sent = Vec::new();
            for parcel in &loaded.parcels {
                if records.len() == PUT_RECORDS_MAX || parcel.put_bytes() > bytes_left {
                    break;
                }
                bytes_left -= parcel.put_bytes();
                records.push(parcel.bytes.clone());
                sent.push((parcel.key.clone(), parcel.version));
            }
            let completes = sent.len() == loaded.parcels.len();
            if !sent.is_empty() {
                parts.push(Part {
                    page: loaded.page.clone(),
                    sent,
                    completes,
                });
            }
            if !completes {
                break;
            }
        }
        (records, Sent { parts })
    }

    /// What somebody waits for goes without the others, which would make its put last longer, but for every other put.
    fn pages_together(&self) -> usize {
        let of = |class| self.ready.iter().filter(|loaded| loaded.class == class).count();
        let (awaited, passing) = (of(Class::Awaited), of(Class::Passing));
        let together = match (awaited, passing) {
            (1.., _) if !self.others_wait => awaited,
            (_, 1..) => awaited + PAGES_TOGETHER,
            (_, 0) => READY_PAGES_MAX,
        };
        together.min(self.pages_max)
    }

    /// This is on its way: what comes meanwhile stands behind it.
    pub fn sending(&mut self, sent: &Sent) {
        self.sending = sent.parts.len();
        let is_awaited = |loaded: &Loaded| loaded.class == Class::Awaited;
        let only_awaited = self.ready.iter().take(self.sending).all(is_awaited);
        self.others_wait = only_awaited && !self.ready.iter().all(is_awaited);
    }

    /// It did not arrive, and is made up anew.
    pub fn unsent(&mut self) {
        self.sending = 0;
        self.ready.make_contiguous().sort_by_key(|loaded| loaded.class);
    }

    /// What the region said of each record of the last put.
    pub fn settle(&mut self, sent: Sent, outcomes: &[Outcome]) -> Vec<Settled> {
        self.sending = 0;
        self.pages_max = (self.pages_max * 2).min(READY_PAGES_MAX);
        let mut outcomes = outcomes.iter();
        let mut settled = Vec::new();
        for part in sent.parts {
            let Some(mut loaded) = self.unload() else {
                break;
            };
            let (mut fault, mut was_written) = (None, false);
            for (key, version) in part.sent {
                loaded.parcels.pop_front();
                let failed = match outcomes.next() {
                    Some(Outcome::Stored) => {
                        was_written = true;
                        self.note(&loaded.page, key, version);
                        continue;
                    }
                    // Perhaps a moment ago, by a put whose answer was lost.
                    Some(Outcome::Kept { version: kept }) => {
                        was_written = true;
                        self.note(&loaded.page, key, version.max(*kept));
                        continue;
                    }
                    Some(Outcome::Refused { reason }) => format!("{key} was refused: {reason}"),
                    Some(Outcome::Failed) | None => format!("{key} was not stored"),
                };
                fault.get_or_insert(failed);
            }
            match fault {
                Some(reason) => settled.push(Settled::Failed {
                    page: loaded.page,
                    reason,
                    was_written,
                }),
                None if part.completes => settled.push(self.settled(loaded, was_written)),
                None => {
                    self.bytes += loaded.bytes();
                    // Before the others of its class, of which none has begun.
                    let place = self.ready.iter().position(|other| other.class >= loaded.class);
                    self.ready.insert(place.unwrap_or(self.ready.len()), loaded);
                }
            }
        }
        settled
    }

    /// The region refused a put whole. Gives the page whose fault it is, where only one was in it.
    pub fn refused(&mut self, sent: &Sent) -> Option<PageId> {
        match &sent.parts[..] {
            [one] => Some(one.page.clone()),
            parts => {
                self.pages_max = (parts.len() / 2).max(1);
                None
            }
        }
    }

    /// The page is fetched anew before it goes, unless some of it is on its way or there.
    pub fn take_back(&mut self, page: &PageId) -> bool {
        let place = self.ready.iter().position(|loaded| loaded.page == *page);
        let goes = place.is_none_or(|place| place < self.sending) || self.known.contains_key(page);
        if !goes {
            self.drop_page(page);
        }
        !goes
    }

    /// The page does not go after all.
    pub fn drop_page(&mut self, page: &PageId) {
        self.ready.retain(|loaded| loaded.page != *page);
        self.bytes = self.ready.iter().map(Loaded::bytes).sum();
    }

    fn unload(&mut self) -> Option<Loaded> {
        let loaded = self.ready.pop_front()?;
        self.bytes -= loaded.bytes();
        Some(loaded)
    }

    fn note(&mut self, page: &PageId, key: Key, version: u64) {
        self.known.entry(page.clone()).or_default().insert(key, version);
    }

    fn settled(&mut self, loaded: Loaded, was_written: bool) -> Settled {
        match loaded.unfit {
            Some(reason) => Settled::Failed {
                page: loaded.page,
                reason,
                was_written,
            },
            None => {
                self.known.remove(&loaded.page);
                Settled::Arrived {
                    page: loaded.page,
                    seq: loaded.seq,
                    hosts: loaded.hosts,
                    was_written,
                }
            }
        }
    }
}

impl Loaded {
    fn bytes(&self) -> usize {
        self.parcels.iter().map(Parcel::put_bytes).sum()
    }
}

impl Sent {
    /// Pages that are whole in the region once this put is stored.
    pub fn completes<'a>(&'a self, batches: &'a Batches) -> impl Iterator<Item = &'a PageId> {
        let whole = self.parts.iter().zip(&batches.ready);
        let whole = whole.filter(|(part, loaded)| part.completes && loaded.unfit.is_none());
        whole.map(|(part, _)| &part.page)
    }
}

#[cfg(test)]
mod tests {
    use page_model::{
        AudienceId, Record,
        asset::{AssetKind, AssetName},
        limits::KV_VALUE_BYTES_MAX,
    };

    use super::*;

    fn page(number: u8) -> PageId {
        PageId::parse(&format!("page{number:08}")).expect("a page id")
    }

    fn asset(page: &PageId, number: usize, bytes: usize) -> ByteBuf {
        let name = AssetName::of(&number.to_be_bytes(), AssetKind::Png);
        let record = Record::new(Key::Asset(page.clone(), name), page.clone(), 7, vec![b'x'; bytes]);
        ByteBuf::from(record.to_bytes())
    }

    fn site(page: &PageId) -> ByteBuf {
        let host = Host::parse("status.example.com").expect("a host");
        ByteBuf::from(Record::new(Key::Site(host), page.clone(), 7, b"site".to_vec()).to_bytes())
    }

    fn snapshot(page: &PageId, bytes: usize) -> ByteBuf {
        let key = Key::Snapshot(page.clone(), AudienceId::public());
        ByteBuf::from(Record::new(key, page.clone(), 7, vec![1; bytes]).to_bytes())
    }

    fn stored(sent: &Sent) -> Vec<Outcome> {
        vec![Outcome::Stored; sent.parts.iter().map(|part| part.sent.len()).sum()]
    }

    #[test]
    fn splits_a_page_into_puts_within_the_limits_and_settles_it_with_the_last() {
        let mut batches = Batches::default();
        let records = (0..10).map(|number| asset(&page(1), number, 900_000)).collect();
        assert!(batches.load(page(1), Class::Awaited, 7, records).is_none());
        let mut puts = Vec::new();
        while !batches.ready.is_empty() {
            let (records, sent) = batches.next();
            let completes = sent.completes(&batches).count();
            let outcomes = stored(&sent);
            puts.push((records.len(), completes, batches.settle(sent, &outcomes).len()));
        }
        assert_eq!(puts, [(4, 0, 0), (4, 0, 0), (2, 1, 1)]);
        assert_eq!(batches.bytes, 0);
    }

    #[test]
    fn only_what_the_region_lacks_is_sent_again() {
        let mut batches = Batches::default();
        let records = || vec![asset(&page(1), 1, 10), snapshot(&page(1), 10), site(&page(1))];
        batches.load(page(1), Class::Awaited, 7, records());
        let (_, sent) = batches.next();
        let settled = batches.settle(sent, &[Outcome::Stored, Outcome::Failed, Outcome::Failed]);
        assert!(
            matches!(&settled[..], [Settled::Failed { was_written: true, .. }]),
            "{settled:?}"
        );
        batches.load(page(1), Class::Awaited, 7, records());
        let (again, sent) = batches.next();
        assert_eq!(again, records()[1..]);
        let settled = batches.settle(sent, &[Outcome::Failed, Outcome::Failed]);
        assert!(
            matches!(&settled[..], [Settled::Failed { was_written: false, .. }]),
            "{settled:?}"
        );
        batches.load(page(1), Class::Awaited, 7, records());
        let (_, sent) = batches.next();
        let settled = batches.settle(sent, &[Outcome::Stored, Outcome::Kept { version: 9 }]);
        assert!(matches!(&settled[..], [Settled::Arrived { .. }]), "{settled:?}");
        assert!(batches.known.is_empty(), "what arrived is not remembered");
    }

    #[test]
    fn refused_record_does_not_arrive() {
        let mut batches = Batches::default();
        batches.load(page(1), Class::Awaited, 7, vec![snapshot(&page(1), 10)]);
        let (_, sent) = batches.next();
        let reason = "format 9".to_owned();
        let settled = batches.settle(sent, &[Outcome::Refused { reason }]);
        let [Settled::Failed { reason, .. }] = &settled[..] else {
            panic!("{settled:?}");
        };
        assert!(reason.contains("snapshot/") && reason.contains("format 9"), "{reason}");
    }

    #[test]
    fn record_that_is_too_large_holds_back_no_other_page_and_no_other_record() {
        let mut batches = Batches::default();
        let large = KV_VALUE_BYTES_MAX + 1;
        batches.load(
            page(1),
            Class::Awaited,
            7,
            vec![asset(&page(1), 1, large), snapshot(&page(1), 10), site(&page(1))],
        );
        batches.load(page(2), Class::Awaited, 7, vec![snapshot(&page(2), 10)]);
        let (records, sent) = batches.next();
        assert_eq!(records.len(), 3);
        assert_eq!(sent.completes(&batches).collect::<Vec<_>>(), [&page(2)]);
        let outcomes = stored(&sent);
        let settled = batches.settle(sent, &outcomes);
        assert!(
            matches!(&settled[..], [Settled::Failed { .. }, Settled::Arrived { .. }]),
            "{settled:?}"
        );
    }

    #[test]
    fn site_does_not_come_where_its_snapshot_cannot() {
        let mut batches = Batches::default();
        let large = KV_VALUE_BYTES_MAX + 1;
        let settled = batches.load(
            page(1),
            Class::Awaited,
            7,
            vec![snapshot(&page(1), large), site(&page(1))],
        );
        assert!(matches!(settled, Some(Settled::Failed { .. })), "{settled:?}");
    }

    #[test]
    fn refused_put_is_halved_until_one_page_is_left() {
        let mut batches = Batches::default();
        for number in 1..=4 {
            batches.load(page(number), Class::Awaited, 7, vec![snapshot(&page(number), 10)]);
        }
        let mut records = Vec::new();
        loop {
            let (batch, sent) = batches.next();
            records.push(batch.len());
            if let Some(at_fault) = batches.refused(&sent) {
                assert_eq!(at_fault, page(1));
                break;
            }
        }
        assert_eq!(records, [4, 2, 1]);
    }

    /// The pages of the next put, which is stored.
    fn carried(batches: &mut Batches) -> Vec<PageId> {
        let (_, sent) = batches.next();
        batches.sending(&sent);
        let outcomes = stored(&sent);
        let settled = batches.settle(sent, &outcomes).into_iter();
        let arrived = settled.map(|settled| match settled {
            Settled::Arrived { page, .. } => page,
            Settled::Failed { .. } => panic!("{settled:?}"),
        });
        arrived.collect()
    }

    #[test]
    fn what_somebody_waits_for_goes_by_itself_and_holds_up_the_others_for_one_put() {
        let mut batches = Batches::default();
        let load = |batches: &mut Batches, number, class| {
            batches.load(page(number), class, 7, vec![snapshot(&page(number), 10)]);
        };
        for number in 0..30 {
            load(&mut batches, number, Class::Passing);
        }
        load(&mut batches, 100, Class::Awaited);
        assert_eq!(carried(&mut batches), [page(100)]);
        load(&mut batches, 101, Class::Awaited);
        let together = carried(&mut batches);
        assert_eq!((together.len(), &together[0]), (1 + PAGES_TOGETHER, &page(101)));
        load(&mut batches, 102, Class::Awaited);
        assert_eq!(carried(&mut batches), [page(102)]);
        let rest = carried(&mut batches);
        assert_eq!(rest.len(), 30 - PAGES_TOGETHER);
        assert!(batches.ready.is_empty() && batches.bytes == 0);
    }

    #[test]
    fn pages_for_which_nobody_waits_go_together() {
        let mut batches = Batches::default();
        assert!(!batches.is_ready(0));
        for number in 1..PAGES_TOGETHER as u8 {
            batches.load(page(number), Class::Filling, 7, vec![snapshot(&page(number), 10)]);
            assert!(!batches.is_ready(1), "another one is coming");
            assert!(batches.is_ready(0));
        }
        batches.load(page(100), Class::Passing, 7, vec![snapshot(&page(100), 10)]);
        assert!(batches.is_ready(1), "that is enough");
        carried(&mut batches);
        batches.load(page(1), Class::Filling, 7, vec![snapshot(&page(1), 10)]);
        batches.load(page(2), Class::Awaited, 7, vec![snapshot(&page(2), 10)]);
        assert!(batches.is_ready(1), "somebody waits for it");
        carried(&mut batches);
        batches.pages_max = 1;
        assert!(batches.is_ready(1), "it has to go by itself");
        carried(&mut batches);
        let large = (0..10).map(|number| asset(&page(3), number, 900_000)).collect();
        batches.load(page(3), Class::Filling, 7, large);
        assert!(batches.is_ready(1), "it does not even go into one put");
    }

    #[test]
    fn page_is_taken_back_unless_some_of_it_goes_or_is_there() {
        let mut batches = Batches::default();
        for number in 1..=2 {
            batches.load(page(number), Class::Passing, 7, vec![snapshot(&page(number), 10)]);
        }
        batches.pages_max = 1;
        let (_, sent) = batches.next();
        batches.sending(&sent);
        assert!(!batches.take_back(&page(1)) && batches.take_back(&page(2)));
        assert!(!batches.take_back(&page(3)), "it is not here");
        batches.unsent();
        assert!(batches.take_back(&page(1)));
        let records = (0..10).map(|number| asset(&page(1), number, 900_000)).collect();
        batches.load(page(1), Class::Passing, 7, records);
        carried(&mut batches);
        assert!(!batches.take_back(&page(1)), "a part of it was stored");
    }

    #[test]
    fn page_that_somebody_waits_for_goes_with_the_next_put() {
        let mut batches = Batches::default();
        let filling = READY_PAGES_MAX as u8;
        for number in 0..filling {
            let records = (0..10).map(|picture| asset(&page(number), picture, 10)).collect();
            batches.load(page(number), Class::Filling, 7, records);
        }
        assert!(!batches.has_room(0, Class::Passing) && batches.has_room(0, Class::Awaited));
        let (_, sent) = batches.next();
        batches.sending(&sent);
        let under_way = sent.parts.len();
        for (number, class) in [(200, Class::Passing), (201, Class::Awaited), (202, Class::Awaited)] {
            batches.load(page(number), class, 7, vec![snapshot(&page(number), 10)]);
        }
        let outcomes = stored(&sent);
        let settled = batches.settle(sent, &outcomes);
        let arrived = settled.iter().map(|settled| match settled {
            Settled::Arrived { page, .. } => page.clone(),
            Settled::Failed { .. } => panic!("{settled:?}"),
        });
        let first = (0..filling)
            .take(under_way)
            .map(page)
            .filter(|page| batches.ready[3].page != *page);
        assert_eq!(arrived.collect::<Vec<_>>(), first.collect::<Vec<_>>());
        let next: Vec<&PageId> = batches.ready.iter().take(3).map(|loaded| &loaded.page).collect();
        assert_eq!(next, [&page(201), &page(202), &page(200)]);
    }
}
