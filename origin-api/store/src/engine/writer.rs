//! The one writer: a task that owns the writing connection, runs many changes in one transaction and answers
//! them all once it is on disk. While the disk works the queue fills, so the batches grow with the load by themselves.

use std::time::Instant;

use origin_objects::fault::Fault;
use tokio::sync::{mpsc, oneshot, watch};

use crate::engine::{
    applied::Applied,
    clock::Clock,
    commit::Change,
    idempotency, outbox,
    sql::{self, Connection, execute},
    tx::{Condition, Refusal, Tx},
};

pub struct Writer {
    conn: Connection,
    jobs: mpsc::Receiver<Job>,
    clock: Clock,
    head: watch::Sender<i64>,
}

pub struct Job {
    pub change: Change,
    pub condition: Condition,
    pub reply: oneshot::Sender<Reply>,
}

type Reply = Result<Applied, Fault>;

impl Writer {
    pub async fn open(
        mut conn: Connection,
        jobs: mpsc::Receiver<Job>,
        clock: Clock,
    ) -> sql::Result<(Self, watch::Receiver<i64>)> {
        let (head, watched) = watch::channel(outbox::head(&mut conn).await?);
        let writer = Self {
            conn,
            jobs,
            clock,
            head,
        };
        Ok((writer, watched))
    }

    /// Works until every `Store` is dropped, and finishes what is queued then.
    pub async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while self.jobs.recv_many(&mut batch, 1).await > 0 {
            let mut replies = Vec::with_capacity(BATCH_MAX);
            let began = Instant::now();
            let head = match self.batch(&mut batch, &mut replies).await {
                Ok(head) => head,
                Err(error) => {
                    self.give_up(error, &mut batch, &mut replies).await;
                    continue;
                }
            };
            metrics::histogram!("origin_batch_seconds").record(began.elapsed().as_secs_f64());
            metrics::histogram!("origin_batch_changes").record(replies.len() as f64);
            metrics::gauge!("origin_head_seq").set(head as f64);
            self.head.send_if_modified(|seq| std::mem::replace(seq, head) != head);
            for (reply, result) in replies {
                // Whoever asked may be gone; the change stands all the same.
                let _ = reply.send(result);
            }
        }
    }

    /// One transaction: the jobs at hand and those that arrive while it runs. Answers the new head.
    async fn batch(
        &mut self,
        batch: &mut Vec<Job>,
        replies: &mut Vec<(oneshot::Sender<Reply>, Reply)>,
    ) -> sql::Result<i64> {
        let mut head = *self.head.borrow();
        execute(&mut self.conn, "BEGIN IMMEDIATE").await?;
        while let Some(job) = batch.pop() {
            let reply = job.reply;
            let (result, fault) = match self.apply(&mut head, job.change, job.condition).await {
                Ok(answer) => (Ok(answer), None),
                Err(Refusal::Fault(fault)) => (Err(*fault), None),
                Err(Refusal::Database(error)) => (Err(Fault::unavailable()), Some(error)),
            };
            replies.push((reply, result));
            if let Some(error) = fault {
                return Err(error);
            }
            if replies.len() < BATCH_MAX
                && let Ok(next) = self.jobs.try_recv()
            {
                batch.push(next);
            }
        }
        execute(&mut self.conn, "COMMIT").await?;
        Ok(head)
    }

    /// A change in its savepoint: a refused one leaves nothing behind, not even a sequence number.
    async fn apply(&mut self, head: &mut i64, change: Change, condition: Condition) -> Result<Applied, Refusal> {
        execute(&mut self.conn, "SAVEPOINT change").await?;
        let mut tx = Tx::new(&mut self.conn, (self.clock)(), *head + 1, condition);
        let applied = applied(&mut tx, change).await;
        let last = tx.last_seq();
        let end = match &applied {
            Ok(_) => "RELEASE change",
            Err(Refusal::Fault(_)) => "ROLLBACK TO change",
            Err(Refusal::Database(_)) => return applied,
        };
        execute(&mut self.conn, end).await?;
        if applied.is_ok() {
            *head = last;
        }
        applied
    }

    /// Nothing of the batch is stored: after an error of the database no statement of it can be trusted.
    async fn give_up(
        &mut self,
        error: sql::Error,
        batch: &mut Vec<Job>,
        replies: &mut Vec<(oneshot::Sender<Reply>, Reply)>,
    ) {
        tracing::error!(%error, changes = replies.len(), "a batch of changes could not be written; none was stored");
        metrics::counter!("origin_batches_failed_total").increment(1);
        if let Err(error) = execute(&mut self.conn, "ROLLBACK").await {
            tracing::debug!(%error, "the database had ended the transaction itself");
        }
        let waiting = batch.drain(..).map(|job| job.reply);
        for reply in replies.drain(..).map(|(reply, _)| reply).chain(waiting) {
            let _ = reply.send(Err(Fault::unavailable()));
        }
    }
}

/// The change, or the answer that was given to it before.
async fn applied(tx: &mut Tx<'_>, change: Change) -> Result<Applied, Refusal> {
    if let Some(answer) = idempotency::earlier(tx).await? {
        return Ok(answer);
    }
    let answer = change.apply(tx).await?;
    idempotency::keep(tx, &answer).await?;
    Ok(answer)
}

/// Changes that wait; the next one is answered 503.
pub const QUEUE_MAX: usize = 1_024;
/// Changes that share a transaction: about 100 ms of work, so that the first does not wait long for its answer.
const BATCH_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::{FutureExt, future::join_all};
    use page_model::PageId;
    use tokio::time::timeout;

    use super::*;
    use crate::{Store, engine::commit::PageChange};
    use origin_objects::{Object, fault::FaultKind, page::NewPage};

    fn page(n: usize, host: usize) -> Change {
        let page = PageId::parse(&format!("page{n:08}")).expect("an id");
        let new = format!(r#"{{"name": "Page {n}", "hosts": ["h{host}.acme.com"]}}"#);
        let Object::<NewPage>(new) = serde_json::from_str(&new).expect("a page");
        Change::Page(page, PageChange::Create(Box::new(new)))
    }

    #[tokio::test]
    async fn commits_waiting_changes_together() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let (store, writer) = Store::open(folder.path()).await.expect("it opens");
        let mut head = store.head();
        let changes = (1..=64).map(|n| store.change(page(n, n), Condition::default()));
        let mut changes = std::pin::pin!(join_all(changes));
        assert!(changes.as_mut().now_or_never().is_none(), "the writer does not run yet");
        tokio::spawn(writer.run());
        head.changed().await.expect("a commit");
        assert_eq!(*head.borrow(), 64, "the first commit holds all of them");
        let seqs = changes.await.into_iter().map(|answer| answer.expect("stored").seq);
        assert!(seqs.eq((1..=64).map(Some)), "in the order in which they came");
    }

    #[tokio::test]
    async fn refused_change_keeps_the_rest_of_the_batch() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let (store, writer) = Store::open(folder.path()).await.expect("it opens");
        let taken = [page(1, 1), page(2, 1), page(3, 3)].map(|change| store.change(change, Condition::default()));
        let mut changes = std::pin::pin!(join_all(taken));
        assert!(changes.as_mut().now_or_never().is_none());
        tokio::spawn(writer.run());
        let answers = changes.await;
        let seqs: Vec<_> = answers
            .iter()
            .map(|answer| answer.as_ref().ok().and_then(|answer| answer.seq))
            .collect();
        assert_eq!(seqs, [Some(1), None, Some(2)], "the refused one has no sequence number");
        let mut reader = store.reader().await.expect("a reader");
        let count: i64 = sql::query_scalar("SELECT COUNT(*) FROM pages")
            .fetch_one(&mut *reader)
            .await
            .expect("a count");
        assert_eq!(count, 2);
    }

    #[tokio::test]
    async fn full_queue_refuses_at_once() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let (store, writer) = Store::open(folder.path()).await.expect("it opens");
        let waiting = (0..QUEUE_MAX).map(|_| store.change(Change::Prune, Condition::default()));
        let mut waiting = std::pin::pin!(join_all(waiting));
        assert!(waiting.as_mut().now_or_never().is_none());
        let refused = store
            .change(Change::Prune, Condition::default())
            .now_or_never()
            .expect("at once");
        assert_eq!(refused.expect_err("refused").kind, FaultKind::Overloaded);
        tokio::spawn(writer.run());
        let answers = timeout(Duration::from_secs(20), waiting)
            .await
            .expect("the queue is worked off");
        assert!(answers.iter().all(Result::is_ok));
    }
}
