//! Many replies that end in the same moment: they are made anew one by one, and nobody waits for that.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use reqwest::StatusCode;

use crate::machine::{Machine, eventually};

/// The same address at so many hosts, each asked once, all at the same time: how often each answer came, by how it was served.
async fn all_at_once(machine: &Machine, hosts: usize, path: &str) -> BTreeMap<(StatusCode, String, bool), usize> {
    let visits: Vec<_> = (0..hosts)
        .map(|at| {
            let visit = machine
                .client
                .get(machine.url(path))
                .header("host", format!("{at}.example"));
            tokio::spawn(async move {
                let reply = visit.send().await.unwrap();
                let (status, is_last_good) = (reply.status(), reply.headers().contains_key("pharos-served"));
                (status, reply.text().await.unwrap(), is_last_good)
            })
        })
        .collect();
    let mut answers = BTreeMap::new();
    for visit in visits {
        *answers.entry(visit.await.unwrap()).or_default() += 1;
    }
    answers
}

fn only(text: &str, count: usize) -> BTreeMap<(StatusCode, String, bool), usize> {
    [((StatusCode::OK, text.to_owned(), false), count)].into()
}

#[tokio::test(flavor = "multi_thread")]
async fn second_in_which_many_replies_end_is_no_crowd() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    assert_eq!(all_at_once(&machine, 60, "/brief/10/k").await, only("text", 60));
    let (calls, stale) = (machine.guest_calls().await, machine.visits("stale").await);
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    let began = Instant::now();
    for _ in 0..5 {
        assert_eq!(all_at_once(&machine, 60, "/brief/10/k").await, only("text", 60));
    }
    // The rest is served as it is, while two at a time are made anew, for which each takes its 10 ms.
    let served = machine.visits("stale").await - stale;
    let made = machine.guest_calls().await - calls;
    let turns = (began.elapsed().as_secs_f64() / 0.01).ceil() + 1.0;
    assert!(served >= 30.0, "{served} of 300 were served the reply that was there");
    assert!(
        (1.0..=2.0 * turns).contains(&made),
        "{made} were made anew in {turns} turns"
    );
    assert!(machine.shed("refreshes").await >= 30.0);
    // A write ends them at once, stale or not.
    machine.put("k", "new").await;
    assert_eq!(all_at_once(&machine, 60, "/brief/0/k").await, only("new", 60));
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn put_that_ends_many_replies_is_no_crowd() {
    let machine = Machine::start().await;
    machine.put("k", "old").await;
    for _ in 0..8 {
        all_at_once(&machine, 300, "/slow/10/k").await;
    }
    assert_eq!(all_at_once(&machine, 300, "/slow/10/k").await, only("old", 300));
    machine.put("k", "new").await;
    let calls = machine.guest_calls().await;
    let answers = all_at_once(&machine, 300, "/slow/10/k").await;
    let last_good = answers
        .get(&(StatusCode::OK, "old".to_owned(), true))
        .copied()
        .unwrap_or_default();
    let new = answers
        .get(&(StatusCode::OK, "new".to_owned(), false))
        .copied()
        .unwrap_or_default();
    assert_eq!(last_good + new, 300, "{answers:?}");
    assert!(last_good >= 100 && new >= 1, "{answers:?}");
    assert!(machine.guest_calls().await - calls <= 301.0);
    eventually("all of them are new", async || {
        all_at_once(&machine, 300, "/slow/10/k").await == only("new", 300)
    })
    .await;
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_that_starts_under_load_makes_each_reply_once() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let calls = machine.guest_calls().await;
    let crowds: Vec<_> = (0..10).map(|_| all_at_once(&machine, 20, "/slow/5/k")).collect();
    for answers in futures_util::future::join_all(crowds).await {
        assert_eq!(answers, only("text", 20));
    }
    assert_eq!(machine.guest_calls().await - calls, 20.0);
    machine.stop().await;
}
