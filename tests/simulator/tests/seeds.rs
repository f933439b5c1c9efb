//! Many stories, each from its seed: `SIMULATE_FROM=SEED SIMULATE_COUNT=1` tells one again, aloud.

use std::{
    env,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Instant,
};

use simulator::{Tally, Told, tell};

#[test]
fn every_story_ends_well() {
    let from = number("SIMULATE_FROM").unwrap_or(1);
    let count = number("SIMULATE_COUNT").unwrap_or(COUNT);
    let begun = Instant::now();
    let (mut tally, mut broken) = (Tally::default(), Vec::new());
    for Told {
        seed,
        tally: held,
        broken: rule,
    } in all(from, count)
    {
        tally += held;
        broken.extend(rule.map(|rule| (seed, rule)));
    }
    println!("{count} stories in {:.1} s: {tally}", begun.elapsed().as_secs_f64());
    for (name, held) in tally.kinds() {
        assert!(
            count < COUNT || held >= COUNT,
            "{name}: {held} are too few to prove anything"
        );
    }
    broken.sort();
    let first: Vec<String> = broken
        .iter()
        .take(SHOWN_MAX)
        .map(|(seed, rule)| format!("\nseed {seed}: {rule}"))
        .collect();
    assert!(
        broken.is_empty(),
        "found in {} of {count} seeds:{}",
        broken.len(),
        first.concat()
    );
}

/// The same seed tells the same story.
#[test]
fn story_is_told_the_same_again() {
    for seed in 1..=5 {
        assert_eq!(tell(seed, false).tally, tell(seed, false).tally, "seed {seed}");
    }
}

fn all(from: u64, count: u64) -> Vec<Told> {
    let next = AtomicU64::new(from);
    let work = || {
        let mut told = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= from + count {
                return told;
            }
            told.push(tell(seed, count == 1));
        }
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a worker"))
            .collect()
    })
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

const COUNT: u64 = 1_000;
const SHOWN_MAX: usize = 5;
