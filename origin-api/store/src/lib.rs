//! The truth. There is one writer (`origin_engine::writer`), which commits each change with its outbox row; readers have a pool of
//! their own and never wait for it.

pub mod access;
pub mod accounts;
pub mod agenda;
pub mod archive;
pub mod commit;
pub mod components;
pub mod events;
pub mod family;
pub mod incidents;
pub mod limits;
pub mod maintenances;
pub mod metrics;
pub mod pages;
#[cfg(test)]
mod plans;
mod rendered;
mod retention;
pub mod timelines;
pub mod updates;
pub mod writer;

use std::{path::Path, sync::Arc};

use anyhow::Context;
use origin_access::session_keys;
use origin_engine::{
    clock::{Clock, now_ms},
    durable::Durable,
    lineage,
    lock::Lock,
    queue::{Job, Queue, queue},
    sql::{self, Connection, Reader, Readers, View},
};
use tokio::sync::{oneshot, watch};

use archive::filing;
pub use commit::Change;
use components::statuses;
pub use origin_engine::{applied::Applied, tx::Condition};
use writer::Writer;

use origin_objects::fault::Fault;

#[derive(Clone)]
pub struct Store {
    readers: Readers,
    readers_behind_others: Readers,
    queue: Queue<Change>,
    head: watch::Receiver<i64>,
}

impl Store {
    /// Opens the database in `folder`, which no other process has, and its writer, which works until every `Store` is dropped.
    pub async fn open(folder: &Path) -> anyhow::Result<(Self, Writer)> {
        tokio::fs::create_dir_all(folder)
            .await
            .with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
        let lock = Lock::take(folder)?;
        let durable = |conn| Durable::on_disk(conn, folder);
        let (store, writer) = Self::on(sql::open(folder).await?, durable, Arc::new(now_ms)).await?;
        Ok((store, writer.holding(lock)))
    }

    /// A store that is gone when it is dropped, by a clock of the caller's: nothing of it reaches a disk. For tests.
    pub async fn in_memory(clock: Clock) -> anyhow::Result<(Self, Writer)> {
        Self::on(sql::open_in_memory().await?, Durable::in_memory, clock).await
    }

    async fn on(
        (mut connection, readers): (Connection, Readers),
        durable: impl FnOnce(Connection) -> Durable,
        clock: Clock,
    ) -> anyhow::Result<(Self, Writer)> {
        let renewed = rendered::renew(&mut connection, clock()).await;
        renewed.context("the texts cannot be rendered by the rules of this version")?;
        statuses::make_missing(&mut connection)
            .await
            .context("the history of components cannot be made")?;
        filing::file_unfiled(&mut connection, clock())
            .await
            .context("the events cannot be filed by their months")?;
        lineage::begin(&mut connection, clock())
            .await
            .context("the database cannot be named")?;
        session_keys::begin(&mut connection, clock())
            .await
            .context("the key of sessions cannot be made")?;
        let (queue, waiting) = queue();
        let (writer, head) = Writer::open(durable(connection), waiting, clock).await?;
        let store = Self {
            readers_behind_others: sql::readers_behind_others(&readers),
            readers,
            queue,
            head,
        };
        Ok((store, writer))
    }

    /// Makes a change; when it answers, the change is on disk with its outbox row.
    pub async fn change(&self, change: Change, condition: Condition) -> Result<Applied, Fault> {
        let (reply, answer) = oneshot::channel();
        let job = Job {
            change,
            condition,
            reply,
        };
        self.queue.send(job)?;
        answer.await.unwrap_or_else(|_| Err(Fault::unavailable()))
    }

    pub async fn reader(&self) -> sql::Result<Reader> {
        self.readers.acquire().await
    }

    /// A view of one moment: everything read through it belongs together.
    pub async fn view(&self) -> sql::Result<View> {
        self.readers.begin().await
    }

    /// The same for work that comes after others, on a thread of a lower priority: what is read for it does so too.
    pub async fn view_behind_others(&self) -> sql::Result<View> {
        sql::view_behind_others(&self.readers_behind_others).await
    }

    /// The sequence number up to which everything is committed; marks a change once it is on disk.
    pub fn head(&self) -> watch::Receiver<i64> {
        self.head.clone()
    }

    /// Ends the connections that read, so that the one that writes can leave one whole file behind.
    pub async fn end_readers(self) {
        self.readers.close().await;
        self.readers_behind_others.close().await;
    }

    /// Whether changes can be made, which only making one tells: a full disk reads as ever.
    pub async fn writes(&self) -> Result<(), Fault> {
        self.change(Change::Probe, Condition::default()).await.map(|_| ())
    }
}
