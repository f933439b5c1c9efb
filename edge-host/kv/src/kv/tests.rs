use std::{fs, sync::atomic::AtomicBool, time::Duration};

use metrics::Counter;
use page_model::{body, put::Cursor};
use redb::{Database, StorageBackend, backends::FileBackend};
use tempfile::TempDir;

use super::*;
use crate::limits::KV_LAZY_MAX;

fn open(file: &Path) -> (Kv, Arc<Writes>) {
    let writes = Arc::new(Writes::default());
    (
        Kv::open(file, Arc::clone(&writes), KvMetrics::new("test")).unwrap(),
        writes,
    )
}

fn get(kv: &Kv, key: &str) -> Result<Option<Vec<u8>>, KvError> {
    Ok(kv.view()?.get(key)?.map(|value| value.to_vec()))
}

/// What a machine would find that lost its power now.
fn after_power_cut(directory: &TempDir) -> Kv {
    let copy = directory.path().join("copy.redb");
    fs::copy(directory.path().join("kv.redb"), &copy).unwrap();
    open(&copy).0
}

#[tokio::test]
async fn a_set_is_on_the_disk_when_it_returns() {
    let directory = TempDir::new().unwrap();
    let (kv, _) = open(&directory.path().join("kv.redb"));
    kv.set("site/a".into(), b"one".to_vec()).await.unwrap();
    let found = after_power_cut(&directory);
    assert_eq!(get(&found, "site/a"), Ok(Some(b"one".to_vec())));
    assert_eq!(get(&found, "site/b"), Ok(None));
}

#[tokio::test]
async fn html_is_on_the_disk_a_little_later() {
    let directory = TempDir::new().unwrap();
    let (kv, _) = open(&directory.path().join("kv.redb"));
    kv.set("html/a".into(), b"one".to_vec()).await.unwrap();
    assert_eq!(get(&kv, "html/a"), Ok(Some(b"one".to_vec())), "it can be read at once");
    assert_eq!(get(&after_power_cut(&directory), "html/a"), Ok(None), "not yet");
    tokio::time::sleep(KV_LAZY_MAX * 2).await;
    assert_eq!(get(&after_power_cut(&directory), "html/a"), Ok(Some(b"one".to_vec())));
}

#[tokio::test]
async fn closing_keeps_everything_and_frees_the_file() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("kv.redb");
    let (kv, _) = open(&file);
    kv.set("html/a".into(), b"one".to_vec()).await.unwrap();
    kv.close().await.unwrap();
    assert_eq!(get(&kv, "html/a"), Err(KvError::stopped()));
    assert_eq!(kv.set("html/a".into(), Vec::new()).await, Err(KvError::stopped()));
    assert_eq!(get(&open(&file).0, "html/a"), Ok(Some(b"one".to_vec())));
}

#[tokio::test]
async fn every_set_is_stored_and_marked_once() {
    let directory = TempDir::new().unwrap();
    let (kv, writes) = open(&directory.path().join("kv.redb"));
    let kv = Arc::new(kv);
    let sets: Vec<_> = (0..300)
        .map(|at| {
            let kv = Arc::clone(&kv);
            tokio::spawn(async move { kv.set(format!("site/{at}"), vec![0; 10]).await })
        })
        .collect();
    for set in sets {
        set.await.unwrap().unwrap();
    }
    for at in 0..300 {
        assert_eq!(get(&kv, &format!("site/{at}")), Ok(Some(vec![0; 10])));
    }
    assert_eq!(writes.now(), 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_sets_share_a_commit() {
    let directory = TempDir::new().unwrap();
    let commits = Arc::new(AtomicU64::new(0));
    let metrics = KvMetrics {
        commits: Counter::from_arc(Arc::clone(&commits)),
        ..KvMetrics::new("test")
    };
    let file = directory.path().join("kv.redb");
    let kv = Arc::new(Kv::open(&file, Arc::new(Writes::default()), metrics).unwrap());
    let set = |at| {
        let kv = Arc::clone(&kv);
        tokio::spawn(async move { kv.set(format!("site/{at}"), vec![0; 10]).await })
    };
    let sets: Vec<_> = (0..200).map(set).collect();
    for set in sets {
        set.await.unwrap().unwrap();
    }
    let commits = commits.load(Ordering::SeqCst);
    assert!(commits < 150, "200 writes took {commits} commits");
}

#[tokio::test]
async fn put_is_stored_whole_and_on_the_disk() {
    let directory = TempDir::new().unwrap();
    let (kv, writes) = open(&directory.path().join("kv.redb"));
    let mut put = kv.begin().resting_on(vec!["site/a".into(), "sync/cursor".into()]);
    put.set("snapshot/p/public".into(), b"content".to_vec()).unwrap();
    put.set("site/a".into(), b"names it".to_vec()).unwrap();
    assert_eq!(get(&kv, "site/a"), Ok(None), "nothing before the commit");
    let before = kv.view().unwrap();
    assert_eq!(kv.commit(put).await, Ok(true));
    assert!(
        before.get("site/a").unwrap().is_none(),
        "who reads goes on reading the same moment"
    );
    assert_eq!(writes.now(), 2);
    let found = after_power_cut(&directory);
    assert_eq!(get(&found, "snapshot/p/public"), Ok(Some(b"content".to_vec())));
    assert_eq!(get(&found, "site/a"), Ok(Some(b"names it".to_vec())));
}

/// A floor that is raised hides records which nobody wrote; a cursor that only moves hides nothing.
#[tokio::test]
async fn cursor_that_hides_records_ends_every_reply() {
    let directory = TempDir::new().unwrap();
    let (kv, writes) = open(&directory.path().join("kv.redb"));
    let set = async |seq, floor| {
        let cursor = Cursor {
            seq,
            floor,
            ..Cursor::default()
        };
        kv.set("sync/cursor".into(), body::encode(&cursor)).await.unwrap();
    };
    set(5, 0).await;
    let reply = Writes::dependence(writes.now(), ["site/a"].into_iter());
    set(6, 0).await;
    assert!(writes.are_older(&reply));
    set(7, 3).await;
    assert!(!writes.are_older(&reply));
    let reply = Writes::dependence(writes.now(), ["site/a"].into_iter());
    set(8, 3).await;
    assert!(writes.are_older(&reply));
}

#[tokio::test]
async fn overtaken_put_stores_nothing() {
    let directory = TempDir::new().unwrap();
    let (kv, _) = open(&directory.path().join("kv.redb"));
    let put_of = |value: &str| {
        let mut put = kv.begin().resting_on(vec!["site/a".into()]);
        put.set("site/a".into(), value.into()).unwrap();
        put
    };
    let (late, unrelated) = (put_of("late"), put_of("unrelated"));
    kv.set("site/b".into(), b"b".to_vec()).await.unwrap();
    assert_eq!(kv.commit(unrelated).await, Ok(true), "another key was written");
    assert_eq!(kv.commit(late).await, Ok(false), "the same key was written");
    assert_eq!(get(&kv, "site/a"), Ok(Some(b"unrelated".to_vec())));
}

/// Each put adds one to what it read; none may be lost, also where two share a commit.
#[tokio::test(flavor = "multi_thread")]
async fn puts_at_once_lose_nothing() {
    let directory = TempDir::new().unwrap();
    let kv = Arc::new(open(&directory.path().join("kv.redb")).0);
    let adds: Vec<_> = (0..8)
        .map(|_| {
            let kv = Arc::clone(&kv);
            tokio::spawn(async move {
                for _ in 0..10 {
                    loop {
                        let put = kv.begin();
                        let count = get(&kv, "site/a").unwrap().map_or(0, |bytes| bytes[0]);
                        let mut put = put.resting_on(vec!["site/a".into()]);
                        put.set("site/a".into(), vec![count + 1]).unwrap();
                        if kv.commit(put).await.unwrap() {
                            break;
                        }
                    }
                }
            })
        })
        .collect();
    for add in adds {
        add.await.unwrap();
    }
    assert_eq!(get(&kv, "site/a"), Ok(Some(vec![80])));
}

/// A file on a disk that fails while it is told to.
#[derive(Debug)]
struct FailingDisk {
    file: FileBackend,
    /// It takes no byte, or only no more than it has.
    fails: Arc<AtomicBool>,
    is_full: Arc<AtomicBool>,
}

impl FailingDisk {
    fn works(&self) -> std::io::Result<()> {
        match self.fails.load(Ordering::SeqCst) {
            true => Err(std::io::ErrorKind::Other.into()),
            false => Ok(()),
        }
    }
}

impl StorageBackend for FailingDisk {
    fn len(&self) -> std::io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> std::io::Result<()> {
        self.works()?;
        if self.is_full.load(Ordering::SeqCst) && len > self.file.len()? {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        self.file.set_len(len)
    }

    fn sync_data(&self) -> std::io::Result<()> {
        self.works()?;
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
        self.works()?;
        self.file.write(offset, data)
    }
}

fn open_on_failing_disk(directory: &TempDir, fails: &Arc<AtomicBool>, is_full: &Arc<AtomicBool>) -> (Kv, Arc<Writes>) {
    let path = directory.path().join("kv.redb");
    let (fails, is_full) = (Arc::clone(fails), Arc::clone(is_full));
    let open = move || {
        let file = fs::File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        let disk = FailingDisk {
            file: FileBackend::new(file)?,
            fails: Arc::clone(&fails),
            is_full: Arc::clone(&is_full),
        };
        Ok(Database::builder().set_cache_size(0).create_with_backend(disk)?)
    };
    let (writes, metrics) = (Arc::new(Writes::default()), KvMetrics::new("test"));
    let file = File::open_with(open, metrics.reads.clone()).unwrap();
    let kv = Kv::on(file, Arc::clone(&writes), metrics, KV_HTML_BYTES_MAX).unwrap();
    (kv, writes)
}

/// The file is opened anew: redb itself answers nothing after the first error.
#[tokio::test]
async fn disk_that_failed_is_read_on_and_written_once_it_works() {
    let directory = TempDir::new().unwrap();
    let fails = Arc::new(AtomicBool::new(false));
    let (kv, writes) = open_on_failing_disk(&directory, &fails, &Arc::default());
    kv.set("site/a".into(), b"one".to_vec()).await.unwrap();
    let reply = Writes::dependence(writes.now(), ["site/b"].into_iter());
    fails.store(true, Ordering::SeqCst);
    assert!(matches!(
        kv.set("site/a".into(), b"two".to_vec()).await,
        Err(KvError::Storage(_))
    ));
    assert!(
        matches!(kv.sync().await, Err(KvError::Storage(_))),
        "which is what readiness asks"
    );
    assert!(!writes.are_older(&reply), "what was not synced may be gone");
    fails.store(false, Ordering::SeqCst);
    let written = async {
        while kv.set("site/a".into(), b"three".to_vec()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), written)
        .await
        .expect("it goes on by itself");
    assert_eq!(get(&kv, "site/a"), Ok(Some(b"three".to_vec())));
    assert_eq!(kv.sync().await, Ok(()));
    drop(kv);
    let found = open(&directory.path().join("kv.redb")).0;
    assert_eq!(get(&found, "site/a"), Ok(Some(b"three".to_vec())));
}

/// What is stored can be read, and what fits into the room that the file has is stored.
#[tokio::test]
async fn full_disk_can_be_read() {
    let directory = TempDir::new().unwrap();
    let is_full = Arc::new(AtomicBool::new(false));
    let (kv, _) = open_on_failing_disk(&directory, &Arc::default(), &is_full);
    for at in 0..200 {
        kv.set(format!("site/{at}"), vec![at; 2_000]).await.unwrap();
    }
    is_full.store(true, Ordering::SeqCst);
    let mut stored = 0;
    while kv.set(format!("site/new-{stored}"), vec![1; 900_000]).await.is_ok() {
        stored += 1;
    }
    for at in 0..200 {
        assert_eq!(get(&kv, &format!("site/{at}")), Ok(Some(vec![at; 2_000])));
    }
    is_full.store(false, Ordering::SeqCst);
    let written = async {
        while kv.set("site/new".into(), vec![1; 900_000]).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), written)
        .await
        .expect("it goes on by itself");
    for at in 0..stored {
        assert_eq!(
            get(&kv, &format!("site/new-{at}")),
            Ok(Some(vec![1; 900_000])),
            "it was acknowledged"
        );
    }
}

#[tokio::test]
async fn finished_pages_beyond_the_bound_are_not_kept() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("kv.redb");
    let open = || {
        let metrics = KvMetrics::new("test");
        let file = File::open(&path, metrics.reads.clone()).unwrap();
        Kv::on(file, Arc::default(), metrics, 10_000).unwrap()
    };
    let kv = open();
    let page = |at: usize| format!("html/a.example/public/en-{at}");
    for at in 0..2 {
        assert_eq!(kv.set(page(at), vec![0; 4_000]).await, Ok(()));
    }
    assert_eq!(kv.set(page(2), vec![0; 4_000]).await, Err(KvError::Full));
    assert_eq!(
        kv.set(page(1), vec![0; 1_000]).await,
        Ok(()),
        "what it takes the place of counts no longer"
    );
    assert_eq!(kv.set(page(2), vec![0; 4_000]).await, Ok(()));
    assert_eq!(
        kv.set("site/a.example".into(), vec![0; 4_000]).await,
        Ok(()),
        "records always have room"
    );
    kv.close().await.unwrap();
    drop(kv);
    let kv = open();
    assert_eq!(kv.html_bytes(), 9_000, "counted with each commit");
    assert_eq!(kv.set(page(3), vec![0; 4_000]).await, Err(KvError::Full));
}

/// A file of a version that did not count.
#[tokio::test]
async fn finished_pages_that_are_there_are_counted_once() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("kv.redb");
    let older = Database::create(&path).unwrap();
    let transaction = older.begin_write().unwrap();
    {
        let mut values = transaction.open_table(crate::file::VALUES).unwrap();
        for key in ["html/a.example/public/en", "html/b.example/public/en", "site/a.example"] {
            values.insert(key, &[0; 100][..]).unwrap();
        }
    }
    transaction.commit().unwrap();
    drop(older);
    assert_eq!(open(&path).0.html_bytes(), 200);
}
