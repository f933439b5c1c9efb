//! The one door for changes: a task that owns the writing connection, runs many changes in one transaction and answers
//! them all once it is on disk. While the disk works the queue fills, so the batches grow with the load by themselves.

use std::time::Instant;

use sqlx::SqliteConnection;
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    change::Change,
    idempotency, outbox,
    tx::{Answer, Condition, Refusal, Tx},
};
use crate::{objects::moment::Moment, problem::Problem};

pub struct Door {
    conn: SqliteConnection,
    jobs: mpsc::Receiver<Job>,
    head: watch::Sender<i64>,
}

pub struct Job {
    pub change: Change,
    pub condition: Condition,
    pub reply: oneshot::Sender<Verdict>,
}

type Verdict = Result<Answer, Problem>;

impl Door {
    pub(super) async fn open(
        mut conn: SqliteConnection,
        jobs: mpsc::Receiver<Job>,
    ) -> sqlx::Result<(Self, watch::Receiver<i64>)> {
        let (head, watched) = watch::channel(outbox::head(&mut conn).await?);
        Ok((Self { conn, jobs, head }, watched))
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
            for (reply, verdict) in replies {
                // Whoever asked may be gone; the change stands all the same.
                let _ = reply.send(verdict);
            }
        }
    }

    /// One transaction: the jobs at hand and those that arrive while it runs. Answers the new head.
    async fn batch(
        &mut self,
        batch: &mut Vec<Job>,
        replies: &mut Vec<(oneshot::Sender<Verdict>, Verdict)>,
    ) -> sqlx::Result<i64> {
        let mut head = *self.head.borrow();
        let now_ms = Moment::now().0;
        execute(&mut self.conn, "BEGIN IMMEDIATE").await?;
        while let Some(job) = batch.pop() {
            let reply = job.reply;
            let (verdict, fault) = match self.apply(&mut head, now_ms, job.change, job.condition).await {
                Ok(answer) => (Ok(answer), None),
                Err(Refusal::Problem(problem)) => (Err(*problem), None),
                Err(Refusal::Database(error)) => (Err(Problem::unavailable()), Some(error)),
            };
            replies.push((reply, verdict));
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
    async fn apply(
        &mut self,
        head: &mut i64,
        now_ms: i64,
        change: Change,
        condition: Condition,
    ) -> Result<Answer, Refusal> {
        execute(&mut self.conn, "SAVEPOINT change").await?;
        let mut tx = Tx::new(&mut self.conn, now_ms, *head + 1, condition);
        let applied = applied(&mut tx, change).await;
        let last = tx.last_seq();
        let end = match &applied {
            Ok(_) => "RELEASE change",
            Err(Refusal::Problem(_)) => "ROLLBACK TO change",
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
        error: sqlx::Error,
        batch: &mut Vec<Job>,
        replies: &mut Vec<(oneshot::Sender<Verdict>, Verdict)>,
    ) {
        tracing::error!(%error, changes = replies.len(), "a batch of changes could not be written; none was stored");
        metrics::counter!("origin_batches_failed_total").increment(1);
        if let Err(error) = execute(&mut self.conn, "ROLLBACK").await {
            tracing::debug!(%error, "the database had ended the transaction itself");
        }
        let unheard = batch.drain(..).map(|job| job.reply);
        for reply in replies.drain(..).map(|(reply, _)| reply).chain(unheard) {
            let _ = reply.send(Err(Problem::unavailable()));
        }
    }
}

/// The change, or the answer that was given to it before.
async fn applied(tx: &mut Tx<'_>, change: Change) -> Result<Answer, Refusal> {
    if let Some(answer) = idempotency::earlier(tx).await? {
        return Ok(answer);
    }
    let answer = change.apply(tx).await?;
    idempotency::keep(tx, &answer).await?;
    Ok(answer)
}

async fn execute(conn: &mut SqliteConnection, sql: &'static str) -> sqlx::Result<()> {
    sqlx::query(sql).execute(conn).await.map(|_| ())
}

/// Changes that wait; the next one is answered 503.
pub const QUEUE_MAX: usize = 1_024;
/// Changes that share a transaction: about 100 ms of work, so that the first does not wait long for its answer.
const BATCH_MAX: usize = 256;
