//! Restarts and losses: the region itself says where to go on.

use crate::{
    origin::Origin,
    region::{Fault, Region},
    system::{Sync, names, page, records, until},
};

#[tokio::test]
async fn restarted_sync_goes_on_where_the_region_is() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    for seq in 1..=3 {
        origin.change(&page(seq), seq, records(&page(seq), seq, 1));
    }
    let sync = Sync::start(&origin, &[&region]).await;
    until("all changes are there", || region.cursor() == Some(3)).await;
    sync.stop().await;
    origin.forget_what_was_asked();
    region.forget_puts();

    origin.change(&page(2), 4, records(&page(2), 4, 1));
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the change of meanwhile is there", || region.cursor() == Some(4)).await;
    let asked = origin.asked();
    assert_eq!(asked.feed_after.first(), Some(&3));
    assert_eq!(asked.records_after, [(page(2), 3)], "other pages are not even fetched");
    let keys: Vec<_> = names(&records(&page(2), 4, 1));
    assert!(region.received().iter().all(|record| keys.contains(record)));
}

#[tokio::test]
async fn wiped_region_is_given_everything_again() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    for seq in 1..=3 {
        origin.change(&page(seq), seq, records(&page(seq), seq, 2));
    }
    let _sync = Sync::start(&origin, &[&region]).await;
    until("all changes are there", || region.cursor() == Some(3)).await;
    let before = region.versions();
    assert_eq!(before.len(), 12);
    origin.forget_what_was_asked();

    // Nobody changes anything: the lane looks by itself.
    region.wipe();
    until("the region is filled again", || region.cursor() == Some(3)).await;
    assert_eq!(region.versions(), before);
    let asked = origin.asked().records_after;
    assert!(
        asked.iter().all(|(_, after)| *after == 0),
        "archives are left out: {asked:?}"
    );
}

#[tokio::test]
async fn region_that_falls_back_to_an_older_state_is_filled_again() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    for seq in 1..=3 {
        origin.change(&page(seq), seq, records(&page(seq), seq, 1));
    }
    let _sync = Sync::start(&origin, &[&region]).await;
    until("all changes are there", || region.cursor() == Some(3)).await;
    let before = region.versions();

    // As after a restored copy of its KV: some records are gone, and the cursor is older.
    region.wipe();
    region.store(records(&page(1), 1, 0)[0].clone());
    region.set_cursor(1);
    until("the region is filled again", || region.versions() == before).await;
    until("its cursor too", || region.cursor() == Some(3)).await;
}

/// It says of itself no more than a sequence number: it goes on from there, and is filled once it is exchanged.
#[tokio::test]
async fn region_of_an_older_edge_goes_on_and_is_filled_again_once_it_is_newer() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    region.be_older(true);
    for seq in 1..=2 {
        origin.change(&page(seq), seq, records(&page(seq), seq, 1));
    }
    let sync = Sync::start(&origin, &[&region]).await;
    until("all changes are there", || region.cursor() == Some(2)).await;
    sync.stop().await;
    origin.forget_what_was_asked();
    let _sync = Sync::start(&origin, &[&region]).await;
    origin.change(&page(3), 3, records(&page(3), 3, 1));
    until("the change is there", || region.cursor() == Some(3)).await;
    assert_eq!(
        origin.asked().records_after,
        [(page(3), 2)],
        "what is there is not sent again"
    );

    origin.forget_what_was_asked();
    region.be_older(false);
    let is_filled = || {
        region
            .whole_cursor()
            .is_some_and(|cursor| cursor.lineage.is_some() && cursor.seq == 3)
    };
    until("the region is filled again", is_filled).await;
    let mut asked = origin.asked().records_after;
    asked.sort();
    assert_eq!(asked, [(page(1), 0), (page(2), 0), (page(3), 0)]);
    let cursor = region.whole_cursor().expect("a cursor");
    assert!(!cursor.filling && cursor.floor == 1, "{cursor:?}");
}

/// Workers' KV repeats what it read for a minute: an old cursor is no proof of loss there, and nothing is sent twice.
#[tokio::test]
async fn old_cursor_of_a_late_kv_is_no_loss() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    region.set_kv_lag(60_000);
    origin.change(&page(1), 1, records(&page(1), 1, 1));
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the change is there", || region.cursor() == Some(1)).await;
    region.set_cursor(0);
    let looks = region.looks();
    until("the lane has seen the old cursor", || region.looks() > looks + 1).await;
    assert_eq!(region.puts().len(), 1, "{:?}", region.puts());
    // What is new goes on as ever.
    origin.change(&page(2), 2, records(&page(2), 2, 0));
    until("the next change is there", || region.cursor() == Some(2)).await;
    assert_eq!(region.puts().len(), 2, "{:?}", region.puts());
}

/// A region that loses what it was sent in the middle of a delivery ends whole all the same.
#[tokio::test]
async fn region_that_is_wiped_while_it_fails_ends_whole() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the region was asked", || region.looks() > 0).await;
    for seq in 1..=2 {
        origin.change(&page(seq), seq, records(&page(seq), seq, 2));
        until("the change is there", || region.cursor() == Some(seq)).await;
    }
    region.meet([Fault::Loses("snapshot/"), Fault::Loses("snapshot/")]);
    region.wipe();
    origin.change(&page(3), 3, records(&page(3), 3, 2));
    let all: usize = (1..=3).map(|seq| records(&page(seq), seq, 2).len()).sum();
    until("the region has everything", || {
        region.versions().len() == all && region.cursor() == Some(3)
    })
    .await;
}
