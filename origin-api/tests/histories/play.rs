//! Tells histories to an origin, many pages at once, and compares.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use page_model::{PageId, Snapshot};
use tokio::runtime::{Builder, Runtime};

use crate::{
    bytes, order,
    origin::Origin,
    random::{History, history},
    reference::{facts::Facts, page::Lines},
    told::{Told, What},
};

/// Where a page is not what it must be.
#[derive(Debug)]
pub struct Difference {
    /// How much was told by then.
    pub told: usize,
    /// What is different, and how.
    pub lines: Lines,
}

/// One page and its reference.
pub struct Player {
    page: PageId,
    zone: &'static str,
    facts: Facts,
    components: Vec<u16>,
    told: usize,
    /// What the regions were given last.
    given: Option<Snapshot>,
}

/// Plays these seeds, some at a time, one store for each core. Answers the lowest that came out wrong.
pub fn all<F: Future<Output = Vec<u64>>>(seeds: Range<u64>, play: impl Fn(Range<u64>) -> F + Sync) -> Option<u64> {
    let (next, wrong) = (AtomicU64::new(seeds.start), Mutex::new(BTreeSet::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let runtime = runtime();
                loop {
                    let from = next.fetch_add(PAGES, Ordering::SeqCst);
                    if from >= seeds.end || !wrong.lock().expect("no panic").is_empty() {
                        break;
                    }
                    let found = runtime.block_on(play(from..seeds.end.min(from + PAGES)));
                    wrong.lock().expect("no panic").extend(found);
                }
            });
        }
    });
    wrong.into_inner().expect("no panic").pop_first()
}

/// Histories of one store, each a step after the other. Answers the wrong ones.
pub async fn together(seeds: Range<u64>) -> Vec<u64> {
    side_by_side(&Origin::open().await, seeds).await
}

pub async fn together_over_http(seeds: Range<u64>) -> Vec<u64> {
    side_by_side(&Origin::open_over_http().await, seeds).await
}

/// Histories of one store, and then what the store keeps of them, made again. Answers the seeds of pages that differ.
pub async fn made_again(seeds: Range<u64>) -> Vec<u64> {
    let origin = Origin::open().await;
    let mut wrong = side_by_side(&origin, seeds.clone()).await;
    let differing = origin.made_again().await;
    wrong.extend(seeds.filter(|seed| differing.contains(&page_of(*seed))));
    wrong
}

async fn side_by_side(origin: &Origin, seeds: Range<u64>) -> Vec<u64> {
    let histories: Vec<(u64, History)> = seeds.map(|seed| (seed, history(seed))).collect();
    let (mut players, mut wrong) = (Vec::new(), Vec::new());
    for (seed, history) in &histories {
        players.push(Player::new(origin, *seed, history).await);
    }
    let longest = histories.iter().map(|(_, history)| history.told.len()).max();
    for step in 0..longest.unwrap_or(0) {
        for (player, (seed, history)) in players.iter_mut().zip(&histories) {
            let Some(told) = history.told.get(step).filter(|_| !wrong.contains(seed)) else {
                continue;
            };
            let look = origin.leaves_out_what_nobody_sees()
                || step + 1 == history.told.len()
                || (*seed + step as u64).is_multiple_of(LOOKS);
            if player.tell(origin, told, look).await.is_err() {
                wrong.push(*seed);
            }
        }
    }
    wrong
}

/// What remains of each history, told in two orders: to the reference as well, and both pages must have the same bytes.
pub async fn in_two_orders(seeds: Range<u64>) -> Vec<u64> {
    let origins = [Origin::open().await, Origin::open().await];
    let mut wrong = Vec::new();
    for seed in seeds {
        let mut pages = Vec::new();
        for (origin, history) in origins.iter().zip(order::in_two_orders(seed)) {
            pages.push(in_order(origin, seed, &history).await);
        }
        if pages[0].is_err() || pages[0] != pages[1] {
            wrong.push(seed);
        }
    }
    wrong
}

/// The bytes of the page at the end, or how it differs from the reference.
pub async fn in_order(origin: &Origin, number: u64, history: &History) -> Result<BTreeMap<String, Vec<u8>>, Lines> {
    let mut player = Player::new(origin, number, history).await;
    for (index, told) in history.told.iter().enumerate() {
        let is_last = index + 1 == history.told.len();
        player
            .tell(origin, told, is_last)
            .await
            .map_err(|difference| difference.lines)?;
    }
    Ok(bytes::without_sequence(&origin.records(&player.page).await))
}

/// The history of a seed on a page of its own, looked at after each step, as short as it can be made and still be wrong in
/// one of the same ways.
pub fn shortest(seed: u64) -> Option<(History, Difference)> {
    let runtime = runtime();
    let mut shortest = history(seed);
    let mut difference = runtime.block_on(alone(&shortest))?;
    shortest.told.truncate(difference.told);
    while let Some((shorter, found)) = shorter(&runtime, &shortest, &difference) {
        (shortest, difference) = (shorter, found);
    }
    Some((shortest, difference))
}

/// The history without one of its steps.
fn shorter(runtime: &Runtime, history: &History, known: &Difference) -> Option<(History, Difference)> {
    (0..history.told.len()).rev().find_map(|index| {
        let mut shorter = history.clone();
        shorter.told.remove(index);
        let found = runtime.block_on(alone(&shorter))?;
        let is_alike = found.lines.keys().any(|what| known.lines.contains_key(what));
        shorter.told.truncate(found.told);
        is_alike.then_some((shorter, found))
    })
}

async fn alone(history: &History) -> Option<Difference> {
    let origin = Origin::open().await;
    let mut player = Player::new(&origin, 0, history).await;
    for told in &history.told {
        if let Err(difference) = player.tell(&origin, told, true).await {
            return Some(difference);
        }
    }
    None
}

impl Player {
    pub async fn new(origin: &Origin, number: u64, history: &History) -> Self {
        let page = page_of(number);
        let now_ms = history.told.first().map_or(0, |told| told.now_ms);
        origin.add_page(&page, history.zone, now_ms).await;
        Self {
            page,
            zone: history.zone,
            facts: Facts::new(now_ms),
            components: Vec::new(),
            told: 0,
            given: None,
        }
    }

    /// Tells both, and compares their answers; then looks at the page, too.
    pub async fn tell(&mut self, origin: &Origin, told: &Told, look: bool) -> Result<(), Difference> {
        self.told += 1;
        if let What::AddComponent { component, .. } = told.what {
            self.components.push(component);
        }
        let expected = self.facts.tell(told);
        let answer = origin.tell(&self.page, told).await;
        let mut lines = Lines::new();
        if answer != expected {
            lines.insert("answer".into(), format!("{answer:?}\n    must be: {expected:?}"));
        } else if look {
            let shown = origin.shown(&self.page, &self.components).await;
            let unlisted = self.facts.events.iter().filter(|event| !self.facts.is_listed(event));
            let unlisted: Vec<String> = unlisted.map(|event| event.id.id()).collect();
            lines = different(&self.facts.lines(self.zone), &shown.lines(&unlisted));
            let given = Some(shown.snapshot());
            if origin.leaves_out_what_nobody_sees() && given == self.given {
                // Only its moment would tell that something was said, and that is the one of the last change that is seen.
                lines.remove("as of");
            }
            self.given = given;
        }
        let told = self.told;
        if lines.is_empty() {
            Ok(())
        } else {
            Err(Difference { told, lines })
        }
    }
}

fn page_of(number: u64) -> PageId {
    PageId::parse(&format!("p{:011}", number % 100_000_000_000)).expect("an id")
}

pub fn different(expected: &Lines, shown: &Lines) -> Lines {
    let what: BTreeSet<&String> = expected.keys().chain(shown.keys()).collect();
    let different = what.into_iter().filter(|what| expected.get(*what) != shown.get(*what));
    let text = |line: Option<&String>| line.map_or("(nothing)", String::as_str).to_owned();
    let lines = different.map(|what| {
        let (expected, shown) = (text(expected.get(what)), text(shown.get(what)));
        (what.clone(), format!("{shown}\n    must be: {expected}"))
    });
    lines.collect()
}

pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Pages of one store.
const PAGES: u64 = 32;
/// Steps after which a page is looked at; always after the last one, too.
const LOOKS: u64 = 7;
