//! What a change has in its hands while it is applied.

use std::pin::Pin;

use origin_objects::{audit::AuditBy, fault::Fault, moment::Moment};
use page_model::{Id, PageId};
use serde::Serialize;

use crate::{
    etag::{self, IfMatch},
    outbox,
    sql::{self, About, Connection},
};

pub struct Tx<'c> {
    pub conn: &'c mut Connection,
    pub now_ms: i64,
    /// The sequence number of this change, the version of what it changes.
    pub seq: i64,
    pub condition: Condition,
    /// Fields that were changed and that nothing tells, such as `password`.
    pub secrets_changed: Vec<&'static str>,
    last_seq: i64,
}

/// What the sender sets besides the change itself.
#[derive(Debug, Clone, Default)]
pub struct Condition {
    pub if_match: Option<IfMatch>,
    pub idempotency: Option<IdempotencyKey>,
    /// Who is told in the audit log; `None` for the clock and for what the program does by itself.
    pub by: Option<AuditBy>,
    /// What is seen before and after goes into the answer.
    pub watch: Option<Watch>,
}

/// What is looked at before and after a change.
#[derive(Debug, Clone)]
pub struct Watch {
    pub page: PageId,
    /// The update that it changes: one that is for all who see its event is not looked at otherwise.
    pub update: Option<Id>,
    pub look: Look,
    /// Only try it: nothing is stored.
    pub dry_run: bool,
}

/// Reads what is watched.
pub type Look =
    for<'c> fn(&'c mut Connection, &'c Watch) -> Pin<Box<dyn Future<Output = sql::Result<String>> + Send + 'c>>;

#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    pub token_id: String,
    pub key: String,
    /// Hash of the request, so that a key is not used for two different ones.
    pub fingerprint: [u8; 32],
}

#[derive(Debug)]
pub enum Refusal {
    /// The change is refused; the batch goes on.
    Fault(Box<Fault>),
    /// A row of it cannot be read, which costs this change; or the database failed, which costs the whole batch.
    Database(sql::Error),
}

impl<'c> Tx<'c> {
    pub fn new(conn: &'c mut Connection, now_ms: i64, seq: i64, condition: Condition) -> Self {
        Self {
            conn,
            now_ms,
            seq,
            condition,
            secrets_changed: Vec::new(),
            last_seq: seq - 1,
        }
    }

    pub fn last_seq(&self) -> i64 {
        self.last_seq
    }

    /// The next announcement has a higher sequence number than this.
    pub fn go_on_behind(&mut self, seq: i64) {
        self.last_seq = self.last_seq.max(seq);
    }

    /// Says in the outbox that a page changed: once for the page of the change, and for other pages that it touches.
    pub async fn announce(&mut self, page: &PageId) -> Result<i64, Refusal> {
        self.announce_as(page, true).await
    }

    /// Says so where nobody waits for it: time went on, or a metric. What others tell comes first on its way to the regions.
    pub async fn announce_in_passing(&mut self, page: &PageId) -> Result<i64, Refusal> {
        self.announce_as(page, false).await
    }

    async fn announce_as(&mut self, page: &PageId, awaited: bool) -> Result<i64, Refusal> {
        self.last_seq += 1;
        outbox::append(self.conn, self.last_seq, page, self.now_ms, awaited).await?;
        Ok(self.last_seq)
    }

    pub fn expect_known(&self, object: Option<&impl Serialize>) -> Result<(), Refusal> {
        Ok(self.condition.expect_known(object)?)
    }

    /// When something took place: now, or the moment that the sender names. A sender's clock may run a little ahead.
    pub fn moment(&self, at: Option<Moment>) -> Result<i64, Refusal> {
        self.past(
            "at",
            at,
            "the moment lies in the future; plan with a maintenance instead",
        )
    }

    /// What is shown in place of a moment.
    pub fn displayed(&self, at: Option<Moment>) -> Result<Option<i64>, Refusal> {
        let shown = |at| self.past("displayed_at", Some(at), "the moment lies in the future");
        at.map(shown).transpose()
    }

    /// Now, but behind what was told last: two changes may come in the same millisecond, and a clock may be set back. Then it
    /// is later for the page too.
    pub async fn after(&mut self, last_ms: Option<i64>) -> sql::Result<i64> {
        let at_ms = last_ms.map_or(self.now_ms, |last_ms| self.now_ms.max(last_ms + 1));
        if at_ms > self.now_ms {
            self.now_ms = at_ms;
            outbox::set_moment(self.conn, self.seq, at_ms).await?;
        }
        Ok(at_ms)
    }

    /// When something was created: now, or elsewhere before.
    pub fn created(&self, at: Option<Moment>) -> Result<i64, Refusal> {
        self.past("created_at", at, "the moment lies in the future")
    }

    fn past(&self, field: &str, at: Option<Moment>, detail: &str) -> Result<i64, Refusal> {
        let at_ms = at.map_or(self.now_ms, |at| at.0);
        if at_ms > self.now_ms + FUTURE_MS_MAX {
            return Err(Fault::invalid(field, detail).into());
        }
        Ok(at_ms.min(self.now_ms))
    }
}

impl Condition {
    /// Refuses the change if the object that it is about is not as the sender knows it, or if there is none.
    pub fn expect_known(&self, object: Option<&impl Serialize>) -> Result<(), Fault> {
        let Some(if_match) = &self.if_match else {
            return Ok(());
        };
        let etag = object.map(etag::of);
        match &etag {
            Some(etag) if if_match.holds(etag) => Ok(()),
            _ => Err(Fault::outdated(etag.as_deref())),
        }
    }
}

impl Refusal {
    /// What the sender receives; the database's own error stays in the log.
    pub fn into_fault(self) -> Fault {
        match self {
            Self::Fault(fault) => *fault,
            Self::Database(error) => {
                let about = sql::about(&error);
                tracing::error!(%error, about = about.name(), "what is asked for cannot be read or written");
                metrics::counter!("pharos_origin_database_errors_total", "about" => about.name()).increment(1);
                match about {
                    About::Row | About::Statement => Fault::internal(),
                    About::Full => Fault::full(),
                    About::Database => Fault::unavailable(),
                }
            }
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl From<sql::Error> for Refusal {
    fn from(error: sql::Error) -> Self {
        Self::Database(error)
    }
}

/// How far in the future a moment may lie to count as now.
const FUTURE_MS_MAX: i64 = 5 * 60 * 1000;
