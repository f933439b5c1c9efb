//! Many changes of a page: few puts, each key at most once a second, and the last change always arrives.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use page_model::limits::KV_WRITE_INTERVAL_MS;

use crate::{
    origin::Origin,
    region::{Fault, Region},
    system::{Sync, host, page, records, until},
};

#[tokio::test]
async fn many_changes_of_a_page_are_one_put_a_second() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the region was asked", || region.looks() > 0).await;
    let begin = Instant::now();
    let mut last = 0;
    while begin.elapsed() < Duration::from_millis(KV_WRITE_INTERVAL_MS * 5 / 2) {
        last += 1;
        origin.change(&page(1), last, records(&page(1), last, 0));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    until("the last change is there", || region.cursor() == Some(last)).await;
    assert!(region.versions().values().all(|version| *version == last));

    let puts = region.puts();
    assert!(last > 20 && puts.len() > 1, "{last} changes in {} puts", puts.len());
    for pair in puts.windows(2) {
        let apart = pair[1].began - pair[0].began;
        // Both clocks count in milliseconds: one may be lost to rounding.
        assert!(
            apart >= Duration::from_millis(KV_WRITE_INTERVAL_MS - 1),
            "{apart:?} apart"
        );
    }
}

#[tokio::test]
async fn change_of_a_quiet_page_waits_for_no_other_page() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the region was asked", || region.looks() > 0).await;
    // The first page may be written again only after its interval; the second one is quiet until now.
    origin.change(&page(1), 1, records(&page(1), 1, 0));
    until("the first change is there", || region.versions().len() == 2).await;
    origin.change(&page(1), 2, records(&page(1), 2, 0));
    origin.change(&page(2), 3, records(&page(2), 3, 0));
    until("both pages are there", || region.cursor() == Some(3)).await;
    let puts = region.puts().into_iter().map(|put| put.records[0].clone());
    let snapshot = |number, version| (records(&page(number), version, 0)[0].key.to_string(), version);
    assert_eq!(
        puts.collect::<Vec<_>>(),
        [snapshot(1, 1), snapshot(2, 3), snapshot(1, 2)]
    );
}

/// The cursor never tells of a change that the region lacks, although more is due than one delivery takes.
#[tokio::test]
async fn cursor_stays_before_the_first_change_that_is_owed() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    let pages = 150;
    for seq in 1..=pages {
        origin.change(&page(seq), seq, records(&page(seq), seq, 0));
    }
    // The first delivery arrives, the second one only after some tries.
    let fails = Fault::Answers(StatusCode::SERVICE_UNAVAILABLE);
    region.meet([Fault::None, fails.clone(), fails.clone(), fails]);
    let _sync = Sync::start(&origin, &[&region]).await;
    until("all pages are there", || {
        let (cursor, versions) = (region.cursor(), region.versions());
        let lacking = (1..=pages).find(|seq| !versions.contains_key(&format!("site/{}", host(&page(*seq)))));
        assert!(
            cursor.unwrap_or(0) < lacking.unwrap_or(pages + 1),
            "the cursor stands at {cursor:?}, and {lacking:?} is not there"
        );
        cursor == Some(pages)
    })
    .await;
    assert!(region.puts().len() > 4, "{} puts", region.puts().len());
}
