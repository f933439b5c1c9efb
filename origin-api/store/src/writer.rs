//! The one writer: a task that owns the writing connection, runs many changes in one transaction and answers
//! them all once it is on disk. While the disk works the queue fills, so the batches grow with the load by themselves.

use std::time::{Duration, Instant};

use origin_engine::{
    applied::Applied,
    clock::Clock,
    idempotency,
    lock::Lock,
    outbox,
    sql::{self, About, Connection, execute},
    tx::{Condition, Refusal, Tx, Watch},
};
use origin_objects::fault::Fault;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    commit::Change,
    limits::{BATCH_MAX, BATCH_TIME_MAX},
};

pub struct Writer {
    conn: Connection,
    jobs: mpsc::Receiver<Job>,
    clock: Clock,
    head: watch::Sender<i64>,
    batch_time_max: Duration,
    /// Nobody else writes while this one does.
    _lock: Option<Lock>,
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
            batch_time_max: BATCH_TIME_MAX,
            _lock: None,
        };
        Ok((writer, watched))
    }

    pub fn holding(self, lock: Lock) -> Self {
        Self {
            _lock: Some(lock),
            ..self
        }
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
            metrics::histogram!("pharos_origin_batch_seconds").record(began.elapsed().as_secs_f64());
            metrics::histogram!("pharos_origin_batch_changes").record(replies.len() as f64);
            metrics::gauge!("pharos_origin_head_seq").set(head as f64);
            self.head.send_if_modified(|seq| std::mem::replace(seq, head) != head);
            for (reply, result) in replies {
                // Whoever asked may be gone; the change stands all the same.
                let _ = reply.send(result);
            }
        }
        // The last connection that is closed writes the log into the file.
        if let Err(error) = sql::close(self.conn).await {
            tracing::warn!(%error, "the database could not be closed; it is whole together with its log");
        }
    }

    /// One transaction: the jobs at hand and those that arrive while it runs. Answers the new head.
    async fn batch(
        &mut self,
        batch: &mut Vec<Job>,
        replies: &mut Vec<(oneshot::Sender<Reply>, Reply)>,
    ) -> sql::Result<i64> {
        let (began, mut head) = (Instant::now(), *self.head.borrow());
        execute(&mut self.conn, "BEGIN IMMEDIATE").await?;
        while let Some(job) = batch.pop() {
            let reply = job.reply;
            match self.apply(&mut head, job.change, job.condition).await {
                Ok(result) => replies.push((reply, result)),
                Err(error) => {
                    // What it is told follows from the error, as for all of the batch.
                    replies.push((reply, Err(Fault::unavailable())));
                    return Err(error);
                }
            }
            if replies.len() < BATCH_MAX
                && began.elapsed() < self.batch_time_max
                && let Ok(next) = self.jobs.try_recv()
            {
                batch.push(next);
            }
        }
        execute(&mut self.conn, "COMMIT").await?;
        Ok(head)
    }

    /// A change in its savepoint: one that fails leaves nothing behind, not even a sequence number. An error is one of the
    /// database, after which no statement of the batch can be trusted.
    async fn apply(&mut self, head: &mut i64, change: Change, condition: Condition) -> sql::Result<Reply> {
        execute(&mut self.conn, "SAVEPOINT change").await?;
        let is_dry_run = condition.watch.as_ref().is_some_and(|watch| watch.dry_run);
        let mut tx = Tx::new(&mut self.conn, (self.clock)(), *head + 1, condition);
        let applied = applied(&mut tx, change).await;
        let last = tx.last_seq();
        match applied {
            Ok(applied) if is_dry_run => {
                execute(&mut self.conn, "ROLLBACK TO change").await?;
                execute(&mut self.conn, "RELEASE change").await?;
                Ok(Ok(applied))
            }
            Ok(applied) => {
                execute(&mut self.conn, "RELEASE change").await?;
                *head = last;
                Ok(Ok(applied))
            }
            Err(Refusal::Database(error)) if matches!(sql::about(&error), About::Database | About::Full) => Err(error),
            Err(refusal) => {
                execute(&mut self.conn, "ROLLBACK TO change").await?;
                execute(&mut self.conn, "RELEASE change").await?;
                Ok(Err(refusal.into_fault()))
            }
        }
    }

    /// Nothing of the batch is stored. The next one is tried anew: a disk that has room again needs nobody to tell us.
    async fn give_up(
        &mut self,
        error: sql::Error,
        batch: &mut Vec<Job>,
        replies: &mut Vec<(oneshot::Sender<Reply>, Reply)>,
    ) {
        tracing::error!(%error, changes = replies.len(), "a batch of changes could not be written; none was stored");
        let about = sql::about(&error);
        metrics::counter!("pharos_origin_batches_failed_total", "about" => about.name()).increment(1);
        let fault = match about {
            About::Full => Fault::full(),
            _ => Fault::unavailable(),
        };
        if let Err(error) = execute(&mut self.conn, "ROLLBACK").await {
            tracing::debug!(%error, "the database had ended the transaction itself");
        }
        let waiting = batch.drain(..).map(|job| job.reply);
        for reply in replies.drain(..).map(|(reply, _)| reply).chain(waiting) {
            let _ = reply.send(Err(fault.clone()));
        }
    }
}

/// The change, or the answer that was given to it before.
async fn applied(tx: &mut Tx<'_>, change: Change) -> Result<Applied, Refusal> {
    let watch = tx.condition.watch.clone();
    if let Some(watch) = watch.as_ref().filter(|watch| watch.dry_run) {
        // Neither remembered nor kept.
        return watched(tx, change, watch).await;
    }
    if let Some(answer) = idempotency::earlier(tx).await? {
        return Ok(answer);
    }
    let answer = match &watch {
        Some(watch) => watched(tx, change, watch).await?,
        None => change.apply(tx).await?,
    };
    idempotency::keep(tx, &answer).await?;
    Ok(answer)
}

async fn watched(tx: &mut Tx<'_>, change: Change, watch: &Watch) -> Result<Applied, Refusal> {
    let before = (watch.look)(tx.conn, watch).await?;
    let applied = change.apply(tx).await?;
    let after = (watch.look)(tx.conn, watch).await?;
    Ok(Applied {
        looks: Some(Box::new([before, after])),
        ..applied
    })
}

#[cfg(test)]
mod tests;
