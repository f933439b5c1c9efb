use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, future::join_all};
use origin_engine::{
    clock::now_ms,
    durable::Durable,
    limits::{DATABASE_RETRY_PAUSE, UNHURRIED_BESIDE_OTHERS_MAX},
    lineage,
    sql::{self, execute},
};
use origin_objects::{
    Object,
    fault::FaultKind,
    page::{NewPage, PagePatch},
};
use page_model::PageId;
use tokio::time::timeout;

use super::*;
use crate::{
    Condition, Store,
    commit::PageChange,
    limits::{QUEUE_MAX, QUEUE_PAGE_MAX},
};

fn page(n: usize, host: usize) -> Change {
    let page = PageId::parse(&format!("page{n:08}")).expect("an id");
    let new = format!(r#"{{"name": "Page {n}", "hosts": ["h{host}.acme.com"]}}"#);
    let Object::<NewPage>(new) = serde_json::from_str(&new).expect("a page");
    Change::Page(page, PageChange::Create(Box::new(new)))
}

fn renamed(n: usize, to: usize) -> Change {
    let page = PageId::parse(&format!("page{n:08}")).expect("an id");
    let Object::<PagePatch>(patch) = serde_json::from_str(&format!(r#"{{"name": "Page {to}"}}"#)).expect("a patch");
    Change::Page(page, PageChange::Patch(Box::new(patch)))
}

#[tokio::test]
async fn commits_waiting_changes_together() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (store, mut writer) = Store::open(folder.path()).await.expect("it opens");
    // However slow the machine is.
    writer.batch_time_max = Duration::from_secs(60);
    let mut head = store.head();
    let changes = (1..=64).map(|n| store.change(page(n, n), Condition::default()));
    let mut changes = std::pin::pin!(join_all(changes));
    assert!(changes.as_mut().now_or_never().is_none(), "the writer does not run yet");
    tokio::spawn(writer.run());
    head.changed().await.expect("a commit");
    assert_eq!(*head.borrow(), 64, "the first commit holds all of them");
    let seqs = changes.await.into_iter().map(|answer| answer.expect("stored").seq);
    assert!(seqs.eq((1..=64).map(Some)), "in the order in which they came");
}

#[tokio::test]
async fn refused_change_keeps_the_rest_of_the_batch() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (store, writer) = Store::open(folder.path()).await.expect("it opens");
    let taken = [page(1, 1), page(2, 1), page(3, 3)].map(|change| store.change(change, Condition::default()));
    let mut changes = std::pin::pin!(join_all(taken));
    assert!(changes.as_mut().now_or_never().is_none());
    tokio::spawn(writer.run());
    let answers = changes.await;
    let seqs: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().ok().and_then(|answer| answer.seq))
        .collect();
    assert_eq!(seqs, [Some(1), None, Some(2)], "the refused one has no sequence number");
    let mut reader = store.reader().await.expect("a reader");
    let count: i64 = sql::query_scalar("SELECT COUNT(*) FROM pages")
        .fetch_one(&mut *reader)
        .await
        .expect("a count");
    assert_eq!(count, 2);
}

#[tokio::test]
async fn full_queue_refuses_at_once() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (store, writer) = Store::open(folder.path()).await.expect("it opens");
    let waiting = (0..QUEUE_MAX).map(|_| store.change(Change::Prune, Condition::default()));
    let mut waiting = std::pin::pin!(join_all(waiting));
    assert!(waiting.as_mut().now_or_never().is_none());
    let refused = store
        .change(Change::Prune, Condition::default())
        .now_or_never()
        .expect("at once");
    assert_eq!(refused.expect_err("refused").kind, FaultKind::Overloaded);
    tokio::spawn(writer.run());
    let answers = timeout(Duration::from_secs(20), waiting)
        .await
        .expect("the queue is worked off");
    assert!(answers.iter().all(Result::is_ok));
}

#[tokio::test]
async fn page_that_is_pushed_without_pause_is_in_no_others_way() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (store, writer) = Store::open(folder.path()).await.expect("it opens");
    let change = |change| store.change(change, Condition::default());
    let greedy = (0..QUEUE_PAGE_MAX).map(|at| change(if at == 0 { page(1, 1) } else { renamed(1, at) }));
    let mut greedy = std::pin::pin!(join_all(greedy));
    assert!(greedy.as_mut().now_or_never().is_none(), "the writer does not run yet");
    let refused = change(renamed(1, 0)).now_or_never().expect("at once");
    assert_eq!(refused.expect_err("refused").kind, FaultKind::Overloaded);
    let mut other = std::pin::pin!(change(page(2, 2)));
    assert!(other.as_mut().now_or_never().is_none(), "it has a place");
    let mut head = store.head();
    tokio::spawn(writer.run());
    head.changed().await.expect("a commit");
    let first = *head.borrow();
    assert!(
        first < QUEUE_PAGE_MAX as i64,
        "{first} changes of one page are waited for"
    );
    assert_eq!(other.await.expect("stored").seq, Some(2), "its turn is the second");
    assert!(greedy.await.iter().all(Result::is_ok));
    change(renamed(1, 0)).await.expect("places are free again");
}

/// What lies in the database was written by another build, or by hand.
#[tokio::test]
async fn unreadable_row_costs_one_request() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (store, writer) = Store::open(folder.path()).await.expect("it opens");
    tokio::spawn(writer.run());
    store.change(page(1, 1), Condition::default()).await.expect("stored");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(sql::file(folder.path()));
    let mut db = sqlx::ConnectOptions::connect(&options)
        .await
        .expect("the database opens");
    execute(&mut db, "UPDATE pages SET language = 'xx'")
        .await
        .expect("changed");
    let changes = [page(2, 2), renamed(1, 2), page(3, 3)].map(|change| store.change(change, Condition::default()));
    let answers = join_all(changes).await;
    let seqs: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().map(|answer| answer.seq).map_err(|fault| fault.kind))
        .collect();
    assert_eq!(seqs, [Ok(Some(2)), Err(FaultKind::Internal), Ok(Some(3))]);
    let announced: Vec<i64> = sql::query_scalar("SELECT seq FROM outbox ORDER BY seq")
        .fetch_all(&mut db)
        .await
        .expect("rows");
    assert_eq!(announced, [1, 2, 3], "nothing is left of the one that failed");
}

#[tokio::test]
async fn transaction_ends_when_its_time_is_over() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (store, mut writer) = Store::open(folder.path()).await.expect("it opens");
    writer.batch_time_max = Duration::ZERO;
    let mut head = store.head();
    let changes = (1..=64).map(|n| store.change(page(n, n), Condition::default()));
    let mut changes = std::pin::pin!(join_all(changes));
    assert!(changes.as_mut().now_or_never().is_none(), "the writer does not run yet");
    tokio::spawn(writer.run());
    head.changed().await.expect("a commit");
    assert!(
        *head.borrow() < 64,
        "the first is answered before the last is looked at"
    );
    assert!(changes.await.iter().all(Result::is_ok));
}

/// Thousands of days end at once, and somebody tells of an incident.
#[tokio::test]
async fn what_nobody_waits_for_lets_others_go_first() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (store, writer) = Store::open(folder.path()).await.expect("it opens");
    let looked = Arc::new(AtomicUsize::new(0));
    let look = |_| {
        let (store, looked) = (store.clone(), looked.clone());
        tokio::spawn(async move {
            let answer = store.change(Change::Looked(Vec::new()), Condition::default()).await;
            looked.fetch_add(1, Ordering::SeqCst);
            answer
        })
    };
    let looks: Vec<_> = (0..64).map(look).collect();
    tokio::task::yield_now().await;
    let told = tokio::spawn({
        let (store, looked) = (store.clone(), looked.clone());
        async move {
            let answer = store.change(page(1, 1), Condition::default()).await;
            (answer.expect("stored").seq, looked.load(Ordering::SeqCst))
        }
    });
    tokio::task::yield_now().await;
    tokio::spawn(writer.run());
    let (seq, before) = told.await.expect("an answer");
    assert_eq!(seq, Some(1));
    assert!(before <= UNHURRIED_BESIDE_OTHERS_MAX, "{before} went before it");
    for looked in looks {
        looked.await.expect("an end").expect("it comes to its turn");
    }
}

/// A database whose log is put on the disk as long as `works`.
async fn on_a_disk(folder: &std::path::Path, works: &Arc<AtomicBool>) -> (Store, Writer) {
    let works = works.clone();
    let sync = Arc::new(move || match works.load(Ordering::SeqCst) {
        true => Ok(()),
        false => Err(io::Error::from_raw_os_error(5)),
    });
    let opened = sql::open(folder).await.expect("it opens");
    let durable = |conn| Durable::with_sync(conn, folder, sync);
    Store::on(opened, durable, Arc::new(now_ms)).await.expect("a store")
}

#[tokio::test]
async fn disk_that_fails_a_sync_is_trusted_again_once_a_change_is_on_it() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let works = Arc::new(AtomicBool::new(true));
    let (store, writer) = on_a_disk(folder.path(), &works).await;
    tokio::spawn(writer.run());
    let change = async |number| {
        let answer = store.change(page(number, number), Condition::default()).await;
        answer.map(|answer| answer.seq).map_err(|fault| fault.kind)
    };
    assert_eq!(change(1).await, Ok(Some(1)));
    works.store(false, Ordering::SeqCst);
    assert_eq!(
        change(2).await,
        Err(FaultKind::Unavailable),
        "nobody is told that it is stored"
    );
    assert_eq!(*store.head().borrow(), 1);
    tokio::time::sleep(DATABASE_RETRY_PAUSE).await;
    assert_eq!(
        change(3).await,
        Err(FaultKind::Unavailable),
        "opened anew, it fails again"
    );
    assert!(store.writes().await.is_err(), "nothing else is ready");
    works.store(true, Ordering::SeqCst);
    while store.writes().await.is_err() {
        tokio::time::sleep(DATABASE_RETRY_PAUSE / 10).await;
    }
    assert_eq!(
        *store.head().borrow(),
        2,
        "what was not acknowledged may be there all the same"
    );
    assert_eq!(change(4).await, Ok(Some(3)));
}

#[tokio::test]
async fn disk_that_lost_what_was_acknowledged_is_given_another_name() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let works = Arc::new(AtomicBool::new(true));
    let (store, writer) = on_a_disk(folder.path(), &works).await;
    tokio::spawn(writer.run());
    for number in 1..=3 {
        store
            .change(page(number, number), Condition::default())
            .await
            .expect("stored");
    }
    let named = async || {
        let mut reader = store.reader().await.expect("a reader");
        lineage::read(&mut reader).await.expect("a name")
    };
    let before = named().await;
    let mut other = sql::open_file(&sql::file(folder.path())).await.expect("it opens");
    works.store(false, Ordering::SeqCst);
    store
        .change(page(4, 4), Condition::default())
        .await
        .expect_err("no sync");
    execute(&mut other, "DELETE FROM outbox WHERE seq > 2")
        .await
        .expect("lost");
    works.store(true, Ordering::SeqCst);
    while store.writes().await.is_err() {
        tokio::time::sleep(DATABASE_RETRY_PAUSE / 10).await;
    }
    let after = named().await;
    assert!(after.database != before.database && after.first_seq > 3, "{after:?}");
    assert!(*store.head().borrow() >= after.first_seq);
}
