//! The origin as far as the road needs it: which pages changed, what their records are, and what they were.

use std::collections::{BTreeMap, BTreeSet};

use page_model::{
    AudienceId, Host, Id, Key, PageId, Record,
    asset::{AssetKind, AssetName},
    key::{IdInitial, Month},
    limits::KV_VALUE_BYTES_MAX,
    record::FORMAT,
};
use serde_bytes::ByteBuf;
use sync_lane::{Change, News, Origin};

#[derive(Clone)]
pub struct Database {
    pub origin: Origin,
    pub head: u64,
    /// The last change that lanes are told of: later ones can be read, and do not count yet.
    pub counts: u64,
    /// The last change of each page.
    pub outbox: BTreeMap<PageId, u64>,
    /// The change that first announced each page under this name: who has every change up to it has the whole page.
    pub announced: BTreeMap<PageId, u64>,
    /// Of each key, its page and what became of it.
    pub keys: BTreeMap<Key, (PageId, History)>,
}

/// What a key was, since which change; nothing is `None`.
pub type History = Vec<(u64, Option<u64>)>;

/// What is wrong with a page at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    /// It cannot be composed.
    Fails,
    /// An archive is larger than any KV takes.
    TooLarge,
    /// An archive is composed with a wrong hash, which a region refuses.
    Corrupt,
}

impl Database {
    pub fn new(rng: &mut fastrand::Rng) -> Self {
        Self {
            origin: Origin {
                database: name(rng),
                first_seq: 1,
                format: FORMAT,
            },
            head: 0,
            counts: 0,
            outbox: BTreeMap::new(),
            announced: BTreeMap::new(),
            keys: BTreeMap::new(),
        }
    }

    /// A page changes: its snapshot and its hosts, and some of what is sent only when it changed; or nothing that anybody sees.
    pub fn change(&mut self, rng: &mut fastrand::Rng, page: u64) {
        self.head += 1;
        let (seq, id) = (self.head, page_id(page));
        self.outbox.insert(id.clone(), seq);
        let is_new = self
            .announced
            .insert(id.clone(), *self.announced.get(&id).unwrap_or(&seq))
            .is_none();
        if !is_new && rng.u64(..5) == 0 {
            return;
        }
        let is_deleted = rng.u64(..20) == 0;
        let mut set = |key: Key, value: Option<u64>| {
            let (_, history) = self.keys.entry(key).or_insert_with(|| (id.clone(), Vec::new()));
            history.push((seq, value));
        };
        set(snapshot_key(&id), (!is_deleted).then_some(seq));
        for host in 0..HOSTS {
            let is_gone = is_deleted || host > 0 && rng.bool();
            let key = site_key(page, host);
            if !is_gone || self.keys.contains_key(&key) {
                let (_, history) = self.keys.entry(key).or_insert_with(|| (id.clone(), Vec::new()));
                history.push((seq, (!is_gone).then_some(seq)));
            }
        }
        for key in kept_keys(&id) {
            let is_there = self
                .keys
                .get(&key)
                .is_some_and(|(_, history)| history.last().is_some_and(|(_, value)| value.is_some()));
            let changes = if is_deleted { is_there } else { rng.u64(..5) == 0 };
            if changes {
                // Few values, so that what was there before comes back.
                let value = (!is_deleted && rng.u64(..6) > 0).then(|| rng.u64(1..4));
                let (_, history) = self.keys.entry(key).or_insert_with(|| (id.clone(), Vec::new()));
                history.push((seq, value));
            }
        }
    }

    pub fn news(&self, after: u64, heard_ms: u64) -> News {
        let mut changes: Vec<Change> = self
            .outbox
            .iter()
            .filter(|(_, seq)| **seq > after)
            .map(|(page, seq)| Change {
                page: page.clone(),
                seq: *seq,
                awaited: seq % 2 == 0,
                age_ms: 0,
            })
            .collect();
        changes.sort_by_key(|change| change.seq);
        changes.truncate(CHANGES_MAX);
        let is_full = changes.len() == CHANGES_MAX;
        let counting = changes.partition_point(|change| change.seq <= self.counts);
        let complete = !is_full && counting == changes.len();
        changes.truncate(counting);
        let last = changes.last().filter(|_| is_full);
        News {
            head: last.map_or(self.counts, |change| change.seq),
            complete,
            origin: self.origin.clone(),
            heard_ms,
            changes,
        }
    }

    /// What a region keeps of a page; what did not change since is left out where it is kept apart.
    pub fn records(&self, page: &PageId, since: u64, bad: Option<Bad>) -> Option<(u64, Vec<ByteBuf>)> {
        let seq = *self.outbox.get(page)?;
        let (mut content, mut sites) = (Vec::new(), Vec::new());
        let mut spoil = bad;
        let shown_seq = self.shown_seq(page);
        for (key, (owner, history)) in &self.keys {
            let Some((changed_seq, value)) = history.last().filter(|_| owner == page) else {
                continue;
            };
            let sent_for = if is_kept_apart(key) { *changed_seq } else { shown_seq };
            if sent_for <= since {
                continue;
            }
            let mut record = Record::new(key.clone(), page.clone(), seq, body(key, *value));
            if is_kept_apart(key) && value.is_some() {
                match spoil.take() {
                    Some(Bad::TooLarge) => record.body.resize(KV_VALUE_BYTES_MAX + 1, 0),
                    Some(Bad::Corrupt) => record.body.push(0),
                    Some(Bad::Fails) | None => {}
                }
            }
            let records = if matches!(key, Key::Site(_)) {
                &mut sites
            } else {
                &mut content
            };
            records.push(ByteBuf::from(record.to_bytes()));
        }
        content.append(&mut sites);
        Some((seq, content))
    }

    /// The last change of a page's snapshot or of its hosts, which go together.
    fn shown_seq(&self, page: &PageId) -> u64 {
        let shown = self
            .keys
            .iter()
            .filter(|(key, (owner, _))| owner == page && !is_kept_apart(key));
        let changed = shown.filter_map(|(_, (_, history))| history.last());
        changed.map(|(changed_seq, _)| *changed_seq).max().unwrap_or(0)
    }

    /// A region has seen more than this database has.
    pub fn overtaken(&mut self, seq: u64, rng: &mut fastrand::Rng) {
        let first_seq = seq.max(self.head) + 1_000 + rng.u64(..1_000_000);
        self.origin = Origin {
            database: name(rng),
            first_seq,
            format: FORMAT,
        };
        let pages: BTreeSet<PageId> = self.outbox.keys().cloned().collect();
        for (seq, page) in (first_seq..).zip(pages) {
            self.outbox.insert(page, seq);
            self.head = seq;
        }
        self.announced = self.outbox.clone();
        self.head = self.head.max(first_seq);
        self.counts = self.head;
    }
}

/// The values that a key may have in a region that has every change up to `seq`: as it was then, or as it came to be later.
pub fn may_be(history: &[(u64, Option<u64>)], seq: u64, value: Option<u64>) -> bool {
    let before = history.iter().rev().find(|(changed, _)| *changed <= seq);
    let later = history.iter().filter(|(changed, _)| *changed > seq);
    before.map_or(value.is_none(), |(_, then)| *then == value) || later.clone().any(|(_, then)| *then == value)
}

pub fn body(key: &Key, value: Option<u64>) -> Vec<u8> {
    value.map_or(Vec::new(), |value| format!("{value} {key}").into_bytes())
}

pub fn value(body: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(body).ok()?;
    text.split(' ').next()?.parse().ok()
}

pub fn page_id(page: u64) -> PageId {
    PageId::parse(&format!("page{page:08}")).expect("a page id")
}

pub fn snapshot_key(page: &PageId) -> Key {
    Key::Snapshot(page.clone(), AudienceId::public())
}

fn site_key(page: u64, host: u64) -> Key {
    Key::Site(Host::parse(&format!("h{host}.p{page}.example.com")).expect("a host"))
}

/// What is sent only when it changed.
fn is_kept_apart(key: &Key) -> bool {
    matches!(key, Key::Archive(..) | Key::Permalinks(..) | Key::Asset(..))
}

fn kept_keys(page: &PageId) -> Vec<Key> {
    let public = AudienceId::public();
    let month = |month: &str| Month::parse(month).expect("a month");
    vec![
        Key::Archive(page.clone(), public.clone(), month("2026-09")),
        Key::Archive(page.clone(), public.clone(), month("2026-10")),
        Key::Permalinks(page.clone(), public, IdInitial::parse("a").expect("an initial")),
        Key::Asset(page.clone(), AssetName::of(b"logo", AssetKind::Png)),
    ]
}

fn name(rng: &mut fastrand::Rng) -> Id {
    Id::parse(&format!("base{:08}", rng.u64(..100_000_000))).expect("an id")
}

const HOSTS: u64 = 2;
/// Few, so that a list is often cut.
const CHANGES_MAX: usize = 3;
