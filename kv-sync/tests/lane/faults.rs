//! A region or the origin fails for a while: nothing is lost, and whoever fails is given time.

use std::time::{Duration, Instant};

use axum::http::StatusCode;

use crate::{
    origin::Origin,
    region::{Fault, Region},
    system::{Sync, names, page, records, until},
};

#[tokio::test]
async fn failed_put_is_sent_again_after_a_growing_pause() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    region.meet([503, 500, 507, 502, 503].map(answers));
    let sent = records(&page(1), 3, 2);
    origin.change(&page(1), 3, sent.clone());
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the change is there", || region.cursor() == Some(3)).await;

    let puts = region.puts();
    assert_eq!(puts.len(), 6, "one put for each failure, and the one that is stored");
    assert!(puts.iter().all(|put| put.records == names(&sent)), "each of them whole");
    let pauses: Vec<Duration> = puts.windows(2).map(|pair| pair[1].began - pair[0].ended).collect();
    // A busy machine may stretch a pause, never shorten it: each is at least half as long again as the floor before.
    for (number, pause) in pauses.iter().enumerate() {
        let floor = Duration::from_millis(50) * 3_u32.pow(number as u32) / 2_u32.pow(number as u32);
        assert!(*pause >= floor, "pause {number} of {pauses:?}");
    }
}

#[tokio::test]
async fn refused_put_is_sent_again_until_the_region_takes_it() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    let sync = Sync::start(&origin, &[&region]).await;
    until("its filling began", || region.cursor() == Some(0)).await;
    region.refuse(Some(StatusCode::FORBIDDEN));
    origin.change(&page(1), 1, records(&page(1), 1, 0));
    until("it was refused more than once", || region.puts().len() > 2).await;
    assert!(region.versions().is_empty());
    assert_eq!(origin.asked().delivered, [], "what was refused counts as delivered");
    region.refuse(None);
    until("the change is there", || region.cursor() == Some(1)).await;
    assert_eq!(region.versions().len(), 2);
    sync.stop().await;
}

#[tokio::test]
async fn only_what_was_not_stored_is_sent_again_and_the_cursor_waits_for_it() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    region.meet([Fault::Loses("archive/"), Fault::Loses("archive/")]);
    let sent = records(&page(1), 4, 2);
    origin.change(&page(1), 4, sent.clone());
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the cursor stands at the change", || region.cursor() == Some(4)).await;
    let lost: Vec<_> = names(&sent)
        .into_iter()
        .filter(|(key, _)| key.starts_with("archive/"))
        .collect();
    let puts: Vec<_> = region.puts().into_iter().map(|put| put.records).collect();
    assert_eq!(puts, [names(&sent), lost.clone(), lost]);
    assert_eq!(region.versions().len(), sent.len());
}

#[tokio::test]
async fn cursor_that_was_not_stored_is_sent_again() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    region.meet([Fault::CursorFails(2)]);
    origin.change(&page(1), 2, records(&page(1), 2, 0));
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the cursor stands at the change", || region.cursor() == Some(2)).await;
    assert_eq!(region.puts().len(), 1, "the records went once");
    let tries = region.all_puts().into_iter().filter(|put| put.cursor == Some(2));
    assert_eq!(tries.count(), 2);
}

#[tokio::test]
async fn region_that_is_down_delays_no_other() {
    let origin = Origin::start().await;
    let (down, up) = (Region::start("eu-1").await, Region::start("us-1").await);
    down.refuse(Some(StatusCode::SERVICE_UNAVAILABLE));
    let _sync = Sync::start(&origin, &[&down, &up]).await;
    for seq in 1..=3 {
        origin.change(&page(seq), seq, records(&page(seq), seq, 0));
        until("the other region has it", || up.cursor() == Some(seq)).await;
    }
    assert_eq!(down.cursor(), None);
    down.refuse(None);
    until("the region catches up", || down.cursor() == Some(3)).await;
    assert_eq!(down.versions(), up.versions());
}

#[tokio::test]
async fn origin_that_is_gone_is_asked_again_from_the_same_change() {
    let (origin, region) = (Origin::start().await, Region::start("eu-1").await);
    origin.change(&page(1), 1, records(&page(1), 1, 0));
    let _sync = Sync::start(&origin, &[&region]).await;
    until("the first change is there", || region.cursor() == Some(1)).await;
    origin.forget_what_was_asked();
    origin.refuse(Some(StatusCode::BAD_GATEWAY));
    origin.change(&page(2), 2, records(&page(2), 2, 0));
    let began = Instant::now();
    until("the origin was asked in vain", || origin.asked().refused >= 4).await;
    // Pauses lie between four questions in vain; a lane that hammers needs none.
    assert!(began.elapsed() >= Duration::from_millis(300), "{:?}", began.elapsed());
    assert_eq!(region.cursor(), Some(1));
    let after = origin.asked().feed_after;
    assert!(after.iter().all(|after| *after == 1), "{after:?}");
    origin.refuse(None);
    until("the second change is there", || region.cursor() == Some(2)).await;
    assert!(
        region.versions().len() == 4 && region.puts().len() == 2,
        "{:?}",
        region.puts()
    );
}

fn answers(status: u16) -> Fault {
    Fault::Answers(StatusCode::from_u16(status).expect("a status"))
}
