//! What signing in keeps, in a file of its own with a writer of its own: what strangers send neither waits before what publishers
//! write nor delays it.

use std::{future::Future, io, path::Path, pin::Pin};

use origin_engine::sql::{self, Connection, Reader, Readers, execute};
use tokio::sync::{mpsc, oneshot};

use crate::limits::{WRITES_AT_ONCE_MAX, WRITES_WAITING_MAX};

#[derive(Clone)]
pub struct Database {
    readers: Readers,
    queue: mpsc::Sender<Job>,
}

/// Works until every [`Database`] is dropped.
pub struct DatabaseWriter {
    conn: Connection,
    jobs: mpsc::Receiver<Job>,
}

/// What is done with the connection that writes; one that fails leaves nothing behind.
pub type Work<'c, T> = Pin<Box<dyn Future<Output = sql::Result<T>> + Send + 'c>>;

type Job = Box<dyn for<'c> FnOnce(&'c mut Connection) -> Pin<Box<dyn Future<Output = Done> + Send + 'c>> + Send>;

struct Done {
    is_kept: bool,
    /// Tells who waits, once it is on disk.
    reply: Box<dyn FnOnce() + Send>,
}

/// In the folder of the origin's database, which no other process has.
pub async fn open(folder: &Path) -> anyhow::Result<(Database, DatabaseWriter)> {
    Ok(on(sql::open_sign_in(folder).await?))
}

/// One that is gone when it is dropped. For tests.
pub async fn in_memory() -> anyhow::Result<(Database, DatabaseWriter)> {
    Ok(on(sql::open_sign_in_in_memory().await?))
}

fn on((conn, readers): (Connection, Readers)) -> (Database, DatabaseWriter) {
    let (queue, jobs) = mpsc::channel(WRITES_WAITING_MAX);
    (Database { readers, queue }, DatabaseWriter { conn, jobs })
}

impl Database {
    pub async fn reader(&self) -> sql::Result<Reader> {
        self.readers.acquire().await
    }

    /// For who lists what is kept.
    pub fn readers(&self) -> Readers {
        self.readers.clone()
    }

    /// Does it after whatever was asked for before, with nobody else writing meanwhile. When it answers, it is on disk.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    ) -> sql::Result<T> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            Box::pin(async move {
                let result = work(conn).await;
                Done {
                    is_kept: result.is_ok(),
                    reply: Box::new(move || drop(reply.send(result))),
                }
            })
        });
        let queued = self.queue.try_send(job);
        queued.map_err(|_| sql::Error::Io(io::Error::other(FULL)))?;
        let lost = || Err(sql::Error::Io(io::Error::other(LOST)));
        answer.await.unwrap_or_else(|_| lost())
    }

    /// Ends the connections that read, so that the one that writes can leave one whole file behind.
    pub async fn end_readers(self) {
        self.readers.close().await;
    }
}

impl DatabaseWriter {
    pub async fn run(mut self) {
        while let Some(job) = self.jobs.recv().await {
            match self.batch(job).await {
                Ok(replies) => replies.into_iter().for_each(|reply| reply()),
                Err(error) => {
                    tracing::error!(%error, "what visitors do who sign in cannot be written");
                    // Nothing to take back where the transaction never began.
                    let _ = execute(&mut self.conn, "ROLLBACK").await;
                }
            }
        }
        if let Err(error) = sql::close(self.conn).await {
            tracing::warn!(%error, "the database of sign-ins could not be closed; it is whole together with its log");
        }
    }

    /// One transaction: the job at hand and those that wait behind it.
    async fn batch(&mut self, first: Job) -> sql::Result<Vec<Box<dyn FnOnce() + Send>>> {
        let (mut replies, mut next) = (Vec::new(), Some(first));
        execute(&mut self.conn, "BEGIN IMMEDIATE").await?;
        while let Some(job) = next {
            execute(&mut self.conn, "SAVEPOINT one").await?;
            let done = job(&mut self.conn).await;
            if !done.is_kept {
                execute(&mut self.conn, "ROLLBACK TO one").await?;
            }
            execute(&mut self.conn, "RELEASE one").await?;
            replies.push(done.reply);
            next = match replies.len() < WRITES_AT_ONCE_MAX {
                true => self.jobs.try_recv().ok(),
                false => None,
            };
        }
        execute(&mut self.conn, "COMMIT").await?;
        Ok(replies)
    }
}

const FULL: &str = "too many sign-ins wait to be written";
const LOST: &str = "the database of sign-ins could not be written";

#[cfg(test)]
mod tests {
    use super::*;

    const INSERT: &str = "INSERT INTO mail_sign_ins
        (flow_hash, page_id, host, origin, address, language, return_to, network, asked_ms)
        VALUES ($1, 'p', 'h', 'o', 'a', 'en', '/', '', 1)";

    async fn insert(database: &Database, flow: &'static str, fails: bool) -> sql::Result<()> {
        let write = database.write(move |conn| {
            Box::pin(async move {
                sql::query(INSERT).bind(flow.as_bytes()).execute(&mut *conn).await?;
                match fails {
                    true => Err(sql::unreadable("on purpose")),
                    false => Ok(()),
                }
            })
        });
        write.await
    }

    #[tokio::test]
    async fn what_fails_leaves_nothing_behind_and_takes_nothing_with_it() {
        let (database, writer) = in_memory().await.expect("it opens");
        let both = futures(&database);
        // The writer begins when all three wait, so that they share one transaction.
        let ((kept, failed, other), ()) = tokio::join!(both, async {
            tokio::spawn(writer.run());
        });
        assert!(kept.is_ok() && other.is_ok());
        assert!(failed.is_err_and(|error| error.to_string().contains("on purpose")));
        let mut reader = database.reader().await.expect("a reader");
        let query = sql::query_scalar("SELECT flow_hash FROM mail_sign_ins ORDER BY flow_hash");
        let rows: Vec<Vec<u8>> = query.fetch_all(&mut *reader).await.expect("rows");
        assert_eq!(rows, [b"one".to_vec(), b"three".to_vec()]);
    }

    async fn futures(database: &Database) -> (sql::Result<()>, sql::Result<()>, sql::Result<()>) {
        tokio::join!(
            insert(database, "one", false),
            insert(database, "two", true),
            insert(database, "three", false)
        )
    }

    #[tokio::test]
    async fn more_than_may_wait_is_told_so() {
        let (database, writer) = in_memory().await.expect("it opens");
        for _ in 0..WRITES_WAITING_MAX {
            let database = database.clone();
            tokio::spawn(async move { insert(&database, "one", false).await });
        }
        while database.queue.capacity() > 0 {
            tokio::task::yield_now().await;
        }
        let error = insert(&database, "one", false).await.expect_err("it is full");
        assert!(error.to_string().contains("too many"), "{error}");
        drop(writer);
    }
}
