use std::sync::Arc;

use page_model::{PageId, put::Parked};
use tempfile::TempDir;

use super::*;
use crate::{file::File, metrics::KvMetrics};

const DAY: u64 = 20_000;

struct Region {
    kv: Kv,
    sweep: Sweep,
    _directory: TempDir,
}

impl Region {
    fn new(html_bytes_max: u64) -> Self {
        let directory = TempDir::new().unwrap();
        let metrics = KvMetrics::new("test");
        let file = File::open(&directory.path().join("kv.redb"), metrics.reads.clone()).unwrap();
        Self {
            kv: Kv::on(file, Arc::default(), metrics, html_bytes_max).unwrap(),
            sweep: Sweep::default(),
            _directory: directory,
        }
    }

    async fn set(&self, key: &str, value: Vec<u8>) {
        self.kv.set(key.to_owned(), value).await.unwrap();
    }

    async fn record(&self, key: &str, version: u64, body: &[u8]) {
        let key = Key::parse(key).expect("a key");
        let page = key.page().cloned().unwrap_or_else(|| page("page00000001"));
        let record = Record::new(key.clone(), page, version, body.to_vec());
        self.set(&key.to_string(), record.to_bytes()).await;
    }

    async fn cursor(&self, cursor: Cursor) {
        self.set("sync/cursor", body::encode(&cursor)).await;
    }

    /// From the first record to the last.
    async fn lap(&mut self, day: u64) {
        while !self.sweep.portion(&self.kv, day * DAY_MS).await.unwrap() {}
    }

    fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        let view = self.kv.view().unwrap();
        view.each("", |key, _| {
            keys.push(key.to_owned());
            true
        })
        .unwrap();
        keys.retain(|key| !key.starts_with("s") || key.starts_with("site") || key.starts_with("snapshot"));
        keys
    }
}

fn page(id: &str) -> PageId {
    PageId::parse(id).expect("a page id")
}

fn at(seq: u64) -> Cursor {
    Cursor {
        seq,
        ..Cursor::default()
    }
}

#[tokio::test]
async fn finished_pages_go_with_their_host() {
    let mut region = Region::new(1_000_000);
    region.cursor(at(9)).await;
    region.record("site/here.example", 5, b"a page").await;
    region.record("site/gone.example", 6, b"").await;
    for host in ["here", "gone", "never"] {
        for view in ["en", "de", "en-2026-10"] {
            region
                .set(&format!("html/{host}.example/public/{view}"), vec![1; 100])
                .await;
        }
    }
    region.lap(DAY).await;
    let expected = [
        "html/here.example/public/de",
        "html/here.example/public/en",
        "html/here.example/public/en-2026-10",
        "site/gone.example",
        "site/here.example",
    ];
    assert_eq!(region.keys(), expected);
    assert_eq!(region.kv.html_bytes(), 300);
}

/// It may speak for another page since.
#[tokio::test]
async fn host_that_comes_back_meanwhile_keeps_its_pages() {
    let mut region = Region::new(1_000_000);
    region.record("site/a.example", 6, b"").await;
    region.set("html/a.example/public/en", vec![1; 100]).await;
    let put = region.kv.begin().resting_on(vec!["site/a.example".into()]);
    region.record("site/a.example", 7, b"a page").await;
    assert_eq!(
        region.kv.commit(put).await,
        Ok(false),
        "what a sweep rests on was written"
    );
    region.lap(DAY).await;
    assert_eq!(region.keys(), ["html/a.example/public/en", "site/a.example"]);
}

#[tokio::test]
async fn tombstone_stays_for_its_days() {
    let mut region = Region::new(1_000_000);
    region.record("site/a.example", 6, b"").await;
    region.record("snapshot/page00000001/public", 6, b"").await;
    region.record("site/late.example", 8, b"").await;
    region.record("snapshot/page00000002/public", 3, b"content").await;
    region.cursor(at(7)).await;
    region.lap(DAY).await;
    region.cursor(at(20)).await;
    for day in DAY + 1..DAY + KV_TOMBSTONES_KEPT_DAYS {
        region.lap(day).await;
    }
    assert_eq!(region.keys().len(), 4, "{:?}", region.keys());
    region.lap(DAY + KV_TOMBSTONES_KEPT_DAYS).await;
    assert_eq!(region.keys(), ["site/late.example", "snapshot/page00000002/public"]);
    region.lap(DAY + KV_TOMBSTONES_KEPT_DAYS + 1).await;
    assert_eq!(region.keys(), ["snapshot/page00000002/public"]);
    let days = days(&region.kv.view().unwrap()).unwrap();
    assert!(days.0.len() <= KV_TOMBSTONES_KEPT_DAYS as usize + 1, "{}", days.0.len());
}

/// A region that is being filled has not come anywhere, and its tombstones may be of its future.
#[tokio::test]
async fn filling_region_notes_no_day() {
    let mut region = Region::new(1_000_000);
    region.record("site/a.example", 6, b"").await;
    let filling = Cursor { filling: true, ..at(7) };
    region.cursor(filling).await;
    region.lap(DAY).await;
    region.lap(DAY + 2 * KV_TOMBSTONES_KEPT_DAYS).await;
    assert_eq!(region.keys(), ["site/a.example"]);
}

#[tokio::test]
async fn what_counts_as_absent_goes() {
    let mut region = Region::new(1_000_000);
    region.record("snapshot/page00000001/public", 6, b"of before").await;
    region.record("snapshot/page00000002/public", 12, b"content").await;
    region.record("snapshot/page00000003/public", 6, b"parked").await;
    region.record("site/a.example", 6, b"of before").await;
    region.set("html/a.example/public/en", vec![1; 100]).await;
    region
        .set("snapshot/page00000004/public", b"of another version".to_vec())
        .await;
    let cursor = Cursor {
        floor: 10,
        parked: vec![Parked {
            page: page("page00000003"),
            since: 6,
        }],
        ..at(12)
    };
    region.cursor(cursor).await;
    region.lap(DAY).await;
    let expected = [
        "snapshot/page00000002/public",
        "snapshot/page00000003/public",
        "snapshot/page00000004/public",
    ];
    assert_eq!(region.keys(), expected);
}

/// Languages, months and events make ever more of them.
#[tokio::test]
async fn finished_pages_stay_within_their_bound() {
    let mut region = Region::new(1_000_000);
    region.record("site/a.example", 5, b"a page").await;
    let mut kept = 0;
    for view in 0..3_000 {
        let key = format!("html/a.example/public/en-{view}");
        kept += u64::from(region.kv.set(key, vec![1; 1_000]).await.is_ok());
        assert!(region.kv.html_bytes() <= 1_000_000);
        if view % 500 == 0 {
            region.lap(DAY).await;
        }
    }
    assert!(kept > 1_100, "the sweep made room: {kept}");
    region.lap(DAY).await;
    let room = region.kv.html_bytes();
    assert!((600_000..=900_000).contains(&room), "{room}");
    region.lap(DAY).await;
    assert_eq!(region.kv.html_bytes(), room, "what is within it stays");
}
