//! The region's KV: one redb file, read from any thread, written by one thread of its own.
//!
//! Writes that arrive while the disk is busy share the next commit, so a put of many records costs a few syncs, and no
//! thread that serves visits ever waits for the disk.

use std::{
    fmt,
    path::Path,
    sync::{
        Arc, PoisonError, RwLock, Weak,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use anyhow::Context;
use page_model::limits::{KV_KEY_BYTES_MAX, KV_VALUE_BYTES_MAX};
use redb::{Database, Durability, ReadOnlyTable, ReadableDatabase, ReadableTable, TableDefinition};
use tokio::sync::oneshot;

use crate::{
    limits::{KV_CACHE_BYTES_MAX, KV_COMMIT_WRITES_MAX, KV_LAZY_MAX, KV_WRITES_WAITING_MAX},
    metrics::KvMetrics,
    writes::Writes,
};

pub struct Kv {
    /// Empty once the KV is closed.
    database: RwLock<Option<Arc<Database>>>,
    queue: SyncSender<Command>,
    metrics: KvMetrics,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KvError {
    KeyTooLong(usize),
    ValueTooLarge(usize),
    /// More writes wait than the disk takes.
    Busy,
    /// The file could not be read or written.
    Storage(String),
}

impl Kv {
    pub fn open(file: &Path, writes: Arc<Writes>, metrics: KvMetrics) -> anyhow::Result<Self> {
        let database = Arc::new(create(file)?);
        let (queue, commands) = sync_channel(KV_WRITES_WAITING_MAX);
        let writer = Writer {
            database: Arc::downgrade(&database),
            writes,
            metrics: metrics.clone(),
            unsynced: false,
        };
        thread::Builder::new()
            .name("kv-writer".into())
            .spawn(move || writer.run(&commands))
            .context("the KV's writer thread did not start")?;
        Ok(Self {
            database: RwLock::new(Some(database)),
            queue,
            metrics,
        })
    }

    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        self.metrics.reads.increment(1);
        let table = self.values()?;
        Ok(table.get(key)?.map(|value| value.value().to_vec()))
    }

    pub fn exists(&self, key: &str) -> Result<bool, KvError> {
        self.metrics.reads.increment(1);
        let table = self.values()?;
        Ok(table.get(key)?.is_some())
    }

    /// All keys. Reads the whole file: not for a thread that serves visits.
    pub fn keys(&self) -> Result<Vec<String>, KvError> {
        let table = self.values()?;
        table.iter()?.map(|entry| Ok(entry?.0.value().to_owned())).collect()
    }

    /// Returns once the value can be read by every visit and, unless the key is one of `html/`, is on the disk.
    pub async fn set(&self, key: String, value: Vec<u8>) -> Result<(), KvError> {
        if key.len() > KV_KEY_BYTES_MAX {
            return Err(KvError::KeyTooLong(key.len()));
        }
        if value.len() > KV_VALUE_BYTES_MAX {
            return Err(KvError::ValueTooLarge(value.len()));
        }
        self.write(key, Some(value)).await
    }

    pub async fn delete(&self, key: String) -> Result<(), KvError> {
        self.write(key, None).await
    }

    /// Puts everything on the disk and lets go of the file. Later reads and writes are refused.
    pub async fn close(&self) -> Result<(), KvError> {
        let (done, synced) = oneshot::channel();
        self.send(Command::Sync { done })?;
        let result = synced.await.unwrap_or_else(|_| Err(KvError::stopped()));
        self.database.write().unwrap_or_else(PoisonError::into_inner).take();
        result
    }

    fn values(&self) -> Result<ReadOnlyTable<&'static str, &'static [u8]>, KvError> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let database = database.as_ref().ok_or_else(KvError::stopped)?;
        Ok(database.begin_read()?.open_table(VALUES)?)
    }

    async fn write(&self, key: String, value: Option<Vec<u8>>) -> Result<(), KvError> {
        let (done, written) = oneshot::channel();
        self.send(Command::Write(Write { key, value, done }))?;
        written.await.unwrap_or_else(|_| Err(KvError::stopped()))
    }

    fn send(&self, command: Command) -> Result<(), KvError> {
        self.queue.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => KvError::Busy,
            TrySendError::Disconnected(_) => KvError::stopped(),
        })
    }
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
    Write(Write),
    Sync { done: oneshot::Sender<Result<(), KvError>> },
}

struct Write {
    key: String,
    value: Option<Vec<u8>>,
    done: oneshot::Sender<Result<(), KvError>>,
}

struct Writer {
    database: Weak<Database>,
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

    fn commit(&mut self, batch: &[Command], durability: Durability) -> Result<(), KvError> {
        let database = self.database.upgrade().ok_or_else(KvError::stopped)?;
        let mut transaction = database.begin_write()?;
        transaction.set_durability(durability)?;
        let mut table = transaction.open_table(VALUES)?;
        for write in batch.iter().filter_map(Command::as_write) {
            match &write.value {
                Some(value) => table.insert(write.key.as_str(), value.as_slice())?,
                None => table.remove(write.key.as_str())?,
            };
        }
        drop(table);
        transaction.commit()?;
        self.unsynced = matches!(durability, Durability::None);
        self.metrics.commits.increment(1);
        Ok(())
    }

    fn finish(&self, command: Command, result: Result<(), KvError>) {
        let done = match command {
            Command::Write(write) => {
                // Also after a failure: whether the value can be read is then unknown, so no cached reply may count on it.
                self.writes.mark(&write.key);
                self.metrics.writes.increment(1);
                write.done
            }
            Command::Sync { done } => done,
        };
        // The guest that asked may have ended meanwhile; the write holds all the same.
        let _ = done.send(result);
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
        self.as_write().is_none_or(|write| !write.key.starts_with(LAZY_PREFIX))
    }

    fn as_write(&self) -> Option<&Write> {
        match self {
            Self::Write(write) => Some(write),
            Self::Sync { .. } => None,
        }
    }
}

impl KvError {
    fn stopped() -> Self {
        Self::Storage("it is closed".into())
    }
}

impl fmt::Display for KvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyTooLong(bytes) => write!(f, "the key has {bytes} bytes; at most {KV_KEY_BYTES_MAX} are allowed"),
            Self::ValueTooLarge(bytes) => {
                write!(
                    f,
                    "the value has {bytes} bytes; at most {KV_VALUE_BYTES_MAX} are allowed"
                )
            }
            Self::Busy => f.write_str("too many KV writes wait for the disk; send it again later"),
            Self::Storage(reason) => write!(f, "the KV's file failed: {reason}"),
        }
    }
}

impl<E: Into<redb::Error>> From<E> for KvError {
    fn from(error: E) -> Self {
        Self::Storage(error.into().to_string())
    }
}

const VALUES: TableDefinition<&str, &[u8]> = TableDefinition::new("values");
/// What the edge can render again may be lost in a crash.
const LAZY_PREFIX: &str = "html/";

#[cfg(test)]
mod tests {
    use std::fs;

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
        kv.set("site/b".into(), b"two".to_vec()).await.unwrap();
        kv.delete("site/b".into()).await.unwrap();
        let found = after_power_cut(&directory);
        assert_eq!(found.get("site/a"), Ok(Some(b"one".to_vec())));
        assert_eq!(found.get("site/b"), Ok(None));
    }

    #[tokio::test]
    async fn html_is_on_the_disk_a_little_later() {
        let directory = TempDir::new().unwrap();
        let (kv, _) = open(&directory.path().join("kv.redb"));
        kv.set("html/a".into(), b"one".to_vec()).await.unwrap();
        assert_eq!(kv.get("html/a"), Ok(Some(b"one".to_vec())), "it can be read at once");
        assert_eq!(after_power_cut(&directory).get("html/a"), Ok(None), "not yet");
        tokio::time::sleep(KV_LAZY_MAX * 2).await;
        assert_eq!(after_power_cut(&directory).get("html/a"), Ok(Some(b"one".to_vec())));
    }

    #[tokio::test]
    async fn closing_keeps_everything_and_frees_the_file() {
        let directory = TempDir::new().unwrap();
        let file = directory.path().join("kv.redb");
        let (kv, _) = open(&file);
        kv.set("html/a".into(), b"one".to_vec()).await.unwrap();
        kv.close().await.unwrap();
        assert_eq!(kv.get("html/a"), Err(KvError::stopped()));
        assert_eq!(kv.set("html/a".into(), Vec::new()).await, Err(KvError::stopped()));
        assert_eq!(open(&file).0.get("html/a"), Ok(Some(b"one".to_vec())));
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
        assert_eq!(kv.keys().unwrap().len(), 300);
        assert_eq!(writes.now(), 300);
    }
}
