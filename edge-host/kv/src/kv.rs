//! The region's KV: one redb file, read from any thread, written by one thread of its own.
//!
//! Writes that arrive while the disk is busy share the next commit, so a put of many records costs a few syncs, and no
//! thread that serves visits ever waits for the disk.

use std::{
    collections::HashSet,
    ops::Deref,
    path::Path,
    sync::{
        Arc, PoisonError, RwLock, Weak,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use anyhow::Context;
use metrics::Counter;
use page_model::{body, put::Cursor};
use redb::{AccessGuard, Database, Durability, OwnedAccessGuard, ReadOnlyTable, ReadableDatabase, TableDefinition};
use tokio::sync::oneshot;

use crate::{
    error::{KvError, check},
    limits::{KV_CACHE_BYTES_MAX, KV_COMMIT_WRITES_MAX, KV_LAZY_MAX, KV_WRITES_WAITING_MAX},
    metrics::KvMetrics,
    put::Put,
    writes::Writes,
};

pub struct Kv {
    /// Empty once the KV is closed.
    database: RwLock<Option<Arc<Database>>>,
    latest: Arc<Latest>,
    writes: Arc<Writes>,
    queue: SyncSender<Command>,
}

/// What the last commit left, opened once for all who read it; empty where it could not be opened.
type Latest = RwLock<Option<View>>;

/// All records as they are at one moment.
#[derive(Clone)]
pub struct View {
    values: Arc<ReadOnlyTable<&'static str, &'static [u8]>>,
    reads: Counter,
}

/// What lies under a key, where the store has it in memory: nothing is copied.
pub struct Value(OwnedAccessGuard<&'static [u8]>);

impl Kv {
    pub fn open(file: &Path, writes: Arc<Writes>, metrics: KvMetrics) -> anyhow::Result<Self> {
        let database = Arc::new(create(file)?);
        let view = view(&database, &metrics).map_err(|error| anyhow::anyhow!("{error}"))?;
        let latest = Arc::new(RwLock::new(Some(view)));
        let (queue, commands) = sync_channel(KV_WRITES_WAITING_MAX);
        let writer = Writer {
            database: Arc::downgrade(&database),
            latest: Arc::clone(&latest),
            writes: Arc::clone(&writes),
            metrics,
            unsynced: false,
        };
        thread::Builder::new()
            .name("kv-writer".into())
            .spawn(move || writer.run(&commands))
            .context("the KV's writer thread did not start")?;
        Ok(Self {
            database: RwLock::new(Some(database)),
            latest,
            writes,
            queue,
        })
    }

    pub fn view(&self) -> Result<View, KvError> {
        let latest = self.latest.read().unwrap_or_else(PoisonError::into_inner);
        latest.clone().ok_or_else(KvError::stopped)
    }

    /// Before anything is read that the put rests on.
    pub fn begin(&self) -> Put {
        Put::since(self.writes.now())
    }

    /// Stores all of the put in one transaction, or none of it: `false` where something that it rests on was written
    /// since. Returns once everything can be read and is on the disk.
    pub async fn commit(&self, put: Put) -> Result<bool, KvError> {
        let (done, committed) = oneshot::channel();
        self.send(Command::Put(put, done))?;
        committed.await.unwrap_or_else(|_| Err(KvError::stopped()))
    }

    /// Returns once the value can be read by every visit and, unless the key is one of `html/`, is on the disk.
    pub async fn set(&self, key: String, value: Vec<u8>) -> Result<(), KvError> {
        check(&key, &value)?;
        let (done, written) = oneshot::channel();
        self.send(Command::Write { key, value, done })?;
        written.await.unwrap_or_else(|_| Err(KvError::stopped()))
    }

    /// Puts everything on the disk and lets go of the file. Later reads and writes are refused.
    pub async fn close(&self) -> Result<(), KvError> {
        let (done, synced) = oneshot::channel();
        self.send(Command::Sync { done })?;
        let result = synced.await.unwrap_or_else(|_| Err(KvError::stopped()));
        self.latest.write().unwrap_or_else(PoisonError::into_inner).take();
        self.database.write().unwrap_or_else(PoisonError::into_inner).take();
        result
    }

    fn send(&self, command: Command) -> Result<(), KvError> {
        self.queue.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => KvError::Busy,
            TrySendError::Disconnected(_) => KvError::stopped(),
        })
    }
}

impl View {
    pub fn get(&self, key: &str) -> Result<Option<Value>, KvError> {
        self.reads.increment(1);
        Ok(self.values.get_owned(key)?.map(Value))
    }
}

impl Deref for Value {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.value()
    }
}

fn view(database: &Database, metrics: &KvMetrics) -> Result<View, KvError> {
    Ok(View {
        values: Arc::new(database.begin_read()?.open_table(VALUES)?),
        reads: metrics.reads.clone(),
    })
}

fn create(file: &Path) -> anyhow::Result<Database> {
    let open = || -> Result<Database, redb::Error> {
        let database = Database::builder().set_cache_size(KV_CACHE_BYTES_MAX).create(file)?;
        let transaction = database.begin_write()?;
        transaction.open_table(VALUES)?;
        transaction.commit()?;
        Ok(database)
    };
    open().with_context(|| format!("the KV {} cannot be opened; is another edge using it?", file.display()))
}

enum Command {
    Write {
        key: String,
        value: Vec<u8>,
        done: oneshot::Sender<Result<(), KvError>>,
    },
    Put(Put, oneshot::Sender<Result<bool, KvError>>),
    Sync {
        done: oneshot::Sender<Result<(), KvError>>,
    },
}

struct Writer {
    database: Weak<Database>,
    latest: Arc<Latest>,
    writes: Arc<Writes>,
    metrics: KvMetrics,
    /// Whether a commit has not been synced: redb cannot reuse the space of such commits.
    unsynced: bool,
}

impl Writer {
    fn run(mut self, commands: &Receiver<Command>) {
        loop {
            match commands.recv_timeout(KV_LAZY_MAX) {
                Ok(first) => self.take(first, commands),
                Err(RecvTimeoutError::Timeout) => self.sync_if_needed(),
                Err(RecvTimeoutError::Disconnected) => return self.sync_if_needed(),
            }
        }
    }

    /// Commits the first command together with all that came meanwhile, then tells their senders.
    fn take(&mut self, first: Command, commands: &Receiver<Command>) {
        let batch: Vec<_> = std::iter::once(first)
            .chain(commands.try_iter().take(KV_COMMIT_WRITES_MAX - 1))
            .collect();
        let (batch, overtaken) = self.parted(batch);
        if !batch.is_empty() {
            self.store(batch);
        }
        // After the commit, so that who begins anew reads what overtook it. Who waited for it may be gone.
        for done in overtaken {
            let _ = done.send(Ok(false));
        }
    }

    fn store(&mut self, batch: Vec<Command>) {
        let durability = if batch.iter().any(Command::is_durable) {
            Durability::Immediate
        } else {
            Durability::None
        };
        let result = self.commit(&batch, durability);
        if let Err(error) = &result {
            tracing::error!(writes = batch.len(), "the KV did not take the writes: {error}");
        }
        for command in batch {
            self.finish(command, result.clone());
        }
    }

    /// What is to be stored, and who waits for a put that was overtaken. Only this thread writes, so what holds here still
    /// holds when the batch is committed.
    fn parted(&self, commands: Vec<Command>) -> (Vec<Command>, Vec<oneshot::Sender<Result<bool, KvError>>>) {
        let mut written = HashSet::new();
        let (mut batch, mut overtaken) = (Vec::with_capacity(commands.len()), Vec::new());
        for command in commands {
            match command {
                Command::Put(put, done) if put.is_overtaken(&self.writes, &written) => overtaken.push(done),
                command => {
                    written.extend(command.entries().map(|(key, _)| key.to_owned()));
                    batch.push(command);
                }
            }
        }
        (batch, overtaken)
    }

    fn commit(&mut self, batch: &[Command], durability: Durability) -> Result<(), KvError> {
        let database = self.database.upgrade().ok_or_else(KvError::stopped)?;
        let mut transaction = database.begin_write()?;
        transaction.set_durability(durability)?;
        let mut table = transaction.open_table(VALUES)?;
        let mut hides = false;
        for (key, value) in batch.iter().flat_map(Command::entries) {
            let before = table.insert(key, value)?;
            hides |= key == CURSOR && is_hiding(before.as_ref().map(AccessGuard::value), value);
        }
        drop(table);
        transaction.commit()?;
        self.unsynced = matches!(durability, Durability::None);
        self.metrics.commits.increment(1);
        let view = view(&database, &self.metrics);
        let error = view.as_ref().err().cloned();
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = view.ok();
        if hides {
            self.writes.mark_all();
        }
        error.map_or(Ok(()), Err)
    }

    fn finish(&self, command: Command, result: Result<(), KvError>) {
        for (key, _) in command.entries() {
            // Also after a failure: whether the value can be read is then unknown, so no cached reply may count on it.
            self.writes.mark(key);
            self.metrics.writes.increment(1);
        }
        // The guest that asked may have ended meanwhile; the write holds all the same.
        match command {
            Command::Write { done, .. } | Command::Sync { done } => drop(done.send(result)),
            Command::Put(_, done) => drop(done.send(result.map(|()| true))),
        }
    }

    fn sync_if_needed(&mut self) {
        if self.unsynced
            && let Err(error) = self.commit(&[], Durability::Immediate)
        {
            tracing::error!("the KV could not be synced: {error}");
        }
    }
}

impl Command {
    fn is_durable(&self) -> bool {
        match self {
            Self::Write { key, .. } => !key.starts_with(LAZY_PREFIX),
            Self::Put(..) | Self::Sync { .. } => true,
        }
    }

    /// What it stores, in order.
    fn entries(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let none: &[(String, Vec<u8>)] = &[];
        let (one, many) = match self {
            Self::Write { key, value, .. } => (Some((key.as_str(), value.as_slice())), none),
            Self::Put(put, _) => (None, put.entries()),
            Self::Sync { .. } => (None, none),
        };
        let many = many.iter().map(|(key, value)| (key.as_str(), value.as_slice()));
        one.into_iter().chain(many)
    }
}

/// Whether records count as absent since this cursor, or no longer do, without having been written.
fn is_hiding(before: Option<&[u8]>, after: &[u8]) -> bool {
    let read = |bytes| body::decode::<Cursor>(bytes).unwrap_or_default();
    !read(after).hides_as(&before.map(read).unwrap_or_default())
}

const CURSOR: &str = "sync/cursor";
const VALUES: TableDefinition<&str, &[u8]> = TableDefinition::new("values");
/// What the edge can render again may be lost in a crash.
const LAZY_PREFIX: &str = "html/";

#[cfg(test)]
mod tests {
    use std::{
        fs,
        sync::atomic::{AtomicU64, Ordering},
    };

    use tempfile::TempDir;

    use super::*;
    use crate::metrics::KvMetrics;

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
            kv.set(CURSOR.into(), body::encode(&cursor)).await.unwrap();
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
}
