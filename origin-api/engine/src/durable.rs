//! The connection that writes, and whether what it commits can be counted on.
//!
//! A disk that dies may answer the one sync that is under way as if nothing was wrong, and Linux tells of what it could not write once
//! and takes it for written then. So a commit counts when a second sync behind it went well too, and after an error of the database
//! nothing counts until the file was opened anew, its log was written into it, and a change was stored.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use crate::{
    limits::DATABASE_RETRY_PAUSE,
    lineage, outbox, probe,
    sql::{self, About, Connection, execute},
    tx::{Condition, Refusal, Tx},
};

/// Puts what is committed on the disk once more.
pub type SyncLog = Arc<dyn Fn() -> io::Result<()> + Send + Sync>;

pub struct Durable {
    conn: Option<Connection>,
    /// `None` for a database in memory.
    disk: Option<Disk>,
    /// After a failure, until when nothing is tried.
    rests_until: Option<Instant>,
}

struct Disk {
    folder: PathBuf,
    sync: SyncLog,
}

impl Durable {
    pub fn in_memory(conn: Connection) -> Self {
        Self {
            conn: Some(conn),
            disk: None,
            rests_until: None,
        }
    }

    pub fn on_disk(conn: Connection, folder: &Path) -> Self {
        let log = sql::log_file(folder);
        Self::with_sync(conn, folder, Arc::new(move || File::open(&log)?.sync_data()))
    }

    pub fn with_sync(conn: Connection, folder: &Path, sync: SyncLog) -> Self {
        let folder = folder.to_owned();
        Self {
            disk: Some(Disk { folder, sync }),
            ..Self::in_memory(conn)
        }
    }

    pub fn conn(&mut self) -> sql::Result<&mut Connection> {
        self.conn.as_mut().ok_or(sql::Error::PoolClosed)
    }

    /// When it answers, the transaction is on the disk.
    pub async fn commit(&mut self) -> sql::Result<()> {
        execute(self.conn()?, "COMMIT").await?;
        let Some(disk) = &self.disk else {
            return Ok(());
        };
        let sync = Arc::clone(&disk.sync);
        let synced = tokio::task::spawn_blocking(move || sync()).await;
        synced
            .map_err(io::Error::other)
            .and_then(|synced| synced)
            .map_err(sql::Error::Io)
    }

    /// Nothing of the transaction is acknowledged. A full disk is none that fails: what is stored stands.
    pub async fn failed(&mut self, about: About) {
        if let Ok(conn) = self.conn()
            && let Err(error) = execute(conn, "ROLLBACK").await
        {
            tracing::debug!(%error, "the database had ended the transaction itself");
        }
        if about == About::Database && self.disk.is_some() {
            self.rests_until = Some(Instant::now() + DATABASE_RETRY_PAUSE);
        }
    }

    /// After a failure the database is opened anew, and its head answered. `acknowledged` is the last change that anybody was told to
    /// be stored.
    pub async fn trusted(&mut self, acknowledged: i64, now_ms: i64) -> sql::Result<Option<i64>> {
        let Some(rests_until) = self.rests_until else {
            return Ok(None);
        };
        if Instant::now() < rests_until {
            return Err(sql::Error::PoolClosed);
        }
        let began = Instant::now();
        let reopened = self.reopen(acknowledged, now_ms).await;
        match &reopened {
            Ok(head) => {
                self.rests_until = None;
                tracing::warn!(head, "the database failed and was opened anew");
            }
            Err(error) => {
                // A large log takes its time.
                let pause = DATABASE_RETRY_PAUSE.max(began.elapsed() * 4);
                self.rests_until = Some(Instant::now() + pause);
                tracing::error!(%error, "the database cannot be opened again yet; no change is taken");
            }
        }
        reopened.map(Some)
    }

    async fn reopen(&mut self, acknowledged: i64, now_ms: i64) -> sql::Result<i64> {
        let folder = self.disk.as_ref().map(|disk| disk.folder.clone());
        let folder = folder.ok_or(sql::Error::PoolClosed)?;
        if let Some(failed) = self.conn.take()
            && let Err(error) = sql::close(failed).await
        {
            tracing::debug!(%error, "the connection that failed could not be closed");
        }
        let conn = self.conn.insert(sql::open_writer(&folder).await?);
        // What the log holds is written once more, into the file: who was told that it is on the disk was perhaps told wrong.
        sql::empty_log(conn).await?;
        if outbox::head(conn).await? < acknowledged {
            tracing::error!(
                acknowledged,
                "the disk has lost changes that were acknowledged; the database goes on behind them, and every region is given \
                 every page again"
            );
            lineage::restored(conn, acknowledged, now_ms).await?;
        }
        execute(conn, "BEGIN IMMEDIATE").await?;
        let mut tx = Tx::new(conn, now_ms, 0, Condition::default());
        match probe::probe(&mut tx).await {
            Err(Refusal::Database(error)) => return Err(error),
            Err(Refusal::Fault(_)) | Ok(_) => {}
        }
        self.commit().await?;
        outbox::head(self.conn()?).await
    }

    /// The last connection that is closed writes the log into the file.
    pub async fn close(self) -> sql::Result<()> {
        match self.conn {
            Some(conn) => sql::close(conn).await,
            None => Ok(()),
        }
    }
}
