//! The one writer: a task that owns the writing connection, runs many changes in one transaction and answers
//! them all once it is on disk. While the disk works the queue fills, so the batches grow with the load by themselves.

use std::time::{Duration, Instant};

use origin_objects::fault::Fault;
use tokio::sync::{oneshot, watch};

use crate::{
    applied::Applied,
    clock::Clock,
    durable::Durable,
    idempotency,
    limits::{BATCH_MAX, BATCH_TIME_MAX, UNHURRIED_BESIDE_OTHERS_MAX, UNHURRIED_TIME_MAX},
    lock::Lock,
    outbox,
    queue::{Job, Reply, Waiting},
    sql::{self, About, execute},
    tx::{Condition, Refusal, Tx, Watch},
    work::Work,
};

/// Who asked, and what is said once the transaction is on disk.
type Replies = Vec<(oneshot::Sender<Reply>, Reply)>;

pub struct Writer<C> {
    database: Durable,
    waiting: Waiting<C>,
    clock: Clock,
    head: watch::Sender<i64>,
    pub batch_time_max: Duration,
    /// Nobody else writes while this one does.
    _lock: Option<Lock>,
}

impl<C: Work> Writer<C> {
    pub async fn open(
        mut database: Durable,
        waiting: Waiting<C>,
        clock: Clock,
    ) -> sql::Result<(Self, watch::Receiver<i64>)> {
        let (head, watched) = watch::channel(outbox::head(database.conn()?).await?);
        let writer = Self {
            database,
            waiting,
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

    /// Works until the last sender is dropped, and finishes what is queued then.
    pub async fn run(mut self) {
        while let Some(first) = self.waiting.next().await {
            if !self.is_trusted().await {
                let _ = first.reply.send(Err(Fault::unavailable()));
                continue;
            }
            let mut replies = Vec::with_capacity(BATCH_MAX);
            let began = Instant::now();
            let head = match self.batch(first, &mut replies).await {
                Ok(head) => head,
                Err(error) => {
                    self.give_up(&error, replies).await;
                    continue;
                }
            };
            metrics::histogram!("pharos_origin_batch_seconds").record(began.elapsed().as_secs_f64());
            metrics::histogram!("pharos_origin_batch_changes").record(replies.len() as f64);
            self.reached(head);
            for (reply, result) in replies {
                // Whoever asked may be gone; the change stands all the same.
                let _ = reply.send(result);
            }
        }
        // The last connection that is closed writes the log into the file.
        if let Err(error) = self.database.close().await {
            tracing::warn!(%error, "the database could not be closed; it is whole together with its log");
        }
    }

    fn reached(&self, head: i64) {
        metrics::gauge!("pharos_origin_head_seq").set(head as f64);
        self.head.send_if_modified(|seq| std::mem::replace(seq, head) != head);
    }

    /// Whether what is committed can be counted on. A database that failed is opened anew first.
    async fn is_trusted(&mut self) -> bool {
        let acknowledged = *self.head.borrow();
        match self.database.trusted(acknowledged, (self.clock)()).await {
            Ok(None) => true,
            Ok(Some(head)) => {
                self.reached(head);
                true
            }
            Err(_) => false,
        }
    }

    /// One transaction: the job at hand and those that arrive while it runs. Answers the new head.
    async fn batch(&mut self, first: Job<C>, replies: &mut Replies) -> sql::Result<i64> {
        let (began, mut head) = (Instant::now(), *self.head.borrow());
        let begun = match self.database.conn() {
            Ok(conn) => execute(conn, "BEGIN IMMEDIATE").await,
            Err(error) => Err(error),
        };
        if let Err(error) = begun {
            replies.push((first.reply, Err(Fault::unavailable())));
            return Err(error);
        }
        let (mut next, mut awaited, mut unhurried) = (Some(first), 0, 0);
        while let Some(job) = next {
            let (change_began, page) = (Instant::now(), job.change.page().cloned());
            let is_unhurried = job.change.is_unhurried();
            match self.apply(&mut head, job.change, job.condition).await {
                Ok(result) => replies.push((job.reply, result)),
                Err(error) => {
                    // What it is told follows from the error, as for all of the batch.
                    replies.push((job.reply, Err(Fault::unavailable())));
                    return Err(error);
                }
            }
            match is_unhurried {
                true => unhurried += 1,
                false => awaited += 1,
            }
            if let Some(page) = page.filter(|_| !is_unhurried) {
                self.waiting.took(page, change_began.elapsed());
            }
            next = match replies.len() < BATCH_MAX && began.elapsed() < self.batch_time_max {
                true => self.join(began, awaited > 0, unhurried),
                false => None,
            };
        }
        self.database.commit().await?;
        Ok(head)
    }

    /// What goes into the transaction that is under way. One that somebody waits for takes in few that nobody does, and none of
    /// those makes the next one wait long.
    fn join(&mut self, began: Instant, is_awaited: bool, unhurried: usize) -> Option<Job<C>> {
        if let Some(job) = self.waiting.next_awaited() {
            return Some(job);
        }
        let has_room = match is_awaited {
            true => unhurried < UNHURRIED_BESIDE_OTHERS_MAX,
            false => began.elapsed() < UNHURRIED_TIME_MAX.min(self.batch_time_max),
        };
        has_room.then(|| self.waiting.next_unhurried()).flatten()
    }

    /// A change in its savepoint: one that fails leaves nothing behind, not even a sequence number. An error is one of the
    /// database, after which no statement of the batch can be trusted.
    async fn apply(&mut self, head: &mut i64, change: C, condition: Condition) -> sql::Result<Reply> {
        let conn = self.database.conn()?;
        execute(conn, "SAVEPOINT change").await?;
        let is_dry_run = condition.watch.as_ref().is_some_and(|watch| watch.dry_run);
        let mut tx = Tx::new(conn, (self.clock)(), *head + 1, condition);
        let applied = applied(&mut tx, change).await;
        let last = tx.last_seq();
        match applied {
            Ok(applied) if is_dry_run => {
                execute(conn, "ROLLBACK TO change").await?;
                execute(conn, "RELEASE change").await?;
                Ok(Ok(applied))
            }
            Ok(applied) => {
                execute(conn, "RELEASE change").await?;
                *head = last;
                Ok(Ok(applied))
            }
            Err(Refusal::Database(error)) if matches!(sql::about(&error), About::Database | About::Full) => Err(error),
            Err(refusal) => {
                execute(conn, "ROLLBACK TO change").await?;
                execute(conn, "RELEASE change").await?;
                Ok(Err(refusal.into_fault()))
            }
        }
    }

    /// Nothing of the batch is acknowledged. The next one is tried anew: a disk that has room again needs nobody to tell us.
    async fn give_up(&mut self, error: &sql::Error, replies: Replies) {
        tracing::error!(%error, changes = replies.len(), "a batch of changes could not be written; none was acknowledged");
        let about = sql::about(error);
        metrics::counter!("pharos_origin_batches_failed_total", "about" => about.name()).increment(1);
        let fault = match about {
            About::Full => Fault::full(),
            _ => Fault::unavailable(),
        };
        self.database.failed(about).await;
        for (reply, _) in replies {
            let _ = reply.send(Err(fault.clone()));
        }
    }
}

/// The change, or the answer that was given to it before.
async fn applied<C: Work>(tx: &mut Tx<'_>, change: C) -> Result<Applied, Refusal> {
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

async fn watched<C: Work>(tx: &mut Tx<'_>, change: C, watch: &Watch) -> Result<Applied, Refusal> {
    let before = (watch.look)(tx.conn, watch).await?;
    let applied = change.apply(tx).await?;
    let after = (watch.look)(tx.conn, watch).await?;
    Ok(Applied {
        looks: Some(Box::new([before, after])),
        ..applied
    })
}
