//! What comes first, and what is sent at all.

use page_model::limits::PUT_RECORDS_MAX;

use crate::{
    origin::{Delivered, Origin},
    region::Region,
    system::{Sync, host, names, page, records, until},
};

#[tokio::test]
async fn content_comes_before_the_site_and_the_cursor_moves_last() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    // More than fits into one put.
    let sent = records(&page(1), 7, PUT_RECORDS_MAX + 20);
    origin.change(&page(1), 7, sent.clone());
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the cursor stands at the change", || region.cursor() == Some(7)).await;

    assert_eq!(region.received(), names(&sent), "in the origin's order");
    let puts = region.puts();
    assert!(puts.len() > 1, "{} puts", puts.len());
    assert!(puts.iter().all(|put| put.records.len() <= PUT_RECORDS_MAX));
    // The cursor may follow alone: it is a key like any other, and is written no more often.
    let all = region.all_puts();
    let moved = all.iter().position(|put| put.cursor == Some(7));
    let last = all.iter().rposition(|put| !put.records.is_empty());
    assert!(
        moved >= last,
        "the cursor moved with put {moved:?}, the last record came with {last:?}"
    );
}

#[tokio::test]
async fn what_a_region_has_is_not_sent_again() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    origin.change(&page(1), 1, records(&page(1), 1, 3));
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the first change is there", || region.cursor() == Some(1)).await;
    region.forget_puts();
    origin.change(&page(1), 2, records(&page(1), 2, 3));
    until("the second change is there", || region.cursor() == Some(2)).await;
    // The archives are the same bytes as before.
    let site = format!("site/{}", host(&page(1)));
    let snapshot = records(&page(1), 2, 0)[0].key.to_string();
    assert_eq!(region.received(), [(snapshot, 2), (site, 2)]);
}

#[tokio::test]
async fn a_later_version_in_the_region_stays() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    let [snapshot, site] = &records(&page(1), 9, 0)[..] else {
        unreachable!()
    };
    region.store(snapshot.clone());
    origin.change(&page(1), 5, records(&page(1), 5, 0));
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the cursor stands at the change", || region.cursor() == Some(5)).await;
    let versions = region.versions();
    assert_eq!(versions.get(&snapshot.key.to_string()), Some(&9));
    assert_eq!(versions.get(&site.key.to_string()), Some(&5));
    assert_eq!(region.puts().len(), 1, "what the region keeps is not sent again");
}

/// A region that goes on serving what was there before has not closed a page yet, and the origin is told for how long.
#[tokio::test]
async fn delivery_says_for_how_long_visitors_are_served_what_was() {
    let origin = Origin::start().await;
    let region = Region::start("eu-1").await;
    region.set_served(2_000);
    let sync = Sync::start(&origin, &[&region]).await;
    origin.change(&page(1), 1, records(&page(1), 1, 1));
    let report = Delivered {
        region: region.name.clone(),
        page: page(1),
        seq: 1,
        served_ms: 2_000,
    };
    until("the delivery is reported", || {
        origin.asked().delivered.contains(&report)
    })
    .await;
    sync.stop().await;
}

#[tokio::test]
async fn each_change_is_reported_and_its_hosts_are_visited_once_it_is_there() {
    let origin = Origin::start().await;
    let regions = [Region::start("eu-1").await, Region::start("us-1").await];
    let sync = Sync::start(&origin, &[&regions[0], &regions[1]]).await;
    origin.change(&page(1), 1, records(&page(1), 1, 2));
    for region in &regions {
        let report = Delivered {
            region: region.name.clone(),
            page: page(1),
            seq: 1,
            served_ms: 0,
        };
        until("the delivery is reported", || {
            origin.asked().delivered.contains(&report)
        })
        .await;
        assert_eq!(region.versions().len(), 4);
        assert_eq!(region.visits(), [host(&page(1))]);
    }
    assert!(origin.asked().had_the_token(), "{:?}", origin.asked().tokens);
    sync.stop().await;
}
