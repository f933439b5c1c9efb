use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use origin_engine::tx::IdempotencyKey;
use origin_objects::{
    Object,
    delivery::{Delivered, DeliveredPage},
    page::{NewPage, PagePatch},
};
use page_model::PageId;

use crate::{Change, Condition, Store, commit::PageChange};

use super::*;

/// 22 November 2026, 12:00 in UTC.
const NOON_MS: i64 = 1_795_348_800_000;

struct Kept {
    store: Store,
    clock: Arc<AtomicI64>,
}

impl Kept {
    async fn new() -> Self {
        let clock = Arc::new(AtomicI64::new(NOON_MS));
        let told = clock.clone();
        let opened = Store::in_memory(Arc::new(move || told.load(Ordering::SeqCst))).await;
        let (store, writer) = opened.expect("a store");
        tokio::spawn(writer.run());
        Self { store, clock }
    }

    async fn make(&self, change: Change, condition: Condition) -> Applied {
        self.store.change(change, condition).await.expect("it is made")
    }

    async fn change(&self, page: &PageId, change: PageChange) -> i64 {
        let made = self
            .make(Change::Page(page.clone(), change), Condition::default())
            .await;
        made.seq.expect("a number")
    }

    async fn delivered(&self, region: &str, page: &PageId, seq: i64) {
        let page = DeliveredPage {
            page: page.clone(),
            seq,
            at_ms: NOON_MS,
            served_ms: 0,
        };
        let delivered = Delivered {
            region: region.into(),
            delivered: vec![page],
        };
        self.make(Change::Delivered(delivered), Condition::default()).await;
    }

    async fn after(&self, ms: i64) {
        self.clock.store(NOON_MS + ms, Ordering::SeqCst);
        while self.make(Change::Prune, Condition::default()).await.outcome == origin_engine::applied::Outcome::Deleted {
        }
    }

    async fn rows(&self, of: &str) -> i64 {
        let query = sql::query_scalar(sql::built(format!("SELECT COUNT(*) FROM {of}")));
        let mut reader = self.store.reader().await.expect("a reader");
        query.fetch_one(&mut *reader).await.expect("a count")
    }
}

fn page(n: usize) -> (PageId, PageChange) {
    let page = PageId::parse(&format!("page{n:08}")).expect("an id");
    let new = format!(r#"{{"name": "Page {n}", "hosts": ["h{n}.acme.com"]}}"#);
    let Object::<NewPage>(new) = serde_json::from_str(&new).expect("a page");
    (page, PageChange::Create(Box::new(new)))
}

#[tokio::test]
async fn deleted_page_is_told_of_until_every_region_has_heard_it() {
    let kept = Kept::new().await;
    let (gone, new) = page(1);
    kept.change(&gone, new).await;
    let deleted = kept.change(&gone, PageChange::Delete).await;
    let (stays, new) = page(2);
    kept.change(&stays, new).await;
    kept.delivered("eu-1", &gone, deleted).await;
    kept.delivered("us-1", &gone, deleted - 1).await;
    let ago = DELETED_PAGES_KEPT_MS + 1;
    kept.clock.store(NOON_MS + ago, Ordering::SeqCst);
    kept.delivered("us-1", &stays, 1).await;
    kept.delivered("eu-1", &stays, 1).await;
    kept.after(ago).await;
    assert_eq!(
        (kept.rows("outbox").await, kept.rows("hosts").await),
        (2, 2),
        "us-1 has not heard it"
    );
    kept.delivered("us-1", &gone, deleted).await;
    kept.after(ago).await;
    assert_eq!((kept.rows("outbox").await, kept.rows("hosts").await), (1, 1));
    assert_eq!(
        (kept.rows("deleted_pages").await, kept.rows("deliveries").await),
        (0, 2)
    );
}

#[tokio::test]
async fn host_that_was_given_up_is_told_of_until_every_region_has_heard_it() {
    let kept = Kept::new().await;
    let (page, new) = page(1);
    kept.change(&page, new).await;
    let hosts = |hosts: &str| {
        // None of those that the page had leads to it any longer.
        let patch = format!(r#"{{"hosts": {hosts}, "former_hosts": []}}"#);
        let Object::<PagePatch>(patch) = serde_json::from_str(&patch).expect("a patch");
        PageChange::Patch(Box::new(patch))
    };
    kept.change(&page, hosts(r#"["a.acme.com", "b.acme.com"]"#)).await;
    let given_up = kept.change(&page, hosts(r#"["a.acme.com"]"#)).await;
    let came_back = kept.change(&page, hosts(r#"["a.acme.com", "h1.acme.com"]"#)).await;
    assert!(came_back > given_up);
    let ago = HOSTS_KEPT_MS + 1;
    kept.clock.store(NOON_MS + ago, Ordering::SeqCst);
    kept.delivered("us-1", &page, given_up - 1).await;
    kept.delivered("eu-1", &page, came_back).await;
    kept.after(ago).await;
    assert_eq!(kept.rows("hosts").await, 3, "us-1 has not heard it");
    kept.delivered("us-1", &page, given_up).await;
    kept.clock.store(NOON_MS, Ordering::SeqCst);
    kept.after(HOSTS_KEPT_MS).await;
    assert_eq!(kept.rows("hosts").await, 3, "not yet");
    kept.after(ago).await;
    assert_eq!(kept.rows("hosts").await, 2);
    assert_eq!(kept.rows("hosts WHERE live AND gone_ms IS NULL").await, 2);
}

#[tokio::test]
async fn last_sequence_number_is_never_given_twice() {
    let kept = Kept::new().await;
    let (gone, new) = page(1);
    kept.change(&gone, new).await;
    let deleted = kept.change(&gone, PageChange::Delete).await;
    kept.after(2 * DELETED_PAGES_KEPT_MS).await;
    assert_eq!(kept.rows("outbox").await, 1);
    let (next, new) = page(2);
    assert_eq!(kept.change(&next, new).await, deleted + 1);
    kept.after(2 * DELETED_PAGES_KEPT_MS).await;
    assert_eq!((kept.rows("outbox").await, kept.rows("deleted_pages").await), (1, 0));
}

#[tokio::test]
async fn page_that_comes_back_is_kept() {
    let kept = Kept::new().await;
    let (page_id, new) = page(1);
    kept.change(&page_id, new).await;
    kept.change(&page_id, PageChange::Delete).await;
    kept.change(&page_id, page(1).1).await;
    let (other, new) = page(2);
    kept.change(&other, new).await;
    kept.after(2 * DELETED_PAGES_KEPT_MS).await;
    assert_eq!((kept.rows("outbox").await, kept.rows("hosts").await), (2, 2));
}

#[tokio::test]
async fn region_that_reports_nothing_is_forgotten() {
    let kept = Kept::new().await;
    let (page, new) = page(1);
    let seq = kept.change(&page, new).await;
    kept.delivered("old-1", &page, seq).await;
    kept.clock.store(NOON_MS + 1_000, Ordering::SeqCst);
    kept.delivered("eu-1", &page, seq).await;
    kept.after(REGIONS_KEPT_MS + 1).await;
    assert_eq!((kept.rows("regions").await, kept.rows("deliveries").await), (1, 1));
}

#[tokio::test]
async fn answers_are_kept_for_a_day_and_not_without_end() {
    let kept = Kept::new().await;
    for n in 0..10 {
        kept.clock.store(NOON_MS + n, Ordering::SeqCst);
        let (page, new) = page(n as usize);
        let key = IdempotencyKey {
            token_id: "token".into(),
            key: format!("key-{n}"),
            fingerprint: [0; 32],
        };
        let condition = Condition {
            idempotency: Some(key),
            ..Condition::default()
        };
        kept.make(Change::Page(page, new), condition).await;
    }
    let counted = "(SELECT SUM(LENGTH(key) + LENGTH(answer)) AS n FROM idempotency), kept_bytes WHERE n = bytes";
    assert_eq!(kept.rows(counted).await, 1, "bytes are counted as they lie there");
    kept.after(IDEMPOTENCY_KEPT_MS + 4).await;
    assert_eq!(kept.rows("idempotency").await, 5);
    assert_eq!(kept.rows("idempotency WHERE key < 'key-5'").await, 0, "the oldest went");
    assert_eq!(kept.rows(counted).await, 1);
    kept.after(2 * IDEMPOTENCY_KEPT_MS).await;
    assert_eq!(kept.rows("kept_bytes WHERE bytes = 0").await, 1);
}

#[tokio::test]
async fn most_bytes_are_kept_by_forgetting_the_oldest() {
    let (mut conn, _) = sql::open_in_memory().await.expect("it opens");
    let query = sql::query(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 20)
         INSERT INTO idempotency SELECT 'token', 10 + n, x'', zeroblob(98), n FROM n",
    );
    query.execute(&mut conn).await.expect("rows");
    assert!(!answers_by_bytes(&mut conn, 2_000).await.expect("it is looked"));
    assert_eq!(idempotency_bytes(&mut conn).await.expect("a sum"), 2_000);
    assert!(!answers_by_bytes(&mut conn, 1_450).await.expect("it forgets"));
    assert_eq!(idempotency_bytes(&mut conn).await.expect("a sum"), 1_400);
    let oldest: i64 = sql::query_scalar("SELECT MIN(at_ms) FROM idempotency")
        .fetch_one(&mut conn)
        .await
        .expect("a moment");
    assert_eq!(oldest, 7);
}

#[tokio::test]
async fn reminders_that_were_given_are_forgotten_and_do_not_come_again() {
    let (mut conn, _) = sql::open_in_memory().await.expect("it opens");
    let rows =
        "INSERT INTO reminders VALUES ('page', 'maintenance', 60, 0, TRUE), ('page', 'maintenance', 30, 0, FALSE)";
    sql::execute(&mut conn, "PRAGMA foreign_keys = OFF")
        .await
        .expect("a setting");
    sql::execute(&mut conn, rows).await.expect("rows");
    let mut tx = Tx::new(&mut conn, REMINDERS_KEPT_MS + 1, 1, Condition::default());
    prune(&mut tx).await.expect("it forgets");
    let left: i64 = sql::query_scalar("SELECT minutes FROM reminders")
        .fetch_one(&mut conn)
        .await
        .expect("one");
    assert_eq!(left, 30);
}
