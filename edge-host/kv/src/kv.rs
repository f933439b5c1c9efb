//! The region's KV: one redb file, read from any thread, written by one thread of its own.
//!
//! Writes that arrive while the disk is busy share the next commit, so a put of many records costs a few syncs, and no
//! thread that serves visits ever waits for the disk.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use anyhow::Context;
use tokio::sync::oneshot;

use crate::{
    error::{KvError, check},
    file::{File, View},
    limits::{KV_HTML_BYTES_MAX, KV_WRITES_WAITING_MAX},
    metrics::KvMetrics,
    put::Put,
    writer::{Command, Writer},
    writes::Writes,
};

pub struct Kv {
    file: Arc<File>,
    writes: Arc<Writes>,
    metrics: KvMetrics,
    queue: SyncSender<Command>,
    html_bytes: Arc<AtomicU64>,
    html_bytes_max: u64,
}

impl Kv {
    pub fn open(file: &Path, writes: Arc<Writes>, metrics: KvMetrics) -> anyhow::Result<Self> {
        let file = File::open(file, metrics.reads.clone())?;
        Self::on(file, writes, metrics, KV_HTML_BYTES_MAX)
    }

    pub(crate) fn on(file: File, writes: Arc<Writes>, metrics: KvMetrics, html_bytes_max: u64) -> anyhow::Result<Self> {
        let file = Arc::new(file);
        let (queue, commands) = sync_channel(KV_WRITES_WAITING_MAX);
        let writer = Writer::new(Arc::clone(&file), Arc::clone(&writes), metrics.clone(), html_bytes_max);
        let writer = writer.map_err(|error| anyhow::anyhow!("{error}"))?;
        let html_bytes = writer.html_bytes();
        thread::Builder::new()
            .name("kv-writer".into())
            .spawn(move || writer.run(&commands))
            .context("the KV's writer thread did not start")?;
        Ok(Self {
            file,
            writes,
            metrics,
            queue,
            html_bytes,
            html_bytes_max,
        })
    }

    pub fn view(&self) -> Result<View, KvError> {
        self.file.view()
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

    /// Puts everything on the disk, which tells whether it takes a write: a full one reads as ever.
    pub async fn sync(&self) -> Result<(), KvError> {
        let (done, synced) = oneshot::channel();
        self.send(Command::Sync { done })?;
        synced.await.unwrap_or_else(|_| Err(KvError::stopped()))
    }

    /// Puts everything on the disk and lets go of the file. Later reads and writes are refused.
    pub async fn close(&self) -> Result<(), KvError> {
        let result = self.sync().await;
        self.file.close();
        result
    }

    pub(crate) fn metrics(&self) -> &KvMetrics {
        &self.metrics
    }

    /// Of all finished pages.
    pub(crate) fn html_bytes(&self) -> u64 {
        self.html_bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn html_bytes_max(&self) -> u64 {
        self.html_bytes_max
    }

    fn send(&self, command: Command) -> Result<(), KvError> {
        self.queue.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => KvError::Busy,
            TrySendError::Disconnected(_) => KvError::stopped(),
        })
    }
}

impl Drop for Kv {
    fn drop(&mut self) {
        self.file.close();
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod torn_disk;
