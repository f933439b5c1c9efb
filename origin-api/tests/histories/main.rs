//! Random histories, told to the origin itself and to a plain reference: both must end in the same page.
//!
//! `HISTORIES_FROM` and `HISTORIES_COUNT` choose the seeds.

mod bytes;
mod http;
mod order;
mod origin;
mod play;
mod random;
mod reference;
mod shown;
mod told;

use std::{env, ops::Range, time::Instant};

#[test]
fn page_is_what_was_told() {
    let wrong = timed("histories", 2_000, |seeds| play::all(seeds, play::together));
    if let Some(seed) = wrong {
        panic!("{}", report(seed));
    }
}

#[test]
fn page_is_what_was_told_over_http() {
    let wrong = timed("histories over HTTP", 50, |seeds| {
        play::all(seeds, play::together_over_http)
    });
    assert_eq!(wrong, None, "the seed of a page that is wrong");
}

#[test]
fn history_made_again_is_the_same() {
    let wrong = timed("histories made again", 200, |seeds| play::all(seeds, play::made_again));
    assert_eq!(wrong, None, "the seed of a page whose history differs");
}

#[test]
fn order_of_telling_does_not_show() {
    let wrong = timed("pairs of orders", 300, |seeds| play::all(seeds, play::in_two_orders));
    if let Some(seed) = wrong {
        panic!("{}", report_of_orders(seed));
    }
}

/// Those of the variables, or as many as a run of the tests has time for.
fn timed(what: &str, count: u64, play: impl FnOnce(Range<u64>) -> Option<u64>) -> Option<u64> {
    let count = number("HISTORIES_COUNT").unwrap_or(count);
    let from = number("HISTORIES_FROM").unwrap_or(1);
    let began = Instant::now();
    let wrong = play(from..from + count);
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{count} {what} in {seconds:.1} s, {:.0} a second",
        count as f64 / seconds
    );
    wrong
}

fn report(seed: u64) -> String {
    let Some((history, difference)) = play::shortest(seed) else {
        return format!("seed {seed}: the page is wrong only beside the others of its store");
    };
    let (zone, told, lines) = (history.zone, text(&history), lines(&difference.lines));
    format!("HISTORIES_FROM={seed} HISTORIES_COUNT=1, in {zone}: after\n{told}the page has\n{lines}")
}

fn report_of_orders(seed: u64) -> String {
    let [one, other] = order::in_two_orders(seed);
    let page = |history| {
        play::runtime().block_on(async { play::in_order(&origin::Origin::open().await, seed, history).await })
    };
    let found = match (page(&one), page(&other)) {
        (Err(difference), _) | (_, Err(difference)) => lines(&difference),
        (Ok(first), Ok(second)) => {
            let keys = first.keys().chain(second.keys());
            let different: Vec<&String> = keys.filter(|key| first.get(*key) != second.get(*key)).collect();
            format!("  different bytes in {different:?}")
        }
    };
    let (one, other) = (text(&one), text(&other));
    format!("HISTORIES_FROM={seed} HISTORIES_COUNT=1: after\n{one}and after\n{other}there is\n{found}")
}

fn text(history: &random::History) -> String {
    history.told.iter().map(|told| format!("  {told:?}\n")).collect()
}

fn lines(lines: &reference::page::Lines) -> String {
    lines.iter().map(|(what, line)| format!("  {what}: {line}\n")).collect()
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}
