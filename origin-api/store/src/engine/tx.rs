//! What a change has in its hands while it is applied.

use origin_objects::{fault::Fault, moment::Moment};
use page_model::PageId;
use serde::{Deserialize, Serialize};

use crate::{
    engine::outbox,
    engine::sql::{self, Connection},
};

pub struct Tx<'c> {
    pub conn: &'c mut Connection,
    pub now_ms: i64,
    /// The sequence number of this change, its version and the ETag of what it changes.
    pub seq: i64,
    pub condition: Condition,
    last_seq: i64,
}

/// What the sender asked besides the change itself.
#[derive(Debug, Clone, Default)]
pub struct Condition {
    /// ETags of which the object must have one; `None` for any state.
    pub if_match: Option<Vec<String>>,
    pub idempotency: Option<IdempotencyKey>,
}

#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    pub token_id: String,
    pub key: String,
    /// Hash of the request, so that a key is not used for two different ones.
    pub fingerprint: [u8; 32],
}

/// What is answered to a change; kept as it is for whoever sends the change again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    /// JSON; empty for none.
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
    pub etag: Option<i64>,
    pub location: Option<String>,
    /// The change's place in the outbox; `None` where it changes no page.
    pub seq: Option<i64>,
    #[serde(skip)]
    pub replayed: bool,
    /// The body with what is shown once and never kept.
    #[serde(skip)]
    pub shown_once: Option<Vec<u8>>,
}

#[derive(Debug)]
pub enum Refusal {
    /// The change is refused; the batch goes on.
    Fault(Box<Fault>),
    /// The database failed; the whole batch is given up.
    Database(sql::Error),
}

impl<'c> Tx<'c> {
    pub fn new(conn: &'c mut Connection, now_ms: i64, seq: i64, condition: Condition) -> Self {
        Self {
            conn,
            now_ms,
            seq,
            condition,
            last_seq: seq - 1,
        }
    }

    pub fn last_seq(&self) -> i64 {
        self.last_seq
    }

    /// Says in the outbox that a page changed: once for the page of the change, and for other pages that it touches.
    pub async fn announce(&mut self, page: &PageId) -> Result<i64, Refusal> {
        self.last_seq += 1;
        outbox::append(self.conn, self.last_seq, page, self.now_ms).await?;
        Ok(self.last_seq)
    }

    /// Refuses the change if the object is not in the state that the sender knows.
    pub fn expect_version(&self, seq: i64) -> Result<(), Refusal> {
        let Some(tags) = &self.condition.if_match else {
            return Ok(());
        };
        if tags.iter().any(|tag| tag == "*" || *tag == etag(seq)) {
            return Ok(());
        }
        let detail = format!("the object's ETag is {} now; read it again and decide anew", etag(seq));
        Err(Fault::outdated(detail).into())
    }

    /// When something was said: now, or the moment that the sender names. A sender's clock may run a little ahead.
    pub fn moment(&self, at: Option<Moment>) -> Result<i64, Refusal> {
        self.past(
            "at",
            at,
            "the moment lies in the future; plan with a maintenance instead",
        )
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

impl Answer {
    pub fn created(object: &impl Serialize, etag: i64, location: String) -> Self {
        let answer = Self::of(201, object, etag);
        Self {
            location: Some(location),
            ..answer
        }
    }

    pub fn changed(object: &impl Serialize, etag: i64) -> Self {
        Self::of(200, object, etag)
    }

    /// For what has no version and no address of its own.
    pub fn taken(object: &impl Serialize) -> Self {
        Self {
            etag: None,
            ..Self::of(201, object, 0)
        }
    }

    pub fn done() -> Self {
        Self {
            status: 204,
            body: Vec::new(),
            etag: None,
            location: None,
            seq: None,
            replayed: false,
            shown_once: None,
        }
    }

    fn of(status: u16, object: &impl Serialize, etag: i64) -> Self {
        Self {
            status,
            // Our own types always have a JSON form.
            body: serde_json::to_vec(object).unwrap_or_default(),
            etag: Some(etag),
            ..Self::done()
        }
    }
}

impl Refusal {
    /// What the sender is told; the database's own words stay in the log.
    pub fn into_fault(self) -> Fault {
        match self {
            Self::Fault(fault) => *fault,
            Self::Database(error) => {
                tracing::error!(%error, "the database failed");
                Fault::unavailable()
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

pub fn etag(seq: i64) -> String {
    format!("\"{seq}\"")
}

/// How far in the future a moment may lie to count as now.
const FUTURE_MS_MAX: i64 = 5 * 60 * 1000;
