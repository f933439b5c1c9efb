//! The region's KV: one redb file, read from any thread, written by one thread of its own.
//!
//! Writes that arrive while the disk is busy share the next commit, so a put of many records costs a few syncs, and no
//! thread that serves visits ever waits for the disk.

use std::{
    fmt,
    path::Path,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
};

use anyhow::Context;
use page_model::limits::{KV_KEY_BYTES_MAX, KV_VALUE_BYTES_MAX};
use redb::{Database, Durability, ReadableDatabase, ReadableTable, TableDefinition};
use tokio::sync::oneshot;

use crate::{
    limits::{KV_CACHE_BYTES_MAX, KV_COMMIT_WRITES_MAX, KV_LAZY_MAX, KV_WRITES_WAITING_MAX},
    metrics::KvMetrics,
    writes::Writes,
};

pub struct Kv {
    database: Arc<Database>,
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
            database: Arc::clone(&database),
            writes,
            metrics: metrics.clone(),
            unsynced: false,
        };
        thread::Builder::new()
            .name("kv-writer".into())
            .spawn(move || writer.run(&commands))
            .context("the KV's writer thread did not start")?;
        Ok(Self {
            database,
            queue,
            metrics,
        })
    }

    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        self.metrics.reads.increment(1);
        let table = self.database.begin_read()?.open_table(VALUES)?;
        Ok(table.get(key)?.map(|value| value.value().to_vec()))
    }

    pub fn exists(&self, key: &str) -> Result<bool, KvError> {
        self.metrics.reads.increment(1);
        let table = self.database.begin_read()?.open_table(VALUES)?;
        Ok(table.get(key)?.is_some())
    }

    /// All keys. Reads the whole file: not for a thread that serves visits.
    pub fn keys(&self) -> Result<Vec<String>, KvError> {
        let table = self.database.begin_read()?.open_table(VALUES)?;
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

    /// Puts on the disk what need not have been there yet.
    pub async fn flush(&self) -> Result<(), KvError> {
        let (done, written) = oneshot::channel();
        self.send(Command::Flush { done })?;
        written.await.unwrap_or_else(|_| Err(KvError::stopped()))
    }

    async fn write(&self, key: String, value: Option<Vec<u8>>) -> Result<(), KvError> {
        let (done, written) = oneshot::channel();
        self.send(Command::Write(Write { key, value, done }))?;
        written.await.unwrap_or_else(|_| Err(KvError::stopped()))
    }

    fn send(&self, command: Command) -> Result<(), KvError> {
        self.queue.try_send(command).map_err(|_| KvError::Busy)
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
    Flush { done: oneshot::Sender<Result<(), KvError>> },
}

struct Write {
    key: String,
    value: Option<Vec<u8>>,
    done: oneshot::Sender<Result<(), KvError>>,
}

struct Writer {
    database: Arc<Database>,
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
        let mut transaction = self.database.begin_write()?;
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
            Command::Flush { done } => done,
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
            Self::Flush { .. } => None,
        }
    }
}

impl KvError {
    fn stopped() -> Self {
        Self::Storage("the KV's writer has stopped".into())
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
